//! The SQL of vaccines and centres.

use super::model::{Centre, CentreCode, Hours, Kind, Vaccine, VaccineCode};
use crate::foundation::fault::{Fault, While};
use sqlx::PgConnection;

/// Every centre, by name.
///
/// # Errors
/// When the database is away.
pub async fn centres(conn: &mut PgConnection) -> Result<Vec<Centre>, Fault> {
    let rows = sqlx::query!("select * from centre order by name, code -- supply: every centre")
        .fetch_all(conn)
        .await
        .while_doing("read the centres")?;
    Ok(rows
        .into_iter()
        .map(|row| Centre {
            code: CentreCode(row.code),
            name: row.name,
            street: row.street,
            postcode: row.postcode,
            town: row.town,
            district: row.district,
            address_is_demo: row.address_is_demo,
            lanes: u8::try_from(row.lanes).unwrap_or(0),
            opens_on: row.opens_on,
            closes_on: row.closes_on,
            weekday: Hours { opens: row.weekday_opens, closes: row.weekday_closes },
            weekend: Hours { opens: row.weekend_opens, closes: row.weekend_closes },
        })
        .collect())
}

/// Every vaccine, with its names in the order of their dates.
///
/// # Errors
/// When the database is away, or holds a type of vaccine that this program does not know.
pub async fn vaccines(conn: &mut PgConnection) -> Result<Vec<Vaccine>, Fault> {
    let rows = sqlx::query!(
        r#"
        -- supply: every vaccine with its names
        select code, kind, doses, vaccine_name.valid_from, vaccine_name.name
          from vaccine join vaccine_name on vaccine_name.vaccine = vaccine.code
         order by code, valid_from
        "#
    )
    .fetch_all(conn)
    .await
    .while_doing("read the vaccines")?;
    let mut vaccines: Vec<Vaccine> = Vec::new();
    for row in rows {
        let name = (row.valid_from, row.name);
        match vaccines.last_mut() {
            Some(vaccine) if vaccine.code.0 == row.code => vaccine.names.push(name),
            _ => vaccines.push(Vaccine {
                kind: kind(&row.kind)?,
                doses: u8::try_from(row.doses).unwrap_or(0),
                code: VaccineCode(row.code),
                names: vec![name],
            }),
        }
    }
    Ok(vaccines)
}

fn kind(name: &str) -> Result<Kind, Fault> {
    [Kind::Mrna, Kind::Vector]
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| Fault::plain(format!("read a vaccine of the unknown type {name}")))
}

/// Adds a vaccine or brings its names up to date; says whether anything changed.
///
/// # Errors
/// When the database is away.
pub(super) async fn put_vaccine(conn: &mut PgConnection, vaccine: &Vaccine) -> Result<bool, Fault> {
    let (from, names): (Vec<_>, Vec<_>) = vaccine.names.iter().cloned().unzip();
    let changes = sqlx::query_scalar!(
        r#"
        -- supply: add a vaccine and its names
        with new as (
            insert into vaccine (code, kind, doses) values ($1, $2, $3) on conflict (code) do nothing returning 1
        ), named as (
            insert into vaccine_name (vaccine, valid_from, name)
            select $1, valid_from, name from unnest($4::date[], $5::text[]) as given (valid_from, name)
            on conflict (vaccine, valid_from) do update set name = excluded.name
             where vaccine_name.name <> excluded.name
            returning 1
        )
        select (select count(*) from new) + (select count(*) from named) as "changes!"
        "#,
        vaccine.code.0,
        vaccine.kind.name(),
        i16::from(vaccine.doses),
        &from,
        &names
    )
    .fetch_one(conn)
    .await
    .while_doing(format!("import vaccine {}", vaccine.code))?;
    Ok(changes > 0)
}

/// Adds a centre or brings it up to date; says whether anything changed.
///
/// # Errors
/// When the database is away.
pub(super) async fn put_centre(conn: &mut PgConnection, centre: &Centre) -> Result<bool, Fault> {
    let changed = sqlx::query!(
        r#"
        -- supply: add a centre or bring it up to date
        insert into centre as known
               (code, name, street, postcode, town, district, address_is_demo, lanes, opens_on, closes_on,
                weekday_opens, weekday_closes, weekend_opens, weekend_closes)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        on conflict (code) do update
           set name = excluded.name, street = excluded.street, postcode = excluded.postcode, town = excluded.town,
               district = excluded.district, address_is_demo = excluded.address_is_demo, lanes = excluded.lanes,
               opens_on = excluded.opens_on, closes_on = excluded.closes_on,
               weekday_opens = excluded.weekday_opens, weekday_closes = excluded.weekday_closes,
               weekend_opens = excluded.weekend_opens, weekend_closes = excluded.weekend_closes
         where known is distinct from excluded
        "#,
        centre.code.0,
        centre.name,
        centre.street,
        centre.postcode,
        centre.town,
        centre.district,
        centre.address_is_demo,
        i16::from(centre.lanes),
        centre.opens_on,
        centre.closes_on,
        centre.weekday.opens,
        centre.weekday.closes,
        centre.weekend.opens,
        centre.weekend.closes
    )
    .execute(conn)
    .await
    .while_doing(format!("import centre {}", centre.code))?
    .rows_affected();
    Ok(changed > 0)
}
