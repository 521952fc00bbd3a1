//! The standing questions: silent while all is well, and each finds what it asks about.

use crate::support::campaign::{Saxony, person, riesa};
use crate::support::findings::found;
use std::collections::BTreeSet;
use std::sync::Arc;
use time::macros::{date, datetime};
use uuid::Uuid;
use vaxline::in_tx;
use vaxline::scheduling::model::{Applicant, Wish};
use vaxline::scheduling::monitor::{self, worker};

/// How each invariant is violated, whatever the program does.
const BREAKS: [(&str, &str); 9] = [
    ("S1", "update slot set state = 'free' where state = 'booked' and pool = 1"),
    ("S2", "update release_day set first_slots = first_slots + 1"),
    ("S4", "update slot set place = bucket, bucket = 96 where pool = 1"),
    ("S5", "delete from dose where no = 2"),
    ("S6", "update dose set day = day + 1 where no = 2"),
    (
        "S7",
        "drop index series_active;
         insert into series (id, person_id, reference, centre, vaccine, rules, claim, priority, clause, letter, email,
                             language, made_at, changed_at)
         select gen_random_uuid(), person_id, 'XXXXXXXXXXXX', centre, vaccine, rules, claim, priority, clause, letter,
                email, language, made_at, changed_at from series",
    ),
    ("S10", "update reservation set expires_at = expires_at - interval '1 hour' where state = 'live'"),
    ("S16", "update series set state = 'cancelled', cancelled_at = made_at"),
    ("S22", "delete from audit"),
];

/// A booking, a reservation and free slots.
async fn saxony() -> Arc<Saxony> {
    let saxony = Saxony::at(datetime!(2021-03-20 08:00 UTC)).await;
    let day = date!(2021 - 03 - 29);
    saxony.release(&riesa("monday", day, day, 1)).await.unwrap();
    saxony.desk().await.book(&person(1), &Wish::default()).await.unwrap();
    let (desk, applicant) = (saxony.desk().await, Applicant::of(&person(2)));
    let pairs = desk.propose(&applicant, &Wish::default()).await.unwrap();
    desk.reserve(&pairs[0].token, &applicant).await.unwrap();
    saxony
}

#[tokio::test]
async fn every_violation_is_found() {
    let saxony = saxony().await;
    saxony.is_sound().await;
    let (db, rules) = (saxony.world.work(), &saxony.campaign.rules);
    for (invariant, break_it) in BREAKS {
        let found: Vec<&str> =
            in_tx!(db, "break", |tx| found(tx, break_it, async |tx| monitor::check(tx, rules).await)).unwrap();
        assert!(found.contains(&invariant), "{invariant}: {found:?}");
    }
    let asked = in_tx!(db, "ask", |tx| monitor::check(tx, rules)).unwrap();
    let asked: BTreeSet<&str> = asked.iter().map(|finding| finding.invariant).collect();
    assert_eq!(asked, BREAKS.iter().map(|(invariant, _)| *invariant).collect(), "each question is proved here");
}

#[tokio::test]
async fn one_node_asks_at_a_time() {
    let saxony = saxony().await;
    let (db, rules) = (saxony.world.work(), &saxony.campaign.rules);
    let ask = async |node: Uuid| in_tx!(db, "ask", |tx| worker::ask(tx, rules, node)).unwrap();
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    assert!(ask(one).await.is_some_and(|findings| findings.iter().all(|finding| finding.violations == 0)));
    assert_eq!(ask(other).await, None);
    saxony.world.pass(time::Duration::minutes(5));
    assert!(ask(other).await.is_some());
}
