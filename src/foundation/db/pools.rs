//! One pool for each plane, so that a flood in one never starves the others.

use crate::foundation::clock::Clock;
use crate::foundation::fault::{Fault, While};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// Who uses a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// Hooks of the telephone provider.
    Hooks,
    /// Console, supervision and the print service.
    Staff,
    /// Dispatcher, relay and workers.
    Work,
}

impl Plane {
    /// The name in metrics and in `application_name`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hooks => "hooks",
            Self::Staff => "staff",
            Self::Work => "work",
        }
    }
}

/// A pool together with what a transaction needs: clock, chance, and the signal that something was committed.
#[derive(Clone, Debug)]
pub struct Db {
    pub(super) pool: sqlx::PgPool,
    pub(super) clock: Clock,
    pub(super) chance: Arc<Mutex<StdRng>>,
    pub(super) committed: Arc<Notify>,
    pub(super) plane: Plane,
}

impl Db {
    /// The pool, for reads outside a transaction.
    #[must_use]
    pub const fn pool(&self) -> &sqlx::PgPool {
        &self.pool
    }

    /// The clock that this pool's transactions use.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Signalled after every commit of this process that recorded an event or ordered a job: a hint, never the truth.
    #[must_use]
    pub fn committed(&self) -> Arc<Notify> {
        Arc::clone(&self.committed)
    }
}

/// The three pools of a process.
#[derive(Clone, Debug)]
pub struct Pools {
    /// For provider hooks.
    pub hooks: Db,
    /// For console, supervision and print.
    pub staff: Db,
    /// For dispatcher, relay and workers.
    pub work: Db,
}

/// How many connections each plane may hold.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// Connections for provider hooks.
    pub hooks: u32,
    /// Connections for console, supervision and print.
    pub staff: u32,
    /// Connections for dispatcher, relay and workers.
    pub work: u32,
}

impl Pools {
    /// Opens the pools. Connections are made when first needed.
    ///
    /// # Errors
    /// When the URL cannot be read.
    pub fn open(url: &str, sizes: Sizes, clock: &Clock, chance: &mut StdRng) -> Result<Self, Fault> {
        let committed = Arc::new(Notify::new());
        let open = |plane: Plane, size: u32, chance: &mut StdRng| -> Result<Db, Fault> {
            Ok(Db {
                pool: PgPoolOptions::new()
                    .max_connections(size)
                    // Waiting longer than this for a connection means overload: say so instead of piling up.
                    .acquire_timeout(Duration::from_secs(1))
                    .connect_lazy_with(connect_options(url, plane)?),
                clock: clock.clone(),
                chance: Arc::new(Mutex::new(StdRng::from_rng(chance))),
                committed: Arc::clone(&committed),
                plane,
            })
        };
        Ok(Self {
            hooks: open(Plane::Hooks, sizes.hooks, chance)?,
            staff: open(Plane::Staff, sizes.staff, chance)?,
            work: open(Plane::Work, sizes.work, chance)?,
        })
    }
}

/// Connection options with the deadlines that free the locks of a node that vanished.
fn connect_options(url: &str, plane: Plane) -> Result<PgConnectOptions, Fault> {
    let options = PgConnectOptions::from_str(url).while_doing("read the database URL")?;
    Ok(options.application_name(&format!("vaxline-{}", plane.name())).options([
        ("statement_timeout", "5s"),
        ("lock_timeout", "2s"),
        ("idle_in_transaction_session_timeout", "5s"),
        ("tcp_keepalives_idle", "3"),
        ("tcp_keepalives_interval", "1"),
        ("tcp_keepalives_count", "3"),
        ("timezone", "UTC"),
    ]))
}
