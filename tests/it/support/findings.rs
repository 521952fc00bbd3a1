//! Standing questions, asked of a database in which something was broken.

use vaxline::foundation::db::Tx;
use vaxline::foundation::fault::Fault;
use vaxline::foundation::findings::Finding;

/// What is found when something is broken; afterwards it is whole again.
pub async fn found(
    tx: &mut Tx,
    break_it: &'static str,
    ask: impl AsyncFn(&mut Tx) -> Result<Vec<Finding>, Fault>,
) -> Result<Vec<&'static str>, Fault> {
    sqlx::raw_sql("savepoint whole").execute(tx.conn()).await?;
    sqlx::raw_sql(break_it).execute(tx.conn()).await?;
    let findings = ask(tx).await?;
    sqlx::raw_sql("rollback to whole").execute(tx.conn()).await?;
    Ok(findings.into_iter().filter(|finding| finding.violations != 0).map(|finding| finding.invariant).collect())
}
