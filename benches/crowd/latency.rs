//! How long things took, from the event log and the provider's journal.

use crate::scene::Scene;
use sip_mock::Happening;
use std::time::Duration;
use time::OffsetDateTime;

/// How long the provider waited for the answers to ticks.
pub fn ticks(scene: &Scene, since: OffsetDateTime) -> Vec<Duration> {
    let entries = scene.provider.journal().entries();
    let of = |what: &Happening| {
        let Happening::HookAnswered { hook, ms, .. } = what else { return None };
        (hook == "gather").then(|| Duration::from_millis(*ms))
    };
    let mut times: Vec<Duration> =
        entries.iter().filter(|entry| entry.wall >= since).filter_map(|entry| of(&entry.what)).collect();
    times.sort_unstable();
    times
}

/// From the moment an agent became ready: until an offer was decided, and until the server knew that the agent's page shows
/// it; the latter apart for agents of the leading node and of the other one.
pub async fn offers(scene: &Scene, since: OffsetDateTime) -> Vec<(&'static str, Vec<Duration>)> {
    let told = "
        select extract(epoch from made.at - ready.at)::float8, extract(epoch from painted.at - ready.at)::float8,
               agent.node = (select holder from lease where name = 'dispatcher')
          from event as made
          join event as painted on painted.offer_id = made.offer_id and painted.kind = 'offer.painted'
          join agent on agent.id = made.agent_id
          cross join lateral (
              select at from event
               where agent_id = made.agent_id and kind = 'agent.state' and data ->> 'to' = 'ready' and seq < made.seq
               order by seq desc limit 1
          ) as ready
         where made.kind = 'offer.made' and made.at >= $1";
    let rows: Vec<(f64, f64, bool)> = sqlx::query_as(told).bind(since).fetch_all(&scene.pool).await.unwrap();
    let sorted = |times: &mut dyn Iterator<Item = f64>| {
        let mut times: Vec<Duration> = times.map(|seconds| Duration::from_secs_f64(seconds.max(0.0))).collect();
        times.sort_unstable();
        times
    };
    vec![
        ("agent ready to offer", sorted(&mut rows.iter().map(|(made, ..)| *made))),
        (
            "agent ready to offer on the screen, leading node",
            sorted(&mut rows.iter().filter(|row| row.2).map(|(_, painted, _)| *painted)),
        ),
        (
            "agent ready to offer on the screen, other node",
            sorted(&mut rows.iter().filter(|row| !row.2).map(|(_, painted, _)| *painted)),
        ),
    ]
}
