//! Statistics on a real database: what is folded piece by piece is what the whole log gives and what the wall shows; who may
//! read it; and that it outlives the log.

use crate::support::hotline::Hotline;
use crate::support::page::{Page, open};
use crate::support::staff::ORIGIN;
use crate::support::{World, eventually};
use futures_util::StreamExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vaxline::foundation::events::feed::Feed;
use vaxline::foundation::events::retention::{self, forget_old};
use vaxline::foundation::events::{Published, read_after};
use vaxline::foundation::fault::{Fault, Refusal};
use vaxline::hotline::statistics::commands::{self, Round, fold, report};
use vaxline::hotline::statistics::decide::{Fold, Now};
use vaxline::hotline::statistics::model::{By, Range, StatisticsError, Sums};
use vaxline::hotline::statistics::recount::recount;
use vaxline::hotline::statistics::settings::Settings;
use vaxline::hotline::statistics::wire::Report;
use vaxline::hotline::statistics::worker;
use vaxline::in_tx;

const THRESHOLDS: Settings = Settings { service_level_seconds: 20, short_abandon_seconds: 5 };

/// The whole log, folded at once.
async fn recomputed(world: &World) -> Fold {
    let mut fold = Fold::default();
    for fact in log(world).await {
        fold.event(&fact);
    }
    fold.sums.tidy();
    fold
}

async fn log(world: &World) -> Vec<Published> {
    read_after(world.work().pool(), 0, 100_000).await.unwrap()
}

async fn stored(world: &World, range: Range) -> Sums {
    let sums: Result<Sums, Fault> = in_tx!(world.work(), "sums", |tx| commands::sums(tx, range));
    sums.unwrap()
}

/// Folds everything that is published, a few facts at a time, each time by another process.
async fn fold_in_pieces(world: &World, chance: &mut StdRng) {
    loop {
        let (node, limit) = (Uuid::from_u128(chance.random()), chance.random_range(1..40));
        let round: Result<Round, Fault> = in_tx!(world.work(), "fold", |tx| fold(tx, node, limit));
        if round.unwrap() == Round::Last {
            return;
        }
        // The process dies here, and its lease runs out.
        sqlx::query("delete from lease where name = 'statistics'").execute(world.work().pool()).await.unwrap();
    }
}

async fn made(world: &World, by: By, range: Range) -> Report {
    let made: Result<Report, StatisticsError> = in_tx!(world.work(), "report", |tx| report(tx, by, range, THRESHOLDS));
    made.unwrap()
}

async fn everything_is_published(hotline: &Hotline) {
    eventually("everything is published", async || {
        hotline.count("select count(*) from event where position is null").await == 0
    })
    .await;
}

/// The board that a wall shows now.
async fn board(hotline: &Hotline, cookie: &str) -> Value {
    let mut socket = open(hotline.server, "/supervision/ws", Some(ORIGIN), Some(cookie)).await.unwrap();
    loop {
        let message = socket.next().await.unwrap().unwrap();
        let frame: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        if frame["t"] == "board" {
            return frame["board"].clone();
        }
    }
}

/// One is served, one is in wrap-up, one talks, one was declined and waits, one gave up, one came back, one waits.
async fn busy(hotline: &Hotline) -> Vec<Page> {
    let (mut pages, mut calls) = (Vec::new(), Vec::new());
    for (place, login) in ["one", "two", "three"].into_iter().enumerate() {
        let (page, call, _) = hotline.talk(login, &format!("+49351100000{place}")).await;
        pages.push(page);
        calls.push(call);
    }
    for (page, call) in pages.iter_mut().zip(&calls).take(2) {
        hotline.hang_up(*call).await;
        page.until_state("wrap_up").await;
    }
    pages[0].must(json!({ "t": "finish_wrap_up", "code": "booked" })).await;
    hotline.ring("+493511000003").await;
    let offer = pages[0].until_offer().await;
    pages[0].must(json!({ "t": "decline", "offer": offer })).await;
    pages[0].must(json!({ "t": "not_ready", "reason": "break" })).await;
    let (given_up, _) = hotline.ring("+493511000004").await;
    hotline.hang_up(given_up).await;
    // Who rings again before the end of the old call is told has the old place again.
    let (left, _) = hotline.ring("+493511000005").await;
    hotline.ring("+493511000005").await;
    hotline.hang_up(left).await;
    everything_is_published(hotline).await;
    pages
}

