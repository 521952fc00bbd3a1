//! The event log, promised effects and command keys on a real database.

use crate::support::{PATIENCE, SIZES, World, eventually};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use vaxline::foundation::commands::{self, Known};
use vaxline::foundation::db::{Db, Sizes, Tx, durability, leases, migrations};
use vaxline::foundation::events::{self, About, feed::Feed, readers, relay, retention};
use vaxline::foundation::fault::Fault;
use vaxline::foundation::housekeeping;
use vaxline::foundation::jobs::{self, Job, Outcome, Worker};
use vaxline::in_tx;

async fn record(world: &World, kind: &'static str) {
    let recorded: Result<(), Fault> =
        in_tx!(world.staff(), "record", |tx| events::record(tx, kind, About::default(), json!({})));
    recorded.unwrap();
}

#[tokio::test]
async fn facts_are_read_in_the_order_of_their_publication() {
    let world = World::new().await;
    for kind in ["a.first", "b.second", "c.third"] {
        record(&world, kind).await;
    }
    assert_eq!(
        events::read_after(world.work().pool(), 0, 10).await.unwrap(),
        [],
        "nothing is read before it is published"
    );
    relay::publish_all(world.work(), Uuid::from_u128(1)).await.unwrap();
    let facts = events::read_after(world.work().pool(), 0, 10).await.unwrap();
    let kinds: Vec<&str> = facts.iter().map(|fact| fact.kind.as_str()).collect();
    assert_eq!(kinds, ["a.first", "b.second", "c.third"]);
    assert!(facts.is_sorted_by_key(|fact| fact.position));
}

#[tokio::test]
async fn a_fact_that_is_committed_late_is_published_after_what_was_read_before_it() {
    let world = World::new().await;
    let mut slow = world.holder().await;
    sqlx::query("begin").execute(&mut slow).await.unwrap();
    sqlx::query("insert into event (id, at, kind) values (gen_random_uuid(), now() - interval '1 hour', 'slow.one')")
        .execute(&mut slow)
        .await
        .unwrap();
    record(&world, "fast.one").await;
    relay::publish_all(world.work(), Uuid::from_u128(1)).await.unwrap();
    let read = events::last_position(world.work().pool()).await.unwrap();
    sqlx::query("commit").execute(&mut slow).await.unwrap();
    relay::publish_all(world.work(), Uuid::from_u128(1)).await.unwrap();
    let later = events::read_after(world.work().pool(), read, 10).await.unwrap();
    assert_eq!(later.iter().map(|fact| fact.kind.as_str()).collect::<Vec<_>>(), ["slow.one"]);
}

#[tokio::test]
async fn every_reader_of_the_feed_hears_every_fact_once_and_in_order() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    let feed = Feed::default();
    let mut one = feed.subscribe();
    let mut two = feed.subscribe();
    let running = tokio::spawn(feed.run(world.work().clone(), stop.clone()));
    let relaying = tokio::spawn(relay::run(world.work().clone(), Uuid::from_u128(1), stop.clone()));
    eventually("the feed listens", || async { listening(&world).await == 1 }).await;
    for _ in 0..50 {
        record(&world, "a.fact").await;
    }
    for reader in [&mut one, &mut two] {
        let mut last = 0;
        for _ in 0..50 {
            let fact = tokio::time::timeout(PATIENCE, reader.recv()).await.unwrap().unwrap();
            assert!(fact.position > last);
            last = fact.position;
        }
    }
    stop.cancel();
    running.await.unwrap();
    relaying.await.unwrap();
}

#[tokio::test]
async fn a_fact_of_a_node_that_does_not_lead_is_published_at_once() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    // The leader is another process: it has its own pools, and only the database between them.
    let leader = world.another_process();
    let (leads, here) = (Feed::default(), Feed::default());
    let mut news = here.subscribe();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(leads.run(leader.work.clone(), stop.clone()));
    tasks.spawn(relay::run(leader.work.clone(), Uuid::from_u128(1), stop.clone()));
    tasks.spawn(here.run(world.work().clone(), stop.clone()));
    eventually("both feeds listen", || async { listening(&world).await == 2 }).await;
    let (mut told, mut untold) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        let recorded = tokio::time::Instant::now();
        record(&world, "a.fact").await;
        tokio::time::timeout(PATIENCE, news.recv()).await.unwrap().unwrap();
        told.push(recorded.elapsed());
        // The control, by turns, so that a busy machine makes both late: nobody tells the leader, whose timer finds it.
        let recorded = tokio::time::Instant::now();
        sqlx::query("insert into event (id, at, kind) values (gen_random_uuid(), now(), 'a.fact')")
            .execute(world.staff().pool())
            .await
            .unwrap();
        tokio::time::timeout(PATIENCE, news.recv()).await.unwrap().unwrap();
        untold.push(recorded.elapsed());
    }
    stop.cancel();
    tasks.join_all().await;
    told.sort();
    untold.sort();
    // The timer takes half a second; in the middle, so that a few that were held up do not matter.
    let saved = untold[3].saturating_sub(told[3]);
    assert!(saved > std::time::Duration::from_millis(150), "{told:?} {untold:?}");
}

