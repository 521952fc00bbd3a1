//! The product's own queue, in memory: entries, offers and agents that only the pure core changes. What it is asked with is
//! built here and nowhere else.
//!
//! Agents accept at once, their phones ring for no time and there is no wrap-up: so the queue is the theory's. As the
//! store does, a snapshot has the heads of the line and the idle agents, whatever else there is.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use time::OffsetDateTime;
use uuid::Uuid;
use vaxline::app::config::Config;
use vaxline::foundation::ids::{CallId, EntryId, OfferId, SessionId, UserId};
use vaxline::hotline::queue::decide::{
    Change, Event, Gone, Head, Idle, Look, Matter, No, Outcome, Round, Snapshot, Step, react,
};
use vaxline::hotline::queue::model::{
    Agent, AgentState, Entry, EntryState, Link, Offer, OrderKey, Policy, Reach, Wants,
};
use vaxline::hotline::queue::skills::{Needs, Skills};

#[derive(Debug)]
pub struct Desk {
    policy: Policy,
    agents: HashMap<UserId, Agent>,
    entries: HashMap<EntryId, Entry>,
    offers: HashMap<OfferId, Offer>,
    waiting: BTreeMap<OrderKey, EntryId>,
    idle: BTreeSet<(OffsetDateTime, UserId)>,
    joined: i64,
    offered: u128,
}

impl Desk {
    pub fn with(agents: u32, now: OffsetDateTime) -> Self {
        let config = Config::load(None, []).unwrap();
        let policy = config.queue.policy(&config.staffing).unwrap();
        let agents: HashMap<UserId, Agent> =
            (1..=agents).map(|number| agent(number.into(), now)).map(|agent| (agent.id, agent)).collect();
        Self {
            policy,
            idle: agents.values().map(|agent| (agent.idle_since, agent.id)).collect(),
            agents,
            entries: HashMap::new(),
            offers: HashMap::new(),
            waiting: BTreeMap::new(),
            joined: 0,
            offered: 0,
        }
    }

    /// How many callers wait.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// How many agents are idle.
    pub fn idle(&self) -> usize {
        self.idle.len()
    }

    pub fn is_waiting(&self, entry: EntryId) -> bool {
        self.entries.get(&entry).is_some_and(|entry| entry.state == EntryState::Waiting)
    }

    /// A caller joins the line.
    pub fn join(&mut self, now: OffsetDateTime) -> EntryId {
        self.joined += 1;
        let entry = entry(self.joined, now);
        self.waiting.insert(entry.order, entry.id);
        let id = entry.id;
        self.entries.insert(id, entry);
        id
    }

    /// The dispatcher does what there is to do, and the agents accept at once. Says who talks now, in order.
    pub fn dispatch(&mut self, now: OffsetDateTime) -> Vec<EntryId> {
        let mut talking = Vec::new();
        // Without somebody on both sides its round finds nothing to do.
        while !self.waiting.is_empty() && !self.idle.is_empty() {
            let mut round = Round::begin(self.snapshot(), self.policy.strategy, now);
            let mut made = Vec::new();
            while let Some(step) = round.next_step() {
                let Step::Offer(entry, agent) = step else { panic!("nothing can be overdue: {step:?}") };
                self.offered += 1;
                let offer = OfferId(Uuid::from_u128(self.offered));
                let outcome = Outcome::of(step, self.offer(offer, entry, agent, now));
                assert_eq!(outcome, Outcome::Done, "nobody else changes anything");
                round.told(step, outcome);
                made.push((offer, entry));
            }
            for (offer, entry) in made {
                self.accept(offer, now);
                talking.push(entry);
            }
            if round.end().look != Look::AtOnce {
                break;
            }
        }
        talking
    }

    /// The talk is over, and so is the wrap-up.
    pub fn end_talk(&mut self, entry: EntryId, now: OffsetDateTime) {
        let EntryState::Talking { offer, .. } = self.entries[&entry].state else { panic!("{entry} does not talk") };
        let agent = self.offers[&offer].agent;
        self.react(&self.matter_of_offer(offer), &Event::TalkEnded(offer), now).unwrap();
        let matter = Matter { agent: self.agents.get(&agent).cloned(), ..Matter::default() };
        self.react(&matter, &Event::FinishWrapUp("informed".to_owned()), now).unwrap();
    }

