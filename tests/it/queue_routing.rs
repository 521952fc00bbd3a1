//! Who may take whom: skills, classes, queues and returning callers, on a real database.

use crate::queue_offers::Hotline;
use crate::support::hotline::SHIPPED as POLICY;
use crate::support::staff::{accounts, add_user};
use serde_json::{Value, json};
use time::Duration;
use vaxline::accounts::model::Role;
use vaxline::cli::agents::{self, Agents};
use vaxline::foundation::ids::{OfferId, UserId};
use vaxline::foundation::pii::Pii;
use vaxline::hotline::agents::commands::Wish;
use vaxline::hotline::queue::commands::{self as queue, Join};
use vaxline::hotline::queue::model::Language;
use vaxline::hotline::queue::routing::{Routing, Settings};
use vaxline::in_tx;

/// Two queues: the second needs the skill `duty`, and goes over to the first after five minutes.
pub fn routing() -> Routing {
    let settings: Settings = toml::from_str(
        r#"
        preferred_seconds = 30
        same_agent_minutes = 10
        [skills]
        en = "Englisch"
        duty = "Notdienst"
        [[queues]]
        code = "hotline"
        label = "Impftelefon"
        [[queues]]
        code = "duty"
        label = "116117"
        needs = [{ skill = "duty", level = 1 }]
        overflow = { after_seconds = 300, to = "hotline" }
        [classes]
        first = 600
        [languages]
        en = [{ skill = "en", level = 2, then = [{ after_seconds = 120, level = 1 }] }]
        [topics]
        "#,
    )
    .unwrap();
    settings.routing().unwrap()
}

pub async fn skilled(hotline: &Hotline, login: &str, skills: &str) -> UserId {
    let agent = hotline.agent(login).await;
    let skills = skills.parse().unwrap();
    in_tx!(hotline.world.staff(), "skills", |tx| queue::set_skills(tx, agent, &skills)).unwrap();
    agent
}

async fn last(hotline: &Hotline, kind: &str) -> Value {
    sqlx::query_scalar("select data from event where kind = $1 order by seq desc limit 1")
        .bind(kind)
        .fetch_one(hotline.world.work().pool())
        .await
        .unwrap()
}

/// Lets the agent take the caller of an offer, and talk.
pub async fn take(hotline: &Hotline, agent: UserId, offer: OfferId) {
    hotline.wish(agent, Wish::Accept(offer)).await.unwrap();
    let hooks = &hotline.world.pools.hooks;
    in_tx!(hooks, "target", |tx| queue::connect_target(tx, offer, &POLICY)).unwrap();
    assert!(in_tx!(hooks, "answered", |tx| queue::agent_answered(tx, offer, &POLICY)).unwrap());
}

/// The same until the caller hangs up.
async fn talk(hotline: &Hotline, agent: UserId, offer: OfferId) {
    take(hotline, agent, offer).await;
    let hooks = &hotline.world.pools.hooks;
    assert!(in_tx!(hooks, "ended", |tx| queue::talk_ended(tx, offer, &POLICY)).unwrap());
}

/// A caller with a number that is known from now on.
fn returning(join: &mut Join) {
    join.number = Some(Pii::new("+493510000077".to_owned()));
}

/// An agent who has served that caller.
async fn known(hotline: &mut Hotline) -> UserId {
    let known = hotline.agent("known").await;
    hotline.caller_of(&routing(), returning).await;
    hotline.dispatch().await;
    let (offer, _) = hotline.offer(known).await.unwrap();
    talk(hotline, known, offer).await;
    hotline.wish(known, Wish::FinishWrapUp("informed".to_owned())).await.unwrap();
    known
}

