//! The agent's socket: who may open it, what the page is told, and that no cut of the line loses or doubles anything.

use crate::support::eventually;
use crate::support::hotline::Hotline;
use crate::support::logs::Canaries;
use crate::support::page::{Page, open};
use crate::support::staff::{self, Browser, ORIGIN};
use futures_util::SinkExt;
use serde_json::{Value, json};
use std::time::Duration;
use time::OffsetDateTime;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use uuid::Uuid;
use vaxline::accounts::commands as accounts;
use vaxline::accounts::model::Role;
use vaxline::foundation::events::{self, About};
use vaxline::foundation::ids::UserId;
use vaxline::hotline::console::commands::{self, Holder};
use vaxline::hotline::console::wire::FromPage;
use vaxline::hotline::live::seats::Seats;
use vaxline::in_tx;

/// Five seconds are promised; this machine may have other things to do.
const SESSION_ENDS_WITHIN: Duration = Duration::from_secs(15);

fn form(family_name: &str) -> Value {
    json!({
        "person": { "family_name": family_name, "born_on": "24.03.1939" },
        "centre": null, "from_day": null, "day_part": "any", "note": "",
    })
}

#[tokio::test]
async fn a_pair_that_was_kept_apart_meets_again_in_a_quiet_hotline() {
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
    hotline.ring("+493511000001").await;
    let offer = page.until_offer().await;
    page.must(json!({ "t": "decline", "offer": offer })).await;
    page.until("the offer is gone", |page| page.desk["offer"].is_null()).await;
    // Nothing else happens: no fact wakes anybody.
    hotline.world.pass(time::Duration::seconds(61));
    page.until_offer().await;
}

#[tokio::test]
async fn only_our_own_page_with_an_agent_logged_in_opens_a_desk() {
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let cookie = browser.session_cookie();
    let status = async |origin: Option<&str>, cookie: Option<&str>| {
        open(hotline.server, "/console/ws", origin, cookie).await.map_or_else(|status| status, |_| 101)
    };
    for origin in [Some("https://evil.example"), Some("null"), Some("http://hotline.example.org"), None] {
        assert_eq!(status(origin, Some(&cookie)).await, 403, "{origin:?}");
    }
    assert_eq!(status(Some(ORIGIN), None).await, 401);
    assert_eq!(status(Some(ORIGIN), Some(&format!("vaxline_session={}", "ab".repeat(32)))).await, 401);
    staff::add_user(&hotline.accounts, "lead", Role::Supervisor).await;
    let mut supervisor = Browser::at(hotline.server);
    supervisor.log_in("lead").await;
    assert_eq!(status(Some(ORIGIN), Some(&supervisor.session_cookie())).await, 403);
    // The control: the very same request is answered when it is right.
    assert_eq!(status(Some(ORIGIN), Some(&cookie)).await, 101);
}

