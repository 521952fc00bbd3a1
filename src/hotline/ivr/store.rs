//! All SQL of the menu: the versions in which calls began, and the notice that every caller hears.

use super::flow::{Flow, Texts};
use crate::foundation::fault::Fault;
use crate::foundation::ids::UserId;
use sqlx::PgConnection;
use time::OffsetDateTime;

/// The file of a version.
///
/// # Errors
/// When the database is away.
pub async fn source(conn: &mut PgConnection, version: &str) -> Result<Option<String>, Fault> {
    let source = sqlx::query_scalar!("select source from ivr_flow where version = $1 -- ivr: a version", version)
        .fetch_optional(conn)
        .await?;
    Ok(source)
}

/// Writes a version down, once.
///
/// # Errors
/// When the database is away.
pub async fn write_down(conn: &mut PgConnection, flow: &Flow, now: OffsetDateTime) -> Result<(), Fault> {
    sqlx::query!(
        r#"
        -- ivr: keep a version for as long as calls may stand in it
        insert into ivr_flow (version, name, source, first_used_at) values ($1, $2, $3, $4)
        on conflict (version) do nothing
        "#,
        flow.version,
        flow.plan.name,
        flow.source,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What every caller hears just now.
///
/// # Errors
/// When the database is away.
pub async fn notice(conn: &mut PgConnection) -> Result<Option<Texts>, Fault> {
    let row = sqlx::query!("select de, en from notice -- ivr: the notice of the moment").fetch_optional(conn).await?;
    Ok(row.map(|row| Texts { de: row.de, en: row.en }))
}

/// Writes what every caller hears from now on; `None`: nothing.
///
/// # Errors
/// When the database is away.
pub async fn save_notice(
    conn: &mut PgConnection,
    notice: Option<&Texts>,
    by: Option<UserId>,
    now: OffsetDateTime,
) -> Result<(), Fault> {
    let Some(Texts { de, en }) = notice else {
        sqlx::query!("delete from notice -- ivr: no notice any more").execute(conn).await?;
        return Ok(());
    };
    sqlx::query!(
        r#"
        -- ivr: another notice
        insert into notice (de, en, set_at, set_by) values ($1, $2, $3, $4)
        on conflict (is_only) do update
           set de = excluded.de, en = excluded.en, set_at = excluded.set_at, set_by = excluded.set_by
        "#,
        de,
        en,
        now,
        by.map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(())
}
