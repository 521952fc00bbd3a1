//! What does not change while a page is connected.

use super::Console;
use super::wire::{CentreView, Setup};
use crate::foundation::fault::Fault;
use crate::supply;
use sqlx::PgConnection;

/// Reads the setup of a desk.
///
/// # Errors
/// When the database is away.
pub async fn read(conn: &mut PgConnection, console: &Console) -> Result<Setup, Fault> {
    let centres = supply::store::centres(conn).await?;
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
        claims: Vec::new(),
        rules_version: String::new(),
        script: settings.script.clone(),
        offer_ms: u32::try_from(console.policy.offer.whole_milliseconds()).unwrap_or(u32::MAX),
        post_days: console.post_days,
    })
}
