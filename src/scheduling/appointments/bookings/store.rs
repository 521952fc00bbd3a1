//! The SQL of series and doses.

use crate::correspondence::model::Language;
use crate::foundation::db::Tx;
use crate::foundation::fault::{Fault, While};
use crate::foundation::ids::{DoseId, EntryId, PersonId, ReservationId, SeriesId, SlotId};
use crate::foundation::pii::Pii;
use crate::scheduling::appointments::model::{Appointment, Booking, BookingState, Holder, Pair, Wanted};
use crate::scheduling::appointments::reference::{Reference, grouped};
use crate::scheduling::appointments::token::Choice;
use crate::scheduling::persons::store::{language, violates};
use crate::scheduling::rules::Claim;
use crate::supply::model::{CentreCode, VaccineCode};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime, Time};
use uuid::Uuid;

/// A slot that was taken out of a reservation.
#[derive(Clone, Copy, Debug)]
pub(super) struct TakenSlot {
    /// Which one.
    pub id: SlotId,
    /// When, at the centre.
    pub at: Appointment,
    /// The same as a moment.
    pub begins_at: OffsetDateTime,
}

/// What a reservation held when it was confirmed.
#[derive(Clone, Debug)]
pub(super) struct Confirmed {
    /// Where.
    pub centre: CentreCode,
    /// What.
    pub vaccine: VaccineCode,
    /// What it is called on the first day.
    pub vaccine_name: String,
    /// Version of the rules by which it was reserved.
    pub rules: String,
    /// The slots, first dose first.
    pub slots: Vec<TakenSlot>,
}

/// Turns a live reservation of this desk for this caller into booked slots. Nothing when it has lapsed or is another's.
pub(super) async fn take(tx: &mut Tx, id: ReservationId, holder: &Holder) -> Result<Option<Confirmed>, Fault> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"
        -- bookings: a reservation becomes booked slots, all of them or none
        with taken as (
            update reservation set state = 'confirmed', ended_at = $3
             where id = $1 and user_id = $2 and entry_id is not distinct from $4
               and state = 'live' and expires_at > $3
            returning id, centre, vaccine, rules
        ), booked as (
            update slot set state = 'booked', reservation_id = null
              from taken where slot.reservation_id = taken.id and slot.state = 'reserved'
            returning slot.id, pool, day, starts_at, begins_at
        )
        select booked.id, day, starts_at, begins_at, centre, vaccine, rules,
               coalesce(vaccine_name_on(vaccine, day), vaccine) as "name!"
          from booked, taken order by pool
        "#,
        id.0,
        holder.user.0,
        now,
        holder.entry.map(|entry| entry.0)
    )
    .fetch_all(tx.conn())
    .await
    .while_doing(format!("confirm reservation {id}"))?;
    let slots = rows
        .iter()
        .map(|row| TakenSlot {
            id: SlotId(row.id),
            at: Appointment { day: row.day, time: row.starts_at },
            begins_at: row.begins_at,
        })
        .collect();
    Ok(rows.into_iter().next().map(|row| Confirmed {
        centre: CentreCode(row.centre),
        vaccine: VaccineCode(row.vaccine),
        vaccine_name: row.name,
        rules: row.rules,
        slots,
    }))
}

/// A series that is to be written.
#[derive(Debug)]
pub(super) struct NewSeries<'a> {
    /// Id.
    pub id: SeriesId,
    /// Whose.
    pub person: PersonId,
    /// What people read.
    pub reference: &'a Reference,
    /// What was taken.
    pub taken: &'a Confirmed,
    /// Why the person is entitled.
    pub claim: &'a Claim,
    /// What is wanted on paper.
    pub wanted: Wanted,
    /// In which language.
    pub language: Language,
    /// Who booked it.
    pub holder: &'a Holder,
}

/// What became of a series that was to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inserted {
    /// It is written.
    Done,
    /// The person has an active one.
    HasActive,
}

