//! What agents do, and for how long.

use super::Fold;
use super::entry::ms_between;
use crate::foundation::ids::{EntryId, UserId};
use crate::hotline::statistics::model::{AgentCard, Answer, Carry, Doing, End, EntryCard, Place, Sums, Talk, hour_of};
use time::{Duration, OffsetDateTime};

impl Fold {
    pub(super) fn agent_does(&mut self, agent: UserId, to: Doing, entry: Option<EntryId>, at: OffsetDateTime) {
        let wraps_up = entry.filter(|_| to == Doing::WrapUp);
        let before = self.carry.agents.get(&agent).copied();
        if before.is_some_and(|before| before.doing == to && before.wraps_up == wraps_up) {
            // The same for another reason: the time goes on.
            return;
        }
        // Transactions overlap: nobody begins something before what was before it.
        let since = before.map_or(at, |before| at.max(before.since));
        if let Some(before) = before {
            spread(&mut self.sums, agent, before.doing, before.since, since);
            if let Some(entry) = before.wraps_up {
                self.wrapped_up(entry, agent, before.since, since);
            }
        }
        self.carry.agents.insert(agent, AgentCard { doing: to, since, wraps_up });
    }

    /// A wrap-up belongs to the talk before it, unless there was none after all.
    fn wrapped_up(&mut self, entry: EntryId, agent: UserId, from: OffsetDateTime, to: OffsetDateTime) {
        let Some(entry) = self.carry.entries.get_mut(&entry).filter(|entry| !entry.is_settled(to)) else { return };
        let before = entry.clone();
        let Some(answer) = entry.talked_with(agent) else { return };
        answer.wrap_up_ms = Some(ms_between(from, to));
        before.contribute(&mut self.sums, -1);
        entry.contribute(&mut self.sums, 1);
    }
}

impl EntryCard {
    /// The talk with this agent that is over, and whose wrap-up is not.
    fn talked_with(&mut self, agent: UserId) -> Option<&mut Answer> {
        let is_open = |talk: &&mut Talk| talk.offer.agent == agent && talk.answer.wrap_up_ms.is_none();
        let is_last = self.offer.is_some_and(|offer| offer.agent == agent)
            && matches!(self.place, Place::Ended { how: End::Served, .. });
        let earlier = self.earlier.iter_mut().find(is_open).map(|talk| &mut talk.answer);
        earlier.or(self.answer.as_mut().filter(|_| is_last))
    }
}

/// Adds the time from one moment to another to an agent's hours.
fn spread(sums: &mut Sums, agent: UserId, doing: Doing, from: OffsetDateTime, to: OffsetDateTime) {
    if doing == Doing::Offline {
        return;
    }
    let mut begun = from;
    while begun < to {
        let end = (hour_of(begun) + Duration::HOUR).min(to);
        if let Some(time) = sums.shift(begun, agent).time_mut(doing) {
            *time += ms_between(begun, end);
        }
        begun = end;
    }
}

/// The time of what agents do at `now`, which is in no sums yet: the part of it between `from` and `to`.
#[must_use]
pub fn running(carry: &Carry, now: OffsetDateTime, from: OffsetDateTime, to: OffsetDateTime) -> Sums {
    let mut sums = Sums::default();
    for (agent, card) in &carry.agents {
        spread(&mut sums, *agent, card.doing, card.since.max(from), now.min(to));
    }
    sums.tidy();
    sums
}
