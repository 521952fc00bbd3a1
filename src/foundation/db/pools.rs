//! One pool for each plane, so that a flood in one never starves the others.

use super::hints::Hints;
use crate::foundation::clock::Clock;
use crate::foundation::fault::{Fault, While};
use rand::SeedableRng;
use rand::rngs::StdRng;
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use std::str::FromStr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// Waiting longer than this for a connection means overload: it is said, instead of piling up.
const FREE_WITHIN: Duration = Duration::from_secs(1);

/// How long a connection that is given back may take to answer. It is closed after that: a database that has fallen
/// silent holds no place of a pool.
const ANSWER_WITHIN: Duration = Duration::from_millis(500);

/// How long a connection that has just answered is trusted without being asked again. Asking each time would cost a busy
/// plane one more round trip for each transaction.
const TRUSTED_FOR: Duration = Duration::from_secs(1);

/// How long a read outside a transaction may take: a little longer than `statement_timeout`, whose answer comes first
/// where there is one.
const READ_WITHIN: Duration = Duration::from_secs(6);

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
    pub(super) hints: Hints,
    pub(super) plane: Plane,
}

impl Db {
    /// The pool, for reads outside a transaction: through [`Db::read`], so that they end.
    #[must_use]
    pub const fn pool(&self) -> &sqlx::PgPool {
        &self.pool
    }

    /// Runs a read outside a transaction, under a deadline of its own: a silent database is never waited for.
    ///
    /// # Errors
    /// What the read says, or that it took too long.
    pub async fn read<T, E: Into<Fault>>(
        &self,
        name: &'static str,
        reading: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Fault> {
        match tokio::time::timeout(READ_WITHIN, reading).await {
            Ok(read) => read.while_doing(name),
            Err(_) => Err(Fault::plain(format!("{name}: took too long"))),
        }
    }

    /// Listens to a channel, on a connection of its own: one of the pool's would keep the session's state.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn listen(&self, channel: &str) -> Result<PgListener, Fault> {
        let options = self.pool.connect_options().as_ref().clone();
        let own = PgPoolOptions::new().max_connections(1).acquire_timeout(FREE_WITHIN).connect_lazy_with(options);
        let listening = async {
            let mut ears = PgListener::connect_with(&own).await?;
            ears.listen(channel).await.map(|()| ears)
        };
        self.read("listen for notices", listening).await
    }

    /// The clock that this pool's transactions use.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Signalled after every commit that recorded events, of this process or, as far as they tell, of others: a hint, never
    /// the truth.
    #[must_use]
    pub fn recorded(&self) -> Arc<Notify> {
        self.hints.recorded()
    }

    /// The same for jobs of this kind.
    #[must_use]
    pub fn ordered(&self, kind: &'static str) -> Arc<Notify> {
        self.hints.ordered(kind)
    }

    /// What wakes this process's tasks.
    pub(crate) const fn hints(&self) -> &Hints {
        &self.hints
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
        let hints = Hints::default();
        let open = |plane: Plane, size: u32, chance: &mut StdRng| -> Result<Db, Fault> {
            Ok(Db {
                pool: PgPoolOptions::new()
                    .max_connections(size)
                    .acquire_timeout(FREE_WITHIN)
                    .test_before_acquire(false)
                    .before_acquire(|connection, seen| {
                        Box::pin(async move {
                            if seen.idle_for < TRUSTED_FOR { Ok(true) } else { connection.ping().await.map(|()| true) }
                        })
                    })
                    // Before the pool's own look at a connection, which would wait for ever.
                    .after_release(|connection, _| {
                        Box::pin(async move {
                            match tokio::time::timeout(ANSWER_WITHIN, connection.ping()).await {
                                Ok(answer) => answer.map(|()| true),
                                Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
                            }
                        })
                    })
                    .connect_lazy_with(connect_options(url, plane)?),
                clock: clock.clone(),
                chance: Arc::new(Mutex::new(StdRng::from_rng(chance))),
                hints: hints.clone(),
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