/// Writes a series with its doses.
pub(super) async fn insert(tx: &mut Tx, new: &NewSeries<'_>) -> Result<Inserted, Fault> {
    let now = tx.now();
    let slots = &new.taken.slots;
    let ids: Vec<Uuid> = slots.iter().map(|_| tx.id::<DoseId>().0).collect();
    let slot_ids: Vec<Uuid> = slots.iter().map(|slot| slot.id.0).collect();
    let days: Vec<Date> = slots.iter().map(|slot| slot.at.day).collect();
    let times: Vec<Time> = slots.iter().map(|slot| slot.at.time).collect();
    let moments: Vec<OffsetDateTime> = slots.iter().map(|slot| slot.begins_at).collect();
    let inserted = sqlx::query!(
        r#"
        -- bookings: a series with its doses
        with new as (
            insert into series (id, person_id, reference, centre, vaccine, rules, claim, priority, clause, letter, email,
                                language, made_at, made_by, made_in, changed_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $13)
            returning id
        )
        insert into dose (id, series_id, no, slot_id, centre, vaccine, day, starts_at, begins_at, changed_at)
        select given.id, new.id, given.no, slot_id, $4, $5, day, starts_at, begins_at, $13
          from new, unnest($16::uuid[], $17::uuid[], $18::date[], $19::time[], $20::timestamptz[]) with ordinality
                 as given (id, slot_id, day, starts_at, begins_at, no)
        "#,
        new.id.0,
        new.person.0,
        new.reference.as_str(),
        new.taken.centre.0,
        new.taken.vaccine.0,
        new.taken.rules,
        new.claim.code.0,
        new.claim.group.name(),
        new.claim.clause,
        new.wanted.letter,
        new.wanted.email,
        new.language.code(),
        now,
        new.holder.user.0,
        new.holder.entry.map(|entry| entry.0),
        &ids,
        &slot_ids,
        &days,
        &times,
        &moments
    )
    .execute(tx.conn())
    .await;
    match inserted {
        Ok(_) => Ok(Inserted::Done),
        Err(error) if violates(&error, "series_active") => Ok(Inserted::HasActive),
        Err(error) => Err(error).while_doing(format!("write series {}", new.id)),
    }
}

/// A series that may be cancelled, locked until the transaction ends.
#[derive(Clone, Debug)]
pub(super) struct Locked {
    /// Id.
    pub id: SeriesId,
    /// Whose.
    pub person: PersonId,
    /// Its version.
    pub version: i32,
    /// Its state.
    pub state: BookingState,
    /// What was wanted on paper.
    pub wanted: Wanted,
    /// In which language.
    pub language: Language,
    /// When the first dose begins.
    pub first_begins_at: OffsetDateTime,
    /// The day of the first dose.
    pub first_day: Date,
}

/// Locks the series of a reference whose person was born on a day.
pub(super) async fn lock(tx: &mut Tx, reference: &Reference, born_on: Date) -> Result<Option<Locked>, Fault> {
    let row = sqlx::query!(
        r#"
        -- bookings: lock a series by both factors
        select series.id, person_id, version, state, letter, series.email, series.language,
               first.begins_at as "begins_at!", first.day as "day!"
          from series
          join person on person.id = series.person_id
          cross join lateral (
              select begins_at, day from dose where series_id = series.id and no = 1
               order by (state <> 'cancelled') desc, changed_at desc limit 1
          ) as first
         where reference = $1 and born_on = $2
           for update of series
        "#,
        reference.as_str(),
        born_on
    )
    .fetch_optional(tx.conn())
    .await
    .while_doing("lock a series")?;
    row.map(|row| {
        Ok(Locked {
            id: SeriesId(row.id),
            person: PersonId(row.person_id),
            version: row.version,
            state: state(&row.state)?,
            wanted: Wanted { letter: row.letter, email: row.email },
            language: language(&row.language)?,
            first_begins_at: row.begins_at,
            first_day: row.day,
        })
    })
    .transpose()
}

/// Cancels a locked series: doses are cancelled, slots are free, the version grows.
pub(super) async fn cancel(tx: &mut Tx, id: SeriesId) -> Result<(), Fault> {
    let now = tx.now();
    sqlx::query!(
        r#"
        -- bookings: cancel a series; its slots are free in the same moment
        with ended as (
            update series set state = 'cancelled', version = version + 1, cancelled_at = $2, changed_at = $2
             where id = $1 and state = 'confirmed'
            returning id
        ), cancelled as (
            update dose set state = 'cancelled', changed_at = $2
              from ended where dose.series_id = ended.id and dose.state = 'booked'
            returning slot_id
        )
        update slot set state = 'free' from cancelled where slot.id = cancelled.slot_id and slot.state = 'booked'
        "#,
        id.0,
        now
    )
    .execute(tx.conn())
    .await
    .while_doing(format!("cancel series {id}"))?;
    Ok(())
}

/// Which bookings are read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which<'a> {
    /// One, by id.
    Series(SeriesId),
    /// One, by both factors.
    Reference(&'a Reference, Date),
    /// Those that were made while a place in line was served.
    MadeIn(EntryId),
}

