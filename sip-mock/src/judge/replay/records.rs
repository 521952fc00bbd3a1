//! What the replayed log knows of entries, offers and agents.

use crate::judge::log::{Account, Demand, Doing, Ending, Id, Key, Preference, Skills};
use crate::judge::{Micros, Rules, micros};

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::judge) enum Place {
    Waiting(Micros),
    Taken(Micros),
    Talking(Micros),
    Ended(Micros),
}

#[derive(Debug, Clone)]
pub(in crate::judge) struct EntryRecord {
    pub(in crate::judge) key: Key,
    /// The provider's id of the call that waits on it, when the log names it.
    pub(in crate::judge) sid: Option<Id>,
    pub(in crate::judge) joined: Micros,
    /// What it needed, and from when.
    needs: Vec<(Micros, Id)>,
    /// For whom alone it was, and from when.
    prefers: Vec<(Micros, Option<Preference>)>,
    /// Until when nobody may have it, and from when that is known.
    pauses: Vec<(Micros, Option<Micros>)>,
    /// The caller does not wait on the line, and is to be rung.
    pub(in crate::judge) at_home: bool,
    /// They wanted that once.
    pub(in crate::judge) callback: bool,
    pub(in crate::judge) place: Place,
    pub(in crate::judge) ended_as: Option<Ending>,
    pub(in crate::judge) first_offer: Option<Micros>,
    pub(in crate::judge) talking: Option<Micros>,
    pub(in crate::judge) redeemed: bool,
    /// An agent has talked with it, and it is in line again: handed on, or not fetched back from a hold.
    pub(in crate::judge) transferred: bool,
    /// The talk that goes on had begun before a hold.
    pub(in crate::judge) resumed: bool,
    /// Its call had a place before, which is lost.
    pub(in crate::judge) again: bool,
    /// The present state, if it is one that passes, and its deadline.
    pub(super) passes_by: Option<(&'static str, Micros)>,
    pub(in crate::judge) live_offer: Option<Id>,
    /// The offer of the present talk.
    pub(in crate::judge) talks_by: Option<Id>,
    /// The present one of its times in the queue.
    pub(in crate::judge) stint: usize,
}

impl EntryRecord {
    pub(super) fn joined(at: Micros, key: Key, sid: Option<Id>, needs: Id, prefers: Option<Preference>) -> Self {
        Self {
            key,
            sid,
            joined: at,
            needs: vec![(at, needs)],
            prefers: vec![(at, prefers)],
            pauses: Vec::new(),
            at_home: false,
            callback: false,
            place: Place::Waiting(at),
            ended_as: None,
            first_offer: None,
            talking: None,
            redeemed: false,
            transferred: false,
            resumed: false,
            again: false,
            passes_by: None,
            live_offer: None,
            talks_by: None,
            stint: 0,
        }
    }

    pub(super) fn moved(&mut self, at: Micros, needs: Id) {
        self.needs.push((at, needs));
    }

    /// From now on it is for one agent alone, or for nobody in particular.
    pub(super) fn preferred(&mut self, at: Micros, preference: Option<Preference>) {
        self.prefers.push((at, preference));
    }

    /// Nobody may have it until then; or everybody again.
    pub(super) fn paused(&mut self, at: Micros, until: Option<Micros>) {
        self.pauses.push((at, until));
    }

    /// What it asks for at this moment.
    pub(in crate::judge) fn demand(&self, account: &Account, at: Micros) -> Demand {
        // A moment before joining it would have needed the same.
        let since = at.max(self.joined);
        let needs = in_force(&self.needs, since).map_or(0, |id| *id);
        let levels = account.needs_of(needs).after(since - self.joined);
        let preference = in_force(&self.prefers, at).and_then(Option::as_ref);
        let only = preference.filter(|preference| at < preference.until).map(|preference| preference.agent);
        let pause = in_force(&self.pauses, at).copied().flatten();
        Demand { levels, only, nobody: pause.is_some_and(|until| at < until) }
    }

