//! The SQL of the standing questions.

use super::Interval;
use crate::foundation::db::Tx;
use crate::foundation::fault::{Fault, While};
use crate::supply::model::{LANE_RATE, VaccineCode};
use time::Duration;

/// Violations by invariant.
pub(super) struct Counts {
    pub slots: i64,
    pub released: i64,
    pub places: i64,
    pub doses: i64,
    pub centres: i64,
    pub persons: i64,
    pub reserved: i64,
    pub cancelled: i64,
    pub unaudited: i64,
}

/// How long after its end a reservation may hold slots.
const GRACE: Duration = Duration::seconds(5);

/// Asks all at once: one statement is one snapshot.
pub(super) async fn counts(tx: &mut Tx) -> Result<Counts, Fault> {
    let late = tx.now() - GRACE;
    sqlx::query_as!(
        Counts,
        r#"
        -- monitor: how often is an invariant violated
        with active as (
            select slot_id, series_id, no, centre from dose where state in ('booked', 'checked_in', 'given')
        ), confirmed as (
            select series.id, person_id, centre, vaccine.doses
              from series join vaccine on vaccine.code = series.vaccine where state = 'confirmed'
        ), held as (
            select series_id, count(*) filter (where no = 1) as first, count(*) filter (where no = 2) as second
              from active group by series_id
        ), used as (
            select slot_id, count(*) as times from active group by slot_id
        )
        select
            (select count(*) from used where times > 1)
              + (select count(*) from slot left join used on used.slot_id = slot.id
                  where (state = 'booked') <> (used.slot_id is not null)) as "slots!",
            (select count(*) from release_day
              left join (select release_id, count(*) filter (where pool = 1) as first,
                                count(*) filter (where pool = 2) as second
                           from slot group by release_id) as made on made.release_id = release_day.id
              where first_slots <> coalesce(first, 0) or second_slots <> coalesce(second, 0)) as "released!",
            (select count(*) from (
                select from slot join centre on centre.code = slot.centre where state <> 'withdrawn'
                 group by slot.centre, lanes, day, bucket having count(*) > lanes * $2::int) as overfull) as "places!",
            (select count(*) from confirmed left join held on held.series_id = confirmed.id
              where coalesce(first, 0) <> 1 or coalesce(second, 0) <> doses - 1) as "doses!",
            (select count(*) from active join confirmed on confirmed.id = active.series_id
              where active.centre <> confirmed.centre) as "centres!",
            (select count(*) from (
                select from series where state in ('confirmed', 'completed')
                 group by person_id having count(*) > 1) as twice) as "persons!",
            (select count(*) from reservation where state = 'live' and expires_at < $1)
              + (select count(*) from slot left join reservation on reservation.id = slot.reservation_id
                  where slot.state = 'reserved' and reservation.state is distinct from 'live') as "reserved!",
            (select count(*) from series join active on active.series_id = series.id where state = 'cancelled')
              as "cancelled!",
            (select count(*) from series
              where not exists (select from audit where audit.series_id = series.id and action = 'series.confirmed')
                 or (state = 'cancelled' and not exists (
                        select from audit where audit.series_id = series.id and action = 'series.cancelled')))
              as "unaudited!"
        "#,
        late,
        i32::from(LANE_RATE)
    )
    .fetch_one(tx.conn())
    .await
    .while_doing("ask about the invariants of scheduling")
}

/// Confirmed series by version, vaccine and days between the doses.
pub(super) async fn intervals(tx: &mut Tx) -> Result<Vec<Interval>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- monitor: days between the doses, by the rules that decided
        select rules, series.vaccine, second.day - first.day as "days?", count(*) as "number!"
          from series
          join dose as first on first.series_id = series.id and first.no = 1
           and first.state in ('booked', 'checked_in', 'given')
          left join dose as second on second.series_id = series.id and second.no = 2
           and second.state in ('booked', 'checked_in', 'given')
         where series.state = 'confirmed'
         group by 1, 2, 3
        "#
    )
    .fetch_all(tx.conn())
    .await
    .while_doing("ask about intervals")?;
    Ok(rows
        .into_iter()
        .map(|row| Interval { rules: row.rules, vaccine: VaccineCode(row.vaccine), days: row.days, number: row.number })
        .collect())
}
