//! The queue on a real database: what the pure core decides is what the tables hold.

use crate::support::World;
use crate::support::hotline::{SHIPPED as POLICY, routing};
use crate::support::staff::{accounts, add_user};
use time::Duration;
use uuid::Uuid;
use vaxline::accounts::model::Role;
use vaxline::foundation::db::Tx;
use vaxline::foundation::fault::Fault;
use vaxline::foundation::ids::{CallId, EntryId, OfferId, SessionId, UserId};
use vaxline::foundation::pii::Pii;
use vaxline::hotline::agents::commands::{self as agents, Wish};
use vaxline::hotline::agents::store::{DeskState, desk_state};
use vaxline::hotline::queue::commands::{self as queue, Join, QueueError, Standing};
use vaxline::hotline::queue::decide::{Event, Gone, Look, No, Report, Watch};
use vaxline::hotline::queue::dispatcher;
use vaxline::hotline::queue::model::{Language, Topic};
use vaxline::hotline::queue::routing::Routing;
use vaxline::hotline::queue::store::{self, node_lease};
use vaxline::{foundation, in_tx};

const NODE: Uuid = Uuid::from_u128(1);

/// A world with a queue in it.
pub struct Hotline {
    pub world: World,
    calls: u128,
}

impl Hotline {
    pub async fn new() -> Self {
        let hotline = Self { world: World::new().await, calls: 0 };
        hotline.live().await;
        hotline
    }

    /// Says that the process which holds the sockets lives.
    async fn live(&self) {
        for name in [node_lease(NODE), "relay".to_owned()] {
            let alive: Result<Option<i64>, Fault> =
                in_tx!(self.world.work(), "live", |tx| foundation::db::leases::lead(tx, &name, NODE));
            alive.unwrap();
        }
    }

    pub async fn agent(&self, login: &str) -> UserId {
        let agent = add_user(&accounts(&self.world), login, Role::Agent).await;
        self.link(agent, 1).await;
        self.wish(agent, Wish::Ready).await.unwrap();
        agent
    }

    async fn link(&self, agent: UserId, session: u128) {
        let session = SessionId(Uuid::from_u128(session));
        in_tx!(self.world.staff(), "link", |tx| agents::link(tx, agent, session, NODE, &POLICY)).unwrap();
    }

    pub async fn caller(&mut self) -> (CallId, EntryId) {
        self.caller_of(&routing(), |_| {}).await
    }

    /// A caller who differs from the others.
    pub async fn caller_of(&mut self, routing: &Routing, change: impl FnOnce(&mut Join)) -> (CallId, EntryId) {
        self.calls += 1;
        let call = CallId(Uuid::from_u128(self.calls));
        let mut join = Join {
            call,
            number: Some(Pii::new(format!("+4935100000{:02}", self.calls))),
            rang: self.world.clock.now(),
            language: Language::De,
            topic: Topic::Book,
            queue: None,
            class: None,
        };
        change(&mut join);
        let entry = in_tx!(&self.world.pools.hooks, "join", |tx| queue::join(tx, routing, &join)).unwrap();
        (call, entry)
    }

    pub async fn dispatch(&self) -> Report {
        self.live().await;
        self.round(NODE, Watch::default()).await.expect("nobody else leads")
    }

    async fn round(&self, node: Uuid, watch: Watch) -> Option<Report> {
        let round: Result<Option<Report>, Fault> =
            in_tx!(self.world.work(), "dispatch", |tx| dispatcher::round(tx, node, &POLICY, watch));
        round.unwrap()
    }

    /// A watch that has been kept for long.
    fn watchful(&self) -> Watch {
        let now = self.world.clock.now();
        Watch::kept(now - Duration::MINUTE, now)
    }

    async fn link_of(&self, agent: UserId) -> (String, Option<Uuid>) {
        sqlx::query_as("select link, node from agent where id = $1")
            .bind(agent.0)
            .fetch_one(self.world.work().pool())
            .await
            .unwrap()
    }

