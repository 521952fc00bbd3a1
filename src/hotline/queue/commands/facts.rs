//! What facts of the queue tell besides whom they are about.

use crate::hotline::queue::decide::{Change, Fact};
use crate::hotline::queue::model::{Agent, AgentState, OfferState, Preferred};
use crate::hotline::queue::skills::{Need, Needs, Skills};
use serde_json::json;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// Microseconds of the epoch.
pub(super) fn micros(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

/// Needs as events tell them: levels from so many milliseconds of waiting on.
pub(super) fn needs_data(needs: &Needs) -> serde_json::Value {
    let steps = |need: &Need| -> Vec<(i64, u8)> {
        need.steps().iter().map(|step| (step.after.whole_seconds() * 1_000, step.level)).collect()
    };
    needs.iter().map(|need| json!({ "skill": need.skill().code(), "steps": steps(need) })).collect()
}

/// For whom alone a caller waits, and until when.
pub(super) fn prefers_data(one: Preferred) -> serde_json::Value {
    json!({ "agent": one.agent, "until_us": micros(one.until) })
}

pub(super) fn skills_data(skills: &Skills) -> serde_json::Value {
    let levels: BTreeMap<&str, u8> = skills.iter().map(|(skill, level)| (skill.code(), level)).collect();
    json!({ "skills": levels })
}

pub(super) fn data_of(fact: &Fact, before: Option<&Agent>, change: &Change) -> serde_json::Value {
    match (fact.kind, &change.agent, &change.offer) {
        ("agent.state", Some(after), _) => {
            let reason = match &after.state {
                AgentState::NotReady { reason } => Some(reason.code()),
                AgentState::Offline
                | AgentState::Ready
                | AgentState::Offered { .. }
                | AgentState::Connecting { .. }
                | AgentState::Talking { .. }
                | AgentState::WrapUp { .. } => None,
            };
            json!({ "from": before.map(|agent| agent.state.code()), "to": after.state.code(), "reason": reason })
        }
        ("agent.skills", Some(agent), _) => skills_data(&agent.skills),
        ("entry.moved", ..) => change.entry.as_ref().map_or_else(
            || json!({}),
            |entry| json!({ "queue": entry.wants.queue, "needs": needs_data(&entry.wants.needs) }),
        ),
        ("entry.transferred", ..) => change.entry.as_ref().map_or_else(
            || json!({}),
            |entry| {
                json!({
                    "queue": entry.wants.queue, "needs": needs_data(&entry.wants.needs),
                    "prefers": entry.wants.preferred.map(prefers_data),
                })
            },
        ),
        ("entry.unreached", ..) => change.entry.as_ref().map_or_else(
            || json!({}),
            |entry| json!({ "tries": entry.reach.tries(), "until_us": entry.wants.pause.map(micros) }),
        ),
        ("offer.made", _, Some(offer)) => match offer.state {
            OfferState::Open { deadline, .. } => {
                json!({ "deadline_ms": i64::try_from(deadline.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX) })
            }
            OfferState::Accepted { .. }
            | OfferState::Connecting { .. }
            | OfferState::Connected
            | OfferState::Held
            | OfferState::Transferred
            | OfferState::Declined
            | OfferState::Expired
            | OfferState::Withdrawn
            | OfferState::Failed => json!({}),
        },
        _ => fact.code.as_ref().map_or_else(|| json!({}), |code| json!({ "reason": code })),
    }
}