#[tokio::test]
async fn figures_folded_in_pieces_are_those_of_the_whole_log_and_of_the_wall() {
    let hotline = Hotline::in_saxony().await;
    let supervisor = hotline.supervisor("lead").await;
    let _pages = busy(&hotline).await;
    fold_in_pieces(&hotline.world, &mut StdRng::seed_from_u64(7)).await;

    let (whole, range) = (recomputed(&hotline.world).await, Range::parse("2021-03-20", "2021-03-21").unwrap());
    assert_eq!(whole.unmatched, 0);
    assert_eq!(stored(&hotline.world, range).await, whole.sums);
    let made = made(&hotline.world, By::Hour, range).await;
    assert_eq!(made.now, Now::of(&whole.carry));

    let counts = whole.sums.hours.values().map(|hour| &hour.counts).fold((0, 0, 0, 0), |sum, counts| {
        (sum.0 + counts.offered, sum.1 + counts.served, sum.2 + counts.abandoned, sum.3 + counts.redeemed)
    });
    assert_eq!(counts, (6, 2, 1, 1), "offered, served, abandoned, redeemed");
    let board = board(&hotline, &supervisor.session_cookie()).await;
    let shown = |name: &str| board[name].as_i64().unwrap();
    assert_eq!((made.now.waiting, made.now.talking), (shown("waiting"), shown("talking")));
    assert_eq!((counts.1, counts.2), (shown("served_today"), shown("abandoned_today")));
    let longest = OffsetDateTime::from_unix_timestamp_nanos(i128::from(shown("longest_since_ms")) * 1_000_000).unwrap();
    assert!((made.now.longest_since.unwrap() - longest).abs() <= Duration::MILLISECOND);
    let states = board["agents_by_state"].as_array().unwrap().iter().filter(|row| row["state"] != "offline");
    let agents: BTreeMap<&str, i64> = states
        .map(|row| (row["state"].as_str().unwrap(), row["agents"].as_i64().unwrap()))
        .filter(|(_, agents)| *agents > 0)
        .collect();
    let counted: BTreeMap<&str, i64> = made.now.agents.iter().map(|(doing, count)| (doing.code(), *count)).collect();
    assert_eq!(counted, agents);
}

#[tokio::test]
async fn a_fold_that_missed_a_fact_is_not_the_whole_log() {
    let hotline = Hotline::in_saxony().await;
    let _pages = busy(&hotline).await;
    let world = &hotline.world;
    let say = async |sql: &'static str| {
        sqlx::query(sql).execute(world.work().pool()).await.unwrap();
    };
    // The reader does not know what this fact says until it has gone by.
    say("update event set kind = 'not.heard' where kind = 'entry.talking' and position =
         (select min(position) from event where kind = 'entry.talking')")
    .await;
    fold_in_pieces(world, &mut StdRng::seed_from_u64(7)).await;
    say("update event set kind = 'entry.talking' where kind = 'not.heard'").await;
    let range = Range::parse("2021-03-20", "2021-03-21").unwrap();
    assert_ne!(stored(world, range).await, recomputed(world).await.sums);
    assert!(!recount(world.work()).await.unwrap().differ.is_empty(), "and an operator is told");
}

