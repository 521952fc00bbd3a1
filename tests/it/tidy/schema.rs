//! What the migrated database says about itself.

use super::assert_nowhere;
use crate::support::World;

#[tokio::test]
async fn every_table_and_column_has_a_comment() {
    let world = World::new().await;
    let bare: Vec<String> = sqlx::query_scalar(
        "-- tidy: what has no comment
         select format('  %s%s', c.relname, coalesce('.' || a.attname, ''))
         from pg_class c
         join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
         cross join lateral (
             select null::name as attname, 0 as attnum
             union all
             select attname, attnum from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
         ) a
         where c.relkind in ('r', 'p', 'v') and not c.relispartition
             and c.relname <> '_sqlx_migrations'
             and col_description(c.oid, a.attnum) is null
             and (a.attnum > 0 or obj_description(c.oid, 'pg_class') is null)
         order by 1",
    )
    .fetch_all(world.work().pool())
    .await
    .unwrap();
    assert_nowhere(
        "Every table and column says what it is for (comment on …): the schema outlives the code that made it, and is \
         read by people who have nothing else.",
        &bare,
    );
}