#[tokio::test]
async fn a_job_is_carried_out_at_once_by_the_process_that_ordered_it_or_was_told_of_it() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    // A process that only orders, and one that publishes and carries out: they have the database between them.
    let other = world.another_process();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(relay::run(other.work.clone(), Uuid::from_u128(1), stop.clone()));
    tasks.spawn(Feed::default().run(other.work.clone(), stop.clone()));
    tasks.spawn(Feed::default().run(world.work().clone(), stop.clone()));
    let worker = Arc::new(Punctual::default());
    tasks.spawn(jobs::run(other.work.clone(), Arc::clone(&worker) as Arc<dyn Worker>, stop.clone()));
    eventually("both feeds listen", || async { listening(&world).await == 2 }).await;
    let (mut here, mut told, mut untold) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..7 {
        here.push(worker.takes(order_punctual(&other.work, format!("{round} here"))).await);
        told.push(worker.takes(order_punctual(world.staff(), format!("{round} told"))).await);
        // The control, by turns, so that a busy machine makes all late: nobody tells the worker, whose timer finds it.
        untold.push(worker.takes(write_punctual(&world, format!("{round} untold"))).await);
    }
    stop.cancel();
    tasks.join_all().await;
    for times in [&mut here, &mut told, &mut untold] {
        times.sort();
    }
    // The timer takes half a second; in the middle, so that a few that were held up do not matter.
    let saved = |times: &[std::time::Duration]| untold[3].saturating_sub(times[3]);
    let enough = std::time::Duration::from_millis(150);
    assert!(saved(&here) > enough && saved(&told) > enough, "{here:?} {told:?} {untold:?}");
}

/// Says when it has carried a job out.
#[derive(Default)]
struct Punctual(tokio::sync::Notify);

impl Punctual {
    /// How long it takes from the beginning of `ordering` to the end of the job.
    async fn takes(&self, ordering: impl Future<Output = ()>) -> std::time::Duration {
        let begun = tokio::time::Instant::now();
        ordering.await;
        tokio::time::timeout(PATIENCE, self.0.notified()).await.unwrap();
        begun.elapsed()
    }
}

#[async_trait::async_trait]
impl Worker for Punctual {
    fn kind(&self) -> &'static str {
        "test.punctual"
    }

    async fn carry_out(&self, _: &Job) -> Result<Outcome, Fault> {
        self.0.notify_one();
        Ok(Outcome::Done)
    }
}

async fn order_punctual(db: &Db, subject: String) {
    async fn order(tx: &mut Tx, subject: &str) -> Result<(), Fault> {
        let now = tx.now();
        jobs::order(tx, "test.punctual", subject, &json!({}), now).await
    }
    let ordered: Result<(), Fault> = in_tx!(db, "order", |tx| order(tx, &subject));
    ordered.unwrap();
}

async fn write_punctual(world: &World, subject: String) {
    sqlx::query(
        "insert into job (id, kind, subject, payload, ordered_at, due_at)
         values (gen_random_uuid(), 'test.punctual', $1, '{}', now(), now())",
    )
    .bind(subject)
    .execute(world.staff().pool())
    .await
    .unwrap();
}

async fn listening(world: &World) -> i64 {
    count(world, "select count(*) from pg_stat_activity where datname = current_database() and query ilike 'listen%'")
        .await
}

#[tokio::test]
async fn a_lease_passes_on_when_it_is_not_renewed_and_its_epoch_grows() {
    let world = World::new().await;
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let lead = async |node: Uuid| -> Option<i64> {
        let led: Result<Option<i64>, Fault> = in_tx!(world.work(), "lead", |tx| leases::lead(tx, "dispatcher", node));
        led.unwrap()
    };
    assert_eq!(lead(one).await, Some(1));
    assert_eq!(lead(two).await, None);
    assert_eq!(lead(one).await, Some(1));
    world.pass(leases::TTL + Duration::SECOND);
    assert_eq!(lead(two).await, Some(2));
    assert_eq!(lead(one).await, None);
}