    /// The caller hangs up while waiting.
    pub fn hang_up(&mut self, entry: EntryId, now: OffsetDateTime) {
        let matter = Matter { entry: self.entries.get(&entry).cloned(), ..Matter::default() };
        self.react(&matter, &Event::CallerGone(Gone::HungUp), now).unwrap();
    }

    fn snapshot(&self) -> Snapshot {
        let line = self.waiting.iter().take(self.idle.len());
        Snapshot {
            heads: line.map(|(_, entry)| head(&self.entries[entry])).collect(),
            idle: self.idle.iter().map(|(_, agent)| idle(&self.agents[agent])).collect(),
            ..Snapshot::default()
        }
    }

    fn offer(&mut self, offer: OfferId, entry: EntryId, agent: UserId, now: OffsetDateTime) -> Result<(), No> {
        let (entry, agent) = (self.entries.get(&entry).cloned(), self.agents.get(&agent).cloned());
        self.react(&Matter { entry, offer: None, agent }, &Event::Offer(offer), now)
    }

    fn accept(&mut self, offer: OfferId, now: OffsetDateTime) {
        for event in [Event::Painted(offer), Event::Accept(offer), Event::Dialling(offer), Event::AgentAnswered(offer)]
        {
            self.react(&self.matter_of_offer(offer), &event, now).unwrap();
        }
    }

    fn matter_of_offer(&self, offer: OfferId) -> Matter {
        let offer = self.offers[&offer].clone();
        let (entry, agent) = (self.entries.get(&offer.entry).cloned(), self.agents.get(&offer.agent).cloned());
        Matter { entry, offer: Some(offer), agent }
    }

    fn react(&mut self, matter: &Matter, event: &Event, now: OffsetDateTime) -> Result<(), No> {
        let change = react(matter, event, &self.policy, now)?;
        self.save(change);
        Ok(())
    }

    /// What is over is forgotten: a run has millions of callers.
    fn save(&mut self, change: Change) {
        assert_eq!(change.back_off, None, "nobody lets an offer pass");
        if let Some(offer) = change.offer {
            self.offers.insert(offer.id, offer);
        }
        if let Some(entry) = change.entry {
            let over = match entry.state {
                EntryState::Waiting => unreachable!("nobody is given back"),
                EntryState::Offered { .. }
                | EntryState::Connecting { .. }
                | EntryState::Talking { .. }
                | EntryState::Held { .. }
                | EntryState::Resuming { .. } => false,
                EntryState::Ended { .. } => true,
            };
            self.waiting.remove(&entry.order);
            let before = if over { self.entries.remove(&entry.id) } else { self.entries.insert(entry.id, entry) };
            if let (true, Some(EntryState::Talking { offer, .. })) = (over, before.map(|entry| entry.state)) {
                self.offers.remove(&offer);
            }
        }
        if let Some(agent) = change.agent {
            let place = (agent.idle_since, agent.id);
            let is_idle = agent.state == AgentState::Ready;
            if let Some(before) = self.agents.insert(agent.id, agent) {
                self.idle.remove(&(before.idle_since, before.id));
            }
            if is_idle {
                self.idle.insert(place);
            }
        }
    }
}

fn head(entry: &Entry) -> Head {
    Head { entry: entry.id, order: entry.order, wants: entry.wants.clone() }
}

fn idle(agent: &Agent) -> Idle {
    Idle { agent: agent.id, since: agent.idle_since, skills: agent.skills.clone() }
}

/// Anybody will do, for as long as it takes.
fn wants(now: OffsetDateTime) -> Wants {
    Wants {
        queue: "hotline".to_owned(),
        joined: now,
        needs: Needs::default(),
        preferred: None,
        overflow: None,
        pause: None,
    }
}

fn entry(number: i64, now: OffsetDateTime) -> Entry {
    let id = Uuid::from_u128(u128::try_from(number).unwrap());
    Entry {
        id: EntryId(id),
        order: OrderKey { at: now, seq: number },
        call: CallId(id),
        wants: wants(now),
        state: EntryState::Waiting,
        reach: Reach::Line,
    }
}

fn agent(number: u128, now: OffsetDateTime) -> Agent {
    let id = Uuid::from_u128(number);
    Agent {
        id: UserId(id),
        state: AgentState::Ready,
        since: now,
        idle_since: now,
        missed: 0,
        skills: Skills::default(),
        link: Link::Up { session: SessionId(id), node: Uuid::nil() },
    }
}
