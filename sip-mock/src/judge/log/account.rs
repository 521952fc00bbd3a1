//! The hotline's account of a run: its facts in order, with numbers for names.

use std::collections::HashMap;
use std::io::BufRead;

use super::needs::{Needs, Skills};
use super::{Doing, Ending, Event, Fact, GivenBack, Id, Preference, ReadError, What, lines};
use crate::judge::Micros;

/// Names of one kind of thing.
#[derive(Debug, Default)]
pub(in crate::judge) struct Names {
    known: HashMap<String, Id>,
    all: Vec<String>,
}

impl Names {
    fn number(&mut self, name: &str) -> Id {
        if let Some(id) = self.known.get(name) {
            return *id;
        }
        let id = Id::try_from(self.all.len()).unwrap_or(Id::MAX);
        self.known.insert(name.to_owned(), id);
        self.all.push(name.to_owned());
        id
    }

    pub(in crate::judge) fn find(&self, name: &str) -> Option<Id> {
        self.known.get(name).copied()
    }

    pub(in crate::judge) fn name(&self, id: Id) -> String {
        self.all.get(id as usize).cloned().unwrap_or_default()
    }
}

/// Values of which many are the same.
#[derive(Debug)]
struct Shared<T> {
    known: HashMap<T, Id>,
    all: Vec<T>,
}

impl<T: Clone + Eq + std::hash::Hash> Shared<T> {
    fn number(&mut self, value: T) -> Id {
        let next = Id::try_from(self.all.len()).unwrap_or(Id::MAX);
        *self.known.entry(value).or_insert_with_key(|value| {
            self.all.push(value.clone());
            next
        })
    }
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { known: HashMap::new(), all: Vec::new() }
    }
}

/// An event log, read fact by fact.
#[derive(Debug, Default)]
pub struct Account {
    facts: Vec<Fact>,
    span: Option<(Micros, Micros)>,
    /// The calls, by the provider's ids.
    pub(in crate::judge) sids: Names,
    calls: Names,
    pub(in crate::judge) entries: Names,
    pub(in crate::judge) offers: Names,
    pub(in crate::judge) agents: Names,
    skill_names: Names,
    needs: Shared<Needs>,
    skills: Shared<Skills>,
}

impl Account {
    /// Reads an exported log, a line at a time.
    ///
    /// # Errors
    /// When the file or a line of it cannot be read.
    pub fn read(from: impl BufRead) -> Result<Self, ReadError> {
        let mut account = Self::empty();
        for event in lines::<Event>(from) {
            account.take(&event?);
        }
        account.put_in_order();
        Ok(account)
    }

    /// The account that these events give.
    #[must_use]
    pub fn of(events: &[Event]) -> Self {
        let mut account = Self::empty();
        for event in events {
            account.take(event);
        }
        account.put_in_order();
        account
    }

    fn empty() -> Self {
        let mut account = Self::default();
        // Number 0 stands for nothing needed, and for no skills.
        account.needs.number(Needs::default());
        account.skills.number(Skills::new());
        account
    }

    fn put_in_order(&mut self) {
        self.facts.sort_by_key(|fact| fact.position);
        // In the order of positions, except that what shares a moment is put into the order of causes.
        for together in self.facts.chunk_by_mut(|a, b| a.at == b.at) {
            together.sort_by_key(|fact| fact.what.rank());
        }
    }