/// Bookings, the newest first, each with its person's id.
pub(super) async fn read(tx: &mut Tx, which: Which<'_>) -> Result<Vec<(PersonId, Booking)>, Fault> {
    let (series, reference, entry) = match which {
        Which::Series(id) => (Some(id.0), None, None),
        Which::Reference(reference, born_on) => (None, Some((reference.as_str(), born_on)), None),
        Which::MadeIn(entry) => (None, None, Some(entry.0)),
    };
    let rows = sqlx::query!(
        r#"
        -- bookings: read, with the appointments that stand or stood last
        select series.id, person_id, reference, version, state, given_name, family_name, centre, vaccine, series.made_at,
               first.day as "first_day!", first.starts_at as "first_at!",
               second.day as "second_day?", second.starts_at as "second_at?",
               coalesce(vaccine_name_on(vaccine, first.day), vaccine) as "vaccine_name!"
          from series
          join person on person.id = series.person_id
          cross join lateral (
              select day, starts_at from dose where series_id = series.id and no = 1
               order by (state <> 'cancelled') desc, changed_at desc limit 1
          ) as first
          left join lateral (
              select day, starts_at from dose where series_id = series.id and no = 2
               order by (state <> 'cancelled') desc, changed_at desc limit 1
          ) as second on true
         where (series.id = $1) or (reference = $2 and born_on = $3) or (made_in = $4)
         order by series.made_at desc, series.id
         limit 50
        "#,
        series,
        reference.map(|(reference, _)| reference),
        reference.map(|(_, born_on)| born_on),
        entry
    )
    .fetch_all(tx.conn())
    .await
    .while_doing("read bookings")?;
    rows.into_iter()
        .map(|row| {
            let second = row.second_day.zip(row.second_at).map(|(day, time)| Appointment { day, time });
            let pair: Pair = Choice {
                centre: CentreCode(row.centre),
                vaccine: VaccineCode(row.vaccine),
                first: Appointment { day: row.first_day, time: row.first_at },
                second,
            }
            .into_pair(row.vaccine_name);
            let booking = Booking {
                series: SeriesId(row.id),
                reference: grouped(&row.reference),
                version: row.version,
                state: state(&row.state)?,
                name: Pii::new(format!("{} {}", row.given_name, row.family_name).trim().to_owned()),
                pair,
                made_at: row.made_at,
            };
            Ok((PersonId(row.person_id), booking))
        })
        .collect()
}

fn state(name: &str) -> Result<BookingState, Fault> {
    BookingState::from_name(name).ok_or_else(|| Fault::plain("read a series' state"))
}

/// What papers say of a series: person, centre and appointments as they are now. It cannot be printed.
pub(in crate::scheduling) struct Papered {
    /// Whose.
    pub person: PersonId,
    /// In groups of four.
    pub reference: String,
    /// Given names.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Street and house number.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// Town.
    pub town: String,
    /// E-mail.
    pub email: Option<String>,
    /// In which language.
    pub language: Language,
    /// When this version was made.
    pub changed_at: OffsetDateTime,
    /// The appointments that stand, in the order of the doses.
    pub doses: Vec<PaperedDose>,
}

/// One appointment, as a paper names it.
pub(in crate::scheduling) struct PaperedDose {
    /// First or second.
    pub no: i16,
    /// When.
    pub at: Appointment,
    /// The centre's code.
    pub centre_code: String,
    /// The centre's name.
    pub centre_name: String,
    /// The centre's street.
    pub centre_street: String,
    /// The centre's postcode.
    pub centre_postcode: String,
    /// The centre's town.
    pub centre_town: String,
    /// What the vaccine is called on that day.
    pub vaccine_name: String,
}

/// What papers say of exactly this version; nothing when the series has moved on.
pub(in crate::scheduling) async fn papered(
    conn: &mut PgConnection,
    id: SeriesId,
    version: i32,
) -> Result<Option<Papered>, Fault> {
    let Some(row) = sqlx::query!(
        r#"
        -- bookings: what papers say of a version
        select person_id, reference, given_name, family_name, street, postcode, town, person.email,
               series.language, series.changed_at
          from series join person on person.id = series.person_id
         where series.id = $1 and version = $2
        "#,
        id.0,
        version
    )
    .fetch_optional(&mut *conn)
    .await
    .while_doing(format!("read series {id} for a paper"))?
    else {
        return Ok(None);
    };
    let doses = sqlx::query!(
        r#"
        -- bookings: the appointments that a paper names
        select no, day, starts_at, centre.code, centre.name, street, postcode, town,
               coalesce(vaccine_name_on(vaccine, day), vaccine) as "vaccine_name!"
          from dose join centre on centre.code = dose.centre
         where series_id = $1 and dose.state in ('booked', 'checked_in', 'given')
         order by no
        "#,
        id.0
    )
    .fetch_all(conn)
    .await
    .while_doing(format!("read the appointments of series {id} for a paper"))?;
    Ok(Some(Papered {
        person: PersonId(row.person_id),
        reference: grouped(&row.reference),
        given_name: row.given_name,
        family_name: row.family_name,
        street: row.street,
        postcode: row.postcode,
        town: row.town,
        email: row.email,
        language: language(&row.language)?,
        changed_at: row.changed_at,
        doses: doses
            .into_iter()
            .map(|dose| PaperedDose {
                no: dose.no,
                at: Appointment { day: dose.day, time: dose.starts_at },
                centre_code: dose.code,
                centre_name: dose.name,
                centre_street: dose.street,
                centre_postcode: dose.postcode,
                centre_town: dose.town,
                vaccine_name: dose.vaccine_name,
            })
            .collect(),
    }))
}
