//! Centres with slots to book, for scenes in which agents book.

use rand::SeedableRng;
use rand::rngs::StdRng;
use time::Duration;
use vaxline::foundation::calendar;
use vaxline::foundation::clock::Clock;
use vaxline::foundation::db::{Pools, Sizes};
use vaxline::in_tx;
use vaxline::scheduling::Campaign;
use vaxline::scheduling::capacity::{Release, release_days};
use vaxline::supply::catalogue::Catalogue;
use vaxline::supply::commands::{self as supply, SupplyError};
use vaxline::supply::model::VaccineCode;

/// A week of first doses in every centre.
const DAYS: i64 = 7;

/// Opens Saxony's centres on this database.
pub async fn open(url: &str) {
    let clock = Clock::system();
    let sizes = Sizes { hooks: 1, staff: 2, work: 1 };
    let pools = Pools::open(url, sizes, &clock, &mut StdRng::seed_from_u64(1)).unwrap();
    let campaign = Campaign::shipped().unwrap();
    let today = calendar::local_date(clock.now());
    let catalogue = Catalogue::saxony().unwrap().reopened(today);
    let imported: Result<_, SupplyError> =
        in_tx!(&pools.staff, "import the centres", |tx| supply::import(tx, &catalogue));
    imported.unwrap();
    for centre in &catalogue.centres {
        let release = Release {
            name: "faults".to_owned(),
            centre: centre.code.clone(),
            vaccine: VaccineCode::from("bnt162b2"),
            first_day: today + Duration::days(1),
            last_day: today + Duration::days(DAYS),
            per_bucket: 1,
            opens_at: None,
        };
        release_days(&pools.staff, &campaign, &release).await.unwrap();
    }
}
