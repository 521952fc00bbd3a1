//! Why each caller who waits is not served now, and why each agent is not offered anybody: the queue's answers in the words
//! of the page. It says nothing of who calls: callers are their places in line.

use crate::foundation::ids::UserId;
use crate::hotline::console::view::millis;
use crate::hotline::queue::decide::{Does, Halted, Present, Reasons, Scene, WhyAgent, WhyEntry};
use crate::hotline::queue::model::Strategy;
use serde::Serialize;
use std::collections::BTreeMap;
use time::OffsetDateTime;
use ts_rs::TS;
use uuid::Uuid;

/// Why callers wait and agents are idle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Why {
    /// The moment.
    #[ts(type = "number")]
    pub epoch_ms: i64,
    /// How many wait in all.
    pub waiting: usize,
    /// Callers from the front of the line.
    pub entries: Vec<WhyThisEntry>,
    /// Every agent who is signed in, the longest idle first.
    pub agents: Vec<WhyThisAgent>,
}

/// Why one caller is not served now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct WhyThisEntry {
    /// The place.
    #[ts(type = "string")]
    pub entry: Uuid,
    /// The queue.
    pub queue: String,
    /// When the caller joined.
    #[ts(type = "number")]
    pub joined_ms: i64,
    /// How many wait before it.
    pub ahead: usize,
    /// `next`, `others_first`, `all_busy`, `nobody_can`, `kept_apart`, `waits_for_agent`, `paused`, `nobody_dispatches`
    /// or `nobody_publishes`.
    pub why: &'static str,
    /// The agent it waits for alone.
    pub agent: Option<String>,
    /// Until when that holds.
    #[ts(type = "number | null")]
    pub until_ms: Option<i64>,
    /// Those who can do what it needs, by what they do: `idle`, `unlinked`, `busy`, `wrap_up`, `not_ready`.
    pub able: BTreeMap<&'static str, usize>,
    /// How many lack a skill that it needs, by skill.
    pub lacking: BTreeMap<String, usize>,
    /// When more agents may take it than now.
    #[ts(type = "number | null")]
    pub changes_ms: Option<i64>,
}

/// Why one agent is not offered anybody now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct WhyThisAgent {
    /// Display name.
    pub name: String,
    /// `next`, `others_first`, `nobody_waits`, `nobody_fits`, `kept_apart`, `unlinked`, `busy`, `wrap_up`, `not_ready`,
    /// `nobody_dispatches` or `nobody_publishes`.
    pub why: &'static str,
    /// What they can do: `de:5,en:2`.
    pub skills: String,
    /// How many of those who wait they may take.
    pub may_take: usize,
    /// How many of those who wait need a skill that they lack, by skill.
    pub lacks: BTreeMap<String, usize>,
}

/// The answer, in the words of the page.
pub(super) fn told(
    scene: &Scene,
    strategy: Strategy,
    names: &BTreeMap<UserId, String>,
    entries: usize,
    now: OffsetDateTime,
) -> Why {
    let reasons = Reasons::of(scene, strategy, now);
    let name = |agent: UserId| names.get(&agent).cloned().unwrap_or_default();
    let entry = |place: usize| {
        let (head, answer) = (scene.waiting.get(place)?, reasons.entry(place)?);
        let (why, agent, until) = entry_code(answer.why);
        Some(WhyThisEntry {
            entry: answer.entry.0,
            queue: head.wants.queue.clone(),
            joined_ms: millis(head.wants.joined),
            ahead: answer.ahead,
            why,
            agent: agent.map(name),
            until_ms: until.map(millis),
            able: answer.able.into_iter().map(|(does, count)| (does_code(does), count)).collect(),
            lacking: answer.lacking,
            changes_ms: answer.changes_at.map(millis),
        })
    };
    let agent = |present: &Present| {
        let answer = reasons.agent(present.agent.agent)?;
        Some(WhyThisAgent {
            name: name(present.agent.agent),
            why: agent_code(answer.why),
            skills: present.agent.skills.to_string(),
            may_take: answer.may_take,
            lacks: answer.lacks,
        })
    };
    Why {
        epoch_ms: millis(now),
        waiting: scene.waiting.len(),
        entries: (0..entries.min(scene.waiting.len())).filter_map(entry).collect(),
        agents: scene.present.iter().filter_map(agent).collect(),
    }
}

const fn halted_code(halted: Halted) -> &'static str {
    match halted {
        Halted::NobodyDispatches => "nobody_dispatches",
        Halted::NobodyPublishes => "nobody_publishes",
    }
}

const fn does_code(does: Does) -> &'static str {
    match does {
        Does::Idle => "idle",
        Does::Unlinked => "unlinked",
        Does::Busy => "busy",
        Does::WrapUp => "wrap_up",
        Does::NotReady => "not_ready",
    }
}

const fn entry_code(why: WhyEntry) -> (&'static str, Option<UserId>, Option<OffsetDateTime>) {
    match why {
        WhyEntry::Halted(halted) => (halted_code(halted), None, None),
        WhyEntry::WaitsFor(agent, until) => ("waits_for_agent", Some(agent), Some(until)),
        WhyEntry::Paused(until) => ("paused", None, Some(until)),
        WhyEntry::NobodyCan => ("nobody_can", None, None),
        WhyEntry::AllBusy => ("all_busy", None, None),
        WhyEntry::KeptApart(until) => ("kept_apart", None, Some(until)),
        WhyEntry::OthersFirst => ("others_first", None, None),
        WhyEntry::Next => ("next", None, None),
    }
}

const fn agent_code(why: WhyAgent) -> &'static str {
    match why {
        WhyAgent::Halted(halted) => halted_code(halted),
        WhyAgent::Does(does) => does_code(does),
        WhyAgent::NobodyWaits => "nobody_waits",
        WhyAgent::NobodyFits => "nobody_fits",
        WhyAgent::KeptApart => "kept_apart",
        WhyAgent::OthersFirst => "others_first",
        WhyAgent::Next => "next",
    }
}
