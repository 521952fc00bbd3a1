//! Whether a set of rules may be used: every version whole, no gap, nothing unknown.

use super::{Claim, RuleSet, VaccineRule};
use crate::supply::model::{Vaccine, is_code};

/// Older people are none too many to name an age for.
const OLDEST: u8 = 120;

/// The longest interval that any approval has named so far is twelve weeks; a year is a typing error.
const LONGEST_INTERVAL: u16 = 365;

/// A letter that needs longer than this is a typing error.
const LONGEST_POST: u16 = 20;

/// The longest text that a console shows in a line.
const LONGEST_LABEL: usize = 80;

/// Checks every version, and that together they answer every moment from the first on.
pub(super) fn whole(sets: &[RuleSet], vaccines: &[Vaccine], findings: &mut Vec<String>) {
    if sets.is_empty() {
        findings.push("there is no version at all".to_owned());
    }
    for pair in sets.windows(2) {
        if let [one, next] = pair
            && one.valid_from == next.valid_from
        {
            findings.push(format!("{} and {} begin at the same moment", one.version, next.version));
        }
    }
    for set in sets {
        let mut note = |finding: String| findings.push(format!("{}: {finding}", set.version));
        header(set, &mut note);
        for rule in &set.vaccines {
            vaccine(rule, vaccines, &mut note);
        }
        for claim in &set.claims {
            self::claim(claim, set, &mut note);
        }
        gaps(set, &mut note);
    }
}

fn header(set: &RuleSet, note: &mut impl FnMut(String)) {
    if set.version.is_empty() || set.version.len() > 32 || !is_code(&set.version) {
        note("the version is not 2 to 32 small letters, digits and hyphens".to_owned());
    }
    if set.title.trim().is_empty() || set.source.trim().is_empty() {
        note("title or source is empty".to_owned());
    }
    if set.post_days > LONGEST_POST {
        note(format!("a letter does not need {} working days", set.post_days));
    }
    if set.open_groups.is_empty() {
        note("no group is open".to_owned());
    }
    for group in &set.open_groups {
        if !set.claims.iter().any(|claim| claim.group == *group) {
            note(format!("group {} is open and has no claim", group.name()));
        }
    }
}

fn vaccine(rule: &VaccineRule, vaccines: &[Vaccine], note: &mut impl FnMut(String)) {
    let code = &rule.code;
    match vaccines.iter().find(|vaccine| vaccine.code == *code) {
        None => note(format!("vaccine {code} is unknown")),
        Some(vaccine) if (vaccine.doses == 2) != rule.interval.is_some() => {
            note(format!("vaccine {code} has {} doses, which does not fit its interval", vaccine.doses));
        }
        Some(_) => {}
    }
    if rule.min_age > OLDEST || rule.max_age.is_some_and(|max| max < rule.min_age || max > OLDEST) {
        note(format!("the ages of vaccine {code} are not in order"));
    }
    if let Some(interval) = rule.interval {
        let in_order = interval.min <= interval.target && interval.target <= interval.max;
        if interval.min == 0 || !in_order || interval.max > LONGEST_INTERVAL {
            note(format!("the interval of vaccine {code} is not in order"));
        }
    }
}

fn claim(claim: &Claim, set: &RuleSet, note: &mut impl FnMut(String)) {
    let code = claim.code.as_str();
    if !is_code(code) {
        note(format!("claim code {code:?} is not 2 to 32 small letters, digits and hyphens"));
    }
    if claim.clause.trim().is_empty() {
        note(format!("claim {code} names no clause"));
    }
    for label in [&claim.label_de, &claim.label_en] {
        let long = label.chars().count();
        if label.trim().is_empty() || long > LONGEST_LABEL || label.chars().any(char::is_control) {
            note(format!("a label of claim {code} is empty, not plain text, or {long} characters long"));
        }
    }
    if claim.min_age.is_some_and(|age| age > OLDEST) {
        note(format!("the age of claim {code} is not possible"));
    }
    for vaccine in claim.vaccines.iter().flatten() {
        if set.vaccine(vaccine).is_none() {
            note(format!("claim {code} names the vaccine {vaccine}, of which the version says nothing"));
        }
    }
    if claim.vaccines.as_ref().is_some_and(std::collections::BTreeSet::is_empty)
        || claim.channels.as_ref().is_some_and(std::collections::BTreeSet::is_empty)
    {
        note(format!("claim {code} is good for no vaccine or no channel"));
    }
}

/// Ages that are entitled and that no offered vaccine is good for: nobody of that age could book.
fn gaps(set: &RuleSet, note: &mut impl FnMut(String)) {
    for claim in set.claims.iter().filter(|claim| set.open_groups.contains(&claim.group)) {
        let usable: Vec<&VaccineRule> = set
            .vaccines
            .iter()
            .filter(|rule| rule.offered && claim.vaccines.as_ref().is_none_or(|codes| codes.contains(&rule.code)))
            .collect();
        let Some(youngest) = usable.iter().map(|rule| rule.min_age).min() else {
            // A claim that is bound to a suspended vaccine is no gap: that is what suspending means.
            if claim.vaccines.is_none() {
                note(format!("no vaccine is offered for claim {}", claim.code.as_str()));
            }
            continue;
        };
        let from = claim.min_age.unwrap_or(0).max(youngest);
        let gap = (from..=OLDEST).find(|age| !usable.iter().any(|rule| fits(rule, *age)));
        if let Some(age) = gap {
            note(format!("no vaccine is offered for claim {} at the age of {age}", claim.code.as_str()));
        }
    }
}

fn fits(rule: &VaccineRule, age: u8) -> bool {
    rule.min_age <= age && rule.max_age.is_none_or(|max| age <= max)
}
