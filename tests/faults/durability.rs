//! A node does not become ready on a database that would lose what it acknowledged.

use crate::service::{self, Ports, Postgres, Service};
use std::time::{Duration, Instant};

/// The settings of the program on this database.
fn settings(postgres: &Postgres, accept: bool) -> Vec<(String, String)> {
    vec![
        ("VAXLINE__DATABASE__URL".to_owned(), postgres.url()),
        ("VAXLINE__DATABASE__ACCEPT_UNSAFE_DURABILITY".to_owned(), accept.to_string()),
    ]
}

async fn alter(postgres: &Postgres, setting: &str, value: &str) {
    let pool = sqlx::PgPool::connect(&postgres.url()).await.unwrap();
    let alter = format!("alter system set {setting} = {value}");
    sqlx::query(sqlx::AssertSqlSafe(alter)).execute(&pool).await.unwrap();
    sqlx::query("select pg_reload_conf()").execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_setting_that_loses_commits_refuses_readiness_and_is_named() {
    let postgres = Postgres::start("durability");
    service::run(&settings(&postgres, false), &["migrate"], "");
    let log = std::env::temp_dir().join(format!("vaxline-durability-{}.log", std::process::id()));
    let node = Service::start(&settings(&postgres, false), Ports::free(), &log).await;

    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        alter(&postgres, setting, "off").await;
        let mut refused = String::new();
        let end = Instant::now() + service::READY_WITHIN;
        while Instant::now() < end {
            let (status, text) = node.readiness().await.unwrap();
            if status == 503 {
                refused = text;
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(refused.contains(setting), "{setting}: {refused:?}");
        alter(&postgres, setting, "on").await;
        assert!(node.is_ready_within(service::READY_WITHIN).await, "{setting} is on again");
    }

    // The control: with the switch for tests the same database is accepted.
    alter(&postgres, "fsync", "off").await;
    let lenient = Service::start(&settings(&postgres, true), Ports::free(), &log).await;
    assert!(lenient.is_ready_within(service::READY_WITHIN).await);
    let _ = std::fs::remove_file(log);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_this_programs_schema_is_refused_by_a_sentence() {
    let postgres = Postgres::start("schema");
    let ports = Ports::free();
    let log = std::env::temp_dir().join(format!("vaxline-schema-{}.log", std::process::id()));
    service::run(&settings(&postgres, false), &["migrate"], "");
    let node = Service::start(&settings(&postgres, false), ports, &log).await;
    let pool = sqlx::PgPool::connect(&postgres.url()).await.unwrap();
    sqlx::query("delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)")
        .execute(&pool)
        .await
        .unwrap();
    let (status, text) = node.readiness().await.unwrap();
    assert_eq!(status, 503);
    assert!(text.contains("vaxline migrate"), "{text}");
    let _ = std::fs::remove_file(log);
}