    pub async fn wish(&self, agent: UserId, wish: Wish) -> Result<(), QueueError> {
        in_tx!(self.world.staff(), "wish", |tx| agents::carry_out_wish(tx, agent, wish.clone(), &POLICY))
    }

    pub async fn desk(&self, agent: UserId) -> DeskState {
        desk_state(&mut self.world.staff().pool().acquire().await.unwrap(), agent).await.unwrap().unwrap()
    }

    pub async fn offer(&self, agent: UserId) -> Option<(OfferId, EntryId)> {
        let desk = self.desk(agent).await;
        Some((desk.open_offer?.0, desk.entry?.id))
    }

    pub async fn standing(&self, call: CallId) -> Standing {
        queue::standing(&mut self.world.work().pool().acquire().await.unwrap(), call).await.unwrap()
    }

    pub async fn gone(&self, call: CallId) -> bool {
        in_tx!(&self.world.pools.hooks, "gone", |tx| queue::caller_gone(tx, call, Gone::HungUp, &POLICY)).unwrap()
    }
}

#[tokio::test]
async fn the_first_in_line_is_offered_to_the_longest_idle_agent() {
    let mut hotline = Hotline::new().await;
    let patient = hotline.agent("patient").await;
    hotline.world.pass(Duration::seconds(1));
    let fresh = hotline.agent("fresh").await;
    let (_, first) = hotline.caller().await;
    let (_, second) = hotline.caller().await;
    let (_, third) = hotline.caller().await;

    assert_eq!(hotline.dispatch().await.offers, 2);

    assert_eq!(hotline.offer(patient).await.unwrap().1, first);
    assert_eq!(hotline.offer(fresh).await.unwrap().1, second);
    assert_eq!(hotline.dispatch().await.offers, 0, "{third} waits for the next agent");
}

#[tokio::test]
async fn a_call_goes_from_ring_to_wrap_up() {
    let mut hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    let (call, _) = hotline.caller().await;
    hotline.dispatch().await;
    let (offer, entry) = hotline.offer(agent).await.unwrap();

    hotline.wish(agent, Wish::Painted(offer)).await.unwrap();
    hotline.wish(agent, Wish::Accept(offer)).await.unwrap();
    assert_eq!(hotline.world.jobs(queue::CONNECT_JOB).await, 1);
    assert_eq!(hotline.standing(call).await, Standing::Connecting(offer));

    let hooks = &hotline.world.pools.hooks;
    let target = in_tx!(hooks, "target", |tx| queue::connect_target(tx, offer, &POLICY)).unwrap().unwrap();
    assert_eq!((target.call, target.agent), (call, agent));
    assert!(in_tx!(hooks, "answered", |tx| queue::agent_answered(tx, offer, &POLICY)).unwrap());
    assert_eq!(hotline.desk(agent).await.state, "talking");

    hotline.wish(agent, Wish::NotReady("break".to_owned())).await.unwrap();
    assert!(hotline.gone(call).await);
    let desk = hotline.desk(agent).await;
    assert_eq!((desk.state.as_str(), desk.next.as_deref()), ("wrap_up", Some("break")));
    assert_eq!(desk.entry.unwrap().id, entry);

    hotline.wish(agent, Wish::FinishWrapUp("booked".to_owned())).await.unwrap();
    let desk = hotline.desk(agent).await;
    assert_eq!((desk.state.as_str(), desk.reason.as_deref()), ("not_ready", Some("break")));
}

