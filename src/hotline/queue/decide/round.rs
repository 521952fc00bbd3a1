//! One round of the dispatcher: which step comes next, and what its outcome means for the rest. Pure.
//!
//! What is overdue comes first. It frees entries that stand before those of the snapshot, so a round that has freed
//! anything offers nothing: the next one begins at once. An offer that does not come about never lets a later caller
//! overtake: because of the agent, the same caller is planned for the next agent; because somebody is just changing the
//! entry, nothing more is offered until that is settled.

use super::No;
use super::plan::{Due, Snapshot, Step, plan};
use crate::foundation::db::leases::TTL;
use crate::hotline::queue::model::Strategy;
use std::collections::VecDeque;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// More offers make one round, and the locks it holds, longer; fewer make a burst of ready agents wait for more rounds.
pub const MOST_OFFERS: usize = 16;

/// The same for what is overdue.
pub const MOST_OVERDUE: usize = 32;

/// How soon rows that somebody held are looked at again: a little longer than a transaction takes.
const SKIPPED_AGAIN: Duration = Duration::milliseconds(20);

/// For so long a leader has looked without a break before it takes another process for dead: longer than a lease lasts,
/// so that after an outage of the database every living process has had the time to renew its own.
const JUDGES_AFTER: Duration = TTL.saturating_add(Duration::SECOND);

/// A longer pause between two rounds is a break.
const BREAK: Duration = TTL;

/// Since when one process leads without a break.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    span: Option<(OffsetDateTime, OffsetDateTime)>,
}

impl Watch {
    /// A watch that began at `since` and looked last at `last`.
    #[must_use]
    pub const fn kept(since: OffsetDateTime, last: OffsetDateTime) -> Self {
        Self { span: Some((since, last)) }
    }

    /// The watch after a round at `now`.
    #[must_use]
    pub fn looked(self, now: OffsetDateTime) -> Self {
        match self.span {
            Some((since, last)) if now - last <= BREAK => Self::kept(since, now),
            Some(_) | None => Self::kept(now, now),
        }
    }

    /// Whether a lease that has lapsed at `now` says that its process is dead.
    #[must_use]
    pub fn may_judge(self, now: OffsetDateTime) -> bool {
        matches!(self.looked(now).span, Some((since, _)) if now - since >= JUDGES_AFTER)
    }
}

impl Snapshot {
    /// Leaves out what the leader `own` cannot know of dead processes: it lives itself, whatever its lease says, and of
    /// others it knows nothing before it has watched for long enough.
    #[must_use]
    pub fn judged_by(mut self, own: Uuid, watch: Watch, now: OffsetDateTime) -> Self {
        let judges = watch.may_judge(now);
        self.due.retain(|(_, due)| match due {
            Due::DeadNode(_, node) => judges && *node != own,
            Due::Offer(_) | Due::WrapUp(_) | Due::Link(_) | Due::Overflow(_) | Due::Hold(_) => true,
        });
        self.lapses_at = self.lapses_at.filter(|_| judges);
        self
    }
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It took place.
    Done,
    /// Somebody was faster: it is not due any more.
    Dropped,
    /// Somebody else is changing the rows of an overdue step, or the entry, just now.
    Busy,
    /// Somebody else is changing the agent just now.
    AgentBusy,
    /// The entry does not wait any more, or cannot be read.
    EntryUnfit,
    /// The agent is not ready and linked any more, or cannot be read.
    AgentUnfit,
    /// The agent may not take this caller any more, or the pair cannot be written.
    PairUnfit,
}

impl Outcome {
    /// The outcome of a decision about a step.
    #[must_use]
    pub const fn of(step: Step, decided: Result<(), No>) -> Self {
        match (step, decided) {
            (_, Ok(())) => Self::Done,
            (Step::Overdue(_), Err(_)) => Self::Dropped,
            (Step::Offer(..), Err(No::NotWaiting)) => Self::EntryUnfit,
            (Step::Offer(..), Err(No::Unfit)) => Self::PairUnfit,
            (Step::Offer(..), Err(_)) => Self::AgentUnfit,
        }
    }
}

