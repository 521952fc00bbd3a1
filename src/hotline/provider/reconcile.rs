//! Compares our calls with the provider's, at start and then on a slow timer: what both sides were told may have been
//! lost on the way.
//!
//! A call that the provider has not in two looks is over, by nobody we know, unless it has asked for music in between. A
//! waiting call that has not asked for music for long is given a fresh list. An agent's phone that is answered without our
//! knowing is known from now on, and one that is gone has ended its talk. Nothing is ended because a list could not be had,
//! and a list that lacks most of what we know is not believed at once.

use super::http::Heard;
use super::store::{self, Open, OpenLeg};
use super::worker::{Desk, learn_answers, told, vanish};
use super::{Leg, ProviderError};
use crate::foundation::db::{Db, Tx};
use crate::foundation::fault::Fault;
use crate::foundation::ids::CallId;
use crate::hotline::calls::model::{EndedBy, LegNews, LegReport, Step};
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

/// The same for a list that lacks more than half of what we hold for open: it is rather the list that is wrong.
const DOUBTED_FOR: Duration = Duration::MINUTE;

/// So few calls may well end together.
const FEW: usize = 4;

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

/// What a comparison of agents' phones finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LegFindings {
    /// Lacking for the first time.
    pub missing: Vec<String>,
    /// Lacking before, and there again.
    pub found: Vec<String>,
    /// Lacking for the second time: over, with the call each was rung from.
    pub gone: Vec<(String, String)>,
}

/// How long something must have been missing: longer, when `lacking` of `all` are missing together.
fn missed_for(lacking: usize, all: usize) -> Duration {
    if lacking > FEW && lacking * 2 > all { DOUBTED_FOR } else { MISSED_FOR }
}

/// Compares agents' phones.
#[must_use]
pub fn compare_legs(open: &[OpenLeg], legs: &[Leg], now: OffsetDateTime) -> LegFindings {
    let there: HashSet<&str> = legs.iter().map(|leg| leg.sid.as_str()).collect();
    let lacking = open.iter().filter(|leg| !there.contains(leg.sid.as_str())).count();
    let patience = missed_for(lacking, open.len());
    let mut findings = LegFindings::default();
    for leg in open {
        match (there.contains(leg.sid.as_str()), leg.missing_since) {
            (false, None) => findings.missing.push(leg.sid.clone()),
            (false, Some(since)) if now - since >= patience => {
                findings.gone.push((leg.sid.clone(), leg.parent.clone()));
            }
            (true, Some(_)) => findings.found.push(leg.sid.clone()),
            (false, Some(_)) | (true, None) => {}
        }
    }
    findings
}