#[tokio::test]
async fn a_hang_up_withdraws_the_offer_and_a_redial_takes_the_place_up_again() {
    let mut hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    let (call, entry) = hotline.caller().await;
    let (_, later) = hotline.caller().await;
    hotline.dispatch().await;
    let (offer, _) = hotline.offer(agent).await.unwrap();

    assert!(hotline.gone(call).await);
    assert!(matches!(hotline.wish(agent, Wish::Accept(offer)).await, Err(QueueError::No(_))));

    let number = Pii::new("+493510000001".to_owned());
    let redial = CallId(Uuid::from_u128(77));
    let hooks = &hotline.world.pools.hooks;
    let place = in_tx!(hooks, "redeemable", |tx| queue::redeemable(tx, &number)).unwrap();
    assert_eq!(place, Some(entry));
    assert!(in_tx!(hooks, "redeem", |tx| queue::redeem(tx, entry, redial, &POLICY)).unwrap());
    assert_eq!(hotline.standing(redial).await, Standing::Waiting);

    hotline.dispatch().await;
    assert_eq!(hotline.offer(agent).await.unwrap().1, entry, "before {later}, which came later");
}

#[tokio::test]
async fn a_place_cannot_be_taken_up_when_its_time_has_passed() {
    let mut hotline = Hotline::new().await;
    let (call, entry) = hotline.caller().await;
    assert!(hotline.gone(call).await);
    hotline.world.pass(POLICY.redeem + Duration::SECOND);
    let redial = CallId(Uuid::from_u128(77));
    let hooks = &hotline.world.pools.hooks;
    assert!(!in_tx!(hooks, "redeem", |tx| queue::redeem(tx, entry, redial, &POLICY)).unwrap());
}

#[tokio::test]
async fn an_offer_that_is_let_pass_goes_to_the_next_agent_and_keeps_its_place() {
    let mut hotline = Hotline::new().await;
    let sleeper = hotline.agent("sleeper").await;
    let (_, entry) = hotline.caller().await;
    hotline.dispatch().await;
    hotline.world.pass(Duration::seconds(1));
    let awake = hotline.agent("awake").await;
    assert_eq!(hotline.offer(sleeper).await.unwrap().1, entry);

    hotline.world.pass(POLICY.paint);
    let round = hotline.dispatch().await;
    assert_eq!(round.overdue, 1);
    hotline.dispatch().await;

    assert_eq!(hotline.offer(awake).await.unwrap().1, entry);
    assert_eq!(hotline.desk(sleeper).await.state, "ready");
}

#[tokio::test]
async fn after_two_missed_offers_an_agent_is_set_not_ready() {
    let mut hotline = Hotline::new().await;
    let sleeper = hotline.agent("sleeper").await;
    hotline.caller().await;
    hotline.caller().await;
    for _ in 0..2 {
        hotline.dispatch().await;
        let (offer, _) = hotline.offer(sleeper).await.unwrap();
        hotline.wish(sleeper, Wish::Painted(offer)).await.unwrap();
        hotline.world.pass(POLICY.offer);
        hotline.dispatch().await;
    }
    let desk = hotline.desk(sleeper).await;
    assert_eq!((desk.state.as_str(), desk.reason.as_deref()), ("not_ready", Some("no_answer")));
}

#[tokio::test]
async fn a_phone_that_does_not_answer_gives_the_caller_back_and_asks_for_music() {
    let mut hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    let (call, _) = hotline.caller().await;
    hotline.dispatch().await;
    let (offer, _) = hotline.offer(agent).await.unwrap();
    hotline.wish(agent, Wish::Accept(offer)).await.unwrap();
    in_tx!(&hotline.world.pools.hooks, "target", |tx| queue::connect_target(tx, offer, &POLICY)).unwrap().unwrap();

    hotline.world.pass(POLICY.connect);
    assert_eq!(hotline.dispatch().await.overdue, 1);

    assert_eq!(hotline.standing(call).await, Standing::Waiting);
    assert_eq!(hotline.world.jobs(queue::PARK_JOB).await, 1);
    let desk = hotline.desk(agent).await;
    assert_eq!((desk.state.as_str(), desk.reason.as_deref()), ("not_ready", Some("phone")));
    // The phone answers after all: too late, the caller is on the way back into music.
    let hooks = &hotline.world.pools.hooks;
    assert!(!in_tx!(hooks, "answered", |tx| queue::agent_answered(tx, offer, &POLICY)).unwrap());
}

