//! The queue's standing questions: silent while all is well, and each finds what it asks about.

use crate::queue_offers::Hotline;
use crate::support::findings::found;
use std::collections::BTreeSet;
use time::Duration;
use vaxline::hotline::queue::monitor::{self, Sizes};
use vaxline::in_tx;

/// How each invariant is violated, whatever the program does.
const BREAKS: [(&str, &str); 4] = [
    ("Q1", "update queue_entry set state = 'connecting' where state = 'offered'"),
    ("Q2", "update agent set state = 'connecting' where state = 'offered'"),
    ("Q6", "update offer set deadline = deadline - interval '1 hour'"),
    (
        "Q7",
        "update queue_entry set state = 'ended', offer_id = null, ending = 'lost', ended_at = joined_at
          where state = 'offered'",
    ),
];

/// Two callers, of whom one is offered to the only agent.
async fn one_is_offered() -> Hotline {
    let mut hotline = Hotline::new().await;
    hotline.agent("anna").await;
    hotline.caller().await;
    hotline.caller().await;
    assert_eq!(hotline.dispatch().await.offers, 1);
    hotline
}

#[tokio::test]
async fn every_violation_is_found() {
    let hotline = one_is_offered().await;
    let db = hotline.world.work();
    let asked = in_tx!(db, "ask", |tx| monitor::check(tx)).unwrap();
    assert!(asked.iter().all(|finding| finding.violations == 0), "{asked:?}");
    let asked: BTreeSet<&str> = asked.iter().map(|finding| finding.invariant).collect();
    assert_eq!(asked, BREAKS.iter().map(|(invariant, _)| *invariant).collect(), "each question is proved here");
    for (invariant, break_it) in BREAKS {
        let found: Vec<&str> =
            in_tx!(db, "break", |tx| found(tx, break_it, async |tx| monitor::check(tx).await)).unwrap();
        assert!(found.contains(&invariant), "{invariant}: {found:?}");
    }
}

#[tokio::test]
async fn the_line_is_as_long_as_those_who_stand_in_it() {
    let hotline = one_is_offered().await;
    hotline.world.pass(Duration::MINUTE);
    let Sizes { waiting, longest, agents } = in_tx!(hotline.world.work(), "count", |tx| monitor::sizes(tx)).unwrap();
    assert_eq!((waiting, agents), (2, vec![("offered".to_owned(), 1)]));
    assert!(longest >= Duration::MINUTE, "{longest}");
}
