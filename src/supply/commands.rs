//! Importing a catalogue.

use super::catalogue::Catalogue;
use super::model::VaccineCode;
use super::store;
use crate::foundation::db::Tx;
use crate::foundation::fault::{Fault, Refusal};

/// Why an import was refused.
#[derive(Debug, thiserror::Error)]
pub enum SupplyError {
    /// A code never changes its meaning: slots and appointments already rely on it.
    #[error("vaccine {0} is already known with another type or number of doses; use another code")]
    CodeTaken(VaccineCode),
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Refusal for SupplyError {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::Fault(fault) => Some(fault),
            Self::CodeTaken(_) => None,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::CodeTaken(_) => "vaccine_code_taken",
            Self::Fault(_) => "fault",
        }
    }
}

/// What an import changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Vaccines that were added, or got a new name.
    pub vaccines: usize,
    /// Centres that were added or changed.
    pub centres: usize,
}

/// Imports a catalogue whole. What the catalogue does not name stays; importing it again changes nothing.
///
/// # Errors
/// When a vaccine's code is known with another meaning, or the database is away.
pub async fn import(tx: &mut Tx, catalogue: &Catalogue) -> Result<Imported, SupplyError> {
    let mut imported = Imported::default();
    for known in store::vaccines(tx.conn()).await? {
        if catalogue.vaccine(&known.code).is_some_and(|new| (new.kind, new.doses) != (known.kind, known.doses)) {
            return Err(SupplyError::CodeTaken(known.code));
        }
    }
    for vaccine in &catalogue.vaccines {
        imported.vaccines += usize::from(store::put_vaccine(tx.conn(), vaccine).await?);
    }
    for centre in &catalogue.centres {
        imported.centres += usize::from(store::put_centre(tx.conn(), centre).await?);
    }
    Ok(imported)
}
