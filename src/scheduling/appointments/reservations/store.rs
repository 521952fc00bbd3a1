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

/// How far taking a pair came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Claimed {
    /// Every slot is reserved; what the vaccine is called.
    Pair(String),
    /// A first dose is locked for us, and no second one was to be had.
    FirstAlone,
    /// Nothing is ours.
    Nothing,
}

/// Takes exactly the chosen slots, both or none, and writes the reservation. Rows that somebody else is about to take are
/// passed over.
///
/// The second slot is only tried by who has the first, so nobody holds a second slot while waiting for a first one. A
/// crash of the database may lose a reservation, which is why its commit need not wait for the disk; a booking's does.
pub(super) async fn claim(tx: &mut Tx, new: &New<'_>) -> Result<Claimed, Fault> {
    let now = tx.now();
    let slots_needed = 1 + i64::from(new.choice.second.is_some());
    let claimed = sqlx::query!(
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
        select exists (select from first) as "has_first!",
               (select coalesce(vaccine_name_on($2, $3), $2) || left(set_config('synchronous_commit', 'off', true), 0)
                  from held where (select count(*) from marked) = $14) as name
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
    .fetch_one(tx.conn())
    .await
    .while_doing("take a pair of slots")?;
    Ok(match (claimed.name, claimed.has_first) {
        (Some(name), _) => Claimed::Pair(name),
        (None, true) => Claimed::FirstAlone,
        (None, false) => Claimed::Nothing,
    })
}

/// Waits for those who have locked the slots of one dose at this time, one after the other, until a slot is left for us
/// or all are taken; says whether one is ours.
///
/// Who holds a first dose waits for second ones, and who holds nothing for first ones, all of them in the order of the
/// places: nobody waits for somebody who waits for them. The order matters, because a row that was waited for in vain
/// stays locked until the transaction ends.
pub(super) async fn wait_for_slot(tx: &mut Tx, choice: &Choice, pool: i16, at: Appointment) -> Result<bool, Fault> {
    let now = tx.now();
    let ours = sqlx::query_scalar!(
        r#"
        -- reservations: wait for a slot that others have locked
        select id from slot
         where centre = $1 and vaccine = $2 and pool = $3 and day = $4 and starts_at = $5
           and state = 'free' and opens_at <= $6
         order by place limit 1 for update
        "#,
        choice.centre.0,
        choice.vaccine.0,
        pool,
        at.day,
        at.time,
        now
    )
    .fetch_optional(tx.conn())
    .await
    .while_doing("wait for slots that others have locked")?;
    Ok(ours.is_some())
}

/// The live reservation of a desk for the caller who is served, whose end has not come.
pub(super) async fn live(tx: &mut Tx, holder: &Holder) -> Result<Option<Reservation>, Fault> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"
        -- reservations: what a desk holds
        select reservation.id, reservation.centre, reservation.vaccine, expires_at, day, starts_at,
               coalesce(vaccine_name_on(reservation.vaccine, day), reservation.vaccine) as "name!"
          from reservation join slot on slot.reservation_id = reservation.id
         where user_id = $1 and entry_id is not distinct from $3 and reservation.state = 'live' and expires_at > $2
         order by pool
        "#,
        holder.user.0,
        now,
        holder.entry.map(|entry| entry.0)
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
         where user_id = $1 and entry_id is not distinct from $4 and state = 'live' and expires_at > $2
        "#,
        holder.user.0,
        now,
        until,
        holder.entry.map(|entry| entry.0)
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

/// Which live reservation is given back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which<'a> {
    /// Whatever a desk holds, for an earlier caller too.
    OfDesk(UserId),
    /// This one, if the desk holds it for this caller.
    This(ReservationId, &'a Holder),
    /// What is held for a place in line.
    OfEntry(EntryId),
}

/// Ends a live reservation; its slots are freed by [`free`].
pub(super) async fn end(tx: &mut Tx, which: Which<'_>) -> Result<Option<Ended>, Fault> {
    let now = tx.now();
    let (desk, this, entry) = match which {
        Which::OfDesk(user) => (Some(user), None, None),
        Which::This(id, holder) => (None, Some((id, holder)), None),
        Which::OfEntry(entry) => (None, None, Some(entry)),
    };
    let ended = sqlx::query!(
        r#"
        -- reservations: one is given back
        update reservation set state = 'released', ended_at = $6
         where state = 'live'
           and (user_id = $1 or entry_id = $2
                or (id = $3 and user_id = $4 and entry_id is not distinct from $5))
        returning id, user_id, entry_id
        "#,
        desk.map(|user| user.0),
        entry.map(|entry| entry.0),
        this.map(|(id, _)| id.0),
        this.map(|(_, holder)| holder.user.0),
        this.and_then(|(_, holder)| holder.entry).map(|entry| entry.0),
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

/// Ends up to `limit` reservations whose end has come, or whose caller the desk is done with; others' work is passed
/// over. A wrap-up may end by itself, and a caller may go before the agent's phone answers: that it is so, the event log
/// says.
pub(super) async fn end_lapsed(tx: &mut Tx, limit: i64) -> Result<Vec<Ended>, Fault> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"
        -- reservations: end what has lapsed, and what was held for callers who are done with
        with lapsed as (
            select id from reservation
             where state = 'live'
               and (expires_at <= $1
                    or exists (select from event
                                where event.entry_id = reservation.entry_id and event.agent_id = reservation.user_id
                                  and event.at >= reservation.made_at
                                  and kind in ('agent.wrapped_up', 'offer.failed', 'offer.withdrawn')))
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
