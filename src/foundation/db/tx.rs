//! The transaction door: `in_tx!(db, "name", |tx| commands::book(tx, …))`.
//!
//! It reads the database's clock once, gives ids and events to the body, retries what the database calls retryable,
//! sets a deadline on each step, measures under the transaction's name, and after the commit wakes relay and workers.

use super::Db;
use super::hints::Promises;
use crate::foundation::fault::{Fault, Refusal, While};
use crate::foundation::ids::Id;
use rand::rngs::StdRng;
use sqlx::{PgConnection, Postgres};
use std::io;
use std::pin::Pin;
use std::sync::PoisonError;
use std::time::Duration;
use time::OffsetDateTime;

/// How long the body of one attempt may take. Longer than `statement_timeout` (5 s), so that the database's own answer
/// comes first where there is one; more would only hold a connection to a database that has fallen silent.
pub const DEADLINE: Duration = Duration::from_secs(6);

/// How long the door itself may wait: for a connection and the clock, for the commit, for the rollback. After that the
/// connection is given up, which rolls back as well. Shorter would give up commits on a slow disk whose outcome then has
/// to be asked for.
const DOOR_WITHIN: Duration = Duration::from_secs(3);

/// How often a transaction is run when the database asks for a retry.
const ATTEMPTS: u32 = 4;

/// A transaction with its one moment in time.
#[derive(Debug)]
pub struct Tx {
    inner: sqlx::Transaction<'static, Postgres>,
    now: OffsetDateTime,
    chance: StdRng,
    promises: Promises,
}

impl Tx {
    /// The moment of this transaction: everything in it happens now.
    #[must_use]
    pub const fn now(&self) -> OffsetDateTime {
        self.now
    }

    /// The connection, for the module's `store`.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// A new id of this transaction's moment.
    pub fn id<T: Id>(&mut self) -> T {
        T::mint(self.now, &mut self.chance)
    }

    /// The transaction's source of chance.
    pub const fn chance(&mut self) -> &mut StdRng {
        &mut self.chance
    }

    /// Notes that events were recorded, so that whoever follows them is woken after the commit.
    pub(crate) const fn recorded(&mut self) {
        self.promises.facts = true;
    }

    /// Notes that a job was ordered, so that its worker is woken after the commit.
    pub(crate) fn ordered(&mut self, kind: &'static str) {
        self.promises.jobs.insert(kind);
    }
}

/// The bookkeeping of one passage through the door.
#[doc(hidden)]
#[derive(Debug)]
pub struct Attempt {
    name: &'static str,
    number: u32,
    started: tokio::time::Instant,
}

impl Attempt {
    #[must_use]
    pub fn first(name: &'static str) -> Self {
        Self { name, number: 1, started: tokio::time::Instant::now() }
    }
}

/// Begins an attempt: opens the transaction and reads the clock.
///
/// # Errors
/// When no connection is free in time or the database is away.
#[doc(hidden)]
#[expect(clippy::disallowed_methods, reason = "this is the door")]
pub async fn start(db: &Db, attempt: &Attempt) -> Result<Tx, Fault> {
    use rand::SeedableRng;
    let begin = Box::pin(async {
        let mut inner = db.pool.begin().await?;
        let now = sqlx::query_scalar!(r#"select now() as "now!" -- transaction door: the one moment"#)
            .fetch_one(&mut *inner)
            .await?;
        Ok::<_, sqlx::Error>((inner, now))
    });
    let (inner, now) = in_time(begin).await.while_doing(format!("begin {}", attempt.name))?;
    let chance = StdRng::from_rng(&mut *db.chance.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(Tx { inner, now: now + db.clock.offset(), chance, promises: Promises::default() })
}

/// A step of the door, under its deadline.
/// It comes boxed: every transaction of the program would be as large as the door otherwise.
async fn in_time<T>(step: Pin<Box<impl Future<Output = Result<T, sqlx::Error>>>>) -> Result<T, sqlx::Error> {
    tokio::time::timeout(DOOR_WITHIN, step)
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())))
}

/// Ends an attempt: commits, rolls back, or says that the transaction is to be run again. No `result` means that the body
/// took too long: then nothing more is asked of the connection, which is closed if it does not answer.
///
/// # Errors
/// The body's refusal or fault. A commit whose answer is lost is a fault: its outcome is asked for by the command key.
#[doc(hidden)]
pub async fn finish<T, E: Refusal>(
    db: &Db,
    tx: Tx,
    result: Option<Result<T, E>>,
    attempt: &mut Attempt,
) -> Result<Option<T>, E> {
    let name = attempt.name;
    let outcome = match result {
        Some(Ok(value)) => {
            let promises = tx.promises;
            match in_time(Box::pin(tx.inner.commit())).await {
                Ok(()) => {
                    db.hints.promised_here(&promises);
                    Ok(value)
                }
                Err(error) => Err(E::from(Fault::from(error).while_doing(format!("commit {name}")))),
            }
        }
        None => Err(E::from(Fault::plain(format!("{name} took too long")))),
        Some(Err(refusal)) => {
            // A failed rollback closes the connection, which rolls back as well.
            let _ = in_time(Box::pin(tx.inner.rollback())).await;
            Err(refusal)
        }
    };
    match outcome {
        Ok(value) => {
            measure(db, attempt, "committed");
            Ok(Some(value))
        }
        Err(error) if attempt.number < ATTEMPTS && error.fault().is_some_and(Fault::is_retryable) => {
            attempt.number += 1;
            measure(db, attempt, "retried");
            Ok(None)
        }
        Err(error) => {
            measure(db, attempt, error.code());
            Err(error)
        }
    }
}

fn measure(db: &Db, attempt: &Attempt, outcome: &'static str) {
    let labels = [("name", attempt.name), ("plane", db.plane.name()), ("outcome", outcome)];
    metrics::histogram!("vaxline_transaction_seconds", &labels).record(attempt.started.elapsed().as_secs_f64());
}

/// Runs one call in a transaction: `in_tx!(db, "book", |tx| commands::book(tx, &order))`.
///
/// The body is exactly one call that returns `Result<T, E>` with `E: Refusal`; it may be run several times. The value
/// of the macro is that result.
#[macro_export]
macro_rules! in_tx {
    ($db:expr, $name:literal, |$tx:ident| $body:expr) => {{
        let db: &$crate::foundation::db::Db = $db;
        let mut attempt = $crate::foundation::db::Attempt::first($name);
        loop {
            let mut begun = match $crate::foundation::db::start(db, &attempt).await {
                Ok(begun) => begun,
                Err(fault) => break Err(fault.into()),
            };
            let timed = {
                let $tx = &mut begun;
                tokio::time::timeout($crate::foundation::db::DEADLINE, $body).await
            };
            match $crate::foundation::db::finish(db, begun, timed.ok(), &mut attempt).await {
                Ok(Some(value)) => break Ok(value),
                Ok(None) => {}
                Err(error) => break Err(error),
            }
        }
    }};
}
