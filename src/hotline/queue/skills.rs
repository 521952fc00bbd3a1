//! What a caller needs of an agent, and what an agent can do. Pure.
//!
//! A need names a skill, the level that it takes, and how that level falls while the caller waits. Both sides have one
//! written form, which the database keeps and in which equal needs are equal texts: `en:2,1@120,0@600;book:1` is English at
//! level 2, at level 1 after two minutes, not at all after ten, and bookings at level 1.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use time::{Duration, OffsetDateTime};

/// The highest level of a skill.
pub const HIGHEST: u8 = 9;

/// The name of a skill: 1 to 24 of a-z, 0-9 and _.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Skill(String);

impl Skill {
    /// The name.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0
    }
}

/// A text that is no skill, no need or no set of skills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a skill is 1 to 24 of a-z, 0-9 and _, its level 0 to {HIGHEST}")]
pub struct NotASkill;

impl FromStr for Skill {
    type Err = NotASkill;

    fn from_str(text: &str) -> Result<Self, NotASkill> {
        let is_name =
            (1..=24).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if is_name { Ok(Self(text.to_owned())) } else { Err(NotASkill) }
    }
}

fn level(text: &str) -> Result<u8, NotASkill> {
    match text.as_bytes() {
        [digit @ b'0'..=b'9'] => Ok(digit - b'0'),
        _ => Err(NotASkill),
    }
}

/// What an agent can do. What is not named is level 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skills(BTreeMap<Skill, u8>);

impl Skills {
    /// The level in one skill.
    #[must_use]
    pub fn level(&self, skill: &Skill) -> u8 {
        self.0.get(skill).copied().unwrap_or(0)
    }

    /// How many skills there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The skills with their levels.
    pub fn iter(&self) -> impl Iterator<Item = (&Skill, u8)> {
        self.0.iter().map(|(skill, level)| (skill, *level))
    }
}

impl FromIterator<(Skill, u8)> for Skills {
    fn from_iter<I: IntoIterator<Item = (Skill, u8)>>(skills: I) -> Self {
        Self(skills.into_iter().filter(|(_, level)| *level > 0).collect())
    }
}

impl fmt::Display for Skills {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (skill, level)) in self.iter().enumerate() {
            let before = if place == 0 { "" } else { "," };
            write!(f, "{before}{}:{level}", skill.code())?;
        }
        Ok(())
    }
}

impl FromStr for Skills {
    type Err = NotASkill;

    fn from_str(text: &str) -> Result<Self, NotASkill> {
        let parts = text.split(',').filter(|part| !part.is_empty());
        parts
            .map(|part| {
                let (skill, of) = part.split_once(':').ok_or(NotASkill)?;
                Ok((skill.parse()?, level(of)?))
            })
            .collect()
    }
}

/// From a moment of waiting on, this level is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Counted from joining.
    pub after: Duration,
    /// The level; 0: the skill is not needed any more.
    pub level: u8,
}

/// A skill that a caller needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    skill: Skill,
    /// In order of time; the first one begins with joining.
    steps: Vec<Step>,
}

/// Why a need makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNeed {
    /// A step is not after the one before it.
    #[error("the steps must come one after the other, in whole seconds")]
    Order,
    /// A step asks for as much as the one before it, or for more.
    #[error("a level must fall from step to step: who waits longer needs less")]
    Grows,
    /// A level is out of bounds.
    #[error("a level is 0 to {HIGHEST}")]
    Level,
}

impl Need {
    /// A need that begins at `level` and falls by `then`.
    ///
    /// # Errors
    /// When levels grow with time, or steps are not in order.
    pub fn new(skill: Skill, level: u8, then: &[Step]) -> Result<Self, BadNeed> {
        let steps: Vec<Step> =
            [Step { after: Duration::ZERO, level }].into_iter().chain(then.iter().copied()).collect();
        if steps.iter().any(|step| step.level > HIGHEST) {
            return Err(BadNeed::Level);
        }
        for pair in steps.windows(2) {
            if let [before, step] = pair {
                if step.after <= before.after || step.after.subsec_nanoseconds() != 0 {
                    return Err(BadNeed::Order);
                }
                if step.level >= before.level {
                    return Err(BadNeed::Grows);
                }
            }
        }
        Ok(Self { skill, steps })
    }

    /// The skill.
    #[must_use]
    pub const fn skill(&self) -> &Skill {
        &self.skill
    }

    /// The steps, in order of time.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The level that is needed after so long.
    #[must_use]
    pub fn level_after(&self, waited: Duration) -> u8 {
        self.steps.iter().rev().find(|step| step.after <= waited).or(self.steps.first()).map_or(0, |step| step.level)
    }
}

/// All that a caller needs, at most one need a skill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs(Vec<Need>);

impl Needs {
    /// These needs together; of two for one skill, the higher level of each moment counts.
    #[must_use]
    pub fn of(needs: impl IntoIterator<Item = Need>) -> Self {
        let mut by_skill: BTreeMap<Skill, Need> = BTreeMap::new();
        for need in needs {
            let joined = match by_skill.get(&need.skill) {
                Some(known) => stronger(known, &need),
                None => need,
            };
            by_skill.insert(joined.skill.clone(), joined);
        }
        Self(by_skill.into_values().collect())
    }

    /// The needs.
    pub fn iter(&self) -> impl Iterator<Item = &Need> {
        self.0.iter()
    }

    /// Whether an agent with these skills may take a caller who has waited for so long.
    #[must_use]
    pub fn met_by(&self, skills: &Skills, waited: Duration) -> bool {
        self.0.iter().all(|need| need.level_after(waited) <= skills.level(&need.skill))
    }

