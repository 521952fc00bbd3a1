use super::*;
use crate::supply::catalogue::Catalogue;
use time::macros::datetime;

const SMALL: &str = r#"
version = "2021-02-01"
title = "Probe"
source = "Probe"
valid_from = 2021-02-01T00:00:00
published_at = 2021-02-01T00:00:00
open_groups = ["P1"]
post_working_days = 5
[[vaccine]]
code = "azd1222"
min_age = 18
interval = { min = 63, target = 63, max = 84 }
[[claim]]
code = "age-80"
group = "P1"
clause = "§ 2"
label = { de = "80", en = "80" }
min_age = 80
"#;

fn read(files: &[(&str, String)]) -> Result<RuleBook, RulesError> {
    let files: Vec<RuleFile> =
        files.iter().map(|(name, text)| RuleFile { name: (*name).to_owned(), text: text.clone() }).collect();
    RuleBook::read(&files, &Catalogue::saxony().unwrap().vaccines)
}

fn findings(text: &str) -> Vec<String> {
    read(&[("2021-02-01.toml", text.to_owned())]).unwrap_err().findings
}

fn saxony() -> RuleBook {
    RuleBook::of_folder(Path::new("")).unwrap()
}

fn version_at(book: &RuleBook, now: OffsetDateTime) -> &str {
    book.in_force(now).map_or("", |set| &set.version)
}

#[test]
fn the_rules_as_shipped_are_whole() {
    let versions: Vec<_> = saxony().sets().iter().map(|set| set.version.clone()).collect();
    assert_eq!(
        versions,
        [
            "2021-01-11",
            "2021-02-08",
            "2021-02-24",
            "2021-03-08",
            "2021-03-15",
            "2021-03-18",
            "2021-04-01",
            "2021-04-08",
            "2021-04-28",
            "2021-05-01",
            "2021-06-07"
        ]
    );
}

#[test]
fn a_version_is_in_force_from_its_moment_on_and_not_a_second_before() {
    let book = saxony();
    assert_eq!(version_at(&book, datetime!(2021-01-11 12:59:59 UTC)), "");
    assert_eq!(version_at(&book, datetime!(2021-01-11 13:00 UTC)), "2021-01-11");
    assert_eq!(version_at(&book, datetime!(2021-04-28 15:59:59.999 UTC)), "2021-04-08");
    assert_eq!(version_at(&book, datetime!(2021-04-28 16:00 UTC)), "2021-04-28");
}

#[test]
fn a_version_that_begins_in_the_past_is_used_only_when_it_is_published() {
    let book = saxony();
    assert_eq!(version_at(&book, datetime!(2021-03-09 12:00 UTC)), "2021-02-24");
    assert_eq!(version_at(&book, datetime!(2021-03-11 12:00 UTC)), "2021-03-08");
}

#[test]
fn a_version_without_its_series_is_a_fault() {
    assert!(saxony().of_version("2021-03-08").is_ok());
    assert!(saxony().of_version("1999-01-01").is_err());
}

#[test]
fn a_version_says_what_it_does_not_change_as_the_one_it_builds_on() {
    let book = saxony();
    let set = book.of_version("2021-03-15").unwrap();
    let claim = set.claim(&ClaimCode("childcare".to_owned())).unwrap();
    assert_eq!((claim.group, claim.clause.as_str()), (Group::P2, "§ 3 Abs. 1 Nr. 9"));
    assert!(!set.vaccine(&"azd1222".into()).unwrap().offered);
    assert!(set.claims.is_sorted_by_key(|claim| claim.group));
}

#[test]
fn an_age_that_no_vaccine_is_good_for_is_a_gap() {
    let text = SMALL.replace("min_age = 18", "min_age = 18\nmax_age = 64");
    assert_eq!(findings(&text), ["2021-02-01: no vaccine is offered for claim age-80 at the age of 80"]);
}

#[test]
fn unknown_codes_and_unfit_intervals_are_named() {
    let text = SMALL.replace("azd1222", "azd1223");
    assert_eq!(findings(&text), ["2021-02-01: vaccine azd1223 is unknown"]);
    let text = SMALL.replace("interval = { min = 63, target = 63, max = 84 }", "");
    assert_eq!(findings(&text), ["2021-02-01: vaccine azd1222 has 2 doses, which does not fit its interval"]);
    let text = SMALL.replace("target = 63", "target = 90");
    assert_eq!(findings(&text), ["2021-02-01: the interval of vaccine azd1222 is not in order"]);
    let text = SMALL.replace("open_groups = [\"P1\"]", "open_groups = [\"P1\", \"P2\"]");
    assert_eq!(findings(&text), ["2021-02-01: group P2 is open and has no claim"]);
    let text = SMALL.replace("min_age = 80", "vaccines = [\"bnt162b2\"]");
    assert!(findings(&text)[0].contains("of which the version says nothing"));
}

#[test]
fn an_unknown_key_or_a_foreign_file_name_is_named() {
    assert!(findings(&SMALL.replace("min_age = 80", "minage = 80"))[0].contains("minage"));
    let error = read(&[("rules.toml", SMALL.to_owned())]).unwrap_err();
    assert!(error.findings[0].contains("the file's name is not its version"));
}

#[test]
fn a_base_that_is_missing_or_circular_is_named() {
    let next = |version: &str, base: &str| {
        format!(
            "version = \"{version}\"\nbased_on = \"{base}\"\ntitle = \"x\"\nsource = \"x\"\nvalid_from = 2021-03-01T00:00:00\npublished_at = 2021-03-01T00:00:00\n"
        )
    };
    let missing = read(&[("2021-02-01.toml", SMALL.to_owned()), ("2021-03-01.toml", next("2021-03-01", "x"))]);
    assert!(missing.unwrap_err().findings[0].contains("does not exist"));
    let circular = read(&[
        ("2021-03-01.toml", next("2021-03-01", "2021-04-01")),
        ("2021-04-01.toml", next("2021-04-01", "2021-03-01")),
    ]);
    assert!(circular.unwrap_err().findings.len() >= 2);
}

#[test]
fn two_versions_that_begin_together_are_refused() {
    let twin = SMALL.replace("version = \"2021-02-01\"", "version = \"2021-02-02\"");
    let error = read(&[("2021-02-01.toml", SMALL.to_owned()), ("2021-02-02.toml", twin)]).unwrap_err();
    assert_eq!(error.findings, ["2021-02-01 and 2021-02-02 begin at the same moment"]);
}

#[test]
fn a_time_with_a_zone_is_refused_because_rules_speak_local_time() {
    let text = SMALL.replace("valid_from = 2021-02-01T00:00:00", "valid_from = 2021-02-01T00:00:00Z");
    assert!(findings(&text)[0].contains("local dates with time"));
}
