//! Why is this caller not served now, and why is this agent not offered anybody? Pure; who would be offered whom is what
//! the plan itself says, so that what is said is what happens.

use super::plan::{Head, Idle, Snapshot, Step, plan};
use crate::foundation::ids::{EntryId, UserId};
use crate::hotline::queue::model::{BackOff, Strategy, Unfit};
use std::collections::{BTreeMap, HashSet};
use time::OffsetDateTime;

/// An agent who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// Who, what they can do, and since when they are idle, if they are.
    pub agent: Idle,
    /// What they do.
    pub does: Does,
}

/// What an agent does, as far as it keeps callers from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Does {
    /// Ready, with a living link.
    Idle,
    /// Ready, but the page is not there.
    Unlinked,
    /// With a caller, or with an offer.
    Busy,
    /// In wrap-up.
    WrapUp,
    /// Not ready.
    NotReady,
}

/// Everything that the answer depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// Everybody who waits, in order.
    pub waiting: Vec<Head>,
    /// Everybody who is signed in.
    pub present: Vec<Present>,
    /// Pairs that are kept apart.
    pub back_offs: Vec<BackOff>,
    /// What stops every offer.
    pub halted: Option<Halted>,
}

/// What stops every offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halted {
    /// No process dispatches.
    NobodyDispatches,
    /// No process publishes facts: no page would learn of an offer.
    NobodyPublishes,
}

/// Why a caller is not served now: the first of these that is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyEntry {
    /// Nothing is offered to anybody.
    Halted(Halted),
    /// It waits for one agent alone, until then.
    WaitsFor(UserId, OffsetDateTime),
    /// The caller was rung in vain, and is left in peace until then.
    Paused(OffsetDateTime),
    /// Nobody who is signed in can do what it needs.
    NobodyCan,
    /// All who can are busy, in wrap-up, not ready, or have no page.
    AllBusy,
    /// Who can and is idle is kept apart from it, until then at the latest.
    KeptApart(OffsetDateTime),
    /// Others who stand before it are offered to those who are idle; it is next when there are more.
    OthersFirst,
    /// It will be offered with the next round.
    Next,
}

/// Why an agent is not offered anybody now: the first of these that is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyAgent {
    /// Nothing is offered to anybody.
    Halted(Halted),
    /// They are not idle.
    Does(Does),
    /// Nobody waits.
    NobodyWaits,
    /// Those who wait need what the agent cannot do.
    NobodyFits,
    /// Those who fit wait for another agent alone, or are kept apart from this one.
    KeptApart,
    /// There are fewer callers who fit than idle agents who come first.
    OthersFirst,
    /// They will be offered a caller with the next round.
    Next,
}

/// A caller's place, and who could take them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryAnswer {
    /// Who.
    pub entry: EntryId,
    /// Why not now.
    pub why: WhyEntry,
    /// How many wait before it.
    pub ahead: usize,
    /// Those who can do what it needs, by what they do.
    pub able: BTreeMap<Does, usize>,
    /// How many lack a skill, by skill.
    pub lacking: BTreeMap<String, usize>,
    /// When more agents may take it than now.
    pub changes_at: Option<OffsetDateTime>,
}

/// What keeps an agent from a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentAnswer {
    /// Who.
    pub agent: UserId,
    /// Why not now.
    pub why: WhyAgent,
    /// How many of those who wait the agent may take.
    pub may_take: usize,
    /// How many of those who wait need a skill that the agent lacks, by skill.
    pub lacks: BTreeMap<String, usize>,
}

/// The answers about a scene.
#[derive(Clone, Debug)]
pub struct Reasons<'a> {
    scene: &'a Scene,
    now: OffsetDateTime,
    /// Who would be offered, and to whom.
    entries: HashSet<EntryId>,
    agents: HashSet<UserId>,
}

impl<'a> Reasons<'a> {
    /// Looks at a scene. Nothing is due in it: what is overdue is ended before anything is offered.
    #[must_use]
    pub fn of(scene: &'a Scene, strategy: Strategy, now: OffsetDateTime) -> Self {
        let idle = scene.present.iter().filter(|present| present.does == Does::Idle);
        let snapshot = Snapshot {
            heads: scene.waiting.clone(),
            idle: idle.map(|present| present.agent.clone()).collect(),
            back_offs: scene.back_offs.clone(),
            ..Snapshot::default()
        };
        let offers = plan(&snapshot, strategy, now).steps.into_iter().filter_map(|step| match step {
            Step::Offer(entry, agent) => Some((entry, agent)),
            Step::Overdue(_) => None,
        });
        let (entries, agents) = offers.unzip();
        Self { scene, now, entries, agents }
    }

