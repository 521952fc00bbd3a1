//! Who works: how many, from when to when, and how. Times are simulated.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::agents::{Habits, RobotConfig};
use crate::lengths::seconds;

/// Who works.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agents {
    /// How many in all.
    pub count: u32,
    /// The address of the staff pages.
    pub console: String,
    /// Their logins: `{n}` is the number from 1, `{nnn}` the same with leading zeros.
    #[serde(deserialize_with = "numbered")]
    pub login: String,
    /// Their password; the same pattern.
    pub password: String,
    /// When they come.
    #[serde(default, with = "seconds")]
    pub come: Duration,
    /// Within how long after it the last one comes.
    #[serde(default, with = "seconds")]
    pub within: Duration,
    /// How they work.
    #[serde(default)]
    pub habits: Habits,
    /// Those who work at other times or in other ways: the first numbers are the first group's. Who is in no group does as
    /// stands above.
    #[serde(default)]
    pub groups: Vec<Group>,
}

/// Some of the agents.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// How many.
    pub agents: u32,
    /// When they come.
    #[serde(default, with = "seconds")]
    pub come: Duration,
    /// Within how long after it the last one comes.
    #[serde(default, with = "seconds")]
    pub within: Duration,
    /// How they work; what is not said here is as usual, not as for the others.
    #[serde(default)]
    pub habits: Habits,
}

fn numbered<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let login = String::deserialize(from)?;
    if login.contains("{n}") || login.contains("{nnn}") {
        return Ok(login);
    }
    Err(D::Error::custom("all agents would log in as the same person: write {n} or {nnn} where the number stands"))
}

impl Agents {
    /// The n-th robot, from 1, and when it comes.
    #[must_use]
    pub fn robot(&self, n: u32) -> (RobotConfig, Duration) {
        let fill = |pattern: &str| pattern.replace("{nnn}", &format!("{n:03}")).replace("{n}", &n.to_string());
        let mut before = 0;
        let mut found = None;
        for group in &self.groups {
            if n <= before + group.agents {
                found = Some(group);
                break;
            }
            before += group.agents;
        }
        let (habits, come, within, among) = match found {
            Some(group) => (&group.habits, group.come, group.within, group.agents),
            None => (&self.habits, self.come, self.within, self.count.saturating_sub(before)),
        };
        let place = f64::from(n.saturating_sub(before + 1)) / f64::from(among.max(1));
        let config = RobotConfig {
            console: self.console.trim_end_matches('/').to_owned(),
            login: fill(&self.login),
            password: fill(&self.password),
            habits: habits.clone(),
        };
        (config, come + within.mul_f64(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_follow_the_pattern_and_groups_come_at_their_time() {
        let agents: Agents = toml::from_str(
            r#"
            count = 6
            console = "http://c/"
            login = "agent-{nnn}"
            password = "p{n}"
            within = 10
            [[groups]]
            agents = 2
            come = 3600
            within = 60
            habits = { declines = 0.5 }
            "#,
        )
        .unwrap();
        let (robot, comes) = agents.robot(2);
        assert_eq!(
            (robot.login.as_str(), robot.password.as_str(), robot.console.as_str()),
            ("agent-002", "p2", "http://c")
        );
        assert_eq!((comes, robot.habits.declines), (Duration::from_secs(3_630), 0.5));
        let (robot, comes) = agents.robot(5);
        assert_eq!((comes, robot.habits.declines), (Duration::from_secs(5), 0.0));
    }
}
