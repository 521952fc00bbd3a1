//! Which entry is offered to which agent now, what is overdue, and when to look again.
//!
//! Greedy in the order of the key: each entry takes the longest idle agent who is not kept away from it. So nobody is
//! passed over by a later entry that the same agent could have taken (Q4), and no agent stays idle while an entry that
//! may be offered to them waits (Q3).

use crate::foundation::ids::{EntryId, OfferId, UserId};
use crate::hotline::queue::model::{BackOff, OrderKey};
use std::collections::HashSet;
use time::OffsetDateTime;
use uuid::Uuid;

/// An entry that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Id.
    pub entry: EntryId,
    /// Its place.
    pub order: OrderKey,
}

/// An agent who is ready and linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idle {
    /// Id.
    pub agent: UserId,
    /// Since when.
    pub since: OffsetDateTime,
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
}

/// What the plan is made from. The heads are in order, and long enough: at least as many as agents are idle, and as
/// many more as pairs are kept apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The first entries that wait, in order.
    pub heads: Vec<Head>,
    /// The agents who are ready.
    pub idle: Vec<Idle>,
    /// Pairs that are kept apart.
    pub back_offs: Vec<BackOff>,
    /// Transient states with their deadlines.
    pub due: Vec<(OffsetDateTime, Due)>,
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
pub fn plan(snapshot: &Snapshot, now: OffsetDateTime) -> Plan {
    let overdue = snapshot.due.iter().filter(|(at, _)| *at <= now).map(|(_, due)| Step::Overdue(*due));
    let mut steps: Vec<Step> = overdue.collect();

    let apart: HashSet<(EntryId, UserId)> =
        snapshot.back_offs.iter().filter(|pair| now < pair.until).map(|pair| (pair.entry, pair.agent)).collect();
    let mut idle = if snapshot.unpublished { Vec::new() } else { snapshot.idle.clone() };
    // The id decides only between agents who became idle in the same microsecond.
    idle.sort_by_key(|agent| (agent.since, agent.agent));
    for head in &snapshot.heads {
        if idle.is_empty() {
            break;
        }
        let chosen = idle.iter().position(|agent| !apart.contains(&(head.entry, agent.agent)));
        if let Some(place) = chosen {
            steps.push(Step::Offer(head.entry, idle.remove(place).agent));
        }
    }

    let deadlines = snapshot.due.iter().map(|(at, _)| *at);
    let reunions = snapshot.back_offs.iter().map(|pair| pair.until);
    let wake_at = deadlines.chain(reunions).filter(|at| now < *at).min();
    Plan { steps, wake_at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Duration;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2021-04-28 16:00 UTC);

    fn head(number: u8) -> Head {
        let order = OrderKey { at: NOW - Duration::minutes(10) + Duration::seconds(i64::from(number)), seq: 1 };
        Head { entry: EntryId(Uuid::from_u128(u128::from(number))), order }
    }

    fn idle(number: u8, seconds: i64) -> Idle {
        Idle { agent: UserId(Uuid::from_u128(u128::from(number))), since: NOW - Duration::seconds(seconds) }
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
}
