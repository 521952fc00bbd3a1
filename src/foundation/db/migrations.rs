//! The schema, as committed migrations that only add, or are split.

use crate::foundation::fault::Fault;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// Brings the schema up to date. Running it twice, or from two nodes at once, changes nothing more.
///
/// # Errors
/// When the database is away, or a migration that was already applied has been changed.
pub async fn run(pool: &sqlx::PgPool) -> Result<(), Fault> {
    MIGRATIONS.run(pool).await.map_err(|error| Fault::new("migrate the database", error))
}

/// Whether every migration of this program has been applied.
///
/// # Errors
/// When the database is away.
pub async fn are_applied(pool: &sqlx::PgPool) -> Result<bool, Fault> {
    let exists = sqlx::query_scalar!(
        r#"select to_regclass('_sqlx_migrations') is not null as "exists!" -- migrations: any at all?"#
    )
    .fetch_one(pool)
    .await?;
    if !exists {
        return Ok(false);
    }
    // The table is made by the migrator, not by a migration, so the checked macros do not know it.
    let applied: i64 =
        sqlx::query_scalar("select count(*) from _sqlx_migrations where success -- migrations: how many")
            .fetch_one(pool)
            .await?;
    Ok(usize::try_from(applied).is_ok_and(|applied| applied >= MIGRATIONS.iter().count()))
}
