//! Staffing: its figures are those of the event log, and the command draws them.

use crate::support::hotline::Hotline;
use crate::support::page::Page;
use crate::support::{World, eventually};
use reqwest::StatusCode;
use serde_json::{Value, json};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use vaxline::app::config::Config;
use vaxline::cli::staffing::{Staffing, forecast, needed};
use vaxline::hotline::staffing::commands::{StaffingError, outlook};
use vaxline::hotline::staffing::decide::No;
use vaxline::hotline::staffing::settings::Settings;
use vaxline::hotline::staffing::store;
use vaxline::in_tx;

/// A Wednesday, at ten in Dresden.
const NOW: OffsetDateTime = datetime!(2021-04-28 08:00 UTC);

fn settings() -> Settings {
    Config::load(None, []).unwrap().staffing
}

/// Four weeks in which five callers join in every quarter of an hour, wait 30 s and talk for 240 s, of the 600 that an agent is
/// occupied with each; every tenth gives up.
async fn weeks_of_callers(world: &World) {
    sqlx::query(
        "insert into event (id, at, kind, entry_id, agent_id, data, position)
         select gen_random_uuid(), at + step.after, step.kind, md5(number::text)::uuid, md5(number::text)::uuid, step.data,
                row_number() over (order by at + step.after, step.after)
           from generate_series($1::timestamptz - interval '28 days', $1 - interval '3 minutes', interval '3 minutes')
                with ordinality as caller (at, number),
                lateral (values ('0 s'::interval, 'entry.joined', '{}'::jsonb, true),
                                ('30 s', 'entry.ended', '{\"reason\": \"abandoned\"}', number % 10 = 0),
                                ('20 s', 'agent.state', '{\"to\": \"offered\"}', number % 10 <> 0),
                                ('30 s', 'entry.talking', '{}', number % 10 <> 0),
                                ('30 s', 'agent.state', '{\"to\": \"talking\"}', number % 10 <> 0),
                                ('270 s', 'entry.ended', '{\"reason\": \"served\"}', number % 10 <> 0),
                                ('270 s', 'agent.state', '{\"to\": \"wrap_up\"}', number % 10 <> 0),
                                ('620 s', 'agent.state', '{\"to\": \"ready\"}', number % 10 <> 0))
                as step (after, kind, data, happens)
          where step.happens and at + step.after < $1
          order by at + step.after",
    )
    .bind(NOW)
    .execute(world.work().pool())
    .await
    .unwrap();
}

#[tokio::test]
async fn the_next_hour_is_foreseen_from_the_event_log() {
    let world = World::at(NOW).await;
    weeks_of_callers(&world).await;
    let outlook = in_tx!(world.staff(), "look", |tx| outlook(tx, &settings())).unwrap();
    assert!((outlook.forecast.calls - 20.0).abs() < 1.0, "{:?}", outlook.forecast);
    assert!((outlook.forecast.low..=outlook.forecast.high).contains(&20.0));
    assert!(outlook.recent.iter().all(|past| past.arrivals == 5), "{:?}", outlook.recent);
    let handling = outlook.plan.load.handling.whole_seconds();
    assert!((580..=600).contains(&handling), "what is measured outweighs the 300 s that are assumed: {handling}");
    let patience = outlook.plan.patience_seconds.unwrap();
    assert!((260.0..=300.0).contains(&patience), "one of ten gives up after 30 s: ten times 30 s, not {patience}");
    let (low, high) = (outlook.needed_for_low, outlook.needed_for_high);
    assert!(low < outlook.plan.needed && outlook.plan.needed < high, "{low} {} {high}", outlook.plan.needed);
    assert!((4..8).contains(&outlook.plan.needed), "3.3 Erlang: {}", outlook.plan.needed);
}

#[tokio::test]
async fn an_empty_log_foresees_nothing_and_says_so() {
    let world = World::at(NOW).await;
    let refused = in_tx!(world.staff(), "look", |tx| outlook(tx, &settings())).unwrap_err();
    assert!(matches!(refused, StaffingError::No(No::NothingKnown)), "{refused:?}");
}