    /// The skills that are missing for it, with the level needed now.
    pub fn missing<'a>(&'a self, skills: &'a Skills, waited: Duration) -> impl Iterator<Item = (&'a Skill, u8)> {
        let needed = self.0.iter().map(move |need| (&need.skill, need.level_after(waited)));
        needed.filter(|(skill, level)| *level > skills.level(skill))
    }

    /// When one of them falls next, for a caller who joined then.
    #[must_use]
    pub fn next_fall(&self, joined: OffsetDateTime, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let falls = self.0.iter().flat_map(|need| &need.steps).map(|step| joined + step.after);
        falls.filter(|at| now < *at).min()
    }
}

/// Both needs at once.
fn stronger(one: &Need, other: &Need) -> Need {
    let mut moments: Vec<Duration> = one.steps.iter().chain(&other.steps).map(|step| step.after).collect();
    moments.sort_unstable();
    moments.dedup();
    let mut steps: Vec<Step> = Vec::new();
    for after in moments {
        let level = one.level_after(after).max(other.level_after(after));
        if steps.last().is_none_or(|last| last.level != level) {
            steps.push(Step { after, level });
        }
    }
    Need { skill: one.skill.clone(), steps }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, need) in self.0.iter().enumerate() {
            let before = if place == 0 { "" } else { ";" };
            write!(f, "{before}{}", need.skill.code())?;
            for (place, step) in need.steps.iter().enumerate() {
                let before = if place == 0 { ":" } else { "," };
                write!(f, "{before}{}", step.level)?;
                if place > 0 {
                    write!(f, "@{}", step.after.whole_seconds())?;
                }
            }
        }
        Ok(())
    }
}

impl FromStr for Needs {
    type Err = NotASkill;

    fn from_str(text: &str) -> Result<Self, NotASkill> {
        let needs = text.split(';').filter(|part| !part.is_empty()).map(|part| {
            let (skill, levels) = part.split_once(':').ok_or(NotASkill)?;
            let mut levels = levels.split(',');
            let first = level(levels.next().unwrap_or_default())?;
            let then = levels.map(|step| {
                let (of, after) = step.split_once('@').ok_or(NotASkill)?;
                let after = Duration::seconds(after.parse().map_err(|_| NotASkill)?);
                Ok(Step { after, level: level(of)? })
            });
            let then: Vec<Step> = then.collect::<Result<_, NotASkill>>()?;
            Need::new(skill.parse()?, first, &then).map_err(|_| NotASkill)
        });
        Ok(Self::of(needs.collect::<Result<Vec<_>, _>>()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn needs(text: &str) -> Needs {
        text.parse().unwrap()
    }

    fn skills(text: &str) -> Skills {
        text.parse().unwrap()
    }

    #[test]
    fn who_waits_longer_needs_less() {
        let english = needs("en:2,1@120,0@600");
        for (waited, level) in [(0, 2), (119, 2), (120, 1), (599, 1), (600, 0), (9_000, 0)] {
            let met = |own: u8| english.met_by(&skills(&format!("en:{own}")), Duration::seconds(waited));
            assert_eq!((0..=3).find(|own| met(*own)), Some(level), "after {waited} s");
        }
    }

    #[test]
    fn every_need_must_be_met_and_a_skill_that_is_not_named_is_none() {
        let both = needs("book:1;en:1");
        assert!(both.met_by(&skills("book:1,en:3"), Duration::ZERO));
        assert!(!both.met_by(&skills("en:9"), Duration::ZERO));
        assert!(needs("").met_by(&skills(""), Duration::ZERO));
        let missing: Vec<(String, u8)> = both
            .missing(&skills("en:9"), Duration::ZERO)
            .map(|(skill, level)| (skill.code().to_owned(), level))
            .collect();
        assert_eq!(missing, [("book".to_owned(), 1)]);
    }

    #[test]
    fn the_next_fall_is_told_until_the_last_one() {
        let joined = datetime!(2021-04-28 16:00 UTC);
        let both = needs("book:2,1@60;en:1,0@240");
        let at = |seconds| joined + Duration::seconds(seconds);
        assert_eq!(both.next_fall(joined, joined), Some(at(60)));
        assert_eq!(both.next_fall(joined, at(60)), Some(at(240)));
        assert_eq!(both.next_fall(joined, at(240)), None);
    }

    #[test]
    fn of_two_needs_for_one_skill_the_higher_counts() {
        let once = |text: &str| needs(text).0.into_iter().next().unwrap();
        assert_eq!(Needs::of([once("en:3,0@100"), once("en:2,1@50")]).to_string(), "en:3,1@100");
        assert_eq!(Needs::of([once("en:1"), once("en:1")]).to_string(), "en:1");
    }

    #[test]
    fn needs_and_skills_are_written_as_they_are_read() {
        for text in ["", "en:1", "book:1;en:2,1@120,0@600"] {
            assert_eq!(needs(text).to_string(), text);
        }
        assert_eq!(skills("en:3,de:9,fr:0").to_string(), "de:9,en:3");
    }

    #[test]
    fn what_is_no_need_is_refused() {
        for text in ["en", "EN:1", "en:10", "en:1,2@60", "en:2,1@60,0@60", "en:2,1", "en:x", ":1"] {
            assert!(text.parse::<Needs>().is_err(), "{text}");
        }
        for text in ["en", "en:12", "e n:1"] {
            assert!(text.parse::<Skills>().is_err(), "{text}");
        }
    }
}
