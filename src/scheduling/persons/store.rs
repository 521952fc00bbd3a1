//! The SQL of persons.

use super::fold::{fold_a, fold_ae};
use super::model::{Found, Person, PersonInput};
use crate::correspondence::model::Language;
use crate::foundation::db::Tx;
use crate::foundation::fault::{Fault, While};
use crate::foundation::ids::PersonId;
use crate::foundation::phone::PhoneNumber;
use crate::foundation::pii::Pii;
use crate::scheduling::appointments::grouped;
use time::Date;

/// Hits of one search, at most: who needs more has not asked for one person.
const MOST_HITS: i64 = 10;

/// People of a birth date whose family name agrees in either fold.
pub(super) async fn find(tx: &mut Tx, family_name: &str, born_on: Date) -> Result<Vec<Found>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- persons: find by birth date and either fold of the family name
        select person.*, series.reference as "booked?"
          from person
          left join series on series.person_id = person.id and series.state in ('confirmed', 'completed')
         where born_on = $1 and (family_ae = $2 or family_a = $3)
         order by family_name, given_name, person.id
         limit $4
        "#,
        born_on,
        fold_ae(family_name),
        fold_a(family_name),
        MOST_HITS
    )
    .fetch_all(tx.conn())
    .await
    .while_doing("find persons")?;
    rows.into_iter()
        .map(|row| {
            Ok(Found {
                person: Person {
                    id: PersonId(row.id),
                    family_name: Pii::new(row.family_name),
                    given_name: Pii::new(row.given_name),
                    born_on: Pii::new(row.born_on),
                    street: Pii::new(row.street),
                    postcode: Pii::new(row.postcode),
                    town: Pii::new(row.town),
                    phone: row.phone.map(Pii::new),
                    email: row.email.map(Pii::new),
                    language: language(&row.language)?,
                },
                booked: row.booked.as_deref().map(grouped),
            })
        })
        .collect()
}

/// A stored language.
pub(in crate::scheduling) fn language(code: &str) -> Result<Language, Fault> {
    Language::from_code(code).ok_or_else(|| Fault::plain("read a person's language"))
}

/// How a person came to be stored.
#[derive(Debug)]
pub(in crate::scheduling) enum Stored {
    /// Under this id.
    As(PersonId),
    /// The id names nobody of this birth date.
    Unknown,
    /// The new name, birth date and postcode are another person's.
    Exists,
}

/// Stores a person: a found one is brought up to date; a new one is added, or is the one with the same name, birth date
/// and postcode, so that somebody who rings two agents at once is one person.
pub(in crate::scheduling) async fn put(tx: &mut Tx, person: &PersonInput) -> Result<Stored, Fault> {
    match person.id {
        Some(id) => update(tx, id, person).await,
        None => insert(tx, person).await,
    }
}

async fn insert(tx: &mut Tx, person: &PersonInput) -> Result<Stored, Fault> {
    let id: PersonId = tx.id();
    let now = tx.now();
    let stored = sqlx::query_scalar!(
        r#"
        -- persons: add one, or bring the same one up to date
        insert into person (id, family_name, given_name, born_on, street, postcode, town, phone, email, language,
                            family_ae, given_ae, family_a, made_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)
        on conflict (born_on, family_ae, given_ae, postcode) do update
           set family_name = excluded.family_name, given_name = excluded.given_name, street = excluded.street,
               town = excluded.town, phone = excluded.phone, email = excluded.email, language = excluded.language,
               changed_at = excluded.changed_at
        returning id
        "#,
        id.0,
        person.family_name.expose(),
        person.given_name.expose(),
        person.born_on.expose(),
        person.street.expose(),
        person.postcode.expose(),
        person.town.expose(),
        person.phone.as_ref().map(PhoneNumber::expose),
        person.email.as_ref().map(|email| email.expose().as_str()),
        person.language.code(),
        fold_ae(person.family_name.expose()),
        fold_ae(person.given_name.expose()),
        fold_a(person.family_name.expose()),
        now
    )
    .fetch_one(tx.conn())
    .await
    .while_doing("store a person")?;
    Ok(Stored::As(PersonId(stored)))
}

async fn update(tx: &mut Tx, id: PersonId, person: &PersonInput) -> Result<Stored, Fault> {
    let now = tx.now();
    let updated = sqlx::query!(
        r#"
        -- persons: bring one up to date; the birth date is the second factor and stays
        update person
           set family_name = $2, given_name = $3, street = $5, postcode = $6, town = $7, phone = $8, email = $9,
               language = $10, family_ae = $11, given_ae = $12, family_a = $13, changed_at = $14
         where id = $1 and born_on = $4
        "#,
        id.0,
        person.family_name.expose(),
        person.given_name.expose(),
        person.born_on.expose(),
        person.street.expose(),
        person.postcode.expose(),
        person.town.expose(),
        person.phone.as_ref().map(PhoneNumber::expose),
        person.email.as_ref().map(|email| email.expose().as_str()),
        person.language.code(),
        fold_ae(person.family_name.expose()),
        fold_ae(person.given_name.expose()),
        fold_a(person.family_name.expose()),
        now
    )
    .execute(tx.conn())
    .await;
    match updated {
        Ok(done) if done.rows_affected() == 1 => Ok(Stored::As(id)),
        Ok(_) => Ok(Stored::Unknown),
        Err(error) if violates(&error, "person_identity") => Ok(Stored::Exists),
        Err(error) => Err(error).while_doing(format!("store person {id}")),
    }
}

/// Whether the database refused a row because of this constraint.
pub(in crate::scheduling) fn violates(error: &sqlx::Error, constraint: &str) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint) == Some(constraint)
}