#[tokio::test]
async fn a_page_is_told_the_whole_way_of_a_call() {
    let mut canaries = Canaries::new();
    let number = canaries.add("+493514711815");
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    assert_eq!(page.heard[0]["protocol"], 1);
    assert_eq!(page.heard[1]["setup"]["wrap_up_codes"][0]["code"], "booked");
    assert_eq!(page.desk["agent"]["state"], "not_ready");
    page.must(json!({ "t": "ready" })).await;
    page.until_state("ready").await;

    let (_, entry) = hotline.ring(&number).await;
    let offer = page.until_offer().await;
    assert!(!page.desk["offer"]["number_masked"].as_str().unwrap().contains("4711"));
    assert_eq!(page.desk["offer"]["topic"], "book");
    page.must(json!({ "t": "painted", "offer": offer })).await;
    page.must(json!({ "t": "accept", "offer": offer })).await;
    page.until("the call", |page| page.desk["call"]["state"] == "connecting").await;
    assert!(page.desk["offer"].is_null());
    assert_eq!(page.desk["call"]["entry"], entry.to_string());
    assert_eq!(page.desk["call"]["number"], number);
    hotline.answer(&offer).await;
    page.until("the talk", |page| page.desk["call"]["state"] == "talking").await;
    page.must(json!({ "t": "not_ready", "reason": "break" })).await;
    page.until("the wish", |page| page.desk["agent"]["next"] == "break").await;
    assert_eq!(page.refused(json!({ "t": "not_ready", "reason": "holidays" })).await, "unknown_code");
    assert_eq!(page.refused(json!({ "t": "finish_wrap_up", "code": "booked" })).await, "no_wrap_up");

    page.must(json!({ "t": "hang_up" })).await;
    assert_eq!(hotline.count("select count(*) from job where kind = 'provider.hang_up'").await, 1);
    let call = vaxline::foundation::ids::CallId(
        sqlx::query_scalar("select call_id from queue_entry").fetch_one(hotline.world.work().pool()).await.unwrap(),
    );
    hotline.hang_up(call).await;
    page.until("the end", |page| page.desk["call"]["state"] == "ended").await;
    let until = page.desk["agent"]["until_ms"].as_i64().unwrap();
    page.must(json!({ "t": "extend_wrap_up" })).await;
    page.until("more time", |page| page.desk["agent"]["until_ms"].as_i64().unwrap() > until).await;
    page.must(json!({ "t": "finish_wrap_up", "code": "booked" })).await;
    page.until_state("not_ready").await;
    page.until("a clear desk", |page| page.desk["call"].is_null()).await;
    assert_eq!(page.desk["agent"]["reason"], "break");
}

#[tokio::test]
async fn a_caller_on_hold_is_shown_so_until_the_agent_is_back() {
    let hotline = Hotline::new().await;
    let (mut page, _, _) = hotline.talk("anna", "+493511000001").await;
    page.until("the talk", |page| page.desk["call"]["state"] == "talking").await;
    let since = page.desk["call"]["talking_since_ms"].clone();
    assert_eq!(page.refused(json!({ "t": "resume" })).await, "not_held");
    page.must(json!({ "t": "hold" })).await;
    page.until("the hold", |page| page.desk["call"]["state"] == "held").await;
    let until = page.desk["call"]["held_until_ms"].as_i64().unwrap();
    assert!(until > since.as_i64().unwrap(), "{until}");
    assert_eq!(page.desk["agent"]["state"], "talking");

    page.must(json!({ "t": "resume" })).await;
    page.until("the phone rings", |page| page.desk["call"]["state"] == "connecting").await;
    assert_eq!(page.desk["call"]["held_until_ms"], Value::Null);
    let offer: Uuid =
        sqlx::query_scalar("select offer_id from agent").fetch_one(hotline.world.work().pool()).await.unwrap();
    hotline.answer(&offer.to_string()).await;
    page.until("the talk", |page| page.desk["call"]["state"] == "talking").await;
    assert_eq!(page.desk["call"]["talking_since_ms"], since, "it is the same talk");
}

#[tokio::test]
async fn a_hang_up_withdraws_the_offer_from_the_screen() {
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
    let (call, _) = hotline.ring("+493511000001").await;
    let offer = page.until_offer().await;
    hotline.hang_up(call).await;
    page.until("the withdrawal", |page| page.desk["offer"].is_null()).await;
    let revoked = page.heard.iter().find(|frame| frame["t"] == "offer_revoked").unwrap();
    assert_eq!((&revoked["offer"], &revoked["reason"]), (&json!(offer), &json!("hung_up")));
    assert_eq!(page.refused(json!({ "t": "accept", "offer": offer })).await, "offer_gone");

    let (_, _) = hotline.ring("+493511000002").await;
    let declined = page.until_offer().await;
    page.must(json!({ "t": "decline", "offer": declined })).await;
    page.until("the refusal", |page| page.desk["offer"].is_null()).await;
    let revoked = page.heard.iter().rev().find(|frame| frame["t"] == "offer_revoked").unwrap();
    assert_eq!(revoked["reason"], "declined");

    hotline.ring("+493511000003").await;
    page.until_offer().await;
    // A wish that is refused says nothing about the offer; the one that is carried out does.
    assert_eq!(page.refused(json!({ "t": "decline", "offer": offer })).await, "offer_gone");
    page.must(json!({ "t": "not_ready", "reason": "break" })).await;
    page.until("the break", |page| page.desk["offer"].is_null()).await;
    let revoked = page.heard.iter().rev().find(|frame| frame["t"] == "offer_revoked").unwrap();
    assert_eq!(revoked["reason"], "not_ready");
}

