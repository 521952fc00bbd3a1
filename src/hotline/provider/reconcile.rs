//! Compares our calls with the provider's, at start and then on a slow timer: what both sides were told may have been
//! lost on the way.
//!
//! A call that the provider has not in two looks is over, by nobody we know. A waiting call that has not asked for music
//! for long is given a fresh list. An agent's phone that is answered without our knowing is known from now on. Nothing is
//! ended because a list could not be had.

use super::http::Heard;
use super::store::{self, Open};
use super::worker::{Desk, vanish};
use super::{Leg, ProviderError};
use crate::foundation::db::{Db, Tx, leases};
use crate::foundation::fault::Fault;
use crate::foundation::ids::CallId;
use crate::hotline::calls::commands::{self as calls, CallError};
use crate::hotline::calls::model::{LegNews, LegReport, Progress, Step};
use crate::hotline::calls::store as call_store;
use crate::hotline::queue::commands::{self as queue, Standing};
use crate::in_tx;
use std::collections::HashSet;
use std::time::Duration as Wait;
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A call may be younger than the provider's list: so long it is not missed.
const YOUNG: Duration = Duration::seconds(10);

/// How long after the first look that lacked a call a second one counts.
const MISSED_FOR: Duration = Duration::seconds(4);

/// How many calls one round gives fresh music: each costs a request of the provider's quota.
const FRESH_MUSIC: usize = 20;

/// How long an announcement between two pieces of music takes, at most.
const ANNOUNCEMENT: Wait = Wait::from_secs(25);

/// How long replies are kept: longer than a provider repeats.
const REPLIES_KEPT: Duration = Duration::hours(72);

/// What a comparison finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Lacking for the first time.
    pub missing: Vec<CallId>,
    /// Lacking before, and there again.
    pub found: Vec<CallId>,
    /// Lacking for the second time: over.
    pub vanished: Vec<CallId>,
    /// There, and silent for long.
    pub silent: Vec<(CallId, String)>,
}

/// Compares. `silent_since` is the moment before which a waiting call must not have been heard last.
#[must_use]
pub fn compare(open: &[Open], legs: &[Leg], now: OffsetDateTime, silent_since: OffsetDateTime) -> Findings {
    let there: HashSet<&str> = legs.iter().filter(|leg| leg.parent.is_none()).map(|leg| leg.sid.as_str()).collect();
    let mut findings = Findings::default();
    for call in open {
        match (there.contains(call.sid.as_str()), call.missing_since) {
            (false, None) => findings.missing.push(call.id),
            (false, Some(since)) if now - since >= MISSED_FOR => findings.vanished.push(call.id),
            (false, Some(_)) => {}
            (true, since) => {
                if since.is_some() {
                    findings.found.push(call.id);
                }
                if call.heard_at < silent_since {
                    findings.silent.push((call.id, call.sid.clone()));
                }
            }
        }
    }
    findings
}

/// Compares again and again until `stop`.
pub async fn run(desk: Desk, node: Uuid, every: Wait, music: Wait, stop: CancellationToken) {
    let mut round = Round::new(music);
    // Soon after a start there is the most to find.
    let mut wait = every.min(Wait::from_secs(2));
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
        wait = every;
        match in_tx!(&desk.db, "lead reconciling", |tx| leases::lead(tx, "reconcile", node)) {
            Ok(Some(_)) => {}
            Ok(None) => continue,
            Err(fault) => {
                tracing::warn!(fault = fault.chain(), "reconcile: no database");
                continue;
            }
        }
        if let Err(fault) = round.look(&desk).await {
            tracing::warn!(fault = fault.chain(), "reconcile: could not compare, nothing is concluded");
        }
    }
}

/// Writes down again and again, until `stop`, which calls asked this process for music.
pub async fn keep_heard(db: Db, heard: Heard, every: Wait, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = stop.cancelled() => return,
        }
        if let Err(fault) = note_heard(&db, &heard).await {
            // The next tick of each call tells of it again.
            tracing::warn!(fault = fault.chain(), "hooks: could not note which calls were heard");
        }
    }
}

/// Writes down which calls asked for music on this node.
///
/// # Errors
/// When the database is away.
pub async fn note_heard(db: &Db, heard: &Heard) -> Result<(), Fault> {
    let calls = heard.take();
    if calls.is_empty() {
        return Ok(());
    }
    in_tx!(db, "note calls heard", |tx| store::note_heard(tx, &calls))
}

/// The comparing of one process.
#[derive(Debug)]
pub struct Round {
    /// When it began to look: what was not heard before is no silence.
    watching_since: Option<OffsetDateTime>,
    /// How long a piece of music takes.
    music: Wait,
}

impl Round {
    /// Begins to look.
    #[must_use]
    pub const fn new(music: Wait) -> Self {
        Self { watching_since: None, music }
    }

    /// Compares once, and does what follows from it.
    ///
    /// # Errors
    /// When the provider's list or the database cannot be had.
    pub async fn look(&mut self, desk: &Desk) -> Result<Findings, Fault> {
        let (now, open) = {
            let read: Result<_, Fault> = in_tx!(&desk.db, "read open calls", |tx| open_calls(tx, desk.setup.provider));
            read?
        };
        let since = *self.watching_since.get_or_insert(now);
        let legs = desk.provider.legs().await.map_err(|error| match error {
            ProviderError::Unknown(fault) => fault,
            other @ (ProviderError::Gone | ProviderError::Busy(_) | ProviderError::Refused(_)) => {
                Fault::new("list the provider's calls", other)
            }
        })?;
        let patience = Duration::try_from((self.music + ANNOUNCEMENT) * 3).unwrap_or(Duration::minutes(3));
        let silent_since = if now - since > patience { now - patience } else { OffsetDateTime::UNIX_EPOCH };
        let findings = compare(&open, &legs, now, silent_since);
        act(desk, &findings).await?;
        learn_answers(desk, &legs).await?;
        let kept: Result<(), Fault> = in_tx!(&desk.db, "forget old hooks", |tx| forget(tx));
        kept?;
        Ok(findings)
    }
}