#[tokio::test]
async fn a_provider_that_never_asks_whom_to_ring_costs_the_agent_nothing() {
    let mut hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    hotline.world.pass(Duration::SECOND);
    hotline.agent("fresh").await;
    let (_, entry) = hotline.caller().await;
    hotline.dispatch().await;
    let (offer, _) = hotline.offer(agent).await.unwrap();
    hotline.wish(agent, Wish::Accept(offer)).await.unwrap();
    let hooks = &hotline.world.pools.hooks;
    assert!(in_tx!(hooks, "refused", |tx| queue::connect_failed(tx, offer, &POLICY)).unwrap());
    assert_eq!(hotline.desk(agent).await.state, "ready");
    hotline.dispatch().await;
    assert_eq!(hotline.offer(agent).await.unwrap().1, entry, "the turn is kept, and nobody is kept apart");
}

#[tokio::test]
async fn an_agent_who_clicks_again_orders_the_end_of_the_call_anew() {
    let mut hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    hotline.caller().await;
    hotline.dispatch().await;
    let (offer, _) = hotline.offer(agent).await.unwrap();
    hotline.wish(agent, Wish::Accept(offer)).await.unwrap();
    let hooks = &hotline.world.pools.hooks;
    assert!(in_tx!(hooks, "answered", |tx| queue::agent_answered(tx, offer, &POLICY)).unwrap());
    hotline.wish(agent, Wish::HangUp).await.unwrap();
    let pool = hotline.world.work().pool();
    sqlx::query("update job set ended_at = now(), outcome = 'given_up', attempts = 7 where kind = $1")
        .bind(queue::HANG_UP_JOB)
        .execute(pool)
        .await
        .unwrap();
    hotline.wish(agent, Wish::HangUp).await.unwrap();
    let again: (i32, bool) = sqlx::query_as("select attempts, ended_at is null from job where kind = $1")
        .bind(queue::HANG_UP_JOB)
        .fetch_one(pool)
        .await
        .unwrap();
    assert_eq!(again, (0, true));
}

#[tokio::test]
async fn a_phone_of_which_nothing_was_heard_is_looked_at_before_its_deadline() {
    let mut hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    hotline.caller().await;
    hotline.dispatch().await;
    let (offer, _) = hotline.offer(agent).await.unwrap();
    hotline.wish(agent, Wish::Accept(offer)).await.unwrap();
    in_tx!(&hotline.world.pools.hooks, "target", |tx| queue::connect_target(tx, offer, &POLICY)).unwrap().unwrap();
    let in_time: bool = sqlx::query_scalar(
        "select job.due_at < offer.deadline from job join offer on offer.id::text = job.subject where kind = $1",
    )
    .bind(queue::LOOK_JOB)
    .fetch_one(hotline.world.work().pool())
    .await
    .unwrap();
    assert!(in_time);
}

#[tokio::test]
async fn nobody_answers_anothers_offer() {
    let mut hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    hotline.world.pass(Duration::SECOND);
    let other = hotline.agent("other").await;
    hotline.caller().await;
    hotline.dispatch().await;
    let (offer, _) = hotline.offer(agent).await.unwrap();
    let refused = hotline.wish(other, Wish::Accept(offer)).await;
    assert!(matches!(refused, Err(QueueError::No(_))));
}

#[tokio::test]
async fn the_links_of_a_process_that_died_are_lost_and_its_offers_withdrawn() {
    let mut hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    let (call, _) = hotline.caller().await;
    hotline.dispatch().await;
    assert!(hotline.offer(agent).await.is_some());

    // The process of the sockets renews its lease no more; another one dispatches.
    hotline.world.pass(Duration::seconds(3));
    let other = Uuid::from_u128(2);
    let report = hotline.round(other, hotline.watchful()).await.unwrap();
    assert_eq!(report.offers, 0);
    assert!(hotline.offer(agent).await.is_none());
    assert_eq!(hotline.standing(call).await, Standing::Waiting);

    // The page is back within its grace: the agent is where they were.
    hotline.link(agent, 2).await;
    assert_eq!(hotline.desk(agent).await.state, "ready");
}