#[tokio::test]
async fn nobody_answers_the_offer_of_a_colleague() {
    let hotline = Hotline::new().await;
    let (_, first) = hotline.agent("first").await;
    let (_, second) = hotline.agent("second").await;
    let mut own = Page::open(&first, hotline.server).await;
    let mut other = Page::open(&second, hotline.server).await;
    own.must(json!({ "t": "ready" })).await;
    hotline.ring("+493511000001").await;
    let offer = own.until_offer().await;
    for command in ["painted", "accept", "decline"] {
        assert_eq!(other.refused(json!({ "t": command, "offer": offer })).await, "offer_gone");
    }
    own.must(json!({ "t": "accept", "offer": offer })).await;
}

#[tokio::test]
async fn the_newest_window_has_the_desk_and_the_older_one_can_do_nothing() {
    let hotline = Hotline::new().await;
    let (agent, browser) = hotline.agent("agent").await;
    let mut old = Page::open(&browser, hotline.server).await;
    old.must(json!({ "t": "ready" })).await;
    old.until_state("ready").await;
    // The same browser, so the same log-in: a second tab.
    let mut new = Page::open(&browser, hotline.server).await;
    assert_eq!(old.until_closed().await, Some(4001));
    assert_eq!(old.heard.last().unwrap()["t"], "superseded");
    assert_eq!(new.desk["agent"]["state"], "ready", "the older socket's end is no lost link");

    // What the older window has still sent reaches nothing: its epoch is over.
    let epoch: i64 = sqlx::query_scalar("select epoch from console_link where agent_id = $1")
        .bind(agent.0)
        .fetch_one(hotline.world.work().pool())
        .await
        .unwrap();
    for (epoch, ok) in [(epoch - 1, false), (epoch, true)] {
        let from: FromPage = serde_json::from_value(
            json!({ "cmd": format!("late-{epoch}"), "do": { "t": "not_ready", "reason": "break" } }),
        )
        .unwrap();
        let answer = commands::answer(hotline.console.clone(), Holder { agent, epoch }, from).await;
        let answer = serde_json::to_value(answer).unwrap();
        assert_eq!(answer["ok"], ok);
        if !ok {
            assert_eq!(answer["error"]["code"], "superseded");
        }
    }
    new.until_state("not_ready").await;
}

#[tokio::test]
async fn a_window_that_was_cut_off_does_not_take_the_desk_back_by_itself() {
    // Sockets that say goodbye still have their seats.
    let hotline = Hotline::with(|console| console.seats = Seats::new(10, 10)).await;
    let (_, browser) = hotline.agent("agent").await;
    let [old, new] = [1, 2].map(Uuid::from_u128);
    let window = async |window, by_itself| {
        let mut page = Page::dial_window(&browser, hotline.server, window, by_itself).await;
        while page.desk.is_null() && page.read().await {}
        page
    };
    let mut first = window(old, false).await;
    first.must(json!({ "t": "ready" })).await;
    // The line of the old window is cut; nobody has noticed when it comes back.
    let again = window(old, true).await;
    assert_eq!(again.desk["agent"]["state"], "ready", "its own desk it gets back");
    // The agent goes on in a new window, and the old one comes back after that.
    let mut second = window(new, false).await;
    let refused = window(old, true).await;
    assert!(refused.desk.is_null(), "it is told nothing of the desk");
    assert_eq!((refused.closed, refused.heard.last()), (Some(Some(4001)), Some(&json!({ "t": "superseded" }))));
    second.must(json!({ "t": "not_ready", "reason": "break" })).await;
    // Who asks for it gets it, and who comes back when nobody has the desk.
    let third = window(old, false).await;
    assert_eq!(second.until_closed().await, Some(4001));
    drop(third);
    eventually("the link is lost", async || hotline.count("select count(*) from agent where link = 'up'").await == 0)
        .await;
    assert_eq!(window(new, true).await.desk["agent"]["reason"], "break");
    let unreadable = open(hotline.server, "/console/ws?window=7", Some(ORIGIN), Some(&browser.session_cookie())).await;
    assert_eq!(unreadable.err(), Some(400));
}

