//! What does not change while a page is connected, but by an event of its own: other rules come into force.

use super::Console;
use super::wire::{CentreView, Choice, Setup};
use super::words;
use crate::foundation::audit::Channel;
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::supply;

/// Reads the setup of a desk, as of now.
///
/// # Errors
/// When the database is away.
pub(super) async fn read(tx: &mut Tx, console: &Console) -> Result<Setup, Fault> {
    let rules = console.campaign.rules.in_force(tx.now());
    let centres = supply::store::centres(tx.conn()).await?;
    let settings = &console.settings;
    Ok(Setup {
        centres: centres
            .into_iter()
            .map(|centre| CentreView {
                code: centre.code.to_string(),
                name: centre.name,
                street: centre.street,
                town: format!("{} {}", centre.postcode, centre.town),
            })
            .collect(),
        not_ready_reasons: settings.not_ready_reasons.clone(),
        wrap_up_codes: settings.wrap_up_codes.clone(),
        queues: console
            .routing
            .queues()
            .map(|(code, label)| Choice { code: code.to_owned(), label: label.to_owned() })
            .collect(),
        // Before the campaign begins nobody is entitled, and the desk says so.
        claims: words::claims(&console.campaign.rules.claims_on(tx.now(), Channel::Phone)),
        rules_version: rules.map(|rules| rules.version.clone()).unwrap_or_default(),
        script: settings.script.clone(),
        offer_ms: u32::try_from(console.policy.offer.whole_milliseconds()).unwrap_or(u32::MAX),
        post_days: rules.map_or(0, |rules| u32::from(rules.post_days)),
    })
}
