//! Each rule with a log that keeps it and one that breaks it.

mod callbacks;
mod evening;
mod holds;
mod measures;
mod promises;
mod skills;

use std::time::Duration;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::*;
use crate::journal::Happening;

/// Two logs in the making; times are milliseconds of the run.
#[derive(Default)]
struct Run {
    events: Vec<Event>,
    journal: Vec<Entry>,
}

fn moment(ms: i64) -> OffsetDateTime {
    OffsetDateTime::UNIX_EPOCH + Duration::from_secs(1_620_000_000) + time::Duration::milliseconds(ms)
}

fn offer_id(entry: u32, agent: u32) -> String {
    format!("o{entry}-{agent}")
}

impl Run {
    fn fact(&mut self, ms: i64, kind: &str, entry: u32, agent: Option<u32>, data: Value) -> &mut Self {
        self.events.push(Event {
            position: i64::try_from(self.events.len()).unwrap(),
            at: moment(ms),
            kind: kind.to_owned(),
            call: Some(format!("c{entry}")),
            entry: Some(format!("e{entry}")),
            offer: agent.map(|agent| offer_id(entry, agent)),
            agent: agent.map(|agent| format!("a{agent}")),
            data,
        });
        self
    }

    fn saw(&mut self, ms: i64, what: Happening) -> &mut Self {
        let seq = self.journal.len() as u64 + 1;
        self.journal.push(Entry { seq, mono_us: 0, wall: moment(ms), what });
        self
    }

    /// A caller rings, comes into the queue, and hears music.
    fn joins(&mut self, ms: i64, entry: u32) -> &mut Self {
        let call = format!("sid{entry}");
        self.saw(
            ms,
            Happening::CallArrived { call: call.clone(), from: "+493023125001".into(), to: "y".into(), again: None },
        );
        self.fact(ms, "call.arrived", entry, None, json!({"provider_call_sid": call}));
        self.fact(ms + 5, "entry.joined", entry, None, json!({"key_us": micros_at(ms + 5), "seq": entry}));
        self.saw(ms + 10, Happening::Parked { call })
    }

    /// The same, with what the entry needs and by whom it is preferred.
    fn joins_with(&mut self, ms: i64, entry: u32, more: &Value) -> &mut Self {
        self.joins(ms, entry);
        if let (Some(joined), Some(more)) = (self.events.last_mut(), more.as_object()) {
            joined.data.as_object_mut().unwrap().extend(more.clone());
        }
        self
    }

    fn can(&mut self, ms: i64, agent: u32, skills: &Value) -> &mut Self {
        self.fact(ms, "agent.skills", 0, Some(agent), json!({"skills": skills}))
    }

    fn agent(&mut self, ms: i64, agent: u32, to: &str) -> &mut Self {
        self.fact(ms, "agent.state", 0, Some(agent), json!({"to": to}))
    }

    fn offers(&mut self, ms: i64, entry: u32, agent: u32) -> &mut Self {
        self.fact(ms, "offer.made", entry, Some(agent), json!({"deadline_ms": micros_at(ms + 15_000) / 1_000}));
        self.agent(ms, agent, "offered")
    }

    /// The agent takes the caller, they talk for a second, the agent wraps up.
    fn serves(&mut self, ms: i64, entry: u32, agent: u32) -> &mut Self {
        let (call, leg, user) = (format!("sid{entry}"), format!("leg{entry}"), format!("a{agent}"));
        self.fact(ms, "offer.accepted", entry, Some(agent), json!({})).fact(
            ms,
            "entry.connecting",
            entry,
            Some(agent),
            json!({}),
        );
        self.agent(ms, agent, "connecting").fact(ms + 500, "entry.talking", entry, Some(agent), json!({})).agent(
            ms + 500,
            agent,
            "talking",
        );
        self.saw(ms + 490, told(&leg, "in-progress"));
        self.saw(ms + 500, Happening::Bridged { call: call.clone(), leg, user });
        self.ends(ms + 1_500, entry, "jambonz").fact(
            ms + 1_550,
            "entry.ended",
            entry,
            Some(agent),
            json!({"reason": "served"}),
        );
        self.agent(ms + 1_550, agent, "wrap_up")
    }

    /// The call is over and the service was told.
    fn ends(&mut self, ms: i64, entry: u32, by: &str) -> &mut Self {
        let call = format!("sid{entry}");
        self.saw(
            ms,
            Happening::CallEnded { call: call.clone(), by: by.into(), cause: "test".into(), sip: 200, served: false },
        );
        self.saw(ms + 10, told(&format!("sid{entry}"), "completed"))
    }

    fn gives_up(&mut self, ms: i64, entry: u32) -> &mut Self {
        self.ends(ms, entry, "caller").fact(ms + 20, "entry.ended", entry, None, json!({"reason": "abandoned"}))
    }

    /// The service is down.
    fn outage(&mut self, from: i64, to: i64) -> &mut Self {
        self.saw(from, Happening::Mark { text: "crash".into() }).saw(to, Happening::Mark { text: "restart".into() })
    }

    /// Both logs in the order of time, whatever was written first.
    fn in_order(&mut self) -> &mut Self {
        self.events.sort_by_key(|event| event.at);
        for (position, event) in (0..).zip(&mut self.events) {
            event.position = position;
        }
        self.journal.sort_by_key(|entry| entry.wall);
        self
    }

    fn until(&mut self, ms: i64) -> &mut Self {
        self.saw(ms, Happening::Mark { text: "end".into() })
    }

    fn verdict(&self) -> Report {
        judge(&self.events, &self.journal, &Rules::default())
    }

    fn broken(&self) -> Vec<&'static str> {
        self.verdict().violations.iter().map(Violation::rule).collect()
    }
}

/// The service has acknowledged what a leg reports of itself.
fn told(leg: &str, status: &str) -> Happening {
    Happening::HookAnswered {
        call: leg.to_owned(),
        hook: "status".into(),
        http: 204,
        ms: 3,
        verbs: Vec::new(),
        status: Some(status.into()),
    }
}

fn micros_at(ms: i64) -> i64 {
    log::micros_of(moment(ms))
}