#[tokio::test]
async fn a_page_that_goes_while_its_desk_is_opened_leaves_no_link() {
    let hotline = Hotline::with(|console| console.timing.handshake = Duration::from_millis(300)).await;
    let (_, browser) = hotline.agent("agent").await;
    // The setup cannot be read, so the desk is taken and never shown.
    let mut holder = hotline.world.holder().await;
    sqlx::raw_sql("begin; lock table centre in access exclusive mode").execute(&mut holder).await.unwrap();
    let page = Page::dial_window(&browser, hotline.server, Uuid::from_u128(1), false).await;
    // The desk is left again within a moment, so its taking is looked for where it stays written.
    let taken = "select count(*) from event where kind = 'agent.link_up'";
    eventually("the desk is taken", async || hotline.count(taken).await == 1).await;
    drop(page);
    let left = "select count(*) from agent where link <> 'up'";
    eventually("the desk is left", async || hotline.count(left).await == 1).await;
    sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
}

/// The agent's wish is carried out while the socket waits for a lock of its own: whether it waited all the time. Who waits
/// for two seconds is sent away by the database, and then nothing is shown.
async fn a_wish_is_carried_out_beside_a_waiting_socket(hotline: &Hotline, page: &mut Page, reason: &str) -> bool {
    let pool = hotline.world.work().pool();
    let agent: UserId = UserId(sqlx::query_scalar("select id from agent").fetch_one(pool).await.unwrap());
    let (mut of_command, mut of_socket) = (hotline.world.holder().await, hotline.world.holder().await);
    sqlx::raw_sql("begin; lock table reservation in access exclusive mode").execute(&mut of_socket).await.unwrap();
    sqlx::raw_sql("begin; select from agent for update").execute(&mut of_command).await.unwrap();
    // Who waits for a lock, and since when.
    let waiting = async || -> Vec<(i32, OffsetDateTime)> {
        sqlx::query_as(
            "select pid, query_start from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock' order by query_start",
        )
        .fetch_all(pool)
        .await
        .unwrap()
    };
    page.send(reason, &json!({ "t": "not_ready", "reason": reason })).await;
    eventually("the command waits in its transaction", async || waiting().await.len() == 1).await;
    let about = About { agent: Some(agent), ..About::default() };
    in_tx!(hotline.world.work(), "a fact", |tx| events::record(tx, "agent.looked_at", about, json!({}))).unwrap();
    let mut both = Vec::new();
    eventually("the socket waits for the desk", async || {
        both = waiting().await;
        both.len() == 2
    })
    .await;

    sqlx::raw_sql("rollback").execute(&mut of_command).await.unwrap();
    let wished = async || -> bool {
        let next: Option<String> = sqlx::query_scalar("select next from agent").fetch_one(pool).await.unwrap();
        next.as_deref() == Some(reason)
    };
    eventually("the command is carried out", wished).await;
    let waited_on = waiting().await == both[1..];
    sqlx::raw_sql("rollback").execute(&mut of_socket).await.unwrap();
    page.until("the wish", |page| page.desk["agent"]["next"] == reason).await;
    waited_on
}

#[tokio::test]
async fn a_command_holds_no_lock_while_its_socket_waits() {
    let hotline = Hotline::in_saxony().await;
    let (mut page, ..) = hotline.talk("agent", "+493511000001").await;
    for reason in ["break", "training", "meeting", "technical"] {
        if a_wish_is_carried_out_beside_a_waiting_socket(&hotline, &mut page, reason).await {
            return;
        }
    }
    panic!("a command is only carried out when its socket has stopped waiting");
}

