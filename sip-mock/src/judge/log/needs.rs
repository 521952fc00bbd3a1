//! What a caller needs of an agent, which becomes less with the time of waiting, and what agents can do.

use super::{Event, Id};
use crate::judge::Micros;

/// An agent's levels, by skill; what is not named is level 0.
pub(in crate::judge) type Skills = Vec<(Id, i64)>;

/// The levels that an entry needs, as steps since it joined.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(in crate::judge) struct Needs(Vec<(Id, Vec<(Micros, i64)>)>);

/// What an entry asks for at one moment. Entries with the same demand can be served by the same agents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::judge) struct Demand {
    /// Skills with the level that is at least needed; none of level 0.
    pub(in crate::judge) levels: Vec<(Id, i64)>,
    /// The only agent who may have it.
    pub(in crate::judge) only: Option<Id>,
    /// Nobody may have it for now.
    pub(in crate::judge) nobody: bool,
}

/// The level in a skill.
fn level(skills: &Skills, skill: Id) -> i64 {
    skills.iter().find(|(known, _)| *known == skill).map_or(0, |(_, level)| *level)
}

/// Whether an agent of these skills may have an entry with this demand.
pub(in crate::judge) fn fits(skills: &Skills, agent: Id, demand: &Demand) -> bool {
    !demand.nobody
        && demand.only.is_none_or(|only| only == agent)
        && demand.levels.iter().all(|(skill, needed)| level(skills, *skill) >= *needed)
}

impl Needs {
    /// The `needs` of a fact; absent: none.
    pub(super) fn of(event: &Event, skill: &mut impl FnMut(&str) -> Id) -> Self {
        let list = event.data.get("needs").and_then(serde_json::Value::as_array);
        let mut needs: Vec<_> = list
            .into_iter()
            .flatten()
            .filter_map(|need| {
                let steps = need.get("steps")?.as_array()?.iter();
                let step = |step: &serde_json::Value| Some((step.get(0)?.as_i64()? * 1_000, step.get(1)?.as_i64()?));
                let mut steps: Vec<(Micros, i64)> = steps.filter_map(step).collect();
                steps.sort_by_key(|(after, _)| *after);
                Some((skill(need.get("skill")?.as_str()?), steps))
            })
            .collect();
        needs.sort();
        Self(needs)
    }

    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// What is needed after so much time.
    pub(in crate::judge) fn after(&self, waited: Micros) -> Vec<(Id, i64)> {
        let level = |steps: &Vec<(Micros, i64)>| {
            steps.iter().take_while(|(after, _)| *after <= waited).last().map_or(0, |(_, level)| *level)
        };
        self.0.iter().map(|(skill, steps)| (*skill, level(steps))).filter(|(_, level)| *level > 0).collect()
    }

    /// When, since joining, something changes.
    pub(in crate::judge) fn changes(&self) -> impl Iterator<Item = Micros> + '_ {
        self.0.iter().flat_map(|(_, steps)| steps.iter().map(|(after, _)| *after))
    }
}
