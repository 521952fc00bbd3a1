//! The world of a simulation: entries, offers and agents in memory, changed only through the pure core.

mod acting;
mod judging;

pub use judging::Violation;

use crate::op::Op;
use rand::RngExt;
use rand::rngs::StdRng;
use std::collections::{BTreeMap, BTreeSet};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;
use vaxline::foundation::ids::{CallId, EntryId, OfferId, UserId};
use vaxline::hotline::queue::decide::{
    Change, Due, Effect, Event, Fact, Gone, Head, Idle, Look, Matter, No, Outcome, Report, Round, Snapshot, Step, react,
};
use vaxline::hotline::queue::model::{
    Agent, AgentState, BackOff, Callbacks, Ending, Entry, EntryState, Link, Offer, OfferState, OrderKey, Policy, Reach,
    Reason, Strategy, Wants,
};
use vaxline::hotline::queue::skills::Needs;

/// A known flaw, for the controls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Serves the newest caller first.
    NewestFirst,
    /// Leaves the offer open when the caller hangs up.
    KeepsOfferAfterHangUp,
    /// Puts a caller whose offer was let pass at the end.
    RequeuesAtTheEnd,
    /// Puts a caller who is handed on at the end.
    TransfersToTheEnd,
    /// Never looks at deadlines.
    ForgetsDeadlines,
    /// Makes each offer twice.
    OffersTwice,
    /// Never sees one of the agents.
    ForgetsAnAgent,
    /// Prefers the agent who became idle last.
    ShortestIdleFirst,
    /// Loses places when a process starts anew.
    LosesPlacesAtRestart,
    /// Offers from a snapshot that its own round has made old.
    OffersFromOldHeads,
    /// Passes over the caller whose agent is not free any more.
    BlamesTheCaller,
    /// Takes the end of any phone for the end of the talk.
    EndsAnyTalk,
    /// Leaves a caller in the line that they should have left.
    ForgetsToOverflow,
    /// Leaves callers on hold whose agent does not come back.
    ForgetsWhoIsHeld,
    /// Offers callers to agents who cannot do what they need.
    IgnoresSkills,
    /// Takes the end of the call for the end of the place, although the caller is to be rung.
    EndsCallbacks,
    /// Rings who was rung in vain again at once.
    RingsAtOnce,
}

/// Times short enough that a history sees all of them pass.
pub const POLICY: Policy = Policy {
    offer: Duration::seconds(15),
    paint: Duration::milliseconds(1_500),
    connect: Duration::seconds(20),
    wrap_up: Duration::seconds(30),
    extensions: 2,
    hold: Duration::seconds(25),
    back_off: Duration::seconds(20),
    missed_limit: 2,
    link_grace: Duration::seconds(60),
    redeem: Duration::minutes(10),
    strategy: Strategy::LongestIdle,
    handling: Duration::minutes(5),
    patience: Some(Duration::minutes(10)),
    admit: None,
    most_waiting: 5_000,
    callback: Callbacks {
        from: None,
        ring: Duration::seconds(15),
        answer: Duration::seconds(10),
        tries: 2,
        pause: Duration::seconds(40),
    },
};

/// What each agent can do.
const SKILLS: [&str; 6] = ["", "", "en:1", "en:3", "duty:2", "duty:1,en:2"];

const AGENTS: u128 = SKILLS.len() as u128;

/// The kinds of callers: what they need, how much earlier they are taken to have come, and when they overflow.
const KINDS: [(&str, i64, Option<i64>); 6] = [
    ("", 0, None),
    ("", 60, None),
    ("en:1", 0, None),
    ("en:3,1@20,0@60", 0, None),
    ("duty:1", 0, Some(30)),
    ("duty:2,1@15;en:2,0@40", 30, None),
];