#[tokio::test]
async fn a_desk_is_taken_over_from_another_process() {
    let hotline = Hotline::new().await;
    let (elsewhere, _node) = hotline.another_node().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut old = Page::open(&browser, hotline.server).await;
    old.ask_as("the-key", json!({ "t": "ready" })).await;
    hotline.ring("+493511000001").await;
    let offer = old.until_offer().await;
    let mut new = Page::open(&browser, elsewhere).await;
    assert_eq!(old.until_closed().await, Some(4001));
    assert_eq!(new.desk["offer"]["id"], offer, "the offer is on the new screen");
    // Which process carried a command out does not matter, nor which leads.
    assert_eq!(new.ask_as("the-key", json!({ "t": "ready" })).await["ok"], true);
    new.must(json!({ "t": "accept", "offer": offer })).await;
    new.until_state("connecting").await;
}

#[tokio::test]
async fn a_command_is_carried_out_once_for_its_key() {
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    let first = page.ask_as("the-key", json!({ "t": "ready" })).await;
    page.until_state("ready").await;
    page.must(json!({ "t": "not_ready", "reason": "break" })).await;
    page.until_state("not_ready").await;
    // Repeated much later, and from a new socket: the same answer, and nobody is ready because of it.
    let mut page = Page::open(&browser, hotline.server).await;
    let again = page.ask_as("the-key", json!({ "t": "ready" })).await;
    assert_eq!(first, again);
    assert_eq!(page.desk["agent"]["state"], "not_ready");
    assert_eq!(
        hotline.count("select count(*) from event where kind = 'agent.state' and data->>'to' = 'ready'").await,
        1
    );
    let misused = page.ask_as("the-key", json!({ "t": "hang_up" })).await;
    assert_eq!(misused["error"]["code"], "key_misused");
    // The control: a new key is carried out.
    page.must(json!({ "t": "ready" })).await;
    page.until_state("ready").await;
}

#[tokio::test]
async fn what_was_typed_survives_a_cut_another_computer_and_the_end_of_the_call() {
    let mut canaries = Canaries::new();
    let name = canaries.add("Kanarienvogel-Łukaszewicz");
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    assert_eq!(page.refused(json!({ "t": "save_draft", "form": form(&name) })).await, "no_caller");
    page.must(json!({ "t": "ready" })).await;
    let (call, _) = hotline.ring("+493511000001").await;
    let offer = page.until_offer().await;
    page.must(json!({ "t": "accept", "offer": offer })).await;
    hotline.answer(&offer).await;
    page.until("the talk", |page| page.desk["call"]["state"] == "talking").await;
    page.must(json!({ "t": "save_draft", "form": form("K") })).await;
    let saved = page.ask_as("draft", json!({ "t": "save_draft", "form": form(&name) })).await;
    assert_eq!(saved["result"]["version"], 2);
    drop(page);

    let mut elsewhere = Browser::at(hotline.server);
    elsewhere.log_in("agent").await;
    let mut page = Page::open(&elsewhere, hotline.server).await;
    assert_eq!(page.desk["draft"]["form"]["person"]["family_name"], name);
    assert_eq!(page.desk["draft"]["version"], 2);
    assert_eq!(page.desk["call"]["state"], "talking", "the call is shown whole");
    let again = page.ask_as("draft", json!({ "t": "save_draft", "form": form(&name) })).await;
    assert_eq!(again["result"]["version"], 2, "a repeated save saves nothing");
    page.must(json!({ "t": "save_draft", "form": form(&name) })).await;

    hotline.hang_up(call).await;
    page.until("the end", |page| page.desk["call"]["state"] == "ended").await;
    let page_after = Page::open(&elsewhere, hotline.server).await;
    assert_eq!(page_after.desk["draft"]["version"], 3, "the booking can be finished after the call");
    let mut page = page_after;
    page.must(json!({ "t": "finish_wrap_up", "code": "booked" })).await;
    assert_eq!(hotline.count("select count(*) from draft").await, 0);
}