/// Compares. `silent_since` is the moment before which a waiting call must not have been heard last.
#[must_use]
pub fn compare(open: &[Open], legs: &[Leg], now: OffsetDateTime, silent_since: OffsetDateTime) -> Findings {
    let there: HashSet<&str> = legs.iter().filter(|leg| leg.parent.is_none()).map(|leg| leg.sid.as_str()).collect();
    let lacking = open.iter().filter(|call| !there.contains(call.sid.as_str())).count();
    let patience = missed_for(lacking, open.len());
    let mut findings = Findings::default();
    for call in open {
        match (there.contains(call.sid.as_str()), call.missing_since) {
            (false, None) => findings.missing.push(call.id),
            // It has asked for music meanwhile: whatever the list says, the caller is there.
            (false, Some(since)) if call.heard_at > since => findings.found.push(call.id),
            (false, Some(since)) if now - since >= patience => findings.vanished.push(call.id),
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
pub async fn run(desk: Desk, every: Wait, music: Wait, stop: CancellationToken) {
    let mut round = Round::new(music);
    // Soon after a start there is the most to find.
    let mut wait = every.min(Wait::from_secs(2));
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.cancelled() => return,
        }
        let waited = std::mem::replace(&mut wait, every);
        match in_tx!(&desk.db, "take a turn at comparing", |tx| take_turn(tx, desk.setup.provider, waited)) {
            Ok(true) => {}
            Ok(false) => continue,
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

/// Whether it is this process's turn, after it has waited so long. A little early is in time: timers are not exact.
async fn take_turn(tx: &mut Tx, provider: &str, waited: Wait) -> Result<bool, Fault> {
    let pause = Duration::try_from(waited / 10 * 9).unwrap_or(Duration::MINUTE);
    let before = tx.now() - pause;
    store::take_turn(tx, provider, before).await
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
        let (now, open, open_legs) = {
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
        // First what is known from now on: a talk that is heard of is no phone that failed.
        learn_answers(desk, &legs).await?;
        act(desk, &findings).await?;
        end_legs(desk, &compare_legs(&open_legs, &legs, now)).await?;
        let kept: Result<(), Fault> = in_tx!(&desk.db, "forget old hooks", |tx| forget(tx));
        kept?;
        Ok(findings)
    }
}

async fn open_calls(tx: &mut Tx, provider: &str) -> Result<(OffsetDateTime, Vec<Open>, Vec<OpenLeg>), Fault> {
    let now = tx.now();
    let calls = store::open_calls(tx.conn(), provider, now - YOUNG).await?;
    Ok((now, calls, store::open_legs(tx.conn(), provider).await?))
}

/// Ends the talks of agents' phones that are gone.
async fn end_legs(desk: &Desk, findings: &LegFindings) -> Result<(), Fault> {
    let LegFindings { missing, found, gone } = findings;
    if !missing.is_empty() || !found.is_empty() {
        let noted: Result<(), Fault> = in_tx!(&desk.db, "note missing phones", |tx| store::note_missing_legs(
            tx,
            desk.setup.provider,
            missing,
            found
        ));
        noted?;
    }
    for (sid, parent) in gone {
        tracing::warn!(leg = sid, "reconcile: the provider has this agent's phone no more, and nobody told us its end");
        let news = LegNews::Ended { by: EndedBy::Unknown, answered: true };
        told(desk, &LegReport { sid: sid.clone(), parent: Some(parent.clone()), inbound: false, ours: None, news })
            .await?;
    }
    Ok(())
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
        if !matches!(queue::standing(&mut conn, *call).await?, Standing::Waiting | Standing::Held) {
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
        let calls = [open(1, None, 30), open(2, Some(20), 30), open(3, Some(1), 30), open(4, Some(20), 30)];
        let findings = compare(&calls, &[leg(4, None)], NOW, OffsetDateTime::UNIX_EPOCH);
        assert_eq!(findings.missing, ids(&[1]));
        assert_eq!(findings.vanished, ids(&[2]));
        assert_eq!(findings.found, ids(&[4]));
    }

    #[test]
    fn a_call_that_asks_for_music_is_there_whatever_the_list_says() {
        let findings = compare(&[open(1, Some(20), 5)], &[], NOW, OffsetDateTime::UNIX_EPOCH);
        assert_eq!((findings.found, findings.vanished), (ids(&[1]), ids(&[])));
    }

    #[test]
    fn a_list_that_lacks_most_of_our_calls_is_not_believed_at_once() {
        let calls = |missing: i64| (1..=9).map(|number| open(number, Some(missing), 300)).collect::<Vec<_>>();
        assert_eq!(compare(&calls(20), &[], NOW, OffsetDateTime::UNIX_EPOCH).vanished, []);
        assert_eq!(compare(&calls(60), &[], NOW, OffsetDateTime::UNIX_EPOCH).vanished.len(), 9);
        // The control: the same call, lacking alone.
        let there: Vec<Leg> = (2..=9).map(|number| leg(number, None)).collect();
        assert_eq!(compare(&calls(20), &there, NOW, OffsetDateTime::UNIX_EPOCH).vanished, ids(&[1]));
    }

    #[test]
    fn an_agents_leg_that_is_gone_ends_the_talk() {
        let leg_of = |number: u128, missing: Option<i64>| OpenLeg {
            sid: format!("call-{number}"),
            parent: "call-9".to_owned(),
            missing_since: missing.map(|seconds| NOW - Duration::seconds(seconds)),
        };
        let legs = [leg_of(1, None), leg_of(2, Some(20)), leg_of(3, Some(1)), leg_of(4, Some(20))];
        let findings = compare_legs(&legs, &[leg(4, Some("call-9"))], NOW);
        assert_eq!(findings.missing, ["call-1"]);
        assert_eq!(findings.gone, [("call-2".to_owned(), "call-9".to_owned())]);
        assert_eq!(findings.found, ["call-4"]);
    }

    #[test]
    fn an_agents_leg_is_no_call_of_ours() {
        let findings = compare(&[open(1, Some(20), 30)], &[leg(1, Some("call-9"))], NOW, OffsetDateTime::UNIX_EPOCH);
        assert_eq!(findings.vanished, ids(&[1]));
    }

    #[test]
    fn a_call_that_is_there_and_silent_gets_fresh_music() {
        let calls = [open(1, None, 200), open(2, None, 20), open(3, None, 200)];
        let findings = compare(&calls, &[leg(1, None), leg(2, None)], NOW, NOW - Duration::seconds(90));
        assert_eq!(findings.silent, [(ids(&[1])[0], "call-1".to_owned())]);
    }
}
