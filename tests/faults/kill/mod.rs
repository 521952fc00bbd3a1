//! kill -9 of the program, and of PostgreSQL, with forty callers waiting and six offers open.

mod siege;

use crate::crash;
use crate::scene::SMALL;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_program_loses_no_place_drops_no_call_and_soon_offers_again() {
    crash::of_the_program(SMALL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_database_loses_no_place_drops_no_call_and_the_program_heals_by_itself() {
    crash::of_the_database(SMALL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_nodes_the_one_that_is_left_goes_on_at_once_and_nobody_is_lost() {
    crash::of_either_node(SMALL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_a_crash_scrambles_is_found_out() {
    crash::that_scrambles_the_line(SMALL).await;
}
