//! The schema, as committed migrations that only add, or are split.

use crate::foundation::fault::Fault;
use sqlx::postgres::PgPoolOptions;

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

/// Brings the schema up to date. Running it twice, or from two nodes at once, changes nothing more.
///
/// It runs on a connection of its own: a statement over a large table may take longer than any other may, and waits
/// longer for the tables that the others use.
///
/// # Errors
/// When the database is away, or a migration that was already applied has been changed.
pub async fn run(pool: &sqlx::PgPool) -> Result<(), Fault> {
    let options = pool.connect_options().as_ref().clone();
    let patient = options.options([("statement_timeout", "0"), ("lock_timeout", "5min")]);
    let own = PgPoolOptions::new().max_connections(1).connect_lazy_with(patient);
    let outcome = MIGRATIONS.run(&own).await.map_err(|error| Fault::new("migrate the database", error));
    own.close().await;
    outcome
}

/// Whether the database has every migration of this program, as this program has it. It may have more: a newer program
/// only adds.
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
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("select version, checksum from _sqlx_migrations where success -- migrations: which")
            .fetch_all(pool)
            .await?;
    let is_applied = |version, checksum: &[u8]| applied.iter().any(|(v, c)| *v == version && c == checksum);
    Ok(MIGRATIONS.iter().all(|migration| is_applied(migration.version, migration.checksum.as_ref())))
}
