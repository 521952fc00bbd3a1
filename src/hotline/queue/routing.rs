//! Which queues there are, what their callers need, and where each caller's place is. Pure; read from the configuration.
//!
//! **Must hold:** a caller is never lost to a name: a queue or a class that nobody knows any more (a call that began under
//! older settings) is the first queue, and the usual class.

use super::model::{Language, Topic};
use super::skills::{BadNeed, Need, Needs, Skill, Step};
use serde::Deserialize;
use std::collections::BTreeMap;
use time::Duration;

/// Section `[routing]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What agents can have, with the words that people read.
    pub skills: BTreeMap<String, String>,
    /// The queues; the first one takes whoever is sent to none.
    pub queues: Vec<QueueSettings>,
    /// Priority classes: how many seconds a caller of the class is taken to have waited already.
    pub classes: BTreeMap<String, u32>,
    /// What callers of a language need.
    pub languages: BTreeMap<String, Vec<NeedSettings>>,
    /// What callers with a topic need.
    pub topics: BTreeMap<String, Vec<NeedSettings>>,
    /// How long a caller waits for one agent alone before all others may take them.
    pub preferred_seconds: u32,
    /// How long after a talk the same caller is led to the same agent first.
    pub same_agent_minutes: u32,
}

/// A queue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueSettings {
    /// The name in flows, events and statistics.
    pub code: String,
    /// What people read.
    pub label: String,
    /// What its callers need.
    #[serde(default)]
    pub needs: Vec<NeedSettings>,
    /// Where callers go who have waited for too long.
    pub overflow: Option<OverflowSettings>,
}

/// Where callers go who have waited for too long.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverflowSettings {
    /// After so long.
    pub after_seconds: u32,
    /// The other queue.
    pub to: String,
}

/// A skill that is needed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedSettings {
    /// The skill.
    pub skill: String,
    /// The level at first.
    pub level: u8,
    /// What is enough for those who wait longer.
    #[serde(default)]
    pub then: Vec<StepSettings>,
}

/// What is enough after a while.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSettings {
    /// After so long.
    pub after_seconds: u32,
    /// The level; 0: the skill is not needed any more.
    pub level: u8,
}

/// The queues and classes as they are in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routing {
    skills: BTreeMap<Skill, String>,
    first: String,
    queues: BTreeMap<String, QueueRule>,
    classes: BTreeMap<String, Duration>,
    languages: BTreeMap<String, Needs>,
    topics: BTreeMap<String, Needs>,
    /// How long a caller waits for one agent alone.
    pub preferred: Duration,
    /// How long after a talk the same caller is led to the same agent first.
    pub same_agent: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct QueueRule {
    label: String,
    needs: Needs,
    overflow: Option<(Duration, String)>,
}

/// Where a caller waits, and for whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// The queue.
    pub queue: String,
    /// What an agent must be able to do.
    pub needs: Needs,
    /// How much longer than in truth the caller is taken to have waited.
    pub bonus: Duration,
    /// Where the place goes when it takes too long.
    pub overflow: Option<Overflow>,
}

/// Where a place goes when it takes too long: decided when the caller joins, so that it holds whatever is configured later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// Counted from joining.
    pub after: Duration,
    /// The queue.
    pub queue: String,
    /// What an agent must be able to do there.
    pub needs: Needs,
}

impl Settings {
    /// The routing, or everything that is wrong with it, a line each.
    ///
    /// # Errors
    /// Sentences that name the setting.
    pub fn routing(&self) -> Result<Routing, Vec<String>> {
        let mut wrong = Vec::new();
        let mut skills = BTreeMap::new();
        for (code, label) in &self.skills {
            match code.parse::<Skill>() {
                Ok(skill) => {
                    skills.insert(skill, label.clone());
                }
                Err(error) => wrong.push(format!("routing.skills.{code}: {error}")),
            }
        }
        let mut queues = BTreeMap::new();
        for queue in &self.queues {
            let place = format!("routing.queues {:?}", queue.code);
            if queue.code.parse::<Skill>().is_err() {
                wrong.push(format!("{place}: a code is 1 to 24 of a-z, 0-9 and _"));
            }
            let overflow =
                queue.overflow.as_ref().map(|to| (Duration::seconds(i64::from(to.after_seconds)), to.to.clone()));
            let needs = needs(&place, &queue.needs, &skills, &mut wrong);
            let rule = QueueRule { label: queue.label.clone(), needs, overflow };
            if queues.insert(queue.code.clone(), rule).is_some() {
                wrong.push(format!("{place}: stands there twice"));
            }
        }
        for queue in &self.queues {
            match &queue.overflow {
                Some(to) if to.to == queue.code => {
                    wrong.push(format!("routing.queues {:?}: overflows into itself", queue.code));
                }
                Some(to) if !queues.contains_key(&to.to) => {
                    wrong.push(format!(
                        "routing.queues {:?}: there is no queue {:?} to overflow into",
                        queue.code, to.to
                    ));
                }
                Some(_) | None => {}
            }
        }
        let mut of_all = |section: &str, known: &[&str], all: &BTreeMap<String, Vec<NeedSettings>>| {
            let mut read = BTreeMap::new();
            for (code, wanted) in all {
                if !known.contains(&code.as_str()) {
                    wrong.push(format!("routing.{section}.{code}: there is {}", known.join(", ")));
                }
                let place = format!("routing.{section}.{code}");
                read.insert(code.clone(), needs(&place, wanted, &skills, &mut wrong));
            }
            read
        };
        let languages = of_all("languages", &["de", "en"], &self.languages);
        let topics = of_all("topics", &["book", "change", "information"], &self.topics);
        let classes =
            self.classes.iter().map(|(code, bonus)| (code.clone(), Duration::seconds(i64::from(*bonus)))).collect();
        let Some(first) = self.queues.first().map(|queue| queue.code.clone()) else {
            wrong.push("routing.queues: none".to_owned());
            return Err(wrong);
        };
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(Routing {
            skills,
            first,
            queues,
            classes,
            languages,
            topics,
            preferred: Duration::seconds(i64::from(self.preferred_seconds)),
            same_agent: Duration::minutes(i64::from(self.same_agent_minutes)),
        })
    }
}

