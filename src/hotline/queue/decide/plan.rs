//! Which entry is offered to which agent now, what is overdue, and when to look again.
//!
//! Greedy in the order of the key: each entry takes, of the agents who may take it, the one whom the strategy names. So
//! nobody is passed over by a later entry that the same agent could have taken (Q4), and no agent stays idle while an entry
//! that may be offered to them waits (Q3).

use crate::foundation::ids::{EntryId, OfferId, UserId};
use crate::hotline::queue::model::{BackOff, OrderKey, Strategy, Wants};
use crate::hotline::queue::skills::Skills;
use std::collections::HashSet;
use time::OffsetDateTime;
use uuid::Uuid;

/// An entry that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Id.
    pub entry: EntryId,
    /// Its place.
    pub order: OrderKey,
    /// For whom it waits.
    pub wants: Wants,
}

/// An agent who is ready and linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idle {
    /// Id.
    pub agent: UserId,
    /// Since when.
    pub since: OffsetDateTime,
    /// What they can do.
    pub skills: Skills,
}

/// A transient state that ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// An offer: to be painted, answered or connected.
    Offer(OfferId),
    /// An agent's wrap-up.
    WrapUp(UserId),
    /// An agent's lost link.
    Link(UserId),
    /// An agent whose socket was held by a process that died, and that process.
    DeadNode(UserId, Uuid),
    /// An entry that has waited too long in its queue.
    Overflow(EntryId),
    /// An entry whose caller has been on hold for long enough.
    Hold(EntryId),
}

/// What the plan is made from. The heads are in order, and long enough: of each kind of caller, at least as many as agents
/// are idle, and as many more as pairs are kept apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The first entries of each kind that wait, in order. Those who wait for an agent who is not idle are left out, and those
    /// who were rung in vain just now.
    pub heads: Vec<Head>,
    /// The agents who are ready.
    pub idle: Vec<Idle>,
    /// Pairs that are kept apart.
    pub back_offs: Vec<BackOff>,
    /// Transient states with their deadlines.
    pub due: Vec<(OffsetDateTime, Due)>,
    /// When the first of the callers who were left out may be taken, or be taken by others.
    pub freed_at: Option<OffsetDateTime>,
    /// When the first of the other processes is dead, if it does not say before that it lives.
    pub lapses_at: Option<OffsetDateTime>,
    /// Nobody publishes facts just now: no page would learn of an offer in time.
    pub unpublished: bool,
}

/// One step of a round. Whoever carries it out locks and verifies; a conflict drops the step, not the round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Offer the entry to the agent.
    Offer(EntryId, UserId),
    /// A deadline has passed.
    Overdue(Due),
}

/// What to do, and when to look again if nothing happens before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// The steps, overdue ones first: they free entries and agents for the next round.
    pub steps: Vec<Step>,
    /// The next deadline.
    pub wake_at: Option<OffsetDateTime>,
}

/// Plans one round.
#[must_use]
pub fn plan(snapshot: &Snapshot, strategy: Strategy, now: OffsetDateTime) -> Plan {
    let overdue = snapshot.due.iter().filter(|(at, _)| *at <= now).map(|(_, due)| Step::Overdue(*due));
    let mut steps: Vec<Step> = overdue.collect();

    let apart: HashSet<(EntryId, UserId)> =
        snapshot.back_offs.iter().filter(|pair| now < pair.until).map(|pair| (pair.entry, pair.agent)).collect();
    let mut idle: Vec<&Idle> = if snapshot.unpublished { Vec::new() } else { snapshot.idle.iter().collect() };
    // The id decides only between agents who became idle in the same microsecond.
    idle.sort_by_key(|agent| (agent.since, agent.agent));
    let mut changes = Vec::new();
    for head in &snapshot.heads {
        if idle.is_empty() {
            break;
        }
        let fits = |agent: &Idle| {
            head.wants.fit(agent.agent, &agent.skills, now).is_ok() && !apart.contains(&(head.entry, agent.agent))
        };
        let fitting = idle.iter().enumerate().filter(|(_, agent)| fits(agent));
        // Of equals the first is taken: the longest idle.
        match fitting.min_by_key(|(_, agent)| strategy.rank(head, agent)) {
            Some((place, _)) => steps.push(Step::Offer(head.entry, idle.remove(place).agent)),
            None => changes.extend(head.wants.next_change(now)),
        }
    }

    let deadlines = snapshot.due.iter().map(|(at, _)| *at);
    let reunions = snapshot.back_offs.iter().map(|pair| pair.until);
    let moments = deadlines.chain(reunions).chain(changes).chain(snapshot.freed_at).chain(snapshot.lapses_at);
    let wake_at = moments.filter(|at| now < *at).min();
    Plan { steps, wake_at }
}

