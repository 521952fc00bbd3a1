//! `vaxline migrate`: brings the schema up to date. Running it twice changes nothing more.

use super::say;
use super::start::Context;
use crate::foundation::db::migrations;

pub(super) async fn run(context: Context) -> anyhow::Result<()> {
    migrations::run(context.pools.work.pool()).await?;
    say("the schema is up to date");
    Ok(())
}