fn needs(place: &str, wanted: &[NeedSettings], skills: &BTreeMap<Skill, String>, wrong: &mut Vec<String>) -> Needs {
    let mut read = Vec::new();
    for need in wanted {
        let then: Vec<Step> = need
            .then
            .iter()
            .map(|step| Step { after: Duration::seconds(i64::from(step.after_seconds)), level: step.level })
            .collect();
        let known = skills.keys().find(|skill| skill.code() == need.skill).cloned();
        let found = known
            .ok_or_else(|| format!("{place}: there is no skill {:?} under routing.skills", need.skill))
            .and_then(|skill| {
                Need::new(skill, need.level, &then).map_err(|why: BadNeed| format!("{place}, {}: {why}", need.skill))
            });
        match found {
            Ok(need) => read.push(need),
            Err(sentence) => wrong.push(sentence),
        }
    }
    Needs::of(read)
}

impl Routing {
    /// Where a caller waits who is sent to `queue` in `class`.
    #[must_use]
    pub fn place(&self, queue: Option<&str>, class: Option<&str>, language: Language, topic: Topic) -> Placement {
        let code = queue.filter(|code| self.queues.contains_key(*code)).unwrap_or(&self.first);
        let bonus = class.and_then(|class| self.classes.get(class)).copied().unwrap_or(Duration::ZERO);
        let overflow = self.queues.get(code).and_then(|rule| rule.overflow.as_ref()).map(|(after, to)| Overflow {
            after: *after,
            queue: to.clone(),
            needs: self.needs(to, language, topic),
        });
        Placement { queue: code.to_owned(), needs: self.needs(code, language, topic), bonus, overflow }
    }

    fn needs(&self, queue: &str, language: Language, topic: Topic) -> Needs {
        let parts = [
            self.queues.get(queue).map(|rule| &rule.needs),
            self.languages.get(language.code()),
            self.topics.get(topic.code()),
        ];
        Needs::of(parts.into_iter().flatten().flat_map(Needs::iter).cloned())
    }

    /// The queues by their codes, with the words that people read.
    pub fn queues(&self) -> impl Iterator<Item = (&str, &str)> {
        self.queues.iter().map(|(code, rule)| (code.as_str(), rule.label.as_str()))
    }

    /// The skills that agents can have, with the words that people read.
    pub fn skills(&self) -> impl Iterator<Item = (&Skill, &str)> {
        self.skills.iter().map(|(skill, label)| (skill, label.as_str()))
    }

    /// The skills that some caller needs at first, with the highest level needed.
    #[must_use]
    pub fn needed(&self) -> BTreeMap<&Skill, u8> {
        let of_queues = self.queues.values().map(|rule| &rule.needs);
        let all = of_queues.chain(self.languages.values()).chain(self.topics.values());
        let mut needed = BTreeMap::new();
        for need in all.flat_map(Needs::iter) {
            let level = needed.entry(need.skill()).or_default();
            *level = need.level_after(Duration::ZERO).max(*level);
        }
        needed
    }

    /// Whether there is such a queue.
    #[must_use]
    pub fn has_queue(&self, code: &str) -> bool {
        self.queues.contains_key(code)
    }

    /// Whether there is such a class.
    #[must_use]
    pub fn has_class(&self, code: &str) -> bool {
        self.classes.contains_key(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routing(text: &str) -> Result<Routing, Vec<String>> {
        toml::from_str::<Settings>(text).unwrap().routing()
    }

    const TWO: &str = r#"
        preferred_seconds = 30
        same_agent_minutes = 10
        [skills]
        en = "Englisch"
        urgent = "Notdienst"
        [[queues]]
        code = "hotline"
        label = "Impftelefon"
        [[queues]]
        code = "duty"
        label = "116117"
        needs = [{ skill = "urgent", level = 1 }]
        overflow = { after_seconds = 300, to = "hotline" }
        [classes]
        usual = 0
        first = 600
        [languages]
        en = [{ skill = "en", level = 2, then = [{ after_seconds = 120, level = 1 }] }]
        [topics]
    "#;

    #[test]
    fn a_caller_needs_what_the_queue_the_language_and_the_topic_need() {
        let placed = routing(TWO).unwrap().place(Some("duty"), Some("first"), Language::En, Topic::Book);
        assert_eq!(placed.needs.to_string(), "en:2,1@120;urgent:1");
        assert_eq!(placed.bonus, Duration::seconds(600));
        let overflow = placed.overflow.unwrap();
        assert_eq!((overflow.queue.as_str(), overflow.needs.to_string().as_str()), ("hotline", "en:2,1@120"));
    }

    #[test]
    fn who_is_sent_to_a_queue_that_is_not_there_waits_in_the_first() {
        let placed = routing(TWO).unwrap().place(Some("gone"), Some("gone"), Language::De, Topic::Book);
        assert_eq!((placed.queue.as_str(), placed.bonus), ("hotline", Duration::ZERO));
        assert_eq!(placed.needs, Needs::default());
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = TWO
            .replace("skill = \"urgent\"", "skill = \"sudden\"")
            .replace("to = \"hotline\"", "to = \"nowhere\"")
            .replace("level = 1 }] }]", "level = 3 }] }]");
        let said = routing(&wrong).unwrap_err();
        assert_eq!(said.len(), 3, "{said:?}");
    }
}