#[tokio::test]
async fn a_database_that_was_away_for_longer_than_a_lease_costs_no_agent_their_link() {
    let mut hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    let (_, entry) = hotline.caller().await;
    hotline.world.pass(Duration::seconds(30));

    // Every lease has lapsed. The process of the sockets looks first: it lives, whatever its lease says.
    assert_eq!(hotline.round(NODE, hotline.watchful()).await.unwrap().overdue, 0);
    assert_eq!(hotline.link_of(agent).await, ("up".to_owned(), Some(NODE)));
    // Another process looks first: it has not watched for long enough to know who is dead.
    hotline.world.pass(Duration::seconds(30));
    let other = Uuid::from_u128(2);
    assert_eq!(hotline.round(other, Watch::default()).await.unwrap().overdue, 0);
    assert_eq!(hotline.link_of(agent).await, ("up".to_owned(), Some(NODE)));
    assert!(hotline.offer(agent).await.is_none(), "nothing is offered on a link that nobody vouches for");

    hotline.live().await;
    assert_eq!(hotline.round(other, Watch::default()).await.unwrap().offers, 1);
    assert_eq!(hotline.offer(agent).await.unwrap().1, entry);
}

#[tokio::test]
async fn an_agent_who_is_back_before_the_dead_process_is_noticed_keeps_the_new_link() {
    let hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    hotline.world.pass(Duration::seconds(3));
    let other = Uuid::from_u128(2);
    let died = async |tx: &mut Tx| -> Result<(), QueueError> {
        let matter = store::matter_of_agent(tx, agent).await?;
        queue::carry_out(tx, &matter, &Event::NodeDied(NODE), &POLICY).await
    };
    // The page is on another process by the time that the step of the dead one is carried out.
    let session = SessionId(Uuid::from_u128(2));
    in_tx!(hotline.world.staff(), "link", |tx| agents::link(tx, agent, session, other, &POLICY)).unwrap();
    let late = in_tx!(hotline.world.work(), "late", |tx| died(tx));
    assert!(matches!(late, Err(QueueError::No(No::NotFree))));
    assert_eq!(hotline.link_of(agent).await, ("up".to_owned(), Some(other)));
    // The control: a link to the dead process is lost.
    hotline.link(agent, 3).await;
    in_tx!(hotline.world.work(), "in time", |tx| died(tx)).unwrap();
    assert_eq!(hotline.link_of(agent).await, ("lost".to_owned(), None));
}

#[tokio::test]
async fn nobody_is_offered_a_caller_while_nobody_publishes() {
    let mut hotline = Hotline::new().await;
    hotline.agent("agent").await;
    hotline.caller().await;
    sqlx::query("delete from lease where name = 'relay'").execute(hotline.world.work().pool()).await.unwrap();
    assert_eq!(hotline.round(NODE, Watch::default()).await.unwrap().offers, 0);
    assert_eq!(hotline.dispatch().await.offers, 1);
}

#[tokio::test]
async fn a_caller_whose_offer_lapses_is_not_overtaken_in_the_same_round() {
    let mut hotline = Hotline::new().await;
    let sleeper = hotline.agent("sleeper").await;
    let (_, first) = hotline.caller().await;
    hotline.dispatch().await;
    let (_, later) = hotline.caller().await;
    let awake = hotline.agent("awake").await;
    hotline.world.pass(POLICY.paint);

    let round = hotline.dispatch().await;
    assert_eq!((round.overdue, round.offers, round.look), (1, 0, Look::AtOnce));
    hotline.dispatch().await;
    assert_eq!(hotline.offer(awake).await.unwrap().1, first, "before {later}");
    assert_eq!(hotline.offer(sleeper).await.unwrap().1, later, "the sleeper is kept away from the first");
}