/// When to look again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// There is more to do, or what was freed may be offered.
    AtOnce,
    /// After this time, if nothing happens before.
    In(Duration),
    /// When something happens.
    WhenTold,
}

/// What a round did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// When it was.
    pub at: OffsetDateTime,
    /// Offers made.
    pub offers: usize,
    /// Deadlines enforced.
    pub overdue: usize,
    /// When to look again.
    pub look: Look,
}

/// A round that is being carried out.
#[derive(Clone, Debug)]
pub struct Round {
    snapshot: Snapshot,
    strategy: Strategy,
    now: OffsetDateTime,
    steps: VecDeque<Step>,
    wake_at: Option<OffsetDateTime>,
    offers: usize,
    overdue: usize,
    /// Something was passed over because somebody held it.
    skipped: bool,
    /// Nothing more may be offered without overtaking.
    stopped: bool,
}

impl Round {
    /// Plans a round.
    #[must_use]
    pub fn begin(snapshot: Snapshot, strategy: Strategy, now: OffsetDateTime) -> Self {
        let planned = plan(&snapshot, strategy, now);
        Self {
            snapshot,
            strategy,
            now,
            steps: planned.steps.into(),
            wake_at: planned.wake_at,
            offers: 0,
            overdue: 0,
            skipped: false,
            stopped: false,
        }
    }

    /// The next step, to be carried out on locked rows.
    pub fn next_step(&mut self) -> Option<Step> {
        match self.steps.front()? {
            Step::Overdue(_) if self.overdue >= MOST_OVERDUE => return None,
            Step::Offer(..) if self.stopped || self.overdue > 0 || self.offers >= MOST_OFFERS => return None,
            Step::Overdue(_) | Step::Offer(..) => {}
        }
        self.steps.pop_front()
    }

    /// What became of the step.
    pub fn told(&mut self, step: Step, outcome: Outcome) {
        match step {
            Step::Overdue(_) => {
                self.overdue += usize::from(outcome == Outcome::Done);
                self.skipped |= matches!(outcome, Outcome::Busy | Outcome::AgentBusy);
            }
            Step::Offer(entry, agent) => {
                let (drops_entry, drops_agent) = match outcome {
                    Outcome::Done => {
                        self.offers += 1;
                        self.snapshot.heads.retain(|head| head.entry != entry);
                        self.snapshot.idle.retain(|idle| idle.agent != agent);
                        return;
                    }
                    Outcome::Busy => {
                        self.skipped = true;
                        self.stopped = true;
                        return;
                    }
                    Outcome::AgentBusy => {
                        self.skipped = true;
                        (false, true)
                    }
                    Outcome::EntryUnfit => (true, false),
                    Outcome::AgentUnfit => (false, true),
                    Outcome::PairUnfit | Outcome::Dropped => (true, true),
                };
                self.snapshot.heads.retain(|head| !(drops_entry && head.entry == entry));
                self.snapshot.idle.retain(|idle| !(drops_agent && idle.agent == agent));
                self.snapshot.due.clear();
                self.steps = plan(&self.snapshot, self.strategy, self.now).steps.into();
            }
        }
    }