#[tokio::test]
async fn a_process_that_only_asks_for_a_lease_does_not_wait_for_the_leader() {
    let world = World::new().await;
    let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let lead = async |node: Uuid| -> Option<i64> {
        let led: Result<Option<i64>, Fault> = in_tx!(world.work(), "lead", |tx| leases::lead(tx, "dispatcher", node));
        led.unwrap()
    };
    assert_eq!(lead(one).await, Some(1));
    let mut round = world.holder().await;
    sqlx::query("begin").execute(&mut round).await.unwrap();
    sqlx::query("update lease set epoch = epoch").execute(&mut round).await.unwrap();
    // The row stays locked: who waited for it would not be answered, but fail.
    assert_eq!(lead(two).await, None);
}

#[tokio::test]
async fn a_relay_with_nothing_to_publish_says_that_it_lives() {
    let world = World::new().await;
    let node = Uuid::from_u128(1);
    relay::publish_all(world.work(), node).await.unwrap();
    let expires = async || -> time::OffsetDateTime {
        sqlx::query_scalar("select expires_at from lease").fetch_one(world.work().pool()).await.unwrap()
    };
    let before = expires().await;
    world.pass(Duration::SECOND);
    relay::publish_all(world.work(), node).await.unwrap();
    assert!(expires().await > before);
}

#[tokio::test]
async fn facts_are_published_in_the_order_in_which_they_were_written_whenever_their_transactions_began() {
    let world = World::new().await;
    record(&world, "became.possible").await;
    // The second was written later, by a transaction that had begun earlier and waited for the first.
    record(&world, "then.happened").await;
    sqlx::query("update event set at = at - interval '1 hour' where kind = 'then.happened'")
        .execute(world.work().pool())
        .await
        .unwrap();
    relay::publish_all(world.work(), Uuid::from_u128(1)).await.unwrap();
    let kinds: Vec<String> =
        sqlx::query_scalar("select kind from event order by position").fetch_all(world.work().pool()).await.unwrap();
    assert_eq!(kinds, ["became.possible", "then.happened"]);
}