#[tokio::test]
async fn a_draft_of_a_call_that_no_desk_has_is_removed() {
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
    let (call, _) = hotline.ring("+493511000001").await;
    let offer = page.until_offer().await;
    page.must(json!({ "t": "accept", "offer": offer })).await;
    hotline.answer(&offer).await;
    page.until("the talk", |page| page.desk["call"]["state"] == "talking").await;
    page.must(json!({ "t": "save_draft", "form": form("K") })).await;
    hotline.hang_up(call).await;
    page.until_state("wrap_up").await;
    // Nobody finishes the wrap-up: its time runs out.
    hotline.world.pass(time::Duration::seconds(61));
    page.until_state("ready").await;
    eventually("the draft is removed", async || hotline.count("select count(*) from draft").await == 0).await;
}

/// One step of a working day, as the outside world and the page make it.
async fn step(hotline: &Hotline, page: &mut Page, number: usize, key: &str) -> Option<(Value, Value)> {
    let offer = || json!(page.desk["offer"]["id"]);
    let command = match number {
        0 => json!({ "t": "ready" }),
        1 => {
            hotline.ring("+493511000001").await;
            page.until_offer().await;
            return None;
        }
        2 => json!({ "t": "painted", "offer": offer() }),
        3 => json!({ "t": "accept", "offer": offer() }),
        4 => {
            page.until_state("connecting").await;
            let offer: Uuid = sqlx::query_scalar("select id from offer where state = 'accepted'")
                .fetch_one(hotline.world.work().pool())
                .await
                .unwrap();
            hotline.answer(&offer.to_string()).await;
            page.until_state("talking").await;
            return None;
        }
        5 => json!({ "t": "save_draft", "form": form("K") }),
        6 => json!({ "t": "hang_up" }),
        7 => {
            let call: Uuid = sqlx::query_scalar("select call_id from queue_entry where state = 'talking'")
                .fetch_one(hotline.world.work().pool())
                .await
                .unwrap();
            hotline.hang_up(vaxline::foundation::ids::CallId(call)).await;
            page.until_state("wrap_up").await;
            return None;
        }
        8 => json!({ "t": "extend_wrap_up" }),
        _ => json!({ "t": "finish_wrap_up", "code": "booked" }),
    };
    let answer = page.ask_as(key, command.clone()).await;
    assert_eq!(answer["ok"], true, "step {number}: {answer}");
    Some((command, answer))
}