pub struct World {
    pub now: OffsetDateTime,
    pub entries: BTreeMap<EntryId, Entry>,
    pub offers: BTreeMap<OfferId, Offer>,
    /// The offers that bind somebody: histories are long, and most offers are over.
    pub live_offers: BTreeSet<OfferId>,
    /// The entries that have not ended.
    pub open_entries: BTreeSet<EntryId>,
    pub agents: BTreeMap<UserId, Agent>,
    pub back_offs: Vec<BackOff>,
    /// The place each entry got when it joined.
    pub places: BTreeMap<EntryId, OrderKey>,
    /// Calls that are on the line at the provider.
    pub live: BTreeSet<CallId>,
    /// The entries that the last operation changed, ended ones too: histories are long, and most entries are over.
    pub recent: BTreeSet<EntryId>,
    /// The entries whose place can be taken up again.
    lost: BTreeSet<EntryId>,
    /// The entries whose callers are at home, and were promised to be rung.
    pub at_home: BTreeSet<EntryId>,
    /// When a caller was last rung in vain, who has not been on the line since.
    vain: BTreeMap<EntryId, OffsetDateTime>,
    /// The offers whose talk has truly ended.
    pub talked: BTreeSet<OfferId>,
    /// What was seen to go wrong inside of an operation.
    pub violations: Vec<Violation>,
    /// Whether the last operation was a whole round, after which nobody may be idle without reason.
    pub just_dispatched: bool,
    pub journal: Vec<String>,
    flaw: Option<Flaw>,
    node: Uuid,
    minted: u128,
}

impl World {
    pub fn new(flaw: Option<Flaw>) -> Self {
        let now = datetime!(2021-04-28 16:00 UTC);
        let agents = (1..=AGENTS).map(|number| {
            let id = UserId(Uuid::from_u128(number));
            let agent = Agent {
                id,
                state: AgentState::Offline,
                since: now,
                idle_since: now,
                missed: 0,
                skills: SKILLS[usize::try_from(number - 1).unwrap()].parse().unwrap(),
                link: Link::Down,
            };
            (id, agent)
        });
        Self {
            now,
            entries: BTreeMap::new(),
            offers: BTreeMap::new(),
            live_offers: BTreeSet::new(),
            open_entries: BTreeSet::new(),
            agents: agents.collect(),
            back_offs: Vec::new(),
            places: BTreeMap::new(),
            live: BTreeSet::new(),
            recent: BTreeSet::new(),
            lost: BTreeSet::new(),
            at_home: BTreeSet::new(),
            vain: BTreeMap::new(),
            talked: BTreeSet::new(),
            violations: Vec::new(),
            just_dispatched: false,
            journal: Vec::new(),
            flaw,
            node: Uuid::from_u128(1),
            minted: 1_000,
        }
    }

    fn mint(&mut self) -> Uuid {
        self.minted += 1;
        Uuid::from_u128(self.minted)
    }

    pub fn waiting(&self) -> usize {
        self.open_entries().filter(|entry| entry.state == EntryState::Waiting).count()
    }

    /// The entries that have not ended.
    pub fn open_entries(&self) -> impl Iterator<Item = &Entry> {
        self.open_entries.iter().map(|id| &self.entries[id])
    }

    /// The offers that bind somebody.
    pub fn live_offers(&self) -> impl Iterator<Item = &Offer> {
        self.live_offers.iter().map(|id| &self.offers[id])
    }

    /// Whether the pair is kept apart.
    pub fn apart(&self, entry: EntryId, agent: UserId) -> bool {
        self.back_offs.iter().any(|pair| pair.entry == entry && pair.agent == agent && self.now < pair.until)
    }

    /// What the dispatcher sees of whom a caller waits for.
    fn wants_seen(&self, entry: &Entry) -> Wants {
        let ignores = self.flaw == Some(Flaw::IgnoresSkills);
        let needs = if ignores { Needs::default() } else { entry.wants.needs.clone() };
        let pause = entry.wants.pause.filter(|_| self.flaw != Some(Flaw::RingsAtOnce));
        Wants { needs, pause, ..entry.wants.clone() }
    }

    pub fn is_idle(agent: &Agent) -> bool {
        agent.state == AgentState::Ready && matches!(agent.link, Link::Up { .. })
    }

    fn matter_of_entry(&self, id: EntryId) -> Matter {
        let Some(entry) = self.entries.get(&id).cloned() else { return Matter::default() };
        let offer = entry.state.offer().and_then(|id| self.offers.get(&id)).cloned();
        let agent = offer.as_ref().and_then(|offer| self.agents.get(&offer.agent)).cloned();
        Matter { entry: Some(entry), offer, agent }
    }

