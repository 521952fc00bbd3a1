//! Promised effects: ring this agent, render this letter, send this mail.
//!
//! **In:** [`order`] writes the promise in the transaction that makes it. **Out:** a [`Worker`] carries it out after the
//! commit, with retries. **Must hold:** an effect is ordered once (kind and subject); a worker is idempotent, reads
//! what the database says now, and is leased: when it dies, another takes over.

use super::db::{Db, Tx};
use super::fault::Fault;
use super::ids::JobId;
use crate::in_tx;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration as StdDuration;
use time::{Duration, OffsetDateTime};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A job that a worker has leased.
#[derive(Clone, Debug)]
pub struct Job {
    /// Id of the job.
    pub id: JobId,
    /// What it is done to.
    pub subject: String,
    /// Ids that the worker needs.
    pub payload: serde_json::Value,
    /// The number of this attempt, from one.
    pub attempt: i32,
    /// When it was promised.
    pub ordered_at: OffsetDateTime,
    /// The moment of the lease.
    pub now: OffsetDateTime,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The effect has happened (now or before).
    Done,
    /// The effect is no longer wanted: what it was promised for has changed.
    Dropped,
    /// Not yet: try again after this pause, for this reason.
    Again(Duration, String),
    /// Never: the worker has recorded what becomes of it, for this reason.
    GivenUp(String),
}

/// Carries out one kind of job.
#[async_trait::async_trait]
pub trait Worker: Send + Sync + 'static {
    /// The kind of job.
    fn kind(&self) -> &'static str;

    /// How many of them run at once.
    fn parallel(&self) -> usize {
        4
    }

    /// How long one attempt may take; the lease lasts twice as long.
    fn deadline(&self) -> StdDuration {
        StdDuration::from_secs(20)
    }

    /// Carries the job out. A fault is tried again after [`pause`].
    async fn carry_out(&self, job: &Job) -> Result<Outcome, Fault>;
}

/// The pause before the next attempt after `attempt` faults: 0.25 s doubling to one minute.
#[must_use]
pub fn pause(attempt: i32) -> Duration {
    Duration::milliseconds(250 * (1_i64 << attempt.clamp(1, 8).saturating_sub(1))).min(Duration::minutes(1))
}

/// Promises an effect, to be carried out not before `due_at`. Promising the same effect again changes nothing.
///
/// # Errors
/// When the database is away or the payload cannot be written.
pub async fn order(
    tx: &mut Tx,
    kind: &'static str,
    subject: &str,
    payload: &(impl Serialize + Sync),
    due_at: OffsetDateTime,
) -> Result<(), Fault> {
    let id: JobId = tx.id();
    let now = tx.now();
    let payload = serde_json::to_value(payload)?;
    sqlx::query!(
        r#"
        -- jobs: promise an effect once
        insert into job (id, kind, subject, payload, ordered_at, due_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (kind, subject) do nothing
        "#,
        id.0,
        kind,
        subject,
        payload,
        now,
        due_at
    )
    .execute(tx.conn())
    .await?;
    tx.ordered(kind);
    Ok(())
}

/// Promises an effect that may be wanted again: one that was carried out before without lasting effect begins anew, one that
/// is on its way is left to it.
///
/// # Errors
/// When the database is away or the payload cannot be written.
pub async fn order_again(
    tx: &mut Tx,
    kind: &'static str,
    subject: &str,
    payload: &(impl Serialize + Sync),
    due_at: OffsetDateTime,
) -> Result<(), Fault> {
    let id: JobId = tx.id();
    let now = tx.now();
    let payload = serde_json::to_value(payload)?;
    sqlx::query!(
        r#"
        -- jobs: promise an effect anew
        insert into job (id, kind, subject, payload, ordered_at, due_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (kind, subject) do update
           set payload = excluded.payload, ordered_at = excluded.ordered_at, due_at = excluded.due_at, attempts = 0,
               leased_until = null, last_error = null, ended_at = null, outcome = null
         where job.ended_at is not null
        "#,
        id.0,
        kind,
        subject,
        payload,
        now,
        due_at
    )
    .execute(tx.conn())
    .await?;
    tx.ordered(kind);
    Ok(())
}

/// The timer behind the hints: how late a job may start when every hint was lost.
const SWEEP: StdDuration = StdDuration::from_millis(500);

/// Runs one kind of worker until `stop`; returns when its last attempt has ended.
pub async fn run(db: Db, worker: Arc<dyn Worker>, stop: CancellationToken) {
    let seats = Arc::new(Semaphore::new(worker.parallel()));
    let running = TaskTracker::new();
    let ordered = db.ordered(worker.kind());
    loop {
        let hint = ordered.notified();
        let free = seats.available_permits();
        let leased = if free == 0 { Ok(Vec::new()) } else { lease(&db, worker.as_ref(), free).await };
        match leased {
            Ok(jobs) => {
                let full = jobs.len() == free;
                for job in jobs {
                    let Ok(seat) = Arc::clone(&seats).acquire_owned().await else { return };
                    let (db, worker) = (db.clone(), Arc::clone(&worker));
                    running.spawn(async move {
                        attempt(&db, worker.as_ref(), job).await;
                        drop(seat);
                    });
                }
                if full && !stop.is_cancelled() {
                    // There may be more: go on as soon as one seat is free.
                    tokio::select! { _ = seats.acquire() => {}, () = stop.cancelled() => {} }
                    if !stop.is_cancelled() {
                        continue;
                    }
                }
            }
            Err(fault) => {
                tracing::warn!(kind = worker.kind(), fault = fault.chain(), "jobs: could not look for work");
            }
        }
        tokio::select! {
            () = hint => {}
            () = tokio::time::sleep(SWEEP) => {}
            () = stop.cancelled() => break,
        }
    }
    running.close();
    running.wait().await;
}

/// Leases what is due and carries it out, one after the other, until nothing is due: for tests and commands.
///
/// # Errors
/// When the database is away.
pub async fn drain(db: &Db, worker: &dyn Worker) -> Result<usize, Fault> {
    let mut done = 0;
    loop {
        let jobs = lease(db, worker, 16).await?;
        if jobs.is_empty() {
            return Ok(done);
        }
        for job in jobs {
            attempt(db, worker, job).await;
            done += 1;
        }
    }
}

async fn lease(db: &Db, worker: &dyn Worker, limit: usize) -> Result<Vec<Job>, Fault> {
    let lease = Duration::try_from(worker.deadline() * 2).unwrap_or(Duration::MINUTE);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    // Most looks find nothing: they cost one statement, and not a transaction. Whether it is time, only a transaction knows.
    if !db.read("look for jobs", is_any_open(db, worker.kind())).await? {
        return Ok(Vec::new());
    }
    in_tx!(db, "lease jobs", |tx| claim(tx, worker.kind(), lease, limit))
}

async fn is_any_open(db: &Db, kind: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from job where ended_at is null and kind = $1) as "is!" -- jobs: is anything open"#,
        kind
    )
    .fetch_one(db.pool())
    .await
}

