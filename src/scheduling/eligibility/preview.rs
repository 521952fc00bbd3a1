//! Who would change: two versions of the rules, asked about every claim, channel and age.

use super::decide::{Ineligible, entitled};
use crate::foundation::audit::Channel;
use crate::scheduling::rules::{Claim, ClaimCode, Group, Interval, RuleSet};
use crate::supply::model::VaccineCode;
use std::ops::RangeInclusive;

/// The ways by which people book.
const CHANNELS: [Channel; 2] = [Channel::Phone, Channel::Web];

/// The greatest age that is asked about.
const OLDEST: u8 = 120;

/// What a version of the rules gives to people of one claim, channel and age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They may not book, and why.
    Refused(Ineligible),
    /// They may book.
    May {
        /// When their turn is.
        group: Group,
        /// With which vaccines, at which interval.
        vaccines: Vec<(VaccineCode, Option<Interval>)>,
    },
}

/// People for whom something changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Their claim.
    pub claim: ClaimCode,
    /// How they are reached.
    pub channels: Vec<Channel>,
    /// Completed years on the day of vaccination.
    pub ages: RangeInclusive<u8>,
    /// What holds for them.
    pub before: Standing,
    /// What would hold for them.
    pub after: Standing,
}

/// Everybody for whom something changes, by claim and age. Neighbouring ages for which the same changes are one entry,
/// and so are channels.
#[must_use]
pub fn who_would_change(before: &RuleSet, after: &RuleSet) -> Vec<Change> {
    let is_new = |claim: &&Claim| before.claim(&claim.code).is_none();
    let claims = before.claims.iter().chain(after.claims.iter().filter(is_new));
    claims.flat_map(|claim| of_claim(before, after, &claim.code)).collect()
}

fn of_claim(before: &RuleSet, after: &RuleSet, claim: &ClaimCode) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for channel in CHANNELS {
        for stretch in stretches(before, after, claim, channel) {
            let same = |known: &&mut Change| {
                (&known.ages, &known.before, &known.after) == (&stretch.ages, &stretch.before, &stretch.after)
            };
            match changes.iter_mut().find(same) {
                Some(known) => known.channels.push(channel),
                None => changes.push(stretch),
            }
        }
    }
    changes.sort_by_key(|change| *change.ages.start());
    changes
}

/// What changes on one channel, from the youngest on.
fn stretches(before: &RuleSet, after: &RuleSet, claim: &ClaimCode, channel: Channel) -> Vec<Change> {
    let mut stretches: Vec<Change> = Vec::new();
    for age in 0..=OLDEST {
        let (was, becomes) = (standing(before, claim, channel, age), standing(after, claim, channel, age));
        if was == becomes {
            continue;
        }
        match stretches.last_mut() {
            Some(last) if *last.ages.end() + 1 == age && last.before == was && last.after == becomes => {
                last.ages = *last.ages.start()..=age;
            }
            _ => stretches.push(Change {
                claim: claim.clone(),
                channels: vec![channel],
                ages: age..=age,
                before: was,
                after: becomes,
            }),
        }
    }
    stretches
}

/// What a version gives to somebody of an age.
fn standing(rules: &RuleSet, code: &ClaimCode, channel: Channel, age: u8) -> Standing {
    let claim = match entitled(rules, code, channel) {
        Ok(claim) => claim,
        Err(refusal) => return Standing::Refused(refusal),
    };
    let mut vaccines = Vec::new();
    let mut refusal = Ineligible::NotOffered;
    for rule in &rules.vaccines {
        match super::decide::fits_age(claim, rule, age) {
            Ok(()) => vaccines.push((rule.code.clone(), rule.interval)),
            // An age says more than that another vaccine is suspended or not meant.
            Err(reason @ (Ineligible::TooYoung(_) | Ineligible::TooOld(_))) => refusal = reason,
            Err(_) => {}
        }
    }
    if vaccines.is_empty() { Standing::Refused(refusal) } else { Standing::May { group: claim.group, vaccines } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheduling::Campaign;

    fn version(name: &str) -> RuleSet {
        Campaign::shipped().unwrap().rules.of_version(name).unwrap().clone()
    }

    #[test]
    fn a_version_compared_with_itself_changes_nobody() {
        for set in Campaign::shipped().unwrap().rules.sets() {
            assert_eq!(who_would_change(set, set), [], "{}", set.version);
        }
    }

    #[test]
    fn who_moves_to_an_earlier_group_is_named_and_nobody_else() {
        let before = version("2021-03-18");
        let mut after = before.clone();
        let moved = after.claims.iter_mut().find(|claim| claim.group == Group::P3 && claim.vaccines.is_none()).unwrap();
        moved.group = Group::P2;
        let moved = moved.clone();
        let changes = who_would_change(&before, &after);
        assert!(!changes.is_empty());
        for change in &changes {
            assert_eq!(change.claim, moved.code);
            assert_eq!(change.before, Standing::Refused(Ineligible::GroupNotOpen(Group::P3)));
        }
        let ages: Vec<u8> = changes.iter().flat_map(|change| change.ages.clone()).collect();
        assert_eq!(ages, (0..=OLDEST).collect::<Vec<u8>>(), "each age once, in order");
    }

    #[test]
    fn an_age_limit_changes_those_between_the_old_and_the_new_one() {
        let (before, after) = (version("2021-03-18"), version("2021-04-01"));
        let with_vector = |standing: &Standing| matches!(standing, Standing::May { vaccines, .. } if vaccines.iter().any(|(code, _)| code.as_str() == "azd1222"));
        let lose: Vec<Change> = who_would_change(&before, &after)
            .into_iter()
            .filter(|change| change.claim.as_str() == "care-home")
            .filter(|change| with_vector(&change.before) && !with_vector(&change.after))
            .collect();
        assert_eq!(lose.iter().map(|change| change.ages.clone()).collect::<Vec<_>>(), [18..=59]);
        assert_eq!(lose[0].channels, CHANNELS);
    }
}