/// A log of days in which anything happens to anything: what makes no sense must be folded the same way, too.
async fn write_any_log(world: &World, chance: &mut StdRng) -> Vec<Published> {
    let kinds = [
        "call.arrived",
        "call.ended",
        "entry.joined",
        "entry.redeemed",
        "entry.connecting",
        "entry.talking",
        "entry.ended",
        "offer.made",
        "offer.painted",
        "offer.accepted",
        "offer.declined",
        "offer.expired",
        "offer.withdrawn",
        "offer.failed",
        "agent.state",
        "letter.printed",
    ];
    let states = ["offline", "ready", "offered", "connecting", "talking", "wrap_up", "not_ready"];
    let mut at = datetime!(2021-04-28 16:00 UTC);
    for position in 1..=1_500_i64 {
        at += Duration::milliseconds(chance.random_range(0..500_000));
        let kind = *kinds.choose(chance).unwrap();
        let mut one_of = |words: &[&'static str]| *words.choose(chance).unwrap();
        let (to, reason) = (one_of(&states), one_of(&["served", "abandoned", "lost", "merged"]));
        let (language, topic) = (one_of(&["de", "en"]), one_of(&["book", "change"]));
        let queue = one_of(&["hotline", "second"]);
        let data = json!({ "to": to, "reason": reason, "language": language, "topic": topic, "queue": queue });
        let mut some = |base: u128, many: u128| Uuid::from_u128(base + chance.random_range(0..many));
        let (call, entry, offer, agent) = (some(1_000, 20), some(2_000, 300), some(3_000, 3), some(4_000, 4));
        sqlx::query(
            "insert into event (id, at, kind, call_id, entry_id, offer_id, agent_id, data, position)
             values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(at)
        .bind(kind)
        .bind(call)
        .bind(entry)
        .bind(offer)
        .bind(agent)
        .bind(data)
        .bind(position * 3 - 2)
        .execute(world.work().pool())
        .await
        .unwrap();
    }
    log(world).await
}

#[tokio::test]
async fn whatever_the_log_says_its_parts_add_up_to_the_whole() {
    let world = World::new().await;
    let mut chance = StdRng::seed_from_u64(21);
    let facts = write_any_log(&world, &mut chance).await;
    fold_in_pieces(&world, &mut chance).await;
    let range = Range::new(datetime!(2021-04-28 16:00 UTC), datetime!(2021-05-10 16:00 UTC)).unwrap();
    assert!(range.to() > facts.last().unwrap().at);
    let whole = recomputed(&world).await;
    assert!(whole.sums.hours.len() > 50 && whole.sums.shifts.len() > 100);
    assert_eq!(stored(&world, range).await, whole.sums);
    let counted = recount(world.work()).await.unwrap();
    assert_eq!((counted.facts, counted.differ.len()), (1_500, 0));
    assert_eq!(counted.compared, whole.sums.hours.len() + whole.sums.shifts.len());
    assert_eq!(made(&world, By::Queue, range).await.now, Now::of(&whole.carry));
}

#[tokio::test]
async fn one_process_at_a_time_folds() {
    let world = World::new().await;
    write_any_log(&world, &mut StdRng::seed_from_u64(3)).await;
    let round = async |node: u128| -> Round {
        let round: Result<Round, Fault> = in_tx!(world.work(), "fold", |tx| fold(tx, Uuid::from_u128(node), 10));
        round.unwrap()
    };
    assert_eq!(round(1).await, Round::Full);
    assert_eq!(round(2).await, Round::Elsewhere);
    assert_eq!(round(1).await, Round::Full);
    let position: i64 =
        sqlx::query_scalar("select position from event_reader").fetch_one(world.work().pool()).await.unwrap();
    assert_eq!(position, 58, "twenty facts, each third number");
}

#[tokio::test]
async fn what_is_published_is_folded_by_itself() {
    let hotline = Hotline::in_saxony().await;
    let (feed, stop) = (Feed::default(), CancellationToken::new());
    let work = hotline.world.work();
    tokio::spawn(feed.clone().run(work.clone(), stop.clone()));
    let folding = tokio::spawn(worker::run(work.clone(), feed, Uuid::from_u128(1), stop.clone()));
    let _pages = busy(&hotline).await;
    eventually("everything is folded", async || {
        let behind = "select coalesce((select max(position) from event), 0)
                           - coalesce((select position from event_reader), 0)";
        hotline.count(behind).await == 0
    })
    .await;
    let range = Range::parse("2021-03-20", "2021-03-21").unwrap();
    assert_eq!(stored(&hotline.world, range).await, recomputed(&hotline.world).await.sums);
    stop.cancel();
    folding.await.unwrap();
}

#[tokio::test]
async fn groups_and_totals_tell_the_same() {
    let world = World::new().await;
    let mut chance = StdRng::seed_from_u64(5);
    write_any_log(&world, &mut chance).await;
    fold_in_pieces(&world, &mut chance).await;
    let range = Range::new(datetime!(2021-04-29 00:00 UTC), datetime!(2021-04-30 00:00 UTC)).unwrap();
    let total = made(&world, By::Hour, range).await.total;
    for by in [By::Hour, By::Queue, By::Language, By::Topic, By::Agent] {
        let made = made(&world, by, range).await.to_json().unwrap();
        assert!(!made["rows"].as_array().unwrap().is_empty());
        let names: &[&str] = match by {
            By::Hour => &["offered", "abandoned", "offers_made", "talk_count", "agents_staffed_seconds"],
            By::Queue | By::Language | By::Topic => &["offered", "abandoned", "offers_made", "talk_count"],
            By::Agent => &["agents_staffed_seconds", "agents_talking_seconds"],
        };
        for name in names {
            let sum: f64 = made["rows"].as_array().unwrap().iter().map(|row| row[name].as_f64().unwrap()).sum();
            let whole = made["total"][name].as_f64().unwrap();
            assert!((sum - whole).abs() < 0.001, "{} by {}: {sum} and {whole}", name, by.name());
        }
        assert_eq!(made["total"].as_object().unwrap().len(), total.len());
    }
}

#[tokio::test]
async fn a_supervisor_reads_figures_and_an_agent_does_not() {
    let hotline = Hotline::in_saxony().await;
    let supervisor = hotline.supervisor("lead").await;
    let _pages = busy(&hotline).await;
    let (_, agent) = hotline.agent("four").await;
    fold_in_pieces(&hotline.world, &mut StdRng::seed_from_u64(1)).await;
    let path = |by: &str| format!("/supervision/statistics?from=2021-03-20&to=2021-03-21&by={by}");

    for asked in [path("hour"), path("agent")] {
        assert_eq!(agent.get(&asked).await.status(), 403);
    }
    let figures: Value = supervisor.get(&path("topic")).await.json().await.unwrap();
    assert_eq!((&figures["rows"][0]["topic"], &figures["rows"][0]["offered"]), (&json!("book"), &json!(6)));
    assert_eq!(figures["rows"][0]["from_local"], "2021-03-20T00:00:00+01:00");
    assert_eq!((&figures["now"]["talking"], &figures["total"]["redeemed"]), (&json!(1), &json!(1)));
    let agents: Value = supervisor.get(&path("agent")).await.json().await.unwrap();
    let rows = agents["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3, "who has not opened a console has no time");
    assert_eq!(rows.iter().map(|row| row["answered"].as_i64().unwrap()).sum::<i64>(), 3);
    assert!(rows.iter().all(|row| row["agent_name"].as_str().unwrap().starts_with("Nr. ")));

    let refused = async |query: &str| -> (u16, String) {
        let answer = supervisor.get(&format!("/supervision/statistics{query}")).await;
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["code"].as_str().unwrap().to_owned())
    };
    for (query, status, code) in [
        ("?from=2021-03-20&to=2021-03-21", 400, "bad_request"),
        ("?from=2021-03-20&to=2021-03-21&by=hour&caller=1", 400, "bad_request"),
        ("?from=2021-03-20&to=2021-03-21&by=caller", 422, "unknown_group"),
        ("?from=2021-03-20&to=2021-05-21&by=hour", 422, "range_too_long"),
        ("?from=2021-03-20&to=2021-03-20&by=hour", 422, "range_backwards"),
    ] {
        assert_eq!(refused(query).await, (status, code.to_owned()), "{query}");
    }
}

#[tokio::test]
async fn more_than_can_be_read_in_time_is_refused_by_name() {
    let world = World::new().await;
    sqlx::query(
        "insert into statistic_hour
         select '2021-03-20 10:00Z', 'queue ' || n, 'de', 'book', 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, '{}'
           from generate_series(1, 10001) as n",
    )
    .execute(world.work().pool())
    .await
    .unwrap();
    let range = Range::parse("2021-03-20", "2021-03-21").unwrap();
    let made: Result<Report, StatisticsError> =
        in_tx!(world.work(), "report", |tx| report(tx, By::Hour, range, THRESHOLDS));
    assert_eq!(made.unwrap_err().code(), "range_too_full");
}

#[tokio::test]
async fn a_spreadsheet_reads_the_same_figures_and_computes_nothing() {
    let hotline = Hotline::in_saxony().await;
    let supervisor = hotline.supervisor("lead").await;
    let _pages = busy(&hotline).await;
    sqlx::query("update user_account set display_name = '=1+1, \"x\"' where login = 'one'")
        .execute(hotline.world.work().pool())
        .await
        .unwrap();
    fold_in_pieces(&hotline.world, &mut StdRng::seed_from_u64(1)).await;
    let path = "/supervision/statistics.csv?from=2021-03-20&to=2021-03-21&by=";
    let answer = supervisor.get(&format!("{path}topic")).await;
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    let text = answer.text().await.unwrap();
    let lines: Vec<Vec<&str>> = text.split_terminator("\r\n").map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].len(), lines[1].len());
    assert_eq!(lines[0][..6], ["from_utc", "to_utc", "from_local", "to_local", "topic", "offered"]);
    assert_eq!(
        lines[1][..6],
        [
            "2021-03-19T23:00:00Z",
            "2021-03-20T23:00:00Z",
            "2021-03-20T00:00:00+01:00",
            "2021-03-21T00:00:00+01:00",
            "book",
            "6"
        ]
    );
    let agents = supervisor.get(&format!("{path}agent")).await.text().await.unwrap();
    assert!(agents.contains(",\"'=1+1, \"\"x\"\"\","), "{agents}");
    let hours = supervisor.get(&format!("{path}hour")).await.text().await.unwrap();
    let widths: Vec<usize> = hours.split_terminator("\r\n").map(|line| line.split(',').count()).collect();
    assert!(widths.len() >= 2 && widths.iter().all(|width| *width == widths[0]), "{widths:?}");
}