#[tokio::test]
async fn the_same_key_answers_the_same_and_another_body_is_refused() {
    let world = World::new().await;
    let effects = AtomicU32::new(0);
    let give = async |body: &str| -> Known<String> {
        let known: Result<Known<String>, Fault> = in_tx!(world.staff(), "give", |tx| once(tx, body, &effects));
        known.unwrap()
    };
    assert_eq!(give("book").await, Known::New);
    assert_eq!(give("book").await, Known::Answered("done".to_owned()));
    assert_eq!(give("cancel").await, Known::Misused);
    assert_eq!(effects.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_command_given_twenty_times_at_once_has_one_effect() {
    let world = Arc::new(World::for_a_race(Sizes { staff: 20, ..SIZES }).await);
    let effects = Arc::new(AtomicU32::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (world, effects) = (Arc::clone(&world), Arc::clone(&effects));
        tasks.spawn(async move {
            let known: Result<Known<String>, Fault> = in_tx!(world.staff(), "give", |tx| once(tx, "book", &effects));
            known.unwrap()
        });
    }
    let mut fresh = 0;
    while let Some(known) = tasks.join_next().await {
        match known.unwrap() {
            Known::New => fresh += 1,
            Known::Answered(answer) => assert_eq!(answer, "done"),
            Known::Misused => panic!("the body was the same"),
        }
    }
    assert_eq!((fresh, effects.load(Ordering::Relaxed)), (1, 1));
}

async fn once(tx: &mut Tx, body: &str, effects: &AtomicU32) -> Result<Known<String>, Fault> {
    let known = commands::recall(tx, "agent:1", "key", &body).await?;
    if known == Known::New {
        effects.fetch_add(1, Ordering::Relaxed);
        commands::answer(tx, "agent:1", "key", &"done").await?;
    }
    Ok(known)
}

#[tokio::test]
async fn old_answers_are_forgotten_without_being_asked() {
    let world = World::new().await;
    let effects = AtomicU32::new(0);
    let known: Result<Known<String>, Fault> = in_tx!(world.staff(), "give", |tx| once(tx, "book", &effects));
    known.unwrap();
    order(&world).await;
    let worker = Flaky { failures: AtomicU32::new(0), done: AtomicU32::new(0) };
    assert_eq!(jobs::drain(world.work(), &worker).await.unwrap(), 1);
    let led: Result<_, Fault> = in_tx!(world.work(), "live", |tx| leases::lead(tx, "node:1", Uuid::from_u128(1)));
    led.unwrap();

    world.pass(commands::KEPT - Duration::MINUTE);
    keep_house_until(&world, "the process that has gone is forgotten", "select count(*) from lease").await;
    assert_eq!(count(&world, "select count(*) from command").await, 1, "it may still be asked for");
    world.pass(Duration::HOUR);
    keep_house_until(&world, "the answer is forgotten", "select count(*) from command").await;
    assert_eq!(count(&world, "select count(*) from job").await, 1, "it must not be ordered again");
    world.pass(jobs::KEPT);
    keep_house_until(&world, "the job is forgotten", "select count(*) from job").await;
}

#[tokio::test]
async fn old_facts_are_forgotten_once_every_reader_has_read_them_and_the_last_one_never_is() {
    let world = World::new().await;
    for kind in ["a.first", "b.second", "c.third"] {
        record(&world, kind).await;
    }
    relay::publish_all(world.work(), Uuid::from_u128(1)).await.unwrap();
    let forgotten = async |settings: retention::Settings| -> u64 {
        let forgotten: Result<u64, Fault> =
            in_tx!(world.work(), "forget", |tx| retention::forget_old(tx, settings, 10));
        forgotten.unwrap()
    };
    assert_eq!(go_on(&world, "fast", 3).await, 0);
    assert_eq!(forgotten(KEPT_FACTS).await, 0, "they are young");
    world.pass(Duration::days(KEPT_FACTS.keep_days.into()));
    assert_eq!(go_on(&world, "slow", 1).await, 0);
    assert_eq!(forgotten(retention::Settings { keep_days: 0 }).await, 0, "for ever");
    keep_house_until(&world, "what both have read is forgotten", "select count(*) from event where position = 1").await;
    assert_eq!(forgotten(KEPT_FACTS).await, 0, "the slow one has still to read the others");
    assert_eq!(go_on(&world, "slow", 3).await, 1);
    assert_eq!(forgotten(KEPT_FACTS).await, 1);
    record(&world, "d.fourth").await;
    relay::publish_all(world.work(), Uuid::from_u128(1)).await.unwrap();
    let left = events::read_after(world.work().pool(), 0, 10).await.unwrap();
    assert_eq!(left.iter().map(|fact| fact.position).collect::<Vec<_>>(), [3, 4], "the relay counts on");
}

/// Moves a reader on; where it was before.
async fn go_on(world: &World, name: &'static str, to: i64) -> i64 {
    let before: Result<i64, Fault> = in_tx!(world.work(), "go on", |tx| move_reader(tx, name, to));
    before.unwrap()
}

async fn move_reader(tx: &mut Tx, name: &'static str, to: i64) -> Result<i64, Fault> {
    let before = readers::lock(tx, name).await?;
    readers::advance(tx, name, before, to).await?;
    Ok(before)
}

const KEPT_FACTS: retention::Settings = retention::Settings { keep_days: 400 };

/// Lets a process keep house until nothing is counted any more.
async fn keep_house_until(world: &World, what: &str, rows: &'static str) {
    let stop = CancellationToken::new();
    let keeping = tokio::spawn(housekeeping::run(world.work().clone(), KEPT_FACTS, stop.clone()));
    eventually(what, || async { count(world, rows).await == 0 }).await;
    stop.cancel();
    keeping.await.unwrap();
}

async fn count(world: &World, rows: &'static str) -> i64 {
    sqlx::query_scalar(rows).fetch_one(world.work().pool()).await.unwrap()
}

/// Fails a number of times, then succeeds.
struct Flaky {
    failures: AtomicU32,
    done: AtomicU32,
}

#[async_trait::async_trait]
impl Worker for Flaky {
    fn kind(&self) -> &'static str {
        "test.flaky"
    }

    async fn carry_out(&self, _: &Job) -> Result<Outcome, Fault> {
        if self.failures.load(Ordering::Relaxed) > 0 {
            self.failures.fetch_sub(1, Ordering::Relaxed);
            return Err(Fault::plain("not today"));
        }
        self.done.fetch_add(1, Ordering::Relaxed);
        Ok(Outcome::Done)
    }
}

async fn order(world: &World) {
    let ordered: Result<(), Fault> = in_tx!(world.staff(), "order", |tx| order_flaky(tx));
    ordered.unwrap();
}

async fn order_flaky(tx: &mut Tx) -> Result<(), Fault> {
    let now = tx.now();
    jobs::order(tx, "test.flaky", "letter 1", &json!({}), now).await
}

#[tokio::test]
async fn an_effect_is_ordered_once_and_tried_until_it_succeeds() {
    let world = World::new().await;
    let worker = Flaky { failures: AtomicU32::new(2), done: AtomicU32::new(0) };
    order(&world).await;
    order(&world).await;
    for _ in 0..3 {
        jobs::drain(world.work(), &worker).await.unwrap();
        world.pass(Duration::minutes(1));
    }
    assert_eq!(jobs::drain(world.work(), &worker).await.unwrap(), 0);
    assert_eq!(worker.done.load(Ordering::Relaxed), 1);
}

/// Dies in the middle of its first attempt: the lease lapses.
struct Dying(AtomicU32);

#[async_trait::async_trait]
impl Worker for Dying {
    fn kind(&self) -> &'static str {
        "test.flaky"
    }

    fn deadline(&self) -> std::time::Duration {
        std::time::Duration::from_secs(5)
    }

    async fn carry_out(&self, _: &Job) -> Result<Outcome, Fault> {
        if self.0.fetch_add(1, Ordering::Relaxed) == 0 {
            std::future::pending::<()>().await;
        }
        Ok(Outcome::Done)
    }
}