    fn take(&mut self, event: &Event) {
        let at = event.micros();
        // The log begins with its first fact, also with one that says nothing here.
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first, last.max(at)));
        let Some(what) = self.what(event, at) else { return };
        self.facts.push(Fact {
            position: event.position,
            at,
            call: event.call.as_ref().map(|name| self.calls.number(name)),
            entry: event.entry.as_ref().map(|name| self.entries.number(name)),
            offer: event.offer.as_ref().map(|name| self.offers.number(name)),
            agent: event.agent.as_ref().map(|name| self.agents.number(name)),
            what,
        });
    }

    fn what(&mut self, event: &Event, at: Micros) -> Option<What> {
        let seconds = |key: &str| event.data.get(key)?.as_f64().map(|s| crate::judge::whole(s * 1_000.0));
        Some(match event.kind.as_str() {
            "call.arrived" | "call.named" => What::Arrived { sid: self.sids.number(event.text("provider_call_sid")?) },
            "entry.joined" => What::Joined {
                key: (event.number("key_us").unwrap_or(at), event.number("seq").unwrap_or(event.position)),
                needs: self.needs(event),
                prefers: event.data.get("prefers").and_then(|data| self.preference(data)),
            },
            "entry.moved" => What::Moved { needs: self.needs(event) },
            "entry.preferred" => What::Preferred(self.preference(&event.data)?),
            "entry.redeemed" => What::Redeemed,
            "entry.callback" => What::Callback,
            "entry.unreached" => What::Unreached { until: event.number("until_us") },
            "entry.reached" => What::Reached,
            "entry.told" => What::Told { low: seconds("low_s")?, high: seconds("high_s")? },
            "entry.talking" => What::Talking,
            "entry.held" => What::Held,
            "entry.resumed" => What::Resumed,
            "entry.transferred" => What::Transferred {
                needs: self.needs(event),
                prefers: event.data.get("prefers").and_then(|data| self.preference(data)),
            },
            "entry.ended" => What::Ended(match event.text("reason") {
                Some("served") => Ending::Served,
                Some("abandoned") => Ending::Abandoned,
                _ => Ending::Otherwise,
            }),
            "offer.made" => What::Offered { deadline: event.number("deadline_ms").map(|ms| ms * 1_000) },
            "offer.painted" => What::Painted,
            "offer.accepted" => What::Accepted,
            "agent.state" => What::State(Doing::of(event.text("to").or_else(|| event.text("reason"))?)),
            "agent.wrap_up_extended" => What::Extended,
            "agent.link_up" => What::Link { up: true },
            "agent.link_lost" => What::Link { up: false },
            "agent.skills" => What::Skills(self.skills_of(event)),
            _ => What::GivenBack(GivenBack::of(event)?),
        })
    }

    fn needs(&mut self, event: &Event) -> Id {
        let names = &mut self.skill_names;
        self.needs.number(Needs::of(event, &mut |skill| names.number(skill)))
    }

    fn preference(&mut self, data: &serde_json::Value) -> Option<Preference> {
        let agent = self.agents.number(data.get("agent")?.as_str()?);
        Some(Preference { agent, until: data.get("until_us")?.as_i64()? })
    }

    fn skills_of(&mut self, event: &Event) -> Id {
        let named = event.data.get("skills").and_then(serde_json::Value::as_object);
        let mut skills: Skills = named
            .into_iter()
            .flatten()
            .filter_map(|(skill, level)| Some((self.skill_names.number(skill), level.as_i64()?)))
            .filter(|(_, level)| *level > 0)
            .collect();
        skills.sort_unstable();
        self.skills.number(skills)
    }

    pub(in crate::judge) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// From the first fact to the last, if there is one.
    pub(in crate::judge) fn span(&self) -> Option<(Micros, Micros)> {
        self.span
    }

    pub(in crate::judge) fn needs_of(&self, id: Id) -> &Needs {
        self.needs.all.get(id as usize).unwrap_or(&NO_NEEDS)
    }

    pub(in crate::judge) fn skills_set(&self, id: Id) -> &Skills {
        self.skills.all.get(id as usize).unwrap_or(&NO_SKILLS)
    }
}

static NO_NEEDS: Needs = Needs::none();
static NO_SKILLS: Skills = Skills::new();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_without_a_meaning_here_are_left_out_but_begin_the_log() {
        let line = |kind: &str, at: &str| format!(r#"{{"position":1,"at":"2021-05-03T00:00:0{at}Z","kind":"{kind}"}}"#);
        let text = format!("{}\n{}\n", line("weather.changed", "1"), line("entry.talking", "3"));
        let account = Account::read(text.as_bytes()).unwrap();
        assert_eq!(account.facts().len(), 1);
        assert_eq!(account.span().map(|(first, last)| last - first), Some(2_000_000));
    }
}
