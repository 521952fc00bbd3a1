//! The queue on a real database: what the pure core decides is what the tables hold.

use crate::support::World;
use crate::support::staff::{accounts, add_user};
use time::Duration;
use uuid::Uuid;
use vaxline::accounts::model::Role;
use vaxline::foundation::fault::Fault;
use vaxline::foundation::ids::{CallId, EntryId, OfferId, SessionId, UserId};
use vaxline::foundation::pii::Pii;
use vaxline::hotline::agents::commands::{self as agents, Wish};
use vaxline::hotline::agents::store::{DeskState, desk_state};
use vaxline::hotline::queue::commands::{self as queue, Join, QueueError, Standing};
use vaxline::hotline::queue::decide::Gone;
use vaxline::hotline::queue::dispatcher::{self, Round};
use vaxline::hotline::queue::model::{Language, Policy, Topic};
use vaxline::hotline::queue::store::node_lease;
use vaxline::{foundation, in_tx};

const POLICY: Policy = Policy {
    offer: Duration::seconds(15),
    paint: Duration::milliseconds(1_500),
    connect: Duration::seconds(20),
    wrap_up: Duration::seconds(30),
    extensions: 2,
    back_off: Duration::seconds(60),
    missed_limit: 2,
    link_grace: Duration::seconds(60),
    redeem: Duration::minutes(10),
};

const NODE: Uuid = Uuid::from_u128(1);

/// A world with a queue in it.
struct Hotline {
    world: World,
    calls: u128,
}

impl Hotline {
    async fn new() -> Self {
        let hotline = Self { world: World::new().await, calls: 0 };
        hotline.live().await;
        hotline
    }

    /// Says that the process which holds the sockets lives.
    async fn live(&self) {
        let name = node_lease(NODE);
        let alive: Result<Option<i64>, Fault> =
            in_tx!(self.world.work(), "live", |tx| foundation::db::leases::lead(tx, &name, NODE));
        alive.unwrap();
    }

    async fn agent(&self, login: &str) -> UserId {
        let agent = add_user(&accounts(&self.world), login, Role::Agent).await;
        self.link(agent, 1).await;
        self.wish(agent, Wish::Ready).await.unwrap();
        agent
    }

    async fn link(&self, agent: UserId, session: u128) {
        let session = SessionId(Uuid::from_u128(session));
        in_tx!(self.world.staff(), "link", |tx| agents::link(tx, agent, session, NODE, &POLICY)).unwrap();
    }

    async fn caller(&mut self) -> (CallId, EntryId) {
        self.calls += 1;
        let call = CallId(Uuid::from_u128(self.calls));
        let join = Join {
            call,
            number: Some(Pii::new(format!("+4935100000{:02}", self.calls))),
            language: Language::De,
            topic: Topic::Book,
        };
        let entry = in_tx!(&self.world.pools.hooks, "join", |tx| queue::join(tx, &join)).unwrap();
        (call, entry)
    }

    async fn dispatch(&self) -> Round {
        self.live().await;
        let round: Result<Option<Round>, Fault> =
            in_tx!(self.world.work(), "dispatch", |tx| dispatcher::round(tx, NODE, &POLICY));
        round.unwrap().expect("nobody else leads")
    }

    async fn wish(&self, agent: UserId, wish: Wish) -> Result<(), QueueError> {
        in_tx!(self.world.staff(), "wish", |tx| agents::carry_out_wish(tx, agent, wish.clone(), &POLICY))
    }

    async fn desk(&self, agent: UserId) -> DeskState {
        desk_state(&mut self.world.staff().pool().acquire().await.unwrap(), agent).await.unwrap().unwrap()
    }

    async fn offer(&self, agent: UserId) -> Option<(OfferId, EntryId)> {
        let desk = self.desk(agent).await;
        Some((desk.open_offer?.0, desk.entry?.id))
    }

    async fn standing(&self, call: CallId) -> Standing {
        queue::standing(&mut self.world.work().pool().acquire().await.unwrap(), call).await.unwrap()
    }

    async fn gone(&self, call: CallId) -> bool {
        in_tx!(&self.world.pools.hooks, "gone", |tx| queue::caller_gone(tx, call, Gone::HungUp, &POLICY)).unwrap()
    }

    async fn jobs(&self, kind: &str) -> i64 {
        sqlx::query_scalar("select count(*) from job where kind = $1")
            .bind(kind)
            .fetch_one(self.world.work().pool())
            .await
            .unwrap()
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
    assert_eq!(hotline.jobs(queue::CONNECT_JOB).await, 1);
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

    hotline.world.pass(POLICY.connect);
    assert_eq!(hotline.dispatch().await.overdue, 1);

    assert_eq!(hotline.standing(call).await, Standing::Waiting);
    assert_eq!(hotline.jobs(queue::PARK_JOB).await, 1);
    let desk = hotline.desk(agent).await;
    assert_eq!((desk.state.as_str(), desk.reason.as_deref()), ("not_ready", Some("phone")));
    // The phone answers after all: too late, the caller is on the way back into music.
    let hooks = &hotline.world.pools.hooks;
    assert!(!in_tx!(hooks, "answered", |tx| queue::agent_answered(tx, offer, &POLICY)).unwrap());
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
    let round: Result<Option<Round>, Fault> =
        in_tx!(hotline.world.work(), "dispatch", |tx| dispatcher::round(tx, other, &POLICY));
    assert_eq!(round.unwrap().unwrap().offers, 0);
    assert!(hotline.offer(agent).await.is_none());
    assert_eq!(hotline.standing(call).await, Standing::Waiting);

    // The page is back within its grace: the agent is where they were.
    hotline.link(agent, 2).await;
    assert_eq!(hotline.desk(agent).await.state, "ready");
}

#[tokio::test]
async fn only_one_process_dispatches() {
    let hotline = Hotline::new().await;
    hotline.dispatch().await;
    let other = Uuid::from_u128(2);
    let round: Result<Option<Round>, Fault> =
        in_tx!(hotline.world.work(), "dispatch", |tx| dispatcher::round(tx, other, &POLICY));
    assert_eq!(round.unwrap(), None);
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