    fn matter_of_offer(&self, id: OfferId) -> Matter {
        let Some(offer) = self.offers.get(&id).cloned() else { return Matter::default() };
        let entry = self.entries.get(&offer.entry).cloned();
        let agent = self.agents.get(&offer.agent).cloned();
        Matter { entry, offer: Some(offer), agent }
    }

    fn matter_of_agent(&self, id: UserId) -> Matter {
        let Some(agent) = self.agents.get(&id).cloned() else { return Matter::default() };
        let entry = agent.state.entry().and_then(|id| self.entries.get(&id)).cloned();
        let offer = agent.state.offer().and_then(|id| self.offers.get(&id)).cloned();
        Matter { entry, offer, agent: Some(agent) }
    }

    fn react(&mut self, matter: &Matter, event: &Event) -> Result<(), No> {
        let mut change = react(matter, event, &POLICY, self.now)?;
        if self.flaw == Some(Flaw::KeepsOfferAfterHangUp) && matches!(event, Event::CallerGone(_)) {
            change.offer = None;
            change.agent = None;
        }
        if self.flaw == Some(Flaw::RequeuesAtTheEnd)
            && let (Some(entry), Event::OfferDeadline(_) | Event::Decline(_)) = (&mut change.entry, event)
        {
            entry.order.at = self.now;
        }
        if let (Some(Flaw::OffersTwice), Event::Offer(_), Some(offer)) = (self.flaw, event, &change.offer) {
            let twin = Offer { id: OfferId(self.mint()), ..offer.clone() };
            self.save(Change { offer: Some(twin), ..Change::default() });
        }
        if let (Some(entry), Some(before)) = (&mut change.entry, &matter.entry)
            && matches!(self.flaw, Some(Flaw::IgnoresSkills | Flaw::RingsAtOnce))
            && matches!(event, Event::Offer(_))
        {
            // It only looks away: what the caller needs stays as it is.
            entry.wants = self.entries[&before.id].wants.clone();
        }
        self.save(change);
        Ok(())
    }

    fn save(&mut self, change: Change) {
        for fact in &change.facts {
            self.journal.push(format!("{} {}", self.now.unix_timestamp_nanos(), fact.kind));
        }
        if let Some(entry) = change.entry {
            self.note_reach(&entry, &change.facts);
            self.recent.insert(entry.id);
            if matches!(entry.state, EntryState::Ended { redeem_until: Some(_), .. }) {
                self.lost.insert(entry.id);
            } else {
                self.lost.remove(&entry.id);
            }
            match entry.state {
                EntryState::Ended { .. } => self.open_entries.remove(&entry.id),
                EntryState::Waiting
                | EntryState::Offered { .. }
                | EntryState::Connecting { .. }
                | EntryState::Talking { .. }
                | EntryState::Held { .. }
                | EntryState::Resuming { .. } => self.open_entries.insert(entry.id),
            };
            self.entries.insert(entry.id, entry);
        }
        if let Some(offer) = change.offer {
            if offer.state.is_live() {
                self.live_offers.insert(offer.id);
            } else {
                self.live_offers.remove(&offer.id);
            }
            self.offers.insert(offer.id, offer);
        }
        if let Some(agent) = change.agent {
            self.agents.insert(agent.id, agent);
        }
        if let Some(pair) = change.back_off {
            self.back_offs.retain(|known| known.until > self.now);
            self.back_offs.push(pair);
        }
        for effect in change.effects {
            if let Effect::HangUp(call) = effect {
                self.live.remove(&call);
            }
        }
    }

    /// Keeps book of who was rung in vain, by the facts; and of who is not rung any more.
    fn note_reach(&mut self, entry: &Entry, facts: &[Fact]) {
        if entry.reach == Reach::Line {
            self.vain.remove(&entry.id);
        }
        if facts.iter().any(|fact| fact.kind == "entry.unreached") {
            self.vain.insert(entry.id, self.now);
        }
        if matches!(entry.state, EntryState::Ended { how: Ending::Unreached, .. }) {
            self.at_home.remove(&entry.id);
        }
    }