#[tokio::test]
async fn a_cut_at_any_moment_loses_and_doubles_nothing() {
    const STEPS: usize = 10;
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let facts = async || hotline.count("select count(*) from event where kind not like 'agent.link%'").await;
    let mut counted = Vec::new();
    // The first socket of all signs the agent in.
    let mut page = Page::open(&browser, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
    drop(page);
    for cut in 0..=STEPS {
        let before = facts().await;
        let mut page = Page::open(&browser, hotline.server).await;
        page.must(json!({ "t": "not_ready", "reason": "break" })).await;
        for number in 0..STEPS {
            let key = format!("cut-{cut}-step-{number}");
            let done = step(&hotline, &mut page, number, &key).await;
            if number + 1 == cut {
                // The line is cut without a goodbye, right after the answer. The new socket sees what the old would
                // have seen, and the page repeats its command, because it cannot know that the answer was the last.
                // While an offer is open the new socket comes first: a lost link would give the offer to a colleague.
                if page.desk["offer"].is_null() {
                    drop(page);
                    page = Page::open(&browser, hotline.server).await;
                } else {
                    let old = std::mem::replace(&mut page, Page::open(&browser, hotline.server).await);
                    drop(old);
                }
                if let Some((command, answer)) = done {
                    assert_eq!(page.ask_as(&key, command).await, answer, "the same key, the same answer");
                }
            }
        }
        page.until("a clear desk", |page| page.desk["call"].is_null() && page.desk["agent"]["state"] == "ready").await;
        // The control for all of it: the screen that was brought here by deltas is the one a fresh page gets.
        let shown = page.still();
        drop(page);
        let fresh = Page::open(&browser, hotline.server).await;
        assert_eq!(shown, fresh.still(), "cut after step {cut}");
        counted.push(facts().await - before);
    }
    counted.dedup();
    assert_eq!(counted.len(), 1, "every history has the same facts, however it was cut: {counted:?}");
}

#[tokio::test]
async fn a_log_out_or_a_change_of_role_closes_the_desk() {
    let hotline = Hotline::new().await;
    let (_, mut browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
    let begun = std::time::Instant::now();
    browser.post("/logout", Some(ORIGIN), String::new()).await;
    assert_eq!(page.until_closed().await, Some(4003));
    assert!(begun.elapsed() < SESSION_ENDS_WITHIN);
    eventually("the agent is offline", async || {
        hotline.count("select count(*) from agent where state = 'offline' and link = 'down'").await == 1
    })
    .await;

    for change in ["role", "access"] {
        let (_, browser) = hotline.agent(change).await;
        let mut page = Page::open(&browser, hotline.server).await;
        let login = change.parse().unwrap();
        let begun = std::time::Instant::now();
        match change {
            "role" => in_tx!(hotline.world.work(), "role", |tx| accounts::change_role(tx, &login, Role::Supervisor)),
            _ => in_tx!(hotline.world.work(), "disable", |tx| accounts::disable(tx, &login, true)),
        }
        .unwrap();
        assert_eq!(page.until_closed().await, Some(4003), "{change}");
        assert!(begun.elapsed() < SESSION_ENDS_WITHIN);
        let again = Page::try_open(&browser, hotline.server).await.err();
        assert!(matches!(again, Some(401 | 403)), "{again:?}");
    }
}

#[tokio::test]
async fn a_lost_link_takes_the_offer_to_a_colleague() {
    let hotline = Hotline::new().await;
    let (_, first) = hotline.agent("first").await;
    let (_, second) = hotline.agent("second").await;
    let mut page = Page::open(&first, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
    hotline.ring("+493511000001").await;
    let offer = page.until_offer().await;
    let mut colleague = Page::open(&second, hotline.server).await;
    colleague.must(json!({ "t": "ready" })).await;
    drop(page);
    assert_ne!(colleague.until_offer().await, offer);
}

#[tokio::test]
async fn a_page_that_sends_what_no_page_sends_is_closed() {
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;

    let mut page = Page::open(&browser, hotline.server).await;
    let unknown = page.ask_as("k", json!({ "t": "fly" })).await;
    assert_eq!(unknown["error"]["code"], "bad_command");
    page.say(json!({ "cmd": "k2", "do": { "t": "ready" }, "extra": 1 }).to_string()).await;
    page.until("an answer", |page| page.heard.last().is_some_and(|frame| frame["cmd"] == "k2")).await;
    assert_eq!(page.heard.last().unwrap()["error"]["code"], "bad_command");

    for (message, code) in [
        (Message::text("no json"), 1007),
        (Message::text(json!({ "cmd": "", "do": { "t": "ready" } }).to_string()), 1007),
        (Message::text("[".repeat(16_000)), 1007),
        (Message::Binary(Bytes::from_static(b"\0")), 1007),
        (Message::text("x".repeat(17 * 1024)), 1009),
    ] {
        let mut page = Page::open(&browser, hotline.server).await;
        page.socket.send(message).await.unwrap();
        assert_eq!(page.until_closed().await, Some(code));
    }

    let mut page = Page::open(&browser, hotline.server).await;
    for number in 0..1_000 {
        page.send(&format!("flood-{number}"), &json!({ "t": "ready" })).await;
    }
    assert_eq!(page.until_closed().await, Some(4008));
    // The node is none the worse for it.
    let mut page = Page::open(&browser, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
}