#[tokio::test]
async fn what_a_dead_worker_had_begun_is_taken_over() {
    let world = World::new().await;
    order(&world).await;
    let worker = Arc::new(Dying(AtomicU32::new(0)));
    let stop = CancellationToken::new();
    let dead = tokio::spawn(jobs::run(world.work().clone(), Arc::clone(&worker) as Arc<dyn Worker>, stop.clone()));
    eventually("the first attempt begins", || async { worker.0.load(Ordering::Relaxed) == 1 }).await;
    dead.abort();
    assert_eq!(jobs::drain(world.work(), worker.as_ref()).await.unwrap(), 0, "it is still leased");
    world.pass(Duration::seconds(11));
    assert_eq!(jobs::drain(world.work(), worker.as_ref()).await.unwrap(), 1);
    assert_eq!(worker.0.load(Ordering::Relaxed), 2);
}

/// Its first attempt is held up until it is let go; the second asks for another.
#[derive(Default)]
struct Overtaken {
    begun: AtomicU32,
    go: tokio::sync::Notify,
}

#[async_trait::async_trait]
impl Worker for Overtaken {
    fn kind(&self) -> &'static str {
        "test.flaky"
    }

    async fn carry_out(&self, job: &Job) -> Result<Outcome, Fault> {
        self.begun.fetch_add(1, Ordering::Relaxed);
        if job.attempt == 1 {
            self.go.notified().await;
            return Ok(Outcome::Done);
        }
        Ok(Outcome::Again(Duration::HOUR, "not yet".to_owned()))
    }
}

#[tokio::test]
async fn a_late_outcome_changes_nothing() {
    let world = World::new().await;
    order(&world).await;
    let worker = Arc::new(Overtaken::default());
    let (db, slow) = (world.work().clone(), Arc::clone(&worker));
    let late = tokio::spawn(async move { jobs::drain(&db, slow.as_ref()).await.unwrap() });
    eventually("the first attempt begins", || async { worker.begun.load(Ordering::Relaxed) == 1 }).await;
    world.pass(Duration::minutes(1));
    assert_eq!(jobs::drain(world.work(), worker.as_ref()).await.unwrap(), 1, "the lease has lapsed");
    worker.go.notify_one();
    late.await.unwrap();
    assert_eq!(
        count(&world, "select count(*) from job where ended_at is null and attempts = 2").await,
        1,
        "the second attempt has said that there is more to do"
    );
}

#[tokio::test]
async fn a_database_that_loses_commits_is_named_and_a_durable_one_is_not() {
    let world = World::new().await;
    let mut connection = world.work().pool().acquire().await.unwrap();
    let mut missing = Vec::new();
    for synchronous in ["set synchronous_commit = off", "set synchronous_commit = on"] {
        sqlx::query(synchronous).execute(&mut *connection).await.unwrap();
        missing.push(durability::missing(&mut *connection).await.unwrap());
    }
    assert!(missing[0].contains(&"synchronous_commit".to_owned()), "{:?}", missing[0]);
    assert!(!missing[1].contains(&"synchronous_commit".to_owned()), "{:?}", missing[1]);
}

#[tokio::test]
async fn a_schema_is_this_programs_when_every_migration_is_the_same() {
    let world = World::new().await;
    let pool = world.work().pool();
    assert!(migrations::are_applied(pool).await.unwrap());
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (9999, 'of a newer program', true, '', 0)";
    sqlx::query(newer).execute(pool).await.unwrap();
    assert!(migrations::are_applied(pool).await.unwrap(), "a newer program only adds");
    let changed = "update _sqlx_migrations set checksum = '' where version = 10";
    assert_eq!(sqlx::query(changed).execute(pool).await.unwrap().rows_affected(), 1);
    assert!(!migrations::are_applied(pool).await.unwrap(), "the count is right, the schema is another");
}
