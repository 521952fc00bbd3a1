//! Why is this caller not served now, and why is this agent not offered anybody? Pure; from the same facts and by the same
//! rules as the plan, so that what is said is what happens.

use super::plan::Head;
use crate::foundation::ids::{EntryId, UserId};
use crate::hotline::queue::model::{BackOff, Unfit};
use crate::hotline::queue::skills::Skills;
use std::collections::BTreeMap;
use time::OffsetDateTime;

/// An agent who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// Id.
    pub agent: UserId,
    /// What they do.
    pub does: Does,
    /// What they can do.
    pub skills: Skills,
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

impl Scene {
    fn apart(&self, entry: EntryId, agent: UserId, now: OffsetDateTime) -> Option<OffsetDateTime> {
        let pair = self.back_offs.iter().find(|pair| pair.entry == entry && pair.agent == agent && now < pair.until);
        pair.map(|pair| pair.until)
    }

    fn may_meet(&self, head: &Head, present: &Present, now: OffsetDateTime) -> bool {
        head.wants.fit(present.agent, &present.skills, now).is_ok()
            && self.apart(head.entry, present.agent, now).is_none()
    }

    fn idle(&self) -> impl Iterator<Item = &Present> {
        self.present.iter().filter(|present| present.does == Does::Idle)
    }

    /// The idle agents whom the callers before `place` leave over, taken in the order of the line.
    fn left_over(&self, place: usize, now: OffsetDateTime) -> Vec<&Present> {
        let mut left: Vec<&Present> = self.idle().collect();
        for head in self.waiting.iter().take(place) {
            if left.is_empty() {
                break;
            }
            if let Some(taken) = left.iter().position(|present| self.may_meet(head, present, now)) {
                left.remove(taken);
            }
        }
        left
    }
}

/// Why the caller at this place of the line is not served now.
#[must_use]
pub fn why_entry(scene: &Scene, place: usize, now: OffsetDateTime) -> Option<EntryAnswer> {
    let head = scene.waiting.get(place)?;
    let waited = now - head.wants.joined;
    let mut able = BTreeMap::new();
    let mut lacking = BTreeMap::new();
    for present in &scene.present {
        let mut can = true;
        for (skill, _) in head.wants.needs.missing(&present.skills, waited) {
            can = false;
            *lacking.entry(skill.code().to_owned()).or_default() += 1;
        }
        if can {
            *able.entry(present.does).or_default() += 1;
        }
    }
    let alone = head.wants.preferred.filter(|one| now < one.until);
    let fitting: Vec<&Present> =
        scene.idle().filter(|present| head.wants.fit(present.agent, &present.skills, now).is_ok()).collect();
    let reunion = fitting.iter().map(|present| scene.apart(head.entry, present.agent, now)).min().flatten();
    let is_met = fitting.iter().any(|present| scene.may_meet(head, present, now));
    let why = if let Some(halted) = scene.halted {
        WhyEntry::Halted(halted)
    } else if let Some(one) = alone.filter(|_| !is_met) {
        WhyEntry::WaitsFor(one.agent, one.until)
    } else if able.is_empty() {
        WhyEntry::NobodyCan
    } else if fitting.is_empty() {
        WhyEntry::AllBusy
    } else if let Some(until) = reunion.filter(|_| !is_met) {
        WhyEntry::KeptApart(until)
    } else if scene.left_over(place, now).iter().any(|present| scene.may_meet(head, present, now)) {
        WhyEntry::Next
    } else {
        WhyEntry::OthersFirst
    };
    let changes_at = head.wants.next_change(now);
    Some(EntryAnswer { entry: head.entry, why, ahead: place, able, lacking, changes_at })
}

/// Why this agent is not offered anybody now.
#[must_use]
pub fn why_agent(scene: &Scene, agent: UserId, now: OffsetDateTime) -> Option<AgentAnswer> {
    let present = scene.present.iter().find(|present| present.agent == agent)?;
    let mut lacks = BTreeMap::new();
    let (mut fits, mut may_take) = (0_usize, 0_usize);
    for head in &scene.waiting {
        for (skill, _) in head.wants.needs.missing(&present.skills, now - head.wants.joined) {
            *lacks.entry(skill.code().to_owned()).or_default() += 1;
        }
        fits += usize::from(head.wants.fit(agent, &present.skills, now) != Err(Unfit::Skill));
        may_take += usize::from(scene.may_meet(head, present, now));
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
    } else if scene.left_over(scene.waiting.len(), now).iter().any(|left| left.agent == agent) {
        WhyAgent::OthersFirst
    } else {
        WhyAgent::Next
    };
    Some(AgentAnswer { agent, why, may_take, lacks })
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
        let wants = Wants { queue: "hotline".to_owned(), joined, needs, preferred: None, overflow: None };
        let order = OrderKey { at: joined, seq: i64::from(number) };
        Head { entry: EntryId(Uuid::from_u128(u128::from(number))), order, wants }
    }

    fn present(number: u8, does: Does, skills: &str) -> Present {
        Present { agent: UserId(Uuid::from_u128(u128::from(number))), does, skills: skills.parse().unwrap() }
    }

    fn scene(waiting: Vec<Head>, present: Vec<Present>) -> Scene {
        Scene { waiting, present, ..Scene::default() }
    }

    fn of_entry(scene: &Scene, place: usize) -> WhyEntry {
        why_entry(scene, place, NOW).unwrap().why
    }

    fn of_agent(scene: &Scene, number: u8) -> WhyAgent {
        why_agent(scene, present(number, Does::Idle, "").agent, NOW).unwrap().why
    }

    #[test]
    fn a_caller_whose_skill_nobody_has_is_told_apart_from_one_for_whom_all_are_busy() {
        let scene = scene(
            vec![head(1, "en:1"), head(2, "")],
            vec![present(7, Does::Busy, ""), present(8, Does::WrapUp, ""), present(9, Does::NotReady, "")],
        );
        let answer = why_entry(&scene, 0, NOW).unwrap();
        assert_eq!((answer.why, answer.lacking["en"]), (WhyEntry::NobodyCan, 3));
        let answer = why_entry(&scene, 1, NOW).unwrap();
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
        scene.back_offs = vec![BackOff { entry: head(1, "").entry, agent: present(7, Does::Idle, "").agent, until }];
        assert_eq!((of_entry(&scene, 0), of_agent(&scene, 7)), (WhyEntry::KeptApart(until), WhyAgent::KeptApart));
    }

    #[test]
    fn a_caller_who_waits_for_one_agent_says_for_whom() {
        let one = Preferred { agent: present(8, Does::Busy, "").agent, until: NOW + Duration::seconds(9) };
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
        let answer = why_agent(&english, present(7, Does::Idle, "").agent, NOW).unwrap();
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