#[tokio::test]
async fn figures_outlive_their_facts_and_what_is_not_folded_stays() {
    let world = World::at(datetime!(2021-05-20 16:00 UTC)).await;
    let mut chance = StdRng::seed_from_u64(2);
    write_any_log(&world, &mut chance).await;
    let facts = async || -> i64 {
        sqlx::query_scalar("select count(*) from event").fetch_one(world.work().pool()).await.unwrap()
    };
    let forget = async |keep_days: u16| -> u64 {
        let forgotten: Result<u64, Fault> =
            in_tx!(world.work(), "forget", |tx| forget_old(tx, retention::Settings { keep_days }, 5_000));
        forgotten.unwrap()
    };
    assert_eq!(forget(7).await, 0, "nobody has read them");
    let round: Result<Round, Fault> = in_tx!(world.work(), "fold", |tx| fold(tx, Uuid::from_u128(1), 100));
    round.unwrap();
    assert_eq!((forget(0).await, forget(400).await, forget(7).await), (0, 0, 100));
    let whole = {
        let mut begun = Fold::default();
        log(&world).await.iter().for_each(|fact| begun.event(fact));
        begun.sums
    };
    let range = Range::new(datetime!(2021-04-28 16:00 UTC), datetime!(2021-05-20 16:00 UTC)).unwrap();
    fold_in_pieces(&world, &mut chance).await;
    let kept = stored(&world, range).await;
    assert_ne!(kept, whole, "what was forgotten is still in the sums");
    assert_eq!(forget(7).await, 1_399);
    assert_eq!((facts().await, stored(&world, range).await == kept), (1, true), "the relay counts on from the last");
}
