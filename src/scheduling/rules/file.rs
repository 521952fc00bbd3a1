//! A version of the rules as a file, and how a file that builds on another becomes whole.

use super::{Claim, ClaimCode, Group, Interval, RuleSet, RulesError, VaccineRule};
use crate::foundation::audit::Channel;
use crate::foundation::calendar;
use crate::supply::model::VaccineCode;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use time::{Date, Month, OffsetDateTime, Time};

/// Larger files are refused before they are read.
const LONGEST_TEXT: usize = 256 * 1024;

/// More files are refused before they are read.
const MOST_FILES: usize = 500;

/// A file of rules that was not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RuleFile {
    /// The file's name; it is the version and `.toml`.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parsed {
    version: String,
    based_on: Option<String>,
    title: String,
    source: String,
    valid_from: toml::value::Datetime,
    published_at: toml::value::Datetime,
    open_groups: Option<BTreeSet<Group>>,
    post_working_days: Option<u16>,
    #[serde(default)]
    vaccine: Vec<VaccineEntry>,
    #[serde(default)]
    claim: Vec<ClaimEntry>,
    #[serde(default)]
    without_claims: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VaccineEntry {
    code: String,
    #[serde(default = "yes")]
    offered: bool,
    min_age: u8,
    max_age: Option<u8>,
    interval: Option<Interval>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimEntry {
    code: String,
    group: Group,
    clause: String,
    label: Label,
    min_age: Option<u8>,
    vaccines: Option<BTreeSet<String>>,
    channels: Option<BTreeSet<Channel>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    de: String,
    en: String,
}

const fn yes() -> bool {
    true
}

/// Reads the files of a folder, not those below it.
pub(super) fn read_folder(folder: &Path) -> Result<Vec<RuleFile>, RulesError> {
    let broken = |what: &Path, error: &std::io::Error| format!("{}: {error}", what.display());
    let entries = std::fs::read_dir(folder).map_err(|error| RulesError { findings: vec![broken(folder, &error)] })?;
    let (mut files, mut findings) = (Vec::new(), Vec::new());
    for entry in entries {
        let path = match entry {
            Ok(entry) => entry.path(),
            Err(error) => {
                findings.push(broken(folder, &error));
                continue;
            }
        };
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = File::open(&path).and_then(|file| {
            let mut text = String::new();
            // One byte more than is allowed is enough to see that it is too large.
            file.take(LONGEST_TEXT as u64 + 1).read_to_string(&mut text).map(|_| text)
        });
        match text {
            Ok(text) => files.push(RuleFile { name, text }),
            Err(error) => findings.push(broken(&path, &error)),
        }
    }
    // A folder has no order; findings do.
    files.sort_by(|one, other| one.name.cmp(&other.name));
    if findings.is_empty() { Ok(files) } else { Err(RulesError { findings }) }
}

/// Reads every file and makes each version whole by laying it over the one it is based on.
pub(super) fn resolve(files: &[RuleFile], findings: &mut Vec<String>) -> Vec<RuleSet> {
    if files.len() > MOST_FILES {
        findings.push(format!("there are {} files; {MOST_FILES} are possible", files.len()));
        return Vec::new();
    }
    let mut waiting: BTreeMap<String, Parsed> = BTreeMap::new();
    for file in files {
        if let Some(parsed) = parse(file, findings)
            && let Some(twin) = waiting.insert(parsed.version.clone(), parsed)
        {
            findings.push(format!("{}: version {} exists twice", file.name, twin.version));
        }
    }
    let mut whole: BTreeMap<String, RuleSet> = BTreeMap::new();
    // Each round makes whole what builds on something whole; a round without progress leaves what never can be.
    while !waiting.is_empty() {
        let ready: Vec<String> = waiting
            .values()
            .filter(|parsed| parsed.based_on.as_ref().is_none_or(|base| whole.contains_key(base)))
            .map(|parsed| parsed.version.clone())
            .collect();
        if ready.is_empty() {
            for parsed in waiting.values() {
                let base = parsed.based_on.as_deref().unwrap_or_default();
                findings.push(format!("{}.toml: builds on {base:?}, which does not exist", parsed.version));
            }
            break;
        }
        for version in ready {
            let Some(parsed) = waiting.remove(&version) else { continue };
            let base = parsed.based_on.as_ref().and_then(|base| whole.get(base)).cloned();
            if let Some(set) = lay_over(base, parsed, findings) {
                whole.insert(version, set);
            }
        }
    }
    whole.into_values().collect()
}

fn parse(file: &RuleFile, findings: &mut Vec<String>) -> Option<Parsed> {
    if file.text.len() > LONGEST_TEXT {
        findings.push(format!("{}: larger than 256 KiB", file.name));
        return None;
    }
    match toml::from_str::<Parsed>(&file.text) {
        Ok(parsed) => {
            if file.name != format!("{}.toml", parsed.version) {
                findings.push(format!("{}: the file's name is not its version {:?}", file.name, parsed.version));
            }
            Some(parsed)
        }
        Err(error) => {
            findings.push(format!("{}: {}", file.name, error.to_string().trim()));
            None
        }
    }
}

fn lay_over(base: Option<RuleSet>, parsed: Parsed, findings: &mut Vec<String>) -> Option<RuleSet> {
    let file = format!("{}.toml", parsed.version);
    let moments = moment(&parsed.valid_from).zip(moment(&parsed.published_at));
    if moments.is_none() {
        findings.push(format!("{file}: valid_from and published_at are local dates with time (2021-03-08T00:00:00)"));
    }
    let (valid_from, published_at) = moments?;
    if base.as_ref().is_some_and(|base| base.valid_from >= valid_from) {
        findings.push(format!("{file}: begins before the version that it builds on"));
    }
    let mut missing = |what: &str| findings.push(format!("{file}: {what} is missing and there is nothing to build on"));
    let open_groups = parsed.open_groups.or_else(|| base.as_ref().map(|base| base.open_groups.clone()));
    if open_groups.is_none() {
        missing("open_groups");
    }
    let post_days = parsed.post_working_days.or_else(|| base.as_ref().map(|base| base.post_days));
    if post_days.is_none() {
        missing("post_working_days");
    }
    let (mut vaccines, mut claims) = base.map_or_else(Default::default, |base| (base.vaccines, base.claims));
    for code in &parsed.without_claims {
        let before = claims.len();
        claims.retain(|claim: &Claim| claim.code.0 != *code);
        if claims.len() == before {
            findings.push(format!("{file}: takes away the claim {code:?}, which does not exist"));
        }
    }
    let mut named = BTreeSet::new();
    for entry in parsed.vaccine {
        if !named.insert(entry.code.clone()) {
            findings.push(format!("{file}: vaccine {} is named twice", entry.code));
        }
        put(&mut vaccines, vaccine(entry), |one, other| one.code == other.code);
    }
    named.clear();
    for entry in parsed.claim {
        if !named.insert(entry.code.clone()) {
            findings.push(format!("{file}: claim {} is named twice", entry.code));
        }
        put(&mut claims, claim(entry), |one, other| one.code == other.code);
    }
    // A claim that moves to another group is read among that group.
    claims.sort_by_key(|claim| claim.group);
    Some(RuleSet {
        version: parsed.version,
        title: parsed.title,
        source: parsed.source,
        valid_from,
        published_at,
        open_groups: open_groups?,
        post_days: post_days?,
        vaccines,
        claims,
    })
}

fn put<T>(list: &mut Vec<T>, new: T, same: impl Fn(&T, &T) -> bool) {
    match list.iter_mut().find(|known| same(known, &new)) {
        Some(known) => *known = new,
        None => list.push(new),
    }
}

fn vaccine(entry: VaccineEntry) -> VaccineRule {
    VaccineRule {
        code: VaccineCode(entry.code),
        offered: entry.offered,
        min_age: entry.min_age,
        max_age: entry.max_age,
        interval: entry.interval,
    }
}

fn claim(entry: ClaimEntry) -> Claim {
    Claim {
        code: ClaimCode(entry.code),
        group: entry.group,
        clause: entry.clause,
        label_de: entry.label.de,
        label_en: entry.label.en,
        min_age: entry.min_age,
        vaccines: entry.vaccines.map(|codes| codes.into_iter().map(VaccineCode).collect()),
        channels: entry.channels,
    }
}

/// A local date and time of a file (`2021-03-08T00:00:00`) as a moment.
fn moment(value: &toml::value::Datetime) -> Option<OffsetDateTime> {
    if value.offset.is_some() {
        return None;
    }
    let (date, time) = (value.date?, value.time?);
    let month = Month::try_from(date.month).ok()?;
    let date = Date::from_calendar_date(i32::from(date.year), month, date.day).ok()?;
    let time = Time::from_hms(time.hour, time.minute, time.second.unwrap_or(0)).ok()?;
    Some(calendar::moment(date, time))
}
