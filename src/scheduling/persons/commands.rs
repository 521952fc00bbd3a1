//! Finding people.

use super::fold::fold_ae;
use super::model::{FieldError, Found};
use super::{search, store};
use crate::foundation::audit::{self, Actor, Deed};
use crate::foundation::db::Tx;
use crate::scheduling::{Campaign, SchedulingError};
use time::Date;

/// Finds people by family name and birth date, ten at most, whatever way the name is spelled.
///
/// # Errors
/// Without a name, after too many searches, or when the database is away.
pub async fn find_persons(
    tx: &mut Tx,
    campaign: &Campaign,
    family_name: &str,
    born_on: Date,
    actor: &Actor,
) -> Result<Vec<Found>, SchedulingError> {
    if family_name.len() > 1_000 {
        return Err(FieldError { field: "family_name", code: "too_long" }.into());
    }
    // Half a search is none: a birth date alone would list strangers.
    if fold_ae(family_name).is_empty() {
        return Err(FieldError { field: "family_name", code: "required" }.into());
    }
    search::limit(tx, campaign, actor).await?;
    let found = store::find(tx, family_name, born_on).await?;
    search::note(tx, actor, found.len()).await?;
    for hit in &found {
        let deed = Deed { action: "person.read", person: Some(hit.person.id), series: None, hits: 1 };
        audit::note(tx, actor, &deed).await?;
    }
    Ok(found)
}