#[tokio::test]
async fn a_caller_passes_agents_who_lack_a_skill_until_the_need_has_fallen() {
    let mut hotline = Hotline::new().await;
    let mute = hotline.agent("mute").await;
    hotline.world.pass(Duration::SECOND);
    let some = skilled(&hotline, "some", "en:1").await;
    let (_, english) = hotline.caller_of(&routing(), |join| join.language = Language::En).await;
    let (_, german) = hotline.caller_of(&routing(), |_| {}).await;

    hotline.dispatch().await;
    assert_eq!(hotline.offer(mute).await.map(|offer| offer.1), Some(german), "nobody is held up by {english}");
    assert_eq!(hotline.offer(some).await, None);

    hotline.world.pass(Duration::seconds(120));
    assert_eq!(hotline.dispatch().await.overdue, 1, "the offer that was let pass comes first");
    hotline.dispatch().await;
    assert_eq!(hotline.offer(some).await.map(|offer| offer.1), Some(english));
    let needs = json!([{ "skill": "en", "steps": [[0, 2], [120_000, 1]] }]);
    let joined: Value = sqlx::query_scalar("select data from event where kind = 'entry.joined' order by seq limit 1")
        .fetch_one(hotline.world.work().pool())
        .await
        .unwrap();
    assert_eq!((&joined["needs"], &joined["queue"]), (&needs, &json!("hotline")));
    assert_eq!(last(&hotline, "agent.skills").await, json!({ "skills": { "en": 1 } }));
}

#[tokio::test]
async fn a_need_that_falls_wakes_the_dispatcher() {
    let mut hotline = Hotline::new().await;
    skilled(&hotline, "some", "en:1").await;
    hotline.caller_of(&routing(), |join| join.language = Language::En).await;
    let report = hotline.dispatch().await;
    assert_eq!(report.offers, 0);
    let vaxline::hotline::queue::decide::Look::In(pause) = report.look else { panic!("{report:?}") };
    assert!(pause <= Duration::seconds(120) && pause > Duration::seconds(110), "{pause}");
}

#[tokio::test]
async fn who_needs_what_nobody_can_hides_no_caller_behind_them() {
    let mut hotline = Hotline::new().await;
    for _ in 0..40 {
        hotline.caller_of(&routing(), |join| join.language = Language::En).await;
    }
    let (_, german) = hotline.caller_of(&routing(), |_| {}).await;
    let agent = hotline.agent("agent").await;
    hotline.dispatch().await;
    assert_eq!(hotline.offer(agent).await.map(|offer| offer.1), Some(german));
}

#[tokio::test]
async fn a_class_stands_before_those_who_came_up_to_its_bonus_earlier() {
    let mut hotline = Hotline::new().await;
    let (_, early) = hotline.caller_of(&routing(), |_| {}).await;
    hotline.world.pass(Duration::seconds(590));
    let (_, usual) = hotline.caller_of(&routing(), |_| {}).await;
    hotline.world.pass(Duration::seconds(20));
    let (_, first) = hotline.caller_of(&routing(), |join| join.class = Some("first".to_owned())).await;

    let mut order = Vec::new();
    for login in ["one", "two", "three"] {
        let agent = hotline.agent(login).await;
        hotline.dispatch().await;
        order.push(hotline.offer(agent).await.unwrap().1);
    }
    assert_eq!(order, [early, first, usual]);
}

#[tokio::test]
async fn who_waits_too_long_in_a_queue_goes_to_another_one_and_keeps_the_place() {
    let mut hotline = Hotline::new().await;
    let agent = hotline.agent("agent").await;
    let (_, patient) = hotline.caller_of(&routing(), |join| join.queue = Some("duty".to_owned())).await;
    hotline.dispatch().await;
    assert_eq!(hotline.offer(agent).await, None, "the agent has no duty");

    hotline.wish(agent, Wish::NotReady("break".to_owned())).await.unwrap();
    hotline.world.pass(Duration::seconds(299));
    let (_, later) = hotline.caller_of(&routing(), |_| {}).await;
    hotline.world.pass(Duration::seconds(2));
    hotline.dispatch().await;
    assert_eq!(last(&hotline, "entry.moved").await, json!({ "queue": "hotline", "needs": [] }));

    hotline.wish(agent, Wish::Ready).await.unwrap();
    hotline.dispatch().await;
    assert_eq!(hotline.offer(agent).await.unwrap().1, patient, "before {later}, which came later");
}