    /// What the round did.
    #[must_use]
    pub fn end(self) -> Report {
        let next = self.wake_at.map(|at| at - self.now);
        let skipped = self.skipped.then_some(SKIPPED_AGAIN);
        let look = if self.overdue > 0 || self.offers >= MOST_OFFERS {
            Look::AtOnce
        } else {
            next.into_iter().chain(skipped).min().map_or(Look::WhenTold, Look::In)
        };
        Report { at: self.now, offers: self.offers, overdue: self.overdue, look }
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Head, Idle};
    use super::*;
    use crate::foundation::ids::{EntryId, OfferId, UserId};
    use crate::hotline::queue::model::{OrderKey, Wants};
    use crate::hotline::queue::skills::{Needs, Skills};
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2021-04-28 16:00 UTC);

    fn entry(number: u128) -> EntryId {
        EntryId(Uuid::from_u128(number))
    }

    fn agent(number: u128) -> UserId {
        UserId(Uuid::from_u128(number))
    }

    fn wants() -> Wants {
        let needs = Needs::default();
        Wants { queue: "hotline".to_owned(), joined: NOW, needs, preferred: None, overflow: None, pause: None }
    }

    fn line(entries: u128, agents: u128) -> Snapshot {
        let place = |seq: u128| OrderKey { at: NOW, seq: i64::try_from(seq).unwrap() };
        Snapshot {
            heads: (1..=entries)
                .map(|number| Head { entry: entry(number), order: place(number), wants: wants() })
                .collect(),
            idle: (1..=agents)
                .map(|number| Idle { agent: agent(number), since: NOW, skills: Skills::default() })
                .collect(),
            ..Snapshot::default()
        }
    }

    /// Carries a round out, with the given outcome for the first step and success for all others.
    fn played(snapshot: Snapshot, first: Outcome) -> (Vec<Step>, Report) {
        let mut round = Round::begin(snapshot, Strategy::LongestIdle, NOW);
        let mut done = Vec::new();
        let mut outcome = first;
        while let Some(step) = round.next_step() {
            round.told(step, outcome);
            if outcome == Outcome::Done {
                done.push(step);
            }
            outcome = Outcome::Done;
        }
        (done, round.end())
    }

    #[test]
    fn a_round_that_has_freed_an_entry_offers_nothing_and_goes_on_at_once() {
        let late = Due::Offer(OfferId(Uuid::from_u128(3)));
        let snapshot = Snapshot { due: vec![(NOW, late)], ..line(2, 2) };
        let (done, report) = played(snapshot, Outcome::Done);
        assert_eq!((done, report.look), (vec![Step::Overdue(late)], Look::AtOnce));
    }

    #[test]
    fn an_agent_who_is_not_free_costs_the_head_of_the_line_nothing() {
        for outcome in [Outcome::AgentUnfit, Outcome::AgentBusy] {
            let (done, _) = played(line(2, 2), outcome);
            assert_eq!(done, [Step::Offer(entry(1), agent(2))], "{outcome:?}");
        }
    }

    #[test]
    fn nobody_overtakes_an_entry_that_is_being_changed() {
        let (done, report) = played(line(2, 2), Outcome::Busy);
        assert_eq!((done, report.look), (vec![], Look::In(SKIPPED_AGAIN)));
    }

    #[test]
    fn an_entry_that_has_left_costs_nobody_their_agent() {
        let (done, _) = played(line(2, 1), Outcome::EntryUnfit);
        assert_eq!(done, [Step::Offer(entry(2), agent(1))]);
    }

    #[test]
    fn a_round_is_bounded_and_the_next_one_begins_at_once() {
        let (done, report) = played(line(40, 40), Outcome::Done);
        assert_eq!((done.len(), report.look), (MOST_OFFERS, Look::AtOnce));
    }

    #[test]
    fn a_process_is_taken_for_dead_only_by_one_that_has_watched_without_a_break() {
        let (own, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let due = vec![(NOW, Due::DeadNode(agent(1), own)), (NOW, Due::DeadNode(agent(2), other))];
        let lapses_at = Some(NOW + Duration::SECOND);
        let snapshot = Snapshot { due, lapses_at, ..Snapshot::default() };
        let wakes = |watch: Watch| snapshot.clone().judged_by(own, watch, NOW).lapses_at;
        let judged = |watch: Watch| snapshot.clone().judged_by(own, watch, NOW).due;
        let long = NOW - Duration::seconds(60);
        assert_eq!(judged(Watch::default()), []);
        assert_eq!(judged(Watch::kept(NOW - Duration::seconds(2), NOW)), []);
        assert_eq!(judged(Watch::kept(long, NOW - Duration::seconds(3))), [], "it was away itself");
        assert_eq!(wakes(Watch::default()), None, "it could do nothing then");
        assert_eq!(judged(Watch::kept(long, NOW - Duration::SECOND)), [(NOW, Due::DeadNode(agent(2), other))]);
        assert_eq!(wakes(Watch::kept(long, NOW - Duration::SECOND)), lapses_at);
    }
}
