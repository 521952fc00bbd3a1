//! The SQL of reservations.

use crate::foundation::db::Tx;
use crate::foundation::fault::{Fault, While};
use crate::foundation::ids::{EntryId, ReservationId, UserId};
use crate::scheduling::appointments::model::{Appointment, Holder, Reservation};
use crate::scheduling::appointments::token::Choice;
use crate::supply::model::{CentreCode, VaccineCode};
use time::OffsetDateTime;

/// A live reservation that is to be made.
#[derive(Clone, Debug)]
pub(super) struct New<'a> {
    /// Id.
    pub id: ReservationId,
    /// Whose.
    pub holder: &'a Holder,
    /// What is taken.
    pub choice: &'a Choice,
    /// Version of the rules it was decided by.
    pub rules: &'a str,
    /// When it lapses.
    pub expires_at: OffsetDateTime,
    /// No renewal goes beyond.
    pub last_until: OffsetDateTime,
}

/// Takes exactly the chosen slots, both or none, and writes the reservation. Rows that somebody else is about to take are
/// passed over. Returns what the vaccine is called, or nothing when the slots are not to be had.
///
/// The second slot is only tried by who has the first: so nobody holds a second slot while waiting for a first one, and
/// there are no deadlocks. A crash of the database may lose a reservation, which is why its commit need not wait for
/// the disk; a booking's does.
pub(super) async fn claim(tx: &mut Tx, new: &New<'_>) -> Result<Option<String>, Fault> {
    let now = tx.now();
    let slots_needed = 1 + i64::from(new.choice.second.is_some());
    let claimed = sqlx::query_scalar!(
        r#"
        -- reservations: take exactly the chosen slots, both or none
        with first as (
            select id from slot
             where centre = $1 and vaccine = $2 and pool = 1 and day = $3 and starts_at = $4
               and state = 'free' and opens_at <= $5
             limit 1 for update skip locked
        ), second as (
            select id from slot
             where centre = $1 and vaccine = $2 and pool = 2 and day = $6 and starts_at = $7
               and state = 'free' and opens_at <= $5 and exists (select from first)
             limit 1 for update skip locked
        ), taken as (
            select id from first union all select id from second
        ), held as (
            insert into reservation (id, user_id, entry_id, centre, vaccine, rules, made_at, expires_at, last_until)
            select $8, $9, $10, $1, $2, $11, $5, $12, $13 where (select count(*) from taken) = $14
            returning id
        ), marked as (
            update slot set state = 'reserved', reservation_id = held.id
              from held where slot.id in (select id from taken)
            returning slot.id
        )
        select coalesce(vaccine_name_on($2, $3), $2) || left(set_config('synchronous_commit', 'off', true), 0) as "name!"
          from held where (select count(*) from marked) = $14
        "#,
        new.choice.centre.0,
        new.choice.vaccine.0,
        new.choice.first.day,
        new.choice.first.time,
        now,
        new.choice.second.map(|second| second.day),
        new.choice.second.map(|second| second.time),
        new.id.0,
        new.holder.user.0,
        new.holder.entry.map(|entry| entry.0),
        new.rules,
        new.expires_at,
        new.last_until,
        slots_needed
    )
    .fetch_optional(tx.conn())
    .await
    .while_doing("take a pair of slots")?;
    Ok(claimed)
}

/// Waits for whoever is about to take the chosen slots, so that "taken" is said only when they have.
pub(super) async fn wait_for_slots(tx: &mut Tx, choice: &Choice) -> Result<(), Fault> {
    sqlx::query!(
        r#"
        -- reservations: wait once for rows that others have locked; first doses before second ones
        select id from slot
         where centre = $1 and vaccine = $2 and state = 'free'
           and ((pool = 1 and day = $3 and starts_at = $4) or (pool = 2 and day = $5 and starts_at = $6))
         order by pool, id for update
        "#,
        choice.centre.0,
        choice.vaccine.0,
        choice.first.day,
        choice.first.time,
        choice.second.map(|second| second.day),
        choice.second.map(|second| second.time)
    )
    .fetch_all(tx.conn())
    .await
    .while_doing("wait for slots that others have locked")?;
    Ok(())
}