    pub fn snapshot(&self) -> Snapshot {
        let waits = || self.open_entries().filter(|entry| entry.state == EntryState::Waiting);
        let is_left_out = |entry: &Entry| {
            let one = entry.wants.preferred.filter(|one| self.now < one.until);
            let is_paused = self.wants_seen(entry).pause.is_some_and(|until| self.now < until);
            is_paused || one.is_some_and(|one| !Self::is_idle(&self.agents[&one.agent]))
        };
        let mut heads: Vec<Head> = waits()
            .filter(|entry| !is_left_out(entry))
            .map(|entry| Head { entry: entry.id, order: entry.order, wants: self.wants_seen(entry) })
            .collect();
        heads.sort_by_key(|head| head.order);
        let later = |entry: &Entry| entry.wants.preferred.map(|one| one.until).into_iter().chain(entry.wants.pause);
        let freed_at = waits().flat_map(later).filter(|until| self.now < *until).min();
        if self.flaw == Some(Flaw::NewestFirst) {
            heads.reverse();
        }
        let forgets = self.flaw == Some(Flaw::ForgetsAnAgent);
        let idle = self.agents.values().filter(|agent| Self::is_idle(agent) && !(forgets && agent.id == self.agent(0)));
        let long_ago = |agent: &Agent| match self.flaw {
            Some(Flaw::ShortestIdleFirst) => self.now - (agent.idle_since - self.now),
            _ => agent.idle_since,
        };
        let mut due = Vec::new();
        for offer in self.live_offers() {
            match offer.state {
                OfferState::Open { deadline, paint_by } => {
                    due.push((paint_by.unwrap_or(deadline).min(deadline), Due::Offer(offer.id)));
                }
                OfferState::Accepted { deadline } | OfferState::Connecting { deadline } => {
                    due.push((deadline, Due::Offer(offer.id)));
                }
                OfferState::Connected
                | OfferState::Held
                | OfferState::Transferred
                | OfferState::Declined
                | OfferState::Expired
                | OfferState::Withdrawn
                | OfferState::Failed => {}
            }
        }
        if self.flaw != Some(Flaw::ForgetsToOverflow) {
            due.extend(waits().filter_map(|entry| Some((entry.wants.overflows_at()?, Due::Overflow(entry.id)))));
        }
        if self.flaw != Some(Flaw::ForgetsWhoIsHeld) {
            for entry in self.open_entries() {
                if let EntryState::Held { until, .. } = entry.state {
                    due.push((until, Due::Hold(entry.id)));
                }
            }
        }
        for agent in self.agents.values() {
            if let AgentState::WrapUp { until, .. } = agent.state {
                due.push((until, Due::WrapUp(agent.id)));
            }
            match agent.link {
                Link::Lost { until } => due.push((until, Due::Link(agent.id))),
                Link::Up { node, .. } if node != self.node => due.push((self.now, Due::DeadNode(agent.id, node))),
                Link::Up { .. } | Link::Down => {}
            }
        }
        if self.flaw == Some(Flaw::ForgetsDeadlines) {
            due.clear();
        }
        Snapshot {
            heads,
            idle: idle
                .map(|agent| Idle { agent: agent.id, since: long_ago(agent), skills: agent.skills.clone() })
                .collect(),
            back_offs: self.back_offs.clone(),
            due,
            freed_at,
            lapses_at: None,
            unpublished: false,
        }
    }

    /// Rounds until nothing is left to do, as the dispatcher runs them.
    pub fn dispatch(&mut self) {
        for _ in 0..200 {
            if self.round(None).look != Look::AtOnce {
                self.just_dispatched = true;
                return;
            }
        }
        panic!("the dispatcher spins");
    }

