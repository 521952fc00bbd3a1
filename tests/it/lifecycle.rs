//! A process from its start to its end, as the one who runs it sees it.

use crate::support::proxy::Proxy;
use crate::support::{PATIENCE, World, eventually, staff};
use time::OffsetDateTime;
use uuid::Uuid;
use vaxline::app::config::Config;
use vaxline::app::lifecycle::{self, Planes, Running};
use vaxline::foundation::db::Pools;

const WITH_FREE_PORTS: [(&str, &str); 2] =
    [("VAXLINE__HOOKS__LISTEN", "127.0.0.1:0"), ("VAXLINE__STAFF__LISTEN", "127.0.0.1:0")];

async fn start(world: &World, pools: &Pools, node: u128, settings: &[(&str, &str)]) -> Running {
    staff::install_tls();
    let environment = WITH_FREE_PORTS.iter().chain([&("VAXLINE__DATABASE__ACCEPT_UNSAFE_DURABILITY", "true")]);
    let environment = environment.chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = Config::load(None, environment).unwrap();
    lifecycle::start(&config, pools, &world.clock, Uuid::from_u128(node), Planes::ALL).await.unwrap()
}

/// Who leads, by the name of the lease, and until when.
async fn leader(world: &World, lease: &str) -> Option<(Uuid, OffsetDateTime)> {
    sqlx::query_as("select holder, expires_at from lease where name = $1")
        .bind(lease)
        .fetch_optional(world.work().pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn templates_that_cannot_be_used_end_the_process_with_an_error() {
    let world = World::new().await;
    let running = start(&world, &world.pools, 1, &[("VAXLINE__CORRESPONDENCE__TEMPLATES", "/nowhere")]).await;
    let stopping = running.stopping().clone();
    tokio::time::timeout(PATIENCE, stopping.cancelled()).await.expect("it does not go on without letters");
    let fault = running.stop().await.expect_err("it was not asked to end");
    assert!(fault.to_string().contains("template"), "{fault}");
}

#[tokio::test]
async fn after_an_orderly_stop_another_node_leads_at_once() {
    let world = World::new().await;
    let one = start(&world, &world.pools, 1, &[]).await;
    for lease in ["dispatcher", "node:00000000-0000-0000-0000-000000000001"] {
        eventually("the first process leads", || async { leader(&world, lease).await.is_some() }).await;
    }
    one.stop().await.unwrap();
    // The clock of the world goes on with the machine's: a lease that was not given up would last two seconds more.
    for lease in ["dispatcher", "node:00000000-0000-0000-0000-000000000001"] {
        let (holder, expires_at) = leader(&world, lease).await.unwrap();
        assert_eq!(holder, Uuid::from_u128(1));
        let now: OffsetDateTime = sqlx::query_scalar("select now()").fetch_one(world.work().pool()).await.unwrap();
        assert!(expires_at <= now, "{lease} is not given up");
    }
}

#[tokio::test]
async fn a_process_that_is_started_before_its_database_heals() {
    let world = World::new().await;
    let proxy = Proxy::silent().await;
    let pools = world.process_at(&proxy.url_of(world.url()));
    let running = start(&world, &pools, 1, &[]).await;
    let (hooks, staff) = (running.hooks.unwrap(), running.staff.unwrap());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let get =
        async |server, path: &str| client.get(format!("http://{server}{path}")).send().await.unwrap().status().as_u16();
    assert_eq!(get(staff, "/healthz").await, 200, "it is well, and waits");
    assert_eq!(get(hooks, "/readyz").await, 503);
    assert_eq!(get(staff, "/me").await, 503, "no desk is opened on a process of which nobody has heard");
    proxy.heal();
    eventually("the process is ready", async || get(hooks, "/readyz").await == 200).await;
    eventually("staff is let in", async || get(staff, "/me").await == 401).await;
    eventually("it leads", || async { leader(&world, "dispatcher").await.is_some() }).await;
    running.stop().await.unwrap();
}