    fn apart(&self, entry: EntryId, agent: UserId) -> Option<OffsetDateTime> {
        let mut pairs = self.scene.back_offs.iter();
        let pair = pairs.find(|pair| pair.entry == entry && pair.agent == agent && self.now < pair.until);
        pair.map(|pair| pair.until)
    }

    /// Why the caller at this place of the line is not served now.
    #[must_use]
    pub fn entry(&self, place: usize) -> Option<EntryAnswer> {
        let (scene, now) = (self.scene, self.now);
        let head = scene.waiting.get(place)?;
        let waited = now - head.wants.joined;
        let mut able = BTreeMap::new();
        let mut lacking = BTreeMap::new();
        for present in &scene.present {
            let mut can = true;
            for (skill, _) in head.wants.needs.missing(&present.agent.skills, waited) {
                can = false;
                *lacking.entry(skill.code().to_owned()).or_default() += 1;
            }
            if can {
                *able.entry(present.does).or_default() += 1;
            }
        }
        let alone = head.wants.preferred.filter(|one| now < one.until);
        let idle = scene.present.iter().filter(|present| present.does == Does::Idle).map(|present| &present.agent);
        // Of each idle agent who may take the caller, until when the two are kept apart; who is not sorts first.
        let fitting = idle.filter(|agent| head.wants.fit(agent.agent, &agent.skills, now).is_ok());
        let apart = fitting.map(|agent| self.apart(head.entry, agent.agent)).min();
        let paused = head.wants.pause.filter(|until| now < *until).map(WhyEntry::Paused);
        let why = match (scene.halted.map(WhyEntry::Halted).or(paused), alone, apart) {
            (Some(why), ..) => why,
            (None, Some(one), None | Some(Some(_))) => WhyEntry::WaitsFor(one.agent, one.until),
            (None, ..) if able.is_empty() => WhyEntry::NobodyCan,
            (None, _, None) => WhyEntry::AllBusy,
            (None, _, Some(Some(until))) => WhyEntry::KeptApart(until),
            (None, _, Some(None)) if self.entries.contains(&head.entry) => WhyEntry::Next,
            (None, _, Some(None)) => WhyEntry::OthersFirst,
        };
        let changes_at = head.wants.next_change(now);
        Some(EntryAnswer { entry: head.entry, why, ahead: place, able, lacking, changes_at })
    }