#[tokio::test]
async fn quarters_begin_with_the_log_and_those_without_callers_are_there() {
    let world = World::at(NOW).await;
    for (position, minutes) in [(1_i64, 50_i64), (2, 49), (3, 5)] {
        sqlx::query("insert into event (id, at, kind, position) values (gen_random_uuid(), $1, 'entry.joined', $2)")
            .bind(NOW - Duration::minutes(minutes))
            .bind(position)
            .execute(world.work().pool())
            .await
            .unwrap();
    }
    let mut conn = world.staff().pool().acquire().await.unwrap();
    let quarters = store::quarters(&mut conn, NOW - Duration::DAY, NOW).await.unwrap();
    let counts: Vec<(i64, u32)> =
        quarters.iter().map(|quarter| ((NOW - quarter.begins).whole_minutes(), quarter.arrivals)).collect();
    assert_eq!(counts, [(60, 2), (45, 0), (30, 0), (15, 1)]);
}

#[tokio::test]
async fn the_facts_that_the_queue_records_are_those_that_are_counted() {
    let hotline = Hotline::new().await;
    let (mut page, call, _) = hotline.talk("agent", "+493511000001").await;
    hotline.hang_up(call).await;
    page.until_state("wrap_up").await;
    page.must(json!({ "t": "finish_wrap_up", "code": "booked" })).await;
    page.must(json!({ "t": "not_ready", "reason": "break" })).await;
    let (given_up, _) = hotline.ring("+493511000002").await;
    hotline.hang_up(given_up).await;
    eventually("everything is published", async || {
        hotline.count("select count(*) from event where position is null").await == 0
    })
    .await;

    let now = hotline.world.clock.now() + Duration::SECOND;
    let mut conn = hotline.world.staff().pool().acquire().await.unwrap();
    let quarters = store::quarters(&mut conn, now - Duration::HOUR, now).await.unwrap();
    assert_eq!(quarters.iter().map(|quarter| quarter.arrivals).sum::<u32>(), 2);
    let hours = store::hours(&mut conn, now - Duration::HOUR, now).await.unwrap();
    assert_eq!(
        hours.iter().map(|hour| (hour.talks, hour.abandoned)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
        (1, 1)
    );
    let occupied: Duration = hours.iter().map(|hour| hour.occupied).sum();
    let waited: Duration = hours.iter().map(|hour| hour.waited).sum();
    assert!(Duration::ZERO < occupied && occupied < Duration::MINUTE, "{occupied}");
    assert!(Duration::ZERO < waited && waited < Duration::MINUTE, "{waited}");
}

#[tokio::test]
async fn a_supervisor_sees_the_next_hour_and_how_many_agents_it_needs() {
    let young = Hotline::new().await;
    let unknown = young.supervisor("leitung").await.get("/supervision/forecast").await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert_eq!(unknown.json::<Value>().await.unwrap()["code"], "nothing_known");

    let world = World::at(NOW).await;
    weeks_of_callers(&world).await;
    let hotline = Hotline::on(world, |_| {}).await;
    let supervisor = hotline.supervisor("leitung").await;
    let (_, agent) = hotline.agent("anna").await;
    let _page = Page::open(&agent, hotline.server).await;
    let answer = supervisor.get("/supervision/forecast").await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let told: Value = answer.json().await.unwrap();
    assert_eq!((&told["goal"], &told["at_work"]), (&json!({ "percent": 80, "seconds": 20 }), &json!(1)));
    assert_eq!((&told["forecast"]["basis"], &told["forecast"]["days"]), (&json!("same_weekday"), &json!(4)));
    let needed = told["plan"]["needed"].as_u64().unwrap();
    assert!(told["needed_for_low"].as_u64() <= Some(needed) && Some(needed) <= told["needed_for_high"].as_u64());
    let agents: Vec<u64> =
        told["plan"]["rows"].as_array().unwrap().iter().map(|row| row["agents"].as_u64().unwrap()).collect();
    assert!(agents.contains(&needed) && agents.contains(&1), "{agents:?}");

    assert_eq!(agent.get("/supervision/forecast").await.status(), StatusCode::FORBIDDEN);
}

/// The command, as it is typed.
#[derive(clap::Parser)]
struct Typed {
    #[command(subcommand)]
    command: Staffing,
}

fn answer(typed: &str) -> Result<String, String> {
    let typed: Typed = clap::Parser::try_parse_from(typed.split_whitespace()).map_err(|error| error.to_string())?;
    let Staffing::Needed(wanted) = typed.command else { panic!("it asks for no database") };
    let mut output = Vec::new();
    needed(&wanted, &settings(), &mut output).map_err(|error| error.to_string())?;
    Ok(String::from_utf8(output).unwrap())
}

/// The published number of agents is 291.
const CALM: &str = "3360 callers an hour, each for 300 s, are 280.0 Erlang; nobody gives up.
For 80 % answered within 20 s: 291 agents.

  agents  occupied  must wait  give up  mean wait  in line  within 20 s
     275  the line grows by 60 callers an hour, without end
     283    98.9 %     79.6 %    0.0 %     79.6 s     74.3   34.8 % ███████
     287    97.6 %     57.5 %    0.0 %     24.6 s     23.0   63.9 % █████████████
     289    96.9 %     48.4 %    0.0 %     16.1 s     15.0   73.5 % ███████████████
>    291    96.2 %     40.4 %    0.0 %     11.0 s     10.3   80.6 % ████████████████
     293    95.6 %     33.5 %    0.0 %      7.7 s      7.2   85.9 % █████████████████
     295    94.9 %     27.6 %    0.0 %      5.5 s      5.2   89.9 % ██████████████████
     299    93.6 %     18.3 %    0.0 %      2.9 s      2.7   94.9 % ███████████████████
";

const CROWDED: &str = "3960 callers an hour, each for 300 s, are 330.0 Erlang; who waits gives up after 180 s.
For at most 3 % who give up: 327 agents.

  agents  occupied  must wait  give up  mean wait  in line  within 20 s
     300    99.7 %     89.9 %    9.3 %     16.8 s     18.5   54.9 % ███████████
     311    99.3 %     77.8 %    6.4 %     11.5 s     12.7   72.9 % ███████████████
     319    98.8 %     65.2 %    4.5 %      8.1 s      9.0   83.2 % █████████████████
     323    98.4 %     57.9 %    3.7 %      6.7 s      7.3   87.2 % █████████████████
     325    98.2 %     54.1 %    3.3 %      6.0 s      6.6   89.0 % ██████████████████
>    327    97.9 %     50.3 %    3.0 %      5.3 s      5.9   90.5 % ██████████████████
     329    97.7 %     46.4 %    2.6 %      4.7 s      5.2   91.9 % ██████████████████
     331    97.4 %     42.6 %    2.3 %      4.2 s      4.6   93.2 % ███████████████████
     335    96.8 %     35.0 %    1.8 %      3.2 s      3.5   95.2 % ███████████████████
";

#[test]
fn the_command_says_how_many_agents_a_goal_needs() {
    let output = answer("staffing needed --calls-per-hour 3360 --handling 300 --patience 0 --goal 80/20").unwrap();
    assert_eq!(output, CALM);
    let output = answer("staffing needed --calls-per-hour 3960 --handling 300 --abandoned 3 --agents 300").unwrap();
    assert_eq!(output, CROWDED);
}

#[test]
fn what_the_command_cannot_answer_it_refuses_in_words() {
    for (typed, word) in [
        ("staffing needed --calls-per-hour 3360 --goal 80", "80/20"),
        ("staffing needed --calls-per-hour 3360 --goal 100/20", "share"),
        ("staffing needed --calls-per-hour -1", "calls"),
        ("staffing needed --calls-per-hour 100 --handling 0", "handling"),
        ("staffing needed --calls-per-hour 100 --patience 0 --abandoned 3", "patience"),
        ("staffing needed --calls-per-hour 100 --goal 80/20 --abandoned 3", "cannot be used"),
    ] {
        let refused = answer(typed).unwrap_err();
        assert!(refused.contains(word), "{typed}: {refused}");
    }
}

#[tokio::test]
async fn the_forecast_is_drawn() {
    let world = World::at(NOW).await;
    weeks_of_callers(&world).await;
    let mut output = Vec::new();
    forecast(false, world.staff(), &settings(), &mut output).await.unwrap();
    let output = String::from_utf8(output).unwrap();
    assert!(output.contains("09:45") && output.contains("The next hour brings 20 callers"), "{output}");
    let mut output = Vec::new();
    forecast(true, world.staff(), &settings(), &mut output).await.unwrap();
    let told: Value = serde_json::from_slice(&output).unwrap();
    assert_eq!(
        (&told["forecast"]["basis"], &told["forecast"]["from"]),
        (&json!("same_weekday"), &json!("2021-04-28T08:15:00Z"))
    );
}
