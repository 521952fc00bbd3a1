//! A promise is only as good as the disk under it.
//!
//! A node does not become ready on a database that would lose acknowledged commits at a crash or a power cut.

use crate::foundation::fault::{Fault, While};

/// The settings that may lose what was acknowledged.
const REQUIRED_ON: [&str; 3] = ["fsync", "full_page_writes", "synchronous_commit"];

/// Names the settings that are off and must be on. Empty means that the database keeps what it acknowledges.
///
/// # Errors
/// When the settings cannot be read: then nothing is known, and the node is not ready either.
pub async fn missing(connection: impl sqlx::PgExecutor<'_>) -> Result<Vec<String>, Fault> {
    let names: Vec<String> = REQUIRED_ON.iter().map(ToString::to_string).collect();
    let off = sqlx::query_scalar!(
        r#"
        -- durability: which settings would lose acknowledged commits
        select name as "name!" from pg_settings where name = any($1) and setting = 'off' order by name
        "#,
        &names
    )
    .fetch_all(connection)
    .await
    .while_doing("read the database's durability settings")?;
    Ok(off)
}