    /// Why this agent is not offered anybody now.
    #[must_use]
    pub fn agent(&self, agent: UserId) -> Option<AgentAnswer> {
        let (scene, now) = (self.scene, self.now);
        let present = scene.present.iter().find(|present| present.agent.agent == agent)?;
        let skills = &present.agent.skills;
        let mut lacks = BTreeMap::new();
        let (mut fits, mut may_take) = (0_usize, 0_usize);
        for head in &scene.waiting {
            for (skill, _) in head.wants.needs.missing(skills, now - head.wants.joined) {
                *lacks.entry(skill.code().to_owned()).or_default() += 1;
            }
            let fit = head.wants.fit(agent, skills, now);
            fits += usize::from(fit != Err(Unfit::Skill));
            may_take += usize::from(fit.is_ok() && self.apart(head.entry, agent).is_none());
        }
        let why = if let Some(halted) = scene.halted {
            WhyAgent::Halted(halted)
        } else if present.does != Does::Idle {
            WhyAgent::Does(present.does)
        } else if scene.waiting.is_empty() {
            WhyAgent::NobodyWaits
        } else if fits == 0 {
            WhyAgent::NobodyFits
        } else if may_take == 0 {
            WhyAgent::KeptApart
        } else if self.agents.contains(&agent) {
            WhyAgent::Next
        } else {
            WhyAgent::OthersFirst
        };
        Some(AgentAnswer { agent, why, may_take, lacks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hotline::queue::model::{OrderKey, Preferred, Wants};
    use time::Duration;
    use time::macros::datetime;
    use uuid::Uuid;

    const NOW: OffsetDateTime = datetime!(2021-04-28 16:00 UTC);

    fn head(number: u8, needs: &str) -> Head {
        let joined = NOW - Duration::minutes(10);
        let needs = needs.parse().unwrap();
        let wants = Wants { queue: "hotline".to_owned(), joined, needs, preferred: None, overflow: None, pause: None };
        let order = OrderKey { at: joined, seq: i64::from(number) };
        Head { entry: EntryId(Uuid::from_u128(u128::from(number))), order, wants }
    }

    fn id(number: u8) -> UserId {
        UserId(Uuid::from_u128(u128::from(number)))
    }

    fn present(number: u8, does: Does, skills: &str) -> Present {
        Present { agent: Idle { agent: id(number), since: NOW, skills: skills.parse().unwrap() }, does }
    }

    fn why_entry(scene: &Scene, place: usize) -> EntryAnswer {
        Reasons::of(scene, Strategy::LongestIdle, NOW).entry(place).unwrap()
    }

    fn why_agent(scene: &Scene, number: u8) -> AgentAnswer {
        Reasons::of(scene, Strategy::LongestIdle, NOW).agent(id(number)).unwrap()
    }

    fn scene(waiting: Vec<Head>, present: Vec<Present>) -> Scene {
        Scene { waiting, present, ..Scene::default() }
    }

    fn of_entry(scene: &Scene, place: usize) -> WhyEntry {
        why_entry(scene, place).why
    }

    fn of_agent(scene: &Scene, number: u8) -> WhyAgent {
        why_agent(scene, number).why
    }

    #[test]
    fn a_caller_whose_skill_nobody_has_is_told_apart_from_one_for_whom_all_are_busy() {
        let scene = scene(
            vec![head(1, "en:1"), head(2, "")],
            vec![present(7, Does::Busy, ""), present(8, Does::WrapUp, ""), present(9, Does::NotReady, "")],
        );
        let answer = why_entry(&scene, 0);
        assert_eq!((answer.why, answer.lacking["en"]), (WhyEntry::NobodyCan, 3));
        let answer = why_entry(&scene, 1);
        assert_eq!((answer.why, answer.ahead), (WhyEntry::AllBusy, 1));
        assert_eq!(answer.able, BTreeMap::from([(Does::Busy, 1), (Does::WrapUp, 1), (Does::NotReady, 1)]));
    }

    #[test]
    fn who_comes_next_is_told_from_who_stands_behind() {
        let scene = scene(vec![head(1, ""), head(2, "")], vec![present(7, Does::Idle, "")]);
        assert_eq!((of_entry(&scene, 0), of_entry(&scene, 1)), (WhyEntry::Next, WhyEntry::OthersFirst));
        assert_eq!(of_agent(&scene, 7), WhyAgent::Next);
    }

    #[test]
    fn a_pair_that_is_kept_apart_is_told_until_when() {
        let until = NOW + Duration::seconds(40);
        let mut scene = scene(vec![head(1, "")], vec![present(7, Does::Idle, "")]);
        scene.back_offs = vec![BackOff { entry: head(1, "").entry, agent: id(7), until }];
        assert_eq!((of_entry(&scene, 0), of_agent(&scene, 7)), (WhyEntry::KeptApart(until), WhyAgent::KeptApart));
    }

    #[test]
    fn a_caller_who_waits_for_one_agent_says_for_whom() {
        let one = Preferred { agent: id(8), until: NOW + Duration::seconds(9) };
        let mut returning = head(1, "");
        returning.wants.preferred = Some(one);
        let scene = scene(vec![returning], vec![present(7, Does::Idle, ""), present(8, Does::Busy, "")]);
        assert_eq!(
            (of_entry(&scene, 0), of_agent(&scene, 7)),
            (WhyEntry::WaitsFor(one.agent, one.until), WhyAgent::KeptApart)
        );
    }

    #[test]
    fn an_agent_learns_what_they_lack_and_that_others_come_first() {
        let english = scene(vec![head(1, "en:1")], vec![present(7, Does::Idle, "")]);
        let answer = why_agent(&english, 7);
        assert_eq!((answer.why, answer.lacks["en"]), (WhyAgent::NobodyFits, 1));
        let crowd = scene(vec![head(1, "")], vec![present(7, Does::Idle, ""), present(8, Does::Idle, "")]);
        assert_eq!((of_agent(&crowd, 7), of_agent(&crowd, 8)), (WhyAgent::Next, WhyAgent::OthersFirst));
        assert_eq!(of_agent(&scene(vec![], vec![present(7, Does::Idle, "")]), 7), WhyAgent::NobodyWaits);
        assert_eq!(of_agent(&scene(vec![], vec![present(7, Does::Unlinked, "")]), 7), WhyAgent::Does(Does::Unlinked));
    }

    #[test]
    fn what_stops_every_offer_comes_before_everything_else() {
        let mut halted = scene(vec![head(1, "")], vec![present(7, Does::Idle, "")]);
        halted.halted = Some(Halted::NobodyPublishes);
        assert_eq!(of_entry(&halted, 0), WhyEntry::Halted(Halted::NobodyPublishes));
        assert_eq!(of_agent(&halted, 7), WhyAgent::Halted(Halted::NobodyPublishes));
    }
}
