//! What every desk is told while parts of the system are down, and how the desks outlive it.

use crate::support::hotline::{Hotline, POLICY};
use crate::support::page::Page;
use serde_json::json;
use vaxline::foundation::db::Tx;
use vaxline::hotline::queue::commands::{self as queue, QueueError};
use vaxline::hotline::queue::decide::Event;
use vaxline::hotline::queue::store;
use vaxline::in_tx;

#[tokio::test]
async fn the_queue_is_told_every_second_and_is_right() {
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    for number in 0..3 {
        hotline.ring(&format!("+49351100000{number}")).await;
    }
    page.until("three who wait", |page| page.desk["queue"]["waiting"] == 3).await;
    assert!(page.desk["queue"]["longest_since_ms"].is_i64());
}

#[tokio::test]
async fn a_database_that_drops_every_connection_costs_no_desk() {
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
    sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    )
    .execute(hotline.world.work().pool())
    .await
    .unwrap();
    hotline.ring("+493511000001").await;
    let offer = page.until_offer().await;
    page.must(json!({ "t": "accept", "offer": offer })).await;
    page.until_state("connecting").await;
    assert!(page.closed.is_none());
}

#[tokio::test]
async fn a_part_that_is_down_is_named_on_every_desk_until_it_is_up_again() {
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    assert_eq!(page.desk["degraded"], json!([]));
    sqlx::query(
        "insert into job (id, kind, subject, ordered_at, due_at, attempts, last_error)
         values (gen_random_uuid(), 'email.send', 'one', now(), now(), 3, 'connection refused')",
    )
    .execute(hotline.world.work().pool())
    .await
    .unwrap();
    page.until("the mail is down", |page| page.desk["degraded"] == json!(["mail"])).await;
    let fresh = Page::open(&browser, hotline.server).await;
    assert_eq!(fresh.desk["degraded"], json!(["mail"]));
    // Another mail is taken: it was the one reader's server, not the mail.
    let mut page = fresh;
    sqlx::query(
        "insert into job (id, kind, subject, ordered_at, due_at, attempts, ended_at, outcome)
         values (gen_random_uuid(), 'email.send', 'two', now(), now(), 1, now(), 'done')",
    )
    .execute(hotline.world.work().pool())
    .await
    .unwrap();
    page.until("the mail is up", |page| page.desk["degraded"] == json!([])).await;
    // And one that is promised after that, and fails, says that the mail is down again.
    sqlx::query(
        "insert into job (id, kind, subject, ordered_at, due_at, attempts, last_error)
         values (gen_random_uuid(), 'email.send', 'three', now() + interval '1 s', now(), 3, 'connection refused')",
    )
    .execute(hotline.world.work().pool())
    .await
    .unwrap();
    page.until("the mail is down", |page| page.desk["degraded"] == json!(["mail"])).await;
    sqlx::query("update job set ended_at = now(), outcome = 'given_up' where outcome is null")
        .execute(hotline.world.work().pool())
        .await
        .unwrap();
    page.until("the mail is up", |page| page.desk["degraded"] == json!([])).await;
}

#[tokio::test]
async fn letters_that_the_print_house_does_not_take_are_a_part_that_is_down() {
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    let print_by = async |until: &'static str| {
        sqlx::query(until).execute(hotline.world.work().pool()).await.unwrap();
    };
    print_by(
        "insert into letter (id, series_id, version, kind, language, first_day, state, ordered_at, changed_at, print_by,
                             sha256)
         values (gen_random_uuid(), gen_random_uuid(), 1, 'confirmation', 'de', '2021-05-14', 'available', now(), now(),
                 '2000-01-01', decode(repeat('00', 32), 'hex'))",
    )
    .await;
    page.until("printing is down", |page| page.desk["degraded"] == json!(["print"])).await;
    // The control: a letter that has time lies there rightly.
    print_by("update letter set print_by = '2100-01-01'").await;
    page.until("printing is up", |page| page.desk["degraded"] == json!([])).await;
}

#[tokio::test]
async fn a_stop_says_goodbye_to_every_page() {
    let hotline = Hotline::new().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    hotline.console.node.stop.cancel();
    assert_eq!(page.until_closed().await, Some(1012), "another process serves the page when it comes back");
    assert_eq!(hotline.count("select count(*) from agent where link = 'lost'").await, 1);
}

#[tokio::test]
async fn a_socket_that_was_taken_for_lost_and_lives_is_linked_again() {
    let hotline = Hotline::new().await;
    let (agent, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
    // As a dispatcher does that takes this process for dead.
    let node = hotline.console.node.id;
    let lost = async |tx: &mut Tx| -> Result<(), QueueError> {
        let matter = store::matter_of_agent(tx, agent).await?;
        queue::carry_out(tx, &matter, &Event::NodeDied(node), &POLICY).await
    };
    in_tx!(hotline.world.work(), "lost", |tx| lost(tx)).unwrap();
    hotline.ring("+493511000001").await;
    page.until_offer().await;
    assert_eq!(hotline.count("select count(*) from event where kind = 'agent.link_lost'").await, 1);
}