impl Strategy {
    /// The lower, the sooner this agent takes the caller; the longest idle of equals.
    fn rank(self, head: &Head, agent: &Idle) -> i64 {
        let count = |levels: usize| i64::try_from(levels).unwrap_or(i64::MAX);
        match self {
            Self::LongestIdle => 0,
            Self::MostSkilled => {
                -head.wants.needs.iter().map(|need| i64::from(agent.skills.level(need.skill()))).sum::<i64>()
            }
            Self::LeastVersatile => count(agent.skills.count()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hotline::queue::model::Preferred;
    use time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2021-04-28 16:00 UTC);

    fn head(number: u8) -> Head {
        let order = OrderKey { at: NOW - Duration::minutes(10) + Duration::seconds(i64::from(number)), seq: 1 };
        Head { entry: EntryId(Uuid::from_u128(u128::from(number))), order, wants: wants("") }
    }

    fn wants(needs: &str) -> Wants {
        let needs = needs.parse().unwrap();
        Wants {
            queue: "hotline".to_owned(),
            joined: NOW - Duration::minutes(10),
            needs,
            preferred: None,
            overflow: None,
            pause: None,
        }
    }

    fn idle(number: u8, seconds: i64) -> Idle {
        let agent = UserId(Uuid::from_u128(u128::from(number)));
        Idle { agent, since: NOW - Duration::seconds(seconds), skills: Skills::default() }
    }

    fn able(number: u8, seconds: i64, skills: &str) -> Idle {
        Idle { skills: skills.parse().unwrap(), ..idle(number, seconds) }
    }

    fn plan(snapshot: &Snapshot, now: OffsetDateTime) -> Plan {
        super::plan(snapshot, Strategy::LongestIdle, now)
    }

    #[test]
    fn the_first_in_line_gets_the_longest_idle_agent() {
        let snapshot =
            Snapshot { heads: vec![head(1), head(2)], idle: vec![idle(7, 5), idle(8, 50)], ..Snapshot::default() };
        let steps = plan(&snapshot, NOW).steps;
        assert_eq!(steps, [Step::Offer(head(1).entry, idle(8, 0).agent), Step::Offer(head(2).entry, idle(7, 0).agent)]);
    }

    #[test]
    fn an_agent_who_let_an_entry_pass_is_offered_the_next_one() {
        let apart = BackOff { entry: head(1).entry, agent: idle(7, 0).agent, until: NOW + Duration::seconds(9) };
        let snapshot = Snapshot {
            heads: vec![head(1), head(2)],
            idle: vec![idle(7, 5)],
            back_offs: vec![apart],
            ..Snapshot::default()
        };
        let planned = plan(&snapshot, NOW);
        assert_eq!(planned.steps, [Step::Offer(head(2).entry, idle(7, 0).agent)]);
        assert_eq!(planned.wake_at, Some(apart.until));
    }

    #[test]
    fn a_pair_may_meet_again_when_its_back_off_has_passed() {
        let apart = BackOff { entry: head(1).entry, agent: idle(7, 0).agent, until: NOW };
        let snapshot =
            Snapshot { heads: vec![head(1)], idle: vec![idle(7, 5)], back_offs: vec![apart], ..Snapshot::default() };
        assert_eq!(plan(&snapshot, NOW).steps, [Step::Offer(head(1).entry, idle(7, 0).agent)]);
    }

    #[test]
    fn nothing_is_offered_while_nobody_publishes() {
        let snapshot =
            Snapshot { heads: vec![head(1)], idle: vec![idle(7, 5)], unpublished: true, ..Snapshot::default() };
        assert_eq!(plan(&snapshot, NOW).steps, []);
    }

    #[test]
    fn what_is_overdue_comes_first_and_the_next_deadline_wakes() {
        let late = Due::Offer(OfferId(Uuid::from_u128(3)));
        let later = Due::WrapUp(idle(9, 0).agent);
        let snapshot = Snapshot {
            heads: vec![head(1)],
            idle: vec![idle(7, 5)],
            due: vec![(NOW + Duration::seconds(30), later), (NOW, late)],
            ..Snapshot::default()
        };
        let planned = plan(&snapshot, NOW);
        assert_eq!(planned.steps[0], Step::Overdue(late));
        assert_eq!(planned.wake_at, Some(NOW + Duration::seconds(30)));
    }

    #[test]
    fn the_end_of_another_process_wakes_the_dispatcher() {
        let lapses_at = Some(NOW + Duration::seconds(2));
        assert_eq!(plan(&Snapshot { lapses_at, ..Snapshot::default() }, NOW).wake_at, lapses_at);
    }

    #[test]
    fn a_caller_passes_agents_who_lack_a_skill_and_holds_nobody_up() {
        let english = Head { wants: wants("en:1"), ..head(1) };
        let idle = vec![able(7, 50, "de:5"), able(8, 5, "en:1")];
        let snapshot = Snapshot { heads: vec![english.clone(), head(2)], idle, ..Snapshot::default() };
        let steps = plan(&snapshot, NOW).steps;
        assert_eq!(steps, [Step::Offer(english.entry, able(8, 0, "").agent), Step::Offer(head(2).entry, idle_id(7))]);
    }

    fn idle_id(number: u8) -> UserId {
        idle(number, 0).agent
    }

    #[test]
    fn a_need_that_falls_wakes_the_dispatcher_and_is_then_met() {
        let english = Head { wants: wants("en:1,0@700"), ..head(1) };
        let falls = english.wants.joined + Duration::seconds(700);
        let snapshot = Snapshot { heads: vec![english.clone()], idle: vec![idle(7, 5)], ..Snapshot::default() };
        let planned = plan(&snapshot, NOW);
        assert_eq!((planned.steps, planned.wake_at), (vec![], Some(falls)));
        assert_eq!(plan(&snapshot, falls).steps, [Step::Offer(english.entry, idle_id(7))]);
    }

    #[test]
    fn a_caller_waits_for_the_preferred_agent_and_then_for_anybody() {
        let until = NOW + Duration::seconds(20);
        let one = Some(Preferred { agent: idle_id(8), until });
        let returning = Head { wants: Wants { preferred: one, ..wants("") }, ..head(1) };
        let with = |idle| Snapshot { heads: vec![returning.clone()], idle, ..Snapshot::default() };
        let planned = plan(&with(vec![idle(7, 50)]), NOW);
        assert_eq!((planned.steps, planned.wake_at), (vec![], Some(until)));
        assert_eq!(plan(&with(vec![idle(7, 50), idle(8, 5)]), NOW).steps, [Step::Offer(returning.entry, idle_id(8))]);
        assert_eq!(plan(&with(vec![idle(7, 50)]), until).steps, [Step::Offer(returning.entry, idle_id(7))]);
    }

    #[test]
    fn who_was_rung_in_vain_is_left_in_peace_and_holds_nobody_up() {
        let until = NOW + Duration::minutes(10);
        let away = Head { wants: Wants { pause: Some(until), ..wants("") }, ..head(1) };
        let snapshot = Snapshot { heads: vec![away.clone(), head(2)], idle: vec![idle(7, 5)], ..Snapshot::default() };
        let planned = plan(&snapshot, NOW);
        assert_eq!((planned.steps, planned.wake_at), (vec![Step::Offer(head(2).entry, idle_id(7))], Some(until)));
        assert_eq!(plan(&snapshot, until).steps, [Step::Offer(away.entry, idle_id(7))]);
    }

    #[test]
    fn each_strategy_takes_its_own_of_the_agents_who_may() {
        let english = Head { wants: wants("en:1"), ..head(1) };
        let idle = vec![able(6, 90, "de:9,en:2"), able(7, 50, "de:9,en:5"), able(8, 5, "en:2"), able(9, 1, "de:9")];
        let snapshot = Snapshot { heads: vec![english.clone()], idle, ..Snapshot::default() };
        for (strategy, chosen) in
            [(Strategy::LongestIdle, 6), (Strategy::MostSkilled, 7), (Strategy::LeastVersatile, 8)]
        {
            let steps = super::plan(&snapshot, strategy, NOW).steps;
            assert_eq!(steps, [Step::Offer(english.entry, idle_id(chosen))], "{strategy:?}");
        }
    }
}