#[tokio::test]
async fn nobody_overtakes_a_caller_whose_row_is_held() {
    let mut hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    let (_, first) = hotline.caller().await;
    hotline.caller().await;
    let mut holder = hotline.world.holder().await;
    sqlx::raw_sql("begin").execute(&mut holder).await.unwrap();
    sqlx::query("select from queue_entry where id = $1 for update").bind(first.0).execute(&mut holder).await.unwrap();
    let report = hotline.dispatch().await;
    assert_eq!(report.offers, 0);
    assert!(matches!(report.look, Look::In(soon) if soon <= Duration::milliseconds(20)), "{:?}", report.look);
    sqlx::raw_sql("rollback").execute(&mut holder).await.unwrap();
    hotline.dispatch().await;
    assert_eq!(hotline.offer(agent).await.unwrap().1, first);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_stops_nobody_else() {
    let mut hotline = Hotline::new().await;
    let torn = hotline.agent("torn").await;
    let sound = hotline.agent("sound").await;
    let (_, entry) = hotline.caller().await;
    let pool = hotline.world.work().pool();
    sqlx::raw_sql("alter table agent drop constraint agent_state_carries_its_data").execute(pool).await.unwrap();
    // An overdue wrap-up of no call at all.
    sqlx::query("update agent set state = 'wrap_up', until = since - interval '1 hour' where id = $1")
        .bind(torn.0)
        .execute(pool)
        .await
        .unwrap();
    assert_eq!(hotline.dispatch().await.offers, 1);
    assert_eq!(hotline.offer(sound).await.unwrap().1, entry);
}

#[tokio::test]
async fn only_one_process_dispatches() {
    let hotline = Hotline::new().await;
    hotline.dispatch().await;
    let other = Uuid::from_u128(2);
    assert_eq!(hotline.round(other, Watch::default()).await, None);
}

#[tokio::test]
async fn joining_twice_with_the_same_call_is_joining_once() {
    let mut hotline = Hotline::new().await;
    let (call, entry) = hotline.caller().await;
    hotline.calls -= 1;
    assert_eq!(hotline.caller().await, (call, entry));
}

#[tokio::test]
async fn twenty_agents_and_twenty_hang_ups_at_once_leave_no_double_offer_and_nobody_stuck() {
    let mut hotline = Hotline::new().await;
    let mut agents = Vec::new();
    for number in 0..8 {
        agents.push(hotline.agent(&format!("agent{number}")).await);
    }
    let mut calls = Vec::new();
    for _ in 0..24 {
        calls.push(hotline.caller().await.0);
    }
    hotline.dispatch().await;
    let hotline = std::sync::Arc::new(hotline);
    let mut tasks = tokio::task::JoinSet::new();
    for agent in agents.clone() {
        let hotline = std::sync::Arc::clone(&hotline);
        tasks.spawn(async move {
            for _ in 0..3 {
                if let Some((offer, _)) = hotline.offer(agent).await {
                    let _ = hotline.wish(agent, Wish::Accept(offer)).await;
                    let _ = hotline.wish(agent, Wish::NotReady("break".to_owned())).await;
                }
                hotline.dispatch().await;
            }
        });
    }
    for call in calls {
        let hotline = std::sync::Arc::clone(&hotline);
        tasks.spawn(async move {
            hotline.gone(call).await;
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    hotline.dispatch().await;
    let stuck: i64 = sqlx::query_scalar("select count(*) from offer where ended_at is null")
        .fetch_one(hotline.world.work().pool())
        .await
        .unwrap();
    assert_eq!(stuck, 0);
    for agent in agents {
        let state = hotline.desk(agent).await.state;
        assert!(["ready", "not_ready"].contains(&state.as_str()), "an agent without a call is {state}");
    }
}
