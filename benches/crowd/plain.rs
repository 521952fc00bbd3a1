//! The least that this PostgreSQL needs for a durable write: one row, one commit, one client, nobody else.

use crate::scene::Scene;
use std::time::{Duration, Instant};

/// How many are measured; the first tenth only warms up.
const COMMITS: usize = 1_000;

/// The median.
pub async fn commit(scene: &Scene) -> Duration {
    let mut conn = scene.pool.acquire().await.unwrap();
    sqlx::query("create table plain_row (id bigint generated always as identity primary key, client int)")
        .execute(&mut *conn)
        .await
        .unwrap();
    let mut times = Vec::with_capacity(COMMITS);
    for number in 0..COMMITS {
        let began = Instant::now();
        sqlx::query("insert into plain_row (client) values (1)").execute(&mut *conn).await.unwrap();
        if number > COMMITS / 10 {
            times.push(began.elapsed());
        }
    }
    sqlx::query("drop table plain_row").execute(&mut *conn).await.unwrap();
    times.sort_unstable();
    times[times.len() / 2]
}
