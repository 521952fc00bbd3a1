//! All SQL of the menu: the versions in which calls began.

use super::flow::Flow;
use crate::foundation::fault::Fault;
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