    /// One round, in which other things happen between its steps when there is a chance of it.
    fn round(&mut self, mut chance: Option<StdRng>) -> Report {
        let snapshot = self.snapshot();
        // What this round knows to be in line: its snapshot, and what it puts back itself.
        let mut known: BTreeSet<EntryId> = snapshot.heads.iter().map(|head| head.entry).collect();
        let mut turns: BTreeMap<UserId, OffsetDateTime> =
            snapshot.idle.iter().map(|idle| (idle.agent, self.agents[&idle.agent].idle_since)).collect();
        let mut concealed = false;
        let mut round = Round::begin(snapshot, POLICY.strategy, self.now);
        while let Some(step) = round.next_step() {
            if let Some(chance) = &mut chance {
                self.meddle(step, chance);
                if chance.random_bool(0.2) {
                    let busy = if chance.random_bool(0.5) { Outcome::Busy } else { Outcome::AgentBusy };
                    if let (Step::Offer(_, agent), Outcome::AgentBusy) = (step, busy) {
                        turns.remove(&agent);
                    }
                    round.told(step, busy);
                    continue;
                }
            }
            let outcome = self.carry_out(step, &mut known);
            if let Step::Offer(entry, agent) = step {
                if outcome == Outcome::Done {
                    self.judge_offer(entry, agent, &known, &turns);
                }
                // What a step has locked nobody else changes before the round is over, and what it found gone is gone.
                if matches!(outcome, Outcome::Done | Outcome::EntryUnfit) {
                    known.remove(&entry);
                }
                if matches!(outcome, Outcome::Done | Outcome::AgentUnfit) {
                    turns.remove(&agent);
                }
            }
            let told = match (self.flaw, step, outcome) {
                (Some(Flaw::OffersFromOldHeads), Step::Overdue(_), Outcome::Done) => {
                    concealed = true;
                    Outcome::Dropped
                }
                (Some(Flaw::BlamesTheCaller), _, Outcome::AgentUnfit) => Outcome::EntryUnfit,
                _ => outcome,
            };
            round.told(step, told);
        }
        let report = round.end();
        Report { look: if concealed { Look::AtOnce } else { report.look }, ..report }
    }

    /// Others act before a step is carried out: anybody at all, or just the caller or the agent whom it is about.
    fn meddle(&mut self, step: Step, chance: &mut StdRng) {
        if chance.random_bool(0.4) {
            let op = Op::of_others(self, chance);
            self.perform(op);
        }
        if let Step::Offer(entry, agent) = step {
            if chance.random_bool(0.1) {
                let matter = self.matter_of_agent(agent);
                let _ = self.react(&matter, &Event::NotReady(Reason::of_setup("break")));
            }
            let call = self.entries.get(&entry).filter(|entry| entry.state == EntryState::Waiting).map(|it| it.call);
            if let Some(call) = call.filter(|_| chance.random_bool(0.05)) {
                self.caller_gone(call, Gone::HungUp);
            }
        }
    }

    fn carry_out(&mut self, step: Step, known: &mut BTreeSet<EntryId>) -> Outcome {
        let (matter, event) = match step {
            Step::Offer(entry, agent) => {
                let entry =
                    self.entries.get(&entry).map(|entry| Entry { wants: self.wants_seen(entry), ..entry.clone() });
                let agent = self.agents.get(&agent).cloned();
                (Matter { entry, offer: None, agent }, Event::Offer(OfferId(self.mint())))
            }
            Step::Overdue(Due::Offer(id)) => (self.matter_of_offer(id), Event::OfferDeadline(id)),
            Step::Overdue(Due::WrapUp(id)) => (self.matter_of_agent(id), Event::WrapUpDeadline),
            Step::Overdue(Due::Link(id)) => (self.matter_of_agent(id), Event::LinkDeadline),
            Step::Overdue(Due::DeadNode(id, node)) => (self.matter_of_agent(id), Event::NodeDied(node)),
            Step::Overdue(Due::Overflow(id)) => (self.matter_of_entry(id), Event::Overflow),
            Step::Overdue(Due::Hold(id)) => (self.matter_of_entry(id), Event::HoldDeadline(OfferId(self.mint()))),
        };
        let decided = self.react(&matter, &event);
        if let (Step::Overdue(_), Some(entry)) = (step, &matter.entry) {
            known.insert(entry.id);
        }
        Outcome::of(step, decided)
    }
}
