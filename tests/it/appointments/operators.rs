//! What operators do by command: import centres, release slots, check rules.

use crate::support::World;
use crate::support::campaign::{Saxony, person};
use clap::Parser;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use time::macros::{date, datetime};
use vaxline::cli::centres::{self, Centres};
use vaxline::cli::rules::Rules;
use vaxline::cli::slots::{self, Slots};
use vaxline::scheduling::Campaign;
use vaxline::scheduling::model::{BookingState, Wish};

/// A command line, as the program reads it.
#[derive(Parser)]
struct Line<C: clap::Subcommand> {
    #[command(subcommand)]
    command: C,
}

fn typed<C: clap::Subcommand>(line: &str) -> C {
    Line::<C>::try_parse_from(std::iter::once("vaxline").chain(line.split_whitespace())).unwrap().command
}

async fn centres(world: &World, line: &str) -> (anyhow::Result<()>, String) {
    let mut out = Vec::new();
    let result = centres::run(typed::<Centres>(line), world.staff(), &mut out).await;
    (result, String::from_utf8(out).unwrap())
}

async fn slots(world: &World, line: &str) -> (anyhow::Result<()>, String) {
    let (mut out, campaign) = (Vec::new(), Campaign::shipped().unwrap());
    let result = slots::run(typed::<Slots>(line), world.staff(), &campaign, &mut out).await;
    (result, String::from_utf8(out).unwrap())
}

fn rules(line: &str) -> (anyhow::Result<()>, String) {
    let mut out = Vec::new();
    let result = typed::<Rules>(line).run(Path::new(""), &mut out);
    (result, String::from_utf8(out).unwrap())
}

const RELEASE: &str = "release --name march --vaccine bnt162b2 --from 2021-03-29 --to 2021-03-30 --per-bucket 1";

#[tokio::test]
async fn what_an_operator_imports_and_releases_can_be_booked() {
    let world = World::at(datetime!(2021-03-20 08:00 UTC)).await;
    let (refused, _) = slots(&world, &format!("{RELEASE} --all")).await;
    assert!(refused.unwrap_err().to_string().contains("vaxline centres import"));

    let (refused, _) = centres(&world, "import").await;
    assert!(refused.unwrap_err().to_string().contains("--demo-addresses"));
    assert_eq!(centres(&world, "list").await.1, "");
    let (done, output) = centres(&world, "import --demo-addresses").await;
    done.unwrap();
    assert_eq!(output, "added or changed: 4 vaccines, 13 centres\n");
    assert_eq!(centres(&world, "import --demo-addresses").await.1, "added or changed: 0 vaccines, 0 centres\n");
    assert_eq!(centres(&world, "list").await.1.lines().count(), 13);

    let (done, output) = slots(&world, &format!("{RELEASE} --centre riesa")).await;
    done.unwrap();
    let made = "2 days with 240 first and 252 second doses; 0 were released before, 0 closed, 0 full, 0 past";
    assert_eq!(output, format!("riesa: {made}\nin all: {made}\n"));
    let (done, output) = slots(&world, &format!("{RELEASE} --all")).await;
    done.unwrap();
    assert_eq!(output.lines().count(), 14, "{output}");
    assert!(output.contains("riesa: 0 days with 0 first and 0 second doses; 2 were released before"), "{output}");

    let saxony = Arc::new(Saxony { world, campaign: Campaign::shipped().unwrap() });
    let riesa = Wish { centre: Some("riesa".into()), ..Wish::default() };
    let booking = saxony.desk().await.book(&person(1), &riesa).await.unwrap();
    assert_eq!((booking.state, booking.pair.first.day), (BookingState::Confirmed, date!(2021 - 03 - 29)));
    saxony.is_sound().await;
}

#[tokio::test]
async fn a_release_by_command_opens_at_its_local_time_and_is_refused_by_name() {
    let world = World::at(datetime!(2021-03-20 08:00 UTC)).await;
    centres(&world, "import --demo-addresses").await.0.unwrap();
    slots(&world, &format!("{RELEASE} --centre riesa --opens-at 2021-03-22T08:00")).await.0.unwrap();
    let opens: time::OffsetDateTime =
        sqlx::query_scalar("select distinct opens_at from slot").fetch_one(world.work().pool()).await.unwrap();
    assert_eq!(opens, datetime!(2021-03-22 07:00 UTC));
    let (refused, output) = slots(&world, &format!("{RELEASE} --centre atlantis")).await;
    assert!(format!("{:#}", refused.unwrap_err()).contains("there is no centre atlantis"));
    assert_eq!(output, "");
    for wrong in
        [RELEASE.to_owned(), format!("{RELEASE} --all --centre riesa"), format!("{RELEASE} --all --opens-at soon")]
    {
        let words = std::iter::once("vaxline").chain(wrong.split_whitespace());
        assert!(Line::<Slots>::try_parse_from(words).is_err(), "{wrong}");
    }
}

#[test]
fn the_rules_as_shipped_are_listed_version_by_version() {
    let (done, output) = rules("check");
    done.unwrap();
    assert_eq!(output.lines().count(), Campaign::shipped().unwrap().rules.sets().len());
    assert!(output.starts_with("2021-01-11  in force from 2021-01-11 14:00"), "{output}");
}

/// A folder with the rules as shipped, to be changed.
fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vaxline-rules-{:016x}", rand::random::<u64>()));
    std::fs::create_dir(&folder).unwrap();
    for entry in std::fs::read_dir("rules").unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}

#[test]
fn a_folder_with_two_faults_names_both_and_fails() {
    let folder = folder();
    let check = format!("check --folder {}", folder.display());
    rules(&check).0.unwrap();
    let break_it = |file: &str, right: &str, wrong: &str| {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(right), "{file}");
        std::fs::write(path, text.replacen(right, wrong, 1)).unwrap();
    };
    break_it("2021-03-15.toml", "azd1222", "azd1223");
    break_it("2021-03-08.toml", "min = 42, target = 42", "min = 42, target = 41");
    let (refused, output) = rules(&check);
    assert!(refused.is_err());
    assert!(output.lines().any(|line| line.contains("azd1223")), "{output}");
    assert!(output.lines().any(|line| line.contains("interval of vaccine bnt162b2")), "{output}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_comparison_says_which_versions_were_taken_and_that_series_keep_theirs() {
    let (done, output) = rules("diff 2021-03-20 2021-04-01");
    done.unwrap();
    let lines: Vec<&str> = output.lines().collect();
    // The 20th has no version of its own: the one in force at its noon is taken, and named.
    assert!(lines[0].starts_with("before: 2021-03-18  ") && lines[1].starts_with("after:  2021-04-01  "), "{output}");
    assert!(
        lines.iter().any(|line| line.starts_with("care-home, 18 to 59 years, by phone and web: P1 with")),
        "{output}"
    );
    assert_eq!(lines.last(), Some(&"confirmed series keep the version by which they were decided"));
    let (done, output) = rules("diff 2021-04-01 2021-04-01");
    done.unwrap();
    assert!(output.contains("nobody's entitlement, vaccines or intervals change"), "{output}");
    assert!(rules("diff 2021-04-01 soon").0.is_err());
}
