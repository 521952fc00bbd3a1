//! The doctor finds nothing wrong with a healthy hotline, and names each thing that is broken.

use crate::support::staff::{self, add_user};
use crate::support::{World, campaign};
use axum::Router;
use axum::routing::get;
use std::net::SocketAddr;
use time::macros::{date, datetime};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use uuid::Uuid;
use vaxline::accounts::clients::Kind;
use vaxline::accounts::commands;
use vaxline::accounts::model::Role;
use vaxline::app::config::Config;
use vaxline::app::doctor::{Verdict, examine};
use vaxline::foundation::db::leases;
use vaxline::hotline::queue::commands::set_skills;
use vaxline::in_tx;
use vaxline::scheduling::Campaign;
use vaxline::scheduling::capacity::release_days;
use vaxline::supply::catalogue::Catalogue;
use vaxline::supply::commands::import;

/// A provider that lists no calls and plays music.
async fn provider() -> SocketAddr {
    let music = || async { ([("content-type", "audio/wav")], "RIFF") };
    let router = Router::new()
        .route("/v1/Accounts/{account}/Calls", get(|| async { axum::Json(serde_json::json!([])) }))
        .route("/music.wav", get(music));
    staff::serve(router).await
}

/// A relay that greets.
async fn relay() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"220 mail.example.org\r\n").await;
        }
    });
    address
}

struct Practice {
    world: World,
    config: Config,
}

impl Practice {
    /// A hotline that has everything.
    async fn healthy() -> Self {
        staff::install_tls();
        let world = World::new().await;
        world.travel_to(datetime!(2021-03-20 08:00 UTC));
        let catalogue = Catalogue::saxony().unwrap();
        in_tx!(world.staff(), "import", |tx| import(tx, &catalogue)).unwrap();
        let release = campaign::riesa("monday", date!(2021 - 03 - 29), date!(2021 - 03 - 31), 1);
        release_days(world.work(), &Campaign::shipped().unwrap(), &release).await.unwrap();
        let accounts = staff::accounts(&world);
        let agent = add_user(&accounts, "agent", Role::Agent).await;
        let skills = "en:1".parse().unwrap();
        in_tx!(world.staff(), "skills", |tx| set_skills(tx, agent, &skills)).unwrap();
        add_user(&accounts, "supervisor", Role::Supervisor).await;
        in_tx!(world.staff(), "add", |tx| commands::add_client(tx, "Druckhaus", Kind::Print)).unwrap();
        vaxline::foundation::events::relay::publish_all(world.work(), Uuid::from_u128(1)).await.unwrap();
        let (provider, relay) = (provider().await, relay().await);
        let variables = [
            ("VAXLINE__DATABASE__ACCEPT_UNSAFE_DURABILITY", "true".to_owned()),
            ("VAXLINE__PROVIDER__WEBHOOK_SECRET", "sixteen characters".to_owned()),
            ("VAXLINE__PROVIDER__API_URL", format!("http://{provider}/v1")),
            ("VAXLINE__PROVIDER__API_KEY", "key".to_owned()),
            ("VAXLINE__PROVIDER__ACCOUNT_SID", "account".to_owned()),
            ("VAXLINE__PROVIDER__CALLER_ID", "+4935146781040".to_owned()),
            ("VAXLINE__PROVIDER__PARK__MUSIC_URL", format!("http://{provider}/music.wav")),
            ("VAXLINE__CORRESPONDENCE__EMAIL__HOST", relay.ip().to_string()),
            ("VAXLINE__CORRESPONDENCE__EMAIL__PORT", relay.port().to_string()),
        ];
        let config = Config::load(None, variables.map(|(name, value)| (name.to_owned(), value))).unwrap();
        Self { world, config }
    }

    /// What is not as it should be. Whether the pages are built is not a matter of these tests.
    async fn complaints(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let lead = in_tx!(self.world.work(), "lead", |tx| leases::lead(tx, "dispatcher", Uuid::from_u128(1)));
        assert!(lead.unwrap().is_some());
        let findings = examine(&self.config, &self.world.pools, &self.world.clock).await;
        let named = |verdict: Verdict| {
            let matching = findings.iter().filter(|finding| finding.verdict == verdict && finding.subject != "pages");
            matching.map(|finding| finding.subject).collect()
        };
        (named(Verdict::Wrong), named(Verdict::Warning))
    }

    async fn run(&self, sql: &'static str) {
        sqlx::query(sql).execute(self.world.work().pool()).await.unwrap();
    }
}

#[tokio::test]
async fn a_healthy_hotline_has_no_wrong_line() {
    let (wrong, warnings) = Practice::healthy().await.complaints().await;
    assert_eq!(wrong, [""; 0]);
    // The tests' cluster is fast, and not made to be kept.
    let of_the_cluster = ["durability", "checksums", "connections"];
    assert!(warnings.iter().all(|subject| of_the_cluster.contains(subject)), "{warnings:?}");
}

#[tokio::test]
async fn each_broken_thing_is_named() {
    let mut practice = Practice::healthy().await;
    practice.run("update _sqlx_migrations set success = false").await;
    practice.run("insert into event (id, at, kind) values (gen_random_uuid(), '2021-03-20 07:00Z', 'a.fact')").await;
    practice.run("update user_account set phone_user = null").await;
    practice.config.provider.api_url = "http://127.0.0.1:1/v1".to_owned();
    practice.config.provider.park.music_url = format!("{}/music.wav", practice.config.hooks.public_url);
    practice.config.correspondence.templates = "/nowhere".into();
    practice.config.correspondence.email.port = 1;
    let (wrong, _) = practice.complaints().await;
    assert_eq!(wrong, ["schema", "event log", "agents", "letters", "provider", "music", "mail"]);
}

#[tokio::test]
async fn what_works_but_should_be_known_is_a_warning() {
    let mut practice = Practice::healthy().await;
    practice.config.correspondence.email.host.clear();
    practice.config.menu.always_open = true;
    practice.config.provider.caller_id.clear();
    practice.run("update agent set skills = ''").await;
    practice.run("update slot set state = 'withdrawn'").await;
    practice.run("update api_client set disabled_at = '2021-03-20'").await;
    practice.run("update user_account set disabled_at = '2021-03-20' where role = 'supervisor'").await;
    practice
        .run(
            "insert into job (id, kind, subject, ordered_at, due_at)
             values (gen_random_uuid(), 'letter.render', '1', '2021-03-20', '2021-03-20')",
        )
        .await;
    let (wrong, warnings) = practice.complaints().await;
    assert_eq!(wrong, [""; 0]);
    for subject in ["promises", "slots", "supervisors", "skills", "print house", "menu", "callbacks", "mail"] {
        assert!(warnings.contains(&subject), "{subject} is not in {warnings:?}");
    }
}

#[tokio::test]
async fn without_a_database_the_doctor_still_looks_at_the_rest() {
    let practice = Practice::healthy().await;
    let nowhere = practice.world.process_at("postgresql://vaxline@127.0.0.1:1/nowhere");
    let findings = examine(&practice.config, &nowhere, &practice.world.clock).await;
    let wrong: Vec<&str> = findings
        .iter()
        .filter(|it| it.verdict == Verdict::Wrong && it.subject != "pages")
        .map(|it| it.subject)
        .collect();
    assert_eq!(wrong, ["database"]);
    assert!(findings.iter().any(|it| it.subject == "provider" && it.verdict == Verdict::Ok));
}