/// The live reservation of a desk, whose end has not come.
pub(super) async fn live(tx: &mut Tx, holder: &Holder) -> Result<Option<Reservation>, Fault> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"
        -- reservations: what a desk holds
        select reservation.id, reservation.centre, reservation.vaccine, expires_at, day, starts_at,
               coalesce(vaccine_name_on(reservation.vaccine, day), reservation.vaccine) as "name!"
          from reservation join slot on slot.reservation_id = reservation.id
         where user_id = $1 and reservation.state = 'live' and expires_at > $2
         order by pool
        "#,
        holder.user.0,
        now
    )
    .fetch_all(tx.conn())
    .await
    .while_doing("read a desk's reservation")?;
    let second = rows.get(1).map(|row| Appointment { day: row.day, time: row.starts_at });
    Ok(rows.into_iter().next().map(|row| Reservation {
        id: ReservationId(row.id),
        pair: Choice {
            centre: CentreCode(row.centre),
            vaccine: VaccineCode(row.vaccine),
            first: Appointment { day: row.day, time: row.starts_at },
            second,
        }
        .into_pair(row.name),
        expires_at: row.expires_at,
    }))
}

/// Moves a desk's live reservation's end, as far as its limit allows.
pub(super) async fn renew(tx: &mut Tx, holder: &Holder, until: OffsetDateTime) -> Result<bool, Fault> {
    let now = tx.now();
    let renewed = sqlx::query!(
        r#"
        -- reservations: renew; a lapsed one stays lapsed
        update reservation set expires_at = least($3, last_until)
         where user_id = $1 and state = 'live' and expires_at > $2
        "#,
        holder.user.0,
        now,
        until
    )
    .execute(tx.conn())
    .await
    .while_doing("renew a reservation")?
    .rows_affected();
    Ok(renewed > 0)
}

/// How a reservation ends without a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The desk gave it back.
    Released,
    /// Nobody confirmed it in time.
    Expired,
}

impl End {
    /// The stored state.
    pub(super) const fn state(self) -> &'static str {
        match self {
            Self::Released => "released",
            Self::Expired => "expired",
        }
    }
}

/// A reservation that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// Which one.
    pub id: ReservationId,
    /// Whose it was.
    pub user: UserId,
    /// The place in line that was served.
    pub entry: Option<EntryId>,
}

/// Ends a desk's live reservation, whichever it is or this one; its slots are freed by [`free`].
pub(super) async fn end(tx: &mut Tx, holder: &Holder, id: Option<ReservationId>) -> Result<Option<Ended>, Fault> {
    let now = tx.now();
    let ended = sqlx::query!(
        r#"
        -- reservations: a desk gives one back
        update reservation set state = 'released', ended_at = $3
         where user_id = $1 and state = 'live' and ($2::uuid is null or id = $2)
        returning id, user_id, entry_id
        "#,
        holder.user.0,
        id.map(|id| id.0),
        now
    )
    .fetch_optional(tx.conn())
    .await
    .while_doing("end a reservation")?;
    Ok(ended.map(|row| Ended {
        id: ReservationId(row.id),
        user: UserId(row.user_id),
        entry: row.entry_id.map(EntryId),
    }))
}

/// Ends up to `limit` reservations whose end has come; others' work is passed over.
pub(super) async fn end_lapsed(tx: &mut Tx, limit: i64) -> Result<Vec<Ended>, Fault> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"
        -- reservations: end what has lapsed
        with lapsed as (
            select id from reservation where state = 'live' and expires_at <= $1
             order by expires_at limit $2 for update skip locked
        )
        update reservation set state = 'expired', ended_at = $1
          from lapsed where reservation.id = lapsed.id
        returning reservation.id, user_id, entry_id
        "#,
        now,
        limit
    )
    .fetch_all(tx.conn())
    .await
    .while_doing("end lapsed reservations")?;
    Ok(rows
        .into_iter()
        .map(|row| Ended { id: ReservationId(row.id), user: UserId(row.user_id), entry: row.entry_id.map(EntryId) })
        .collect())
}

/// Frees the slots of reservations that have ended.
pub(super) async fn free(tx: &mut Tx, ended: &[Ended]) -> Result<(), Fault> {
    let ids: Vec<_> = ended.iter().map(|ended| ended.id.0).collect();
    sqlx::query!(
        r#"
        -- reservations: free the slots
        update slot set state = 'free', reservation_id = null
         where reservation_id = any($1) and state = 'reserved'
        "#,
        &ids
    )
    .execute(tx.conn())
    .await
    .while_doing("free reserved slots")?;
    Ok(())
}
