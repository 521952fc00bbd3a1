//! The SQL of proposals: reads only, by the index of free slots.

use super::decide::Search;
use crate::foundation::db::Tx;
use crate::foundation::fault::{Fault, While};
use crate::scheduling::appointments::model::Appointment;
use crate::scheduling::appointments::token::Choice;
use crate::supply::model::CentreCode;
use time::{Date, Time};

/// A free slot for a first dose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct First {
    /// Where.
    pub centre: CentreCode,
    /// When.
    pub at: Appointment,
}

/// The codes of centres: all, or the one that is wished if it exists.
pub(super) async fn centres(tx: &mut Tx, wished: Option<&CentreCode>) -> Result<Vec<String>, Fault> {
    let codes = sqlx::query_scalar!(
        "select code from centre where $1::text is null or code = $1 -- proposals: which centres",
        wished.map(CentreCode::as_str)
    )
    .fetch_all(tx.conn())
    .await
    .while_doing("read the centres' codes")?;
    Ok(codes)
}

/// Makes the searches of this transaction go by the index. A plan that is made for the very values of a search looks at whole
/// centres, and takes seconds; the one for any values takes milliseconds.
pub(super) async fn go_by_the_index(tx: &mut Tx) -> Result<(), Fault> {
    sqlx::query!("select set_config('plan_cache_mode', 'force_generic_plan', true) -- proposals: go by the index")
        .fetch_one(tx.conn())
        .await?;
    Ok(())
}

/// Free slots for first doses: on the first days of each centre that have any with a second one behind it, one for each
/// start. Days whose second doses are gone do not count: they would hide the days behind them.
///
/// A start is a random time within the wished hours: who asks at the same moment is shown other slots. What lies before
/// the start is taken when nothing lies behind it.
pub(super) async fn first_slots(
    tx: &mut Tx,
    centres: &[String],
    search: &Search,
    hours: (Time, Time),
    starts: &[Time],
    days: i32,
) -> Result<Vec<First>, Fault> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"
        -- proposals: free first doses on the next days of each centre, from random times on
        with recursive free_day (centre, day, is_whole, found) as (
            select centre, $3::date - 1, false, 0 from unnest($1::text[]) as wished (centre)
            union all
            select free_day.centre, next.day, next.is_whole, found + next.is_whole::int
              from free_day
              cross join lateral (
                  select slot.day,
                         cardinality($10::int[]) = 0 or exists (
                             select from unnest($10::int[]) as gap (days)
                               join slot as second
                                 on second.centre = free_day.centre and second.vaccine = $2 and second.pool = 2
                                and second.day = slot.day + gap.days and second.state = 'free'
                                and second.starts_at >= $5 and second.starts_at < $6 and second.opens_at <= $7
                              where $11::date is null or second.day <= $11
                         ) as is_whole
                    from slot
                   where slot.centre = free_day.centre and vaccine = $2 and pool = 1 and state = 'free'
                     and slot.day > free_day.day and slot.day <= $4
                     and starts_at >= $5 and starts_at < $6 and opens_at <= $7
                   order by slot.day limit 1
              ) as next
             where found < $9
        )
        select distinct free_day.centre as "centre!", free_day.day as "day!", spot.starts_at as "starts_at!"
          from free_day
          cross join unnest($8::time[]) as start (at)
          cross join lateral (
              (select starts_at from slot
                where slot.centre = free_day.centre and vaccine = $2 and pool = 1 and slot.day = free_day.day
                  and state = 'free' and starts_at >= greatest(start.at, $5) and starts_at < $6 and opens_at <= $7
                order by starts_at limit 1)
              union all
              (select starts_at from slot
                where slot.centre = free_day.centre and vaccine = $2 and pool = 1 and slot.day = free_day.day
                  and state = 'free' and starts_at >= $5 and starts_at < least(start.at, $6) and opens_at <= $7
                order by starts_at limit 1)
              limit 1
          ) as spot
         where is_whole
        "#,
        centres,
        search.vaccine.0,
        search.from,
        search.until,
        hours.0,
        hours.1,
        now,
        starts,
        days,
        &search.gaps,
        search.last
    )
    .fetch_all(tx.conn())
    .await
    .while_doing("look for free first doses")?;
    Ok(rows
        .into_iter()
        .map(|row| First { centre: CentreCode(row.centre), at: Appointment { day: row.day, time: row.starts_at } })
        .collect())
}

/// For each first dose the best free second one: nearest to the target, about the same time of day.
///
/// The gaps come nearest first, and are tried one after the other until one has a slot. To sort what all of them have would
/// say the same and cost the sum of them.
pub(super) async fn second_slots(
    tx: &mut Tx,
    search: &Search,
    hours: (Time, Time),
    firsts: &[First],
) -> Result<Vec<Choice>, Fault> {
    let now = tx.now();
    let centres: Vec<String> = firsts.iter().map(|first| first.centre.0.clone()).collect();
    let days: Vec<Date> = firsts.iter().map(|first| first.at.day).collect();
    let times: Vec<Time> = firsts.iter().map(|first| first.at.time).collect();
    let rows = sqlx::query!(
        r#"
        -- proposals: the best second dose for each first one
        select first.place as "place!", second.day as "day!", second.starts_at as "starts_at!"
          from unnest($1::text[], $2::date[], $3::time[]) with ordinality as first (centre, day, starts_at, place)
          cross join lateral (
              select spot.day, spot.starts_at
                from unnest($4::int[]) as gap (days)
                cross join lateral (
                    (select slot.day, slot.starts_at from slot
                      where slot.centre = first.centre and vaccine = $5 and pool = 2 and slot.day = first.day + gap.days
                        and state = 'free' and slot.starts_at >= first.starts_at and slot.starts_at < $7
                        and opens_at <= $8
                      order by slot.starts_at limit 1)
                    union all
                    (select slot.day, slot.starts_at from slot
                      where slot.centre = first.centre and vaccine = $5 and pool = 2 and slot.day = first.day + gap.days
                        and state = 'free' and slot.starts_at >= $6 and slot.starts_at < first.starts_at
                        and opens_at <= $8
                      order by slot.starts_at limit 1)
                    limit 1
                ) as spot
               where $9::date is null or spot.day <= $9
               limit 1
          ) as second
         order by first.place
        "#,
        &centres,
        &days,
        &times,
        &search.gaps,
        search.vaccine.0,
        hours.0,
        hours.1,
        now,
        search.last
    )
    .fetch_all(tx.conn())
    .await
    .while_doing("look for free second doses")?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let first = firsts.get(usize::try_from(row.place - 1).ok()?)?;
            Some(Choice {
                centre: first.centre.clone(),
                vaccine: search.vaccine.clone(),
                first: first.at,
                second: Some(Appointment { day: row.day, time: row.starts_at }),
            })
        })
        .collect())
}

/// What a vaccine is called on a day.
pub(in crate::scheduling::appointments) async fn vaccine_name(
    tx: &mut Tx,
    vaccine: &str,
    day: Date,
) -> Result<String, Fault> {
    let name = sqlx::query_scalar!(
        r#"select coalesce(vaccine_name_on($1, $2), $1) as "name!" -- proposals: a vaccine's name on a day"#,
        vaccine,
        day
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(name)
}