#[tokio::test]
async fn who_rings_again_soon_after_a_talk_waits_for_the_same_agent_first() {
    let mut hotline = Hotline::new().await;
    let known = known(&mut hotline).await;

    hotline.world.pass(Duration::seconds(1));
    let other = hotline.agent("other").await;
    // The known agent is busy with somebody else.
    let (_, between) = hotline.caller_of(&routing(), |_| {}).await;
    hotline.dispatch().await;
    assert_eq!(hotline.offer(known).await.map(|offer| offer.1), Some(between), "idle for longer");
    let offer = hotline.offer(known).await.unwrap().0;

    // Occupied, they are not waited for.
    let (_, back) = hotline.caller_of(&routing(), returning).await;
    hotline.dispatch().await;
    assert_eq!(hotline.offer(other).await.map(|offer| offer.1), Some(back));
    hotline.wish(other, Wish::Decline(hotline.offer(other).await.unwrap().0)).await.unwrap();

    // In wrap-up they are, and get the caller although somebody else has been idle for longer.
    talk(&hotline, known, offer).await;
    let spare = hotline.agent("spare").await;
    let (_, again) = hotline.caller_of(&routing(), returning).await;
    hotline.dispatch().await;
    assert_ne!(hotline.offer(spare).await.map(|offer| offer.1), Some(again), "it waits for the agent it knows");
    hotline.wish(known, Wish::FinishWrapUp("informed".to_owned())).await.unwrap();
    hotline.dispatch().await;
    assert_eq!(hotline.offer(known).await.map(|offer| offer.1), Some(again));
    assert_eq!(last(&hotline, "entry.joined").await["prefers"]["agent"], json!(known));
}

#[tokio::test]
async fn the_agent_who_does_not_come_is_waited_for_only_so_long() {
    let mut hotline = Hotline::new().await;
    let known = known(&mut hotline).await;
    let (_, again) = hotline.caller_of(&routing(), returning).await;
    hotline.wish(known, Wish::NotReady("break".to_owned())).await.unwrap();
    let other = hotline.agent("other").await;
    hotline.dispatch().await;
    assert_eq!(hotline.offer(other).await, None);
    hotline.world.pass(Duration::seconds(30));
    hotline.dispatch().await;
    assert_eq!(hotline.offer(other).await.map(|offer| offer.1), Some(again));
}

#[tokio::test]
async fn skills_are_given_by_command_all_or_nothing() {
    let hotline = Hotline::new().await;
    let db = hotline.world.staff();
    add_user(&accounts(&hotline.world), "ana", Role::Agent).await;
    let run = async |command: Agents| {
        let mut output = Vec::new();
        let result = agents::run(command, db, &routing(), &mut output).await;
        result.map(|()| String::from_utf8(output).unwrap()).map_err(|error| format!("{error:#}"))
    };
    let skills = |skills: &[&str]| Agents::Skills {
        login: "ana".parse().unwrap(),
        skills: skills.iter().map(|&skill| skill.to_owned()).collect(),
    };
    run(skills(&["en=3", "duty=1"])).await.unwrap();
    assert!(run(Agents::List).await.unwrap().starts_with("ana\toffline\tduty:1,en:3\t"));
    for (wrong, said) in [("fr=1", "there is no such skill"), ("en=0", "a level is 1 to 9"), ("en", "is given as")] {
        let refused = run(skills(&[wrong])).await.unwrap_err();
        assert!(refused.contains(said), "{refused}");
    }
    let file = std::env::temp_dir().join(format!("vaxline-skills-{:08x}.csv", rand::random::<u32>()));
    std::fs::write(&file, "login;skills\nana;en=5\nnobody;en=1\n").unwrap();
    let import = || Agents::Import { file: file.clone() };
    assert!(run(import()).await.unwrap_err().contains("there is no agent nobody"));
    assert!(run(Agents::List).await.unwrap().contains("duty:1,en:3"), "nothing was changed");
    std::fs::write(&file, "login,skills\nana,en=5\n").unwrap();
    run(import()).await.unwrap();
    assert!(run(Agents::List).await.unwrap().contains("\ten:5\t"));
    std::fs::remove_file(&file).unwrap();
}