    /// The moments at which what it asks for may change.
    pub(in crate::judge) fn turns(&self, account: &Account) -> Vec<Micros> {
        let mut turns = Vec::new();
        for (since, needs) in &self.needs {
            turns.push(*since);
            turns.extend(account.needs_of(*needs).changes().map(|after| self.joined + after));
        }
        for (since, preference) in &self.prefers {
            turns.push(*since);
            turns.extend(preference.map(|preference| preference.until));
        }
        for (since, until) in &self.pauses {
            turns.push(*since);
            turns.extend(until);
        }
        turns
    }
}

/// The last of a history that has begun at this moment.
fn in_force<T>(history: &[(Micros, T)], at: Micros) -> Option<&T> {
    history.iter().rev().find(|(since, _)| *since <= at).map(|(_, value)| value)
}

#[derive(Debug, Clone)]
pub(in crate::judge) struct OfferRecord {
    pub(in crate::judge) id: Id,
    pub(in crate::judge) entry: Id,
    pub(in crate::judge) agent: Id,
    pub(in crate::judge) sid: Option<Id>,
    pub(in crate::judge) made: Micros,
    pub(in crate::judge) deadline: Option<Micros>,
    pub(in crate::judge) painted: Option<Micros>,
    pub(in crate::judge) accepted: Option<Micros>,
    /// Since when agent and caller are being connected: from the yes on, or from when who was rung had said that it is them.
    pub(in crate::judge) connecting: Option<Micros>,
    /// The agent waits for somebody who is being rung.
    pub(in crate::judge) rings: bool,
    pub(in crate::judge) closed: Option<Micros>,
    /// It led to a talk, which began then.
    pub(in crate::judge) talked: Option<Micros>,
    /// The caller was gone before.
    pub(in crate::judge) hung_up: bool,
    /// The agent was done with it, wrap-up included.
    pub(in crate::judge) agent_free: Option<Micros>,
}

/// One time of an entry in the queue: from joining, or from taking the place up again, to the end.
#[derive(Debug, Clone)]
pub(in crate::judge) struct Stint {
    pub(in crate::judge) entry: Id,
    pub(in crate::judge) sid: Option<Id>,
    pub(in crate::judge) from: Micros,
    /// Its offers, by their number in the log.
    pub(in crate::judge) offers: Vec<usize>,
    pub(in crate::judge) end: Option<(Micros, Ending)>,
}

#[derive(Debug, Clone)]
pub(in crate::judge) struct AgentRecord {
    pub(in crate::judge) doing: Doing,
    pub(in crate::judge) since: Micros,
    pub(in crate::judge) idle_since: Micros,
    pub(in crate::judge) linked: bool,
    pub(in crate::judge) linked_since: Micros,
    pub(in crate::judge) live_offer: Option<Id>,
    /// The last offer, until they are done with it.
    pub(in crate::judge) busy_with: Option<usize>,
    /// The last offer was taken back through no doing of theirs: their turn is kept.
    pub(super) keeps_turn: bool,
    /// When that ended which holds the agent in the present state.
    pub(super) released: Option<Micros>,
    /// How often the present wrap-up was extended.
    pub(super) extensions: i64,
    skills: Vec<(Micros, Id)>,
    /// At work since then, with a caller or ready for one.
    pub(super) present: Option<Micros>,
}

impl AgentRecord {
    /// An agent of whom the log has not told before.
    pub(super) fn first_heard_of(at: Micros) -> Self {
        Self {
            doing: Doing::Offline,
            since: at,
            idle_since: at,
            linked: true,
            linked_since: at,
            live_offer: None,
            busy_with: None,
            keeps_turn: false,
            released: None,
            extensions: 0,
            skills: Vec::new(),
            present: None,
        }
    }

    pub(in crate::judge) fn is_idle(&self) -> bool {
        self.doing == Doing::Ready && self.linked
    }

    pub(super) fn is_present(&self) -> bool {
        match self.doing {
            Doing::Ready => self.linked,
            Doing::Offered | Doing::Connecting | Doing::Talking | Doing::WrapUp => true,
            Doing::Offline | Doing::NotReady | Doing::Other => false,
        }
    }

    pub(super) fn learned(&mut self, at: Micros, skills: Id) {
        self.skills.push((at, skills));
    }

    pub(in crate::judge) fn skills_id(&self, at: Micros) -> Id {
        in_force(&self.skills, at).map_or(0, |id| *id)
    }

    pub(in crate::judge) fn skills<'a>(&self, account: &'a Account, at: Micros) -> &'a Skills {
        account.skills_set(self.skills_id(at))
    }

    pub(in crate::judge) fn turns(&self) -> impl Iterator<Item = Micros> + '_ {
        self.skills.iter().map(|(since, _)| *since)
    }

    /// Until when the present state may last, if it is one that passes.
    pub(super) fn passes_by(&self, rules: &Rules) -> Option<(&'static str, Micros)> {
        match self.doing {
            Doing::WrapUp => Some(("wrap-up of agent", self.since + micros(rules.wrap_up) * (1 + self.extensions))),
            Doing::Offered | Doing::Connecting => Some(("agent in between", self.released?)),
            Doing::Talking => Some(("agent who talks to nobody", self.released?)),
            Doing::Offline | Doing::NotReady | Doing::Ready | Doing::Other => None,
        }
    }
}

/// Who is in a state that passes.
#[derive(Debug, Clone, Copy)]
pub(in crate::judge) enum Who {
    Agent(Id),
    Entry(Id),
}

/// A state that passes: by when, and when it did.
#[derive(Debug, Clone)]
pub(in crate::judge) struct Stay {
    pub(in crate::judge) what: &'static str,
    pub(in crate::judge) who: Who,
    pub(in crate::judge) deadline: Micros,
    /// `None`: it lasts to the end of the log.
    pub(in crate::judge) over: Option<Micros>,
}
