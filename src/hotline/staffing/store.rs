//! SQL of staffing: counts and lengths of time from the event log.

use super::forecast::{Hour, Quarter};
use crate::foundation::fault::Fault;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use time::{Duration, OffsetDateTime};

/// The callers who joined the line by quarters of an hour, from `from` or the first fact on until `until`, quarters without
/// callers included. Who takes a place up again waits again, and counts again.
///
/// # Errors
/// When the database is away.
pub async fn quarters(
    conn: &mut PgConnection,
    from: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<Vec<Quarter>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- staffing: who joined the line, by quarters of an hour
        with counted as (select date_bin('15 minutes', at, timestamptz '2000-01-01 00:00+00') as begins,
                                count(*) as arrivals
                           from event
                          where kind in ('entry.joined', 'entry.redeemed') and at >= $1 and at < $2
                          group by 1),
             first as (select at from event where position is not null order by position limit 1),
             span as (select date_bin('15 minutes', greatest($1, at), timestamptz '2000-01-01 00:00+00') as since
                        from first)
        select begins as "begins!", coalesce(arrivals, 0) as "arrivals!"
          from span, generate_series(since, $2::timestamptz - interval '1 microsecond', interval '15 minutes') as begins
               left join counted using (begins)
         where begins >= $1
         order by begins
        "#,
        from,
        until
    )
    .fetch_all(conn)
    .await?;
    let quarters = rows
        .into_iter()
        .map(|row| Quarter { begins: row.begins, arrivals: u32::try_from(row.arrivals).unwrap_or(u32::MAX) });
    Ok(quarters.collect())
}

/// What agents and callers did by hours, from `from` until `until`. What is not over yet is left out.
///
/// # Errors
/// When the database is away.
pub async fn hours(conn: &mut PgConnection, from: OffsetDateTime, until: OffsetDateTime) -> Result<Vec<Hour>, Fault> {
    let work = sqlx::query!(
        r#"
        -- staffing: for how long agents were occupied with callers, by hours
        with fact as (select at, data ->> 'to' as state, lead(at) over (partition by agent_id order by seq) as until
                        from event where kind = 'agent.state' and at >= $1 and at < $2)
        select date_bin('1 hour', at, timestamptz '2000-01-01 00:00+00') as "begins!",
               count(*) filter (where state = 'talking') as "talks!",
               sum(extract(epoch from until - at))::float8 as "seconds!"
          from fact
         where state in ('offered', 'connecting', 'talking', 'wrap_up') and until is not null
         group by 1
        "#,
        from,
        until
    )
    .fetch_all(&mut *conn)
    .await?;
    let waits = sqlx::query!(
        r#"
        -- staffing: for how long callers waited, and who gave up, by hours
        with fact as (select at, kind, lead(at) over line as until, lead(data ->> 'reason') over line as reason
                        from event
                       where kind in ('entry.joined', 'entry.redeemed', 'entry.talking', 'entry.ended')
                         and at >= $1 and at < $2
                      window line as (partition by entry_id order by seq))
        select date_bin('1 hour', at, timestamptz '2000-01-01 00:00+00') as "begins!",
               count(*) filter (where reason = 'abandoned') as "abandoned!",
               sum(extract(epoch from until - at))::float8 as "seconds!"
          from fact
         where kind in ('entry.joined', 'entry.redeemed') and until is not null
         group by 1
        "#,
        from,
        until
    )
    .fetch_all(conn)
    .await?;
    let mut hours = BTreeMap::new();
    for row in work {
        let hour = hours.entry(row.begins).or_insert_with(|| Hour::nothing_in(row.begins));
        hour.talks = u32::try_from(row.talks).unwrap_or(u32::MAX);
        hour.occupied = Duration::saturating_seconds_f64(row.seconds);
    }
    for row in waits {
        let hour = hours.entry(row.begins).or_insert_with(|| Hour::nothing_in(row.begins));
        hour.abandoned = u32::try_from(row.abandoned).unwrap_or(u32::MAX);
        hour.waited = Duration::saturating_seconds_f64(row.seconds);
    }
    Ok(hours.into_values().collect())
}

/// How many agents are signed in.
///
/// # Errors
/// When the database is away.
pub async fn at_work(conn: &mut PgConnection) -> Result<u32, Fault> {
    let agents = sqlx::query_scalar!(
        r#"select count(*) as "agents!" from agent where state <> 'offline' -- staffing: who is signed in"#
    )
    .fetch_one(conn)
    .await?;
    Ok(u32::try_from(agents).unwrap_or(u32::MAX))
}