async fn open_calls(tx: &mut Tx, provider: &str) -> Result<(OffsetDateTime, Vec<Open>), Fault> {
    let now = tx.now();
    Ok((now, store::open_calls(tx.conn(), provider, now - YOUNG).await?))
}

async fn forget(tx: &mut Tx) -> Result<(), Fault> {
    let now = tx.now();
    call_store::forget_replies(tx, now - REPLIES_KEPT).await?;
    store::forget_heard(tx, now - Duration::hours(1)).await
}

async fn act(desk: &Desk, findings: &Findings) -> Result<(), Fault> {
    let ids = |calls: &[CallId]| calls.iter().map(|call| call.0).collect::<Vec<Uuid>>();
    let (missing, found) = (ids(&findings.missing), ids(&findings.found));
    if !missing.is_empty() || !found.is_empty() {
        let noted: Result<(), Fault> =
            in_tx!(&desk.db, "note missing calls", |tx| store::note_missing(tx, &missing, &found));
        noted?;
    }
    for call in &findings.vanished {
        tracing::warn!(%call, "reconcile: the provider has this call no more, and nobody told us its end");
        metrics::counter!("vaxline_calls_vanished_total").increment(1);
        vanish(&desk.db, &desk.setup, *call).await?;
    }
    let mut fresh = 0;
    for (call, sid) in &findings.silent {
        if fresh == FRESH_MUSIC {
            break;
        }
        let mut conn = desk.db.pool().acquire().await?;
        if queue::standing(&mut conn, *call).await? != Standing::Waiting {
            continue;
        }
        drop(conn);
        fresh += 1;
        tracing::warn!(%call, "reconcile: a waiting call has asked for no music for long, and gets a fresh list");
        match desk.provider.interrupt(sid, &desk.steps.url(*call, &Step::Resume)).await {
            Ok(()) | Err(ProviderError::Gone) => {}
            // The next round tries again.
            Err(ProviderError::Busy(_) | ProviderError::Refused(_) | ProviderError::Unknown(_)) => break,
        }
    }
    Ok(())
}

/// Agents' phones that are answered, of which we were never told.
async fn learn_answers(desk: &Desk, legs: &[Leg]) -> Result<(), Fault> {
    let answered: Vec<String> =
        legs.iter().filter(|leg| leg.answered && leg.parent.is_some()).map(|leg| leg.sid.clone()).collect();
    if answered.is_empty() {
        return Ok(());
    }
    let unknown = {
        let mut conn = desk.db.pool().acquire().await?;
        call_store::not_known_answered(&mut conn, desk.setup.provider, &answered).await?
    };
    for leg in legs.iter().filter(|leg| unknown.contains(&leg.sid)) {
        let report = LegReport {
            sid: leg.sid.clone(),
            parent: leg.parent.clone(),
            inbound: false,
            news: LegNews::Progress(Progress::Answered),
        };
        match in_tx!(&desk.db, "leg learnt of", |tx| calls::report(tx, &desk.setup, &report)) {
            Ok(()) | Err(CallError::UnknownCall) => {}
            Err(CallError::Fault(fault)) => return Err(fault),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2021-04-28 16:00 UTC);

    fn open(number: u128, missing: Option<i64>, heard: i64) -> Open {
        Open {
            id: CallId(Uuid::from_u128(number)),
            sid: format!("call-{number}"),
            missing_since: missing.map(|seconds| NOW - Duration::seconds(seconds)),
            heard_at: NOW - Duration::seconds(heard),
        }
    }

    fn leg(number: u128, parent: Option<&str>) -> Leg {
        Leg { sid: format!("call-{number}"), parent: parent.map(str::to_owned), inbound: true, answered: true }
    }

    fn ids(numbers: &[u128]) -> Vec<CallId> {
        numbers.iter().map(|number| CallId(Uuid::from_u128(*number))).collect()
    }

    #[test]
    fn a_call_is_over_when_two_looks_lack_it() {
        let calls = [open(1, None, 0), open(2, Some(20), 0), open(3, Some(1), 0), open(4, Some(20), 0)];
        let findings = compare(&calls, &[leg(4, None)], NOW, OffsetDateTime::UNIX_EPOCH);
        assert_eq!(findings.missing, ids(&[1]));
        assert_eq!(findings.vanished, ids(&[2]));
        assert_eq!(findings.found, ids(&[4]));
    }

    #[test]
    fn an_agents_leg_is_no_call_of_ours() {
        let findings = compare(&[open(1, Some(20), 0)], &[leg(1, Some("call-9"))], NOW, OffsetDateTime::UNIX_EPOCH);
        assert_eq!(findings.vanished, ids(&[1]));
    }

    #[test]
    fn a_call_that_is_there_and_silent_gets_fresh_music() {
        let calls = [open(1, None, 200), open(2, None, 20), open(3, None, 200)];
        let findings = compare(&calls, &[leg(1, None), leg(2, None)], NOW, NOW - Duration::seconds(90));
        assert_eq!(findings.silent, [(ids(&[1])[0], "call-1".to_owned())]);
    }
}
