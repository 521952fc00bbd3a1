//! The SQL of releases.

use super::model::{DayRelease, Places, Plan, Spot};
use crate::foundation::calendar;
use crate::foundation::db::Tx;
use crate::foundation::fault::{Fault, While};
use crate::foundation::ids::{BatchId, SlotId};
use crate::supply::model::CentreCode;
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime, Time};
use uuid::Uuid;

/// Makes releases at one centre wait for each other until the transaction ends.
pub(super) async fn lock_centre(tx: &mut Tx, centre: &CentreCode) -> Result<(), Fault> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('release ' || $1, 0)) -- capacity: one release at a time",
        centre.0
    )
    .execute(tx.conn())
    .await
    .while_doing(format!("wait for other releases at centre {centre}"))?;
    Ok(())
}

/// Whether this day was released under this name before.
pub(super) async fn is_released(tx: &mut Tx, release: &DayRelease) -> Result<bool, Fault> {
    let exists = sqlx::query_scalar!(
        r#"
        -- capacity: was this day released before
        select exists (select from release_day
                        where release = $1 and centre = $2 and vaccine = $3 and day = $4) as "exists!"
        "#,
        release.name,
        release.centre.0,
        release.vaccine.0,
        release.day
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(exists)
}

/// The places that exist at a centre on some days.
pub(super) async fn places(tx: &mut Tx, centre: &CentreCode, days: &[Date]) -> Result<BTreeMap<Date, Places>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- capacity: places that exist; withdrawn ones too, because a place is one row for ever
        select day, bucket, array_agg(place) as "places!" from slot
         where centre = $1 and day = any($2) group by day, bucket
        "#,
        centre.0,
        days
    )
    .fetch_all(tx.conn())
    .await
    .while_doing(format!("read the places of centre {centre}"))?;
    let mut taken: BTreeMap<Date, Places> = BTreeMap::new();
    for row in rows {
        let bits = row
            .places
            .iter()
            .filter_map(|place| u32::try_from(*place - 1).ok())
            .fold(0, |bits, place| bits | 1_u128.checked_shl(place).unwrap_or(0));
        taken.entry(row.day).or_default().insert(u16::try_from(row.bucket).unwrap_or(0), bits);
    }
    Ok(taken)
}

/// Writes a day's release and its slots.
pub(super) async fn insert(
    tx: &mut Tx,
    release: &DayRelease,
    plan: &Plan,
    rules: &str,
    opens_at: OffsetDateTime,
) -> Result<(), Fault> {
    let id: BatchId = tx.id();
    let now = tx.now();
    sqlx::query!(
        r#"
        -- capacity: note a day's release
        insert into release_day (id, release, centre, vaccine, day, second_day, first_slots, second_slots, rules,
                                 opens_at, released_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        "#,
        id.0,
        release.name,
        release.centre.0,
        release.vaccine.0,
        release.day,
        plan.second_day,
        i32::try_from(plan.first.len()).unwrap_or(i32::MAX),
        i32::try_from(plan.second.len()).unwrap_or(i32::MAX),
        rules,
        opens_at,
        now
    )
    .execute(tx.conn())
    .await
    .while_doing("note a day's release")?;
    insert_slots(tx, id, release, 1, release.day, &plan.first, opens_at).await?;
    if let Some(day) = plan.second_day {
        insert_slots(tx, id, release, 2, day, &plan.second, opens_at).await?;
    }
    Ok(())
}

async fn insert_slots(
    tx: &mut Tx,
    id: BatchId,
    release: &DayRelease,
    pool: i16,
    day: Date,
    spots: &[Spot],
    opens_at: OffsetDateTime,
) -> Result<(), Fault> {
    let ids: Vec<Uuid> = spots.iter().map(|_| tx.id::<SlotId>().0).collect();
    let buckets: Vec<i16> = spots.iter().map(|spot| i16::try_from(spot.bucket).unwrap_or(i16::MAX)).collect();
    let places: Vec<i16> = spots.iter().map(|spot| i16::from(spot.place)).collect();
    let times: Vec<Time> = spots.iter().map(|spot| spot.starts_at).collect();
    let moments: Vec<OffsetDateTime> = spots.iter().map(|spot| calendar::moment(day, spot.starts_at)).collect();
    sqlx::query!(
        r#"
        -- capacity: one row a slot; a place that exists is refused by its unique index
        insert into slot (id, release_id, centre, vaccine, pool, day, bucket, place, starts_at, begins_at, opens_at)
        select given.id, $1, $2, $3, $4, $5, bucket, place, starts_at, begins_at, $6
          from unnest($7::uuid[], $8::smallint[], $9::smallint[], $10::time[], $11::timestamptz[])
            as given (id, bucket, place, starts_at, begins_at)
        "#,
        id.0,
        release.centre.0,
        release.vaccine.0,
        pool,
        day,
        opens_at,
        &ids,
        &buckets,
        &places,
        &times,
        &moments
    )
    .execute(tx.conn())
    .await
    .while_doing(format!("make the slots of pool {pool}"))?;
    Ok(())
}
