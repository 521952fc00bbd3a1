//! The flows a process knows: the current one, those of numbers that have their own, and the versions in which running
//! calls stand.
//!
//! A version is written to the database before the first call begins in it, so that any process, also a restarted one
//! with a newer file, can go on with a running call.

use super::flow::Flow;
use super::store;
use crate::foundation::fault::Fault;
use crate::foundation::phone::PhoneNumber;
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

/// How many versions are kept in memory. More than one is in use only on the day of a change.
const MOST_VERSIONS: usize = 16;

/// The flows of a process.
#[derive(Debug)]
pub struct Library {
    current: RwLock<Arc<Flow>>,
    numbers: BTreeMap<String, Arc<Flow>>,
    versions: RwLock<HashMap<String, Arc<Flow>>>,
}

/// One form of a number of ours, however a provider writes it. Short numbers (116117) have no international form.
fn canonical(number: &str) -> String {
    let digits = || number.chars().filter(char::is_ascii_digit).collect();
    PhoneNumber::parse(number).map_or_else(|_| digits(), |number| number.expose().to_owned())
}

impl Library {
    /// A library with the flow that new calls begin in, and the flows of numbers that have their own.
    #[must_use]
    pub fn new(flow: Flow, numbers: BTreeMap<String, Flow>) -> Self {
        let flow = Arc::new(flow);
        let numbers: BTreeMap<String, Arc<Flow>> =
            numbers.into_iter().map(|(number, flow)| (canonical(&number), Arc::new(flow))).collect();
        let known = numbers.values().chain([&flow]).map(|flow| (flow.version.clone(), Arc::clone(flow)));
        let versions = known.collect();
        Self { current: RwLock::new(flow), numbers, versions: RwLock::new(versions) }
    }

    /// The flow in which a call to this number begins.
    #[must_use]
    pub fn of_number(&self, dialled: &str) -> Arc<Flow> {
        self.numbers.get(&canonical(dialled)).map_or_else(|| self.current(), Arc::clone)
    }

    /// The flow that new calls begin in.
    #[must_use]
    pub fn current(&self) -> Arc<Flow> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets new calls begin in another flow. Running calls stay in theirs.
    pub fn replace(&self, flow: Flow) {
        let flow = Arc::new(flow);
        self.keep(&flow);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = flow;
    }

    /// The flow of a running call; `None` when its version is nowhere, or no longer readable.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn version(&self, conn: &mut PgConnection, version: &str) -> Result<Option<Arc<Flow>>, Fault> {
        let known = self.versions.read().unwrap_or_else(PoisonError::into_inner).get(version).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let stored = store::source(conn, version).await?;
        let flow = stored.and_then(|source| Flow::load(&source).ok()).map(Arc::new);
        if let Some(flow) = &flow {
            self.keep(flow);
        }
        Ok(flow)
    }

    fn keep(&self, flow: &Arc<Flow>) {
        let mut versions = self.versions.write().unwrap_or_else(PoisonError::into_inner);
        if versions.len() >= MOST_VERSIONS {
            let current = self.current().version.clone();
            versions.retain(|version, _| *version == current);
        }
        versions.insert(flow.version.clone(), Arc::clone(flow));
    }
}
