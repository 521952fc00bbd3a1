//! What changes weekly and is data: flow, rules, letters; and the pages that are built apart.

use super::Finding;
use crate::app::config::Config;
use crate::app::pages;
use crate::correspondence::letters::set::Source;
use crate::correspondence::letters::typesetter::Typesetter;
use crate::foundation::fault::Fault;
use crate::scheduling::Campaign;
use std::path::Path;

pub(super) fn menu(config: &Config) -> Finding {
    let loaded =
        config.routing.routing().map_err(|wrong| wrong.join("; ")).and_then(|routing| config.menu.load(&routing));
    match loaded {
        Ok(_) if config.menu.always_open => {
            Finding::warning("menu", "is sound; opening hours do not apply (menu.always_open): for exercises only")
        }
        Ok(_) => Finding::ok("menu", "is sound"),
        Err(mistakes) => Finding::wrong("menu", format!("{mistakes}: see `vaxline flows check`")),
    }
}

pub(super) fn rules() -> Finding {
    match Campaign::shipped() {
        Ok(_) => Finding::ok("rules", "are sound"),
        Err(mistakes) => Finding::wrong("rules", mistakes.to_string()),
    }
}

pub(super) async fn letters(config: &Config) -> Result<Vec<Finding>, Fault> {
    let folder = &config.correspondence.templates;
    let source = if folder == Path::new("") { Source::CompiledIn } else { Source::Folder(folder.clone()) };
    let proved = tokio::task::spawn_blocking(move || Typesetter::load(&source)).await;
    Ok(vec![match proved.map_err(|error| Fault::new("prove the letter templates", error))? {
        Ok(_) => Finding::ok("letters", "the templates are sound"),
        Err(mistakes) => Finding::wrong("letters", format!("{}: see `vaxline letters check`", mistakes.join("; "))),
    }])
}

pub(super) fn pages() -> Finding {
    if pages::are_built() {
        Finding::ok("pages", "are built")
    } else {
        Finding::wrong("pages", "were not built with this program: `npm run build` in web/, then build it again")
    }
}
