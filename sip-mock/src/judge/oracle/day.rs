//! The ideal day: a simulation by events, on the same line and bench as the replay.

use std::collections::{BTreeSet, HashSet};

use super::script::{self, Outcome, Script};
use crate::judge::log::{Id, Key};
use crate::judge::replay::Log;
use crate::judge::standing::Standing;
use crate::judge::witness::Witness;
use crate::judge::{Micros, Rules, micros};

/// What happens; at the same moment in this order. A caller is the number of a stint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happens {
    /// An agent is done with a caller, who goes back to the line if they were let pass.
    Done {
        agent: Id,
        back: Option<Id>,
    },
    /// An agent comes to work, and will leave.
    Comes {
        agent: Id,
        until: Micros,
    },
    Leaves {
        agent: Id,
    },
    Arrives(Id),
    /// A caller asks for something else.
    Turns(Id),
    GivesUp(Id),
    Reunion(Id, Id),
}

/// What became of the callers.
#[derive(Debug, Default)]
pub(super) struct Lived {
    pub(super) waits: Vec<Micros>,
    pub(super) abandoned: usize,
}

pub(super) struct Day<'l> {
    log: &'l Log<'l>,
    back_off: Micros,
    scripts: Vec<Script>,
    events: BTreeSet<(Micros, Happens)>,
    standing: Standing,
    present: HashSet<Id>,
    busy: HashSet<Id>,
    /// Callers who gave up while an agent let them pass.
    gone: HashSet<Id>,
    now: Micros,
    lived: Lived,
}

impl<'l> Day<'l> {
    pub(super) fn dawn(log: &'l Log<'l>, witness: &Witness, rules: &Rules) -> Option<Self> {
        let handled = script::handled(log);
        if handled.is_empty() {
            return None;
        }
        let number = |at: usize| Id::try_from(at).unwrap_or(Id::MAX);
        let stints = || log.stints.iter().enumerate();
        let scripts: Vec<Script> = stints().map(|(at, stint)| script::of(at, stint, log, witness, &handled)).collect();
        let mut events: BTreeSet<_> = stints().map(|(at, stint)| (stint.from, Happens::Arrives(number(at)))).collect();
        for (agent, from, until) in &log.presence {
            events.insert((*from, Happens::Comes { agent: *agent, until: *until }));
        }
        Some(Self {
            log,
            back_off: micros(rules.back_off),
            scripts,
            events,
            standing: Standing::default(),
            present: HashSet::new(),
            busy: HashSet::new(),
            gone: HashSet::new(),
            now: log.first,
            lived: Lived::default(),
        })
    }

    pub(super) fn live(mut self) -> Lived {
        while let Some((at, happens)) = self.events.pop_first() {
            if at > self.log.horizon {
                break;
            }
            self.now = at;
            self.happens(happens);
        }
        self.lived
    }

    fn happens(&mut self, happens: Happens) {
        match happens {
            Happens::Done { agent, back } => {
                self.busy.remove(&agent);
                if let Some(caller) = back.filter(|caller| !self.gone.contains(caller)) {
                    let until = self.now + self.back_off;
                    self.standing.apart.keep(caller, agent, until);
                    self.events.insert((until, Happens::Reunion(caller, agent)));
                    self.waits(caller);
                }
                self.is_free(agent);
            }
            Happens::Comes { agent, until } => {
                self.present.insert(agent);
                self.events.insert((until, Happens::Leaves { agent }));
                self.is_free(agent);
            }
            Happens::Leaves { agent } => {
                self.present.remove(&agent);
                self.standing.bench.rise(agent);
            }
            Happens::Arrives(caller) => {
                if let Some(at) = self.scripts.get(caller as usize).and_then(|script| script.gives_up) {
                    self.events.insert((at, Happens::GivesUp(caller)));
                }
                self.waits(caller);
            }
            Happens::Turns(caller) if self.standing.line.holds(caller) => self.waits(caller),
            Happens::Turns(_) => {}
            Happens::GivesUp(caller) => self.gives_up(caller),
            Happens::Reunion(caller, agent) => {
                self.standing.apart.look(caller, agent, self.now);
                if self.standing.line.holds(caller) {
                    self.waits(caller);
                }
            }
        }
    }

    fn gives_up(&mut self, caller: Id) {
        let waited = self.standing.line.holds(caller);
        self.standing.line.leave(caller);
        let Some(script) = self.scripts.get(caller as usize) else { return };
        // Whoever talks by then has no outcome left.
        if waited || !script.outcomes.is_empty() {
            self.gone.insert(caller);
            self.lived.abandoned += usize::from(script.is_patience);
        }
    }

    /// A caller stands in line, with what they ask for now, and takes the one who was idle longest.
    fn waits(&mut self, caller: Id) {
        let Some(stint) = self.log.stints.get(caller as usize) else { return };
        let Some(entry) = self.log.entries.get(&stint.entry) else { return };
        let (account, now) = (self.log.account, self.now);
        self.standing.line.stand(caller, entry.key, &entry.demand(account, now));
        if let Some(next) = entry.turns(account).into_iter().filter(|at| *at > now).min() {
            self.events.insert((next, Happens::Turns(caller)));
        }
        let apart = &self.standing.apart;
        let longest = self
            .standing
            .longest_idle_for(account, caller, Micros::MAX, |agent| !apart.at(caller, agent, now))
            .map(|(_, agent)| agent);
        if let Some(agent) = longest {
            self.meet(caller, agent);
        }
    }

    /// An agent who is at work and free takes the first whom they may have.
    fn is_free(&mut self, agent: Id) {
        if !self.present.contains(&agent) || self.busy.contains(&agent) {
            return;
        }
        const LAST: Key = (i64::MAX, i64::MAX);
        let (account, now, apart) = (self.log.account, self.now, &self.standing.apart);
        let skills = self.log.agents.get(&agent).map_or(0, |record| record.skills_id(now));
        let first = self.standing.first_for(account, (agent, skills), LAST, |caller| !apart.at(caller, agent, now));
        match first {
            Some((_, caller)) => self.meet(caller, agent),
            None => self.standing.bench.sit(agent, skills, now),
        }
    }

    fn meet(&mut self, caller: Id, agent: Id) {
        self.standing.line.leave(caller);
        self.standing.bench.rise(agent);
        self.busy.insert(agent);
        let outcome = self.scripts.get_mut(caller as usize).and_then(|script| script.outcomes.pop_front());
        let since = self.log.stints.get(caller as usize).map_or(self.now, |stint| stint.from);
        let (lasts, back) = match outcome {
            Some(Outcome::Served(lasts)) => {
                self.lived.waits.push(self.now - since);
                (lasts, None)
            }
            Some(Outcome::Passed(lasts)) => (lasts, Some(caller)),
            Some(Outcome::Left(lasts)) => {
                self.lived.abandoned += 1;
                (lasts, None)
            }
            None => (0, None),
        };
        // At least a moment, so that nobody can be let pass for ever at one.
        self.events.insert((self.now + lasts.max(1), Happens::Done { agent, back }));
    }
}