async fn claim(tx: &mut Tx, kind: &str, lease: Duration, limit: i64) -> Result<Vec<Job>, Fault> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"
        -- jobs: lease what is due
        with due as (select id from job
                      where ended_at is null and kind = $1 and due_at <= $2 and (leased_until is null or leased_until <= $2)
                      order by due_at, id limit $4 for update skip locked)
        update job set leased_until = $3, attempts = attempts + 1
          from due where job.id = due.id
        returning job.id, subject, payload, attempts, ordered_at
        "#,
        kind,
        now,
        now + lease,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Job {
            id: JobId(row.id),
            subject: row.subject,
            payload: row.payload,
            attempt: row.attempts,
            ordered_at: row.ordered_at,
            now,
        })
        .collect())
}

async fn attempt(db: &Db, worker: &dyn Worker, job: Job) {
    let outcome = match tokio::time::timeout(worker.deadline(), worker.carry_out(&job)).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(fault)) => Outcome::Again(pause(job.attempt), fault.chain()),
        Err(_) => Outcome::Again(pause(job.attempt), "took too long".to_owned()),
    };
    let label = match &outcome {
        Outcome::Done => "done",
        Outcome::Dropped => "dropped",
        Outcome::Again(..) => "again",
        Outcome::GivenUp(_) => "given_up",
    };
    metrics::counter!("vaxline_jobs_total", "kind" => worker.kind(), "outcome" => label).increment(1);
    if let Outcome::Again(_, reason) | Outcome::GivenUp(reason) = &outcome {
        tracing::warn!(kind = worker.kind(), job = %job.id, attempt = job.attempt, reason, "jobs: attempt {label}");
    }
    // When this write is lost, the lease lapses and the idempotent worker runs again.
    let noted: Result<(), Fault> = in_tx!(db, "note a job's outcome", |tx| note(tx, &job, &outcome, label));
    if let Err(fault) = noted {
        tracing::warn!(kind = worker.kind(), job = %job.id, fault = fault.chain(), "jobs: outcome not noted");
    }
}

/// Notes how an attempt ended. When its lease has lapsed and another attempt was begun, this one has nothing to say.
async fn note(tx: &mut Tx, job: &Job, outcome: &Outcome, label: &str) -> Result<(), Fault> {
    let now = tx.now();
    let (again_at, error) = match outcome {
        Outcome::Done | Outcome::Dropped => (None, None),
        Outcome::Again(pause, reason) => (Some(now + *pause), Some(reason)),
        Outcome::GivenUp(reason) => (None, Some(reason)),
    };
    sqlx::query!(
        r#"
        -- jobs: note how an attempt ended
        update job
           set due_at = coalesce($2, due_at), leased_until = null, last_error = coalesce($3, last_error),
               ended_at = case when $2::timestamptz is null then $4::timestamptz end,
               outcome = case when $2::timestamptz is null then $5 end
         where id = $1 and attempts = $6 and ended_at is null
        "#,
        job.id.0,
        again_at,
        error,
        now,
        label,
        job.attempt
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// How long ended jobs are kept: so long the same effect is not ordered again, and people can look at what became of it.
pub const KEPT: Duration = Duration::days(30);

/// Forgets jobs that ended long ago, at most `limit`; returns how many.
///
/// # Errors
/// When the database is away.
pub async fn forget_ended(tx: &mut Tx, limit: i64) -> Result<u64, Fault> {
    let before = tx.now() - KEPT;
    let forgotten = sqlx::query!(
        r#"
        -- jobs: forget what ended long ago
        delete from job where id in (select id from job where ended_at < $1 order by ended_at limit $2)
        "#,
        before,
        limit
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    Ok(forgotten)
}
