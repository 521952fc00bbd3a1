//! Ordering papers with the booking that they confirm.

use super::{FIRST_DAY, House, NOW, booking, with_email};
use crate::support::logs::Canaries;
use time::Duration;
use vaxline::correspondence::model::{Content, Kind, Language, Order};
use vaxline::correspondence::{DIVERT_JOB, EMAIL_JOB, commands, store};
use vaxline::foundation::db::Tx;
use vaxline::foundation::fault::Fault;
use vaxline::foundation::ids::SeriesId;
use vaxline::in_tx;

fn order(series: SeriesId) -> Order {
    Order {
        series,
        version: 1,
        kind: Kind::Confirmation,
        letter: true,
        email: true,
        language: Language::De,
        first_day: FIRST_DAY,
    }
}

async fn order_and_fail(tx: &mut Tx, papers: Order) -> Result<(), Fault> {
    commands::order(tx, &papers).await?;
    Err(Fault::plain("the booking failed after all"))
}

#[tokio::test]
async fn every_version_has_one_letter_and_one_mail_however_often_it_is_ordered() {
    let house = House::new().await;
    let series = SeriesId(uuid::Uuid::from_u128(1));
    for _ in 0..3 {
        let ordered: Result<(), Fault> =
            in_tx!(house.world.staff(), "order papers", |tx| commands::order(tx, &order(series)));
        ordered.unwrap();
    }
    assert_eq!(house.count("select count(*) from letter").await, 1);
    assert_eq!(house.count("select count(*) from email").await, 1);
    assert_eq!(house.count("select count(*) from job").await, 2);
    assert_eq!(house.count("select count(*) from event where kind in ('letter.ordered', 'email.ordered')").await, 2);
}

#[tokio::test]
async fn papers_of_a_booking_that_fails_were_never_ordered() {
    let house = House::new().await;
    let papers = order(SeriesId(uuid::Uuid::from_u128(1)));
    let failed: Result<(), Fault> = in_tx!(house.world.staff(), "order papers", |tx| order_and_fail(tx, papers));
    failed.unwrap_err();
    assert_eq!(house.count("select count(*) from letter").await, 0);
    assert_eq!(house.count("select count(*) from job").await, 0);
}

#[tokio::test]
async fn a_letter_says_what_is_true_when_it_is_made_or_is_not_made() {
    let house = House::new().await;
    let series = house.book(booking("Šołćic")).await;
    // The booking moved on before the letter was made, and its own order has not come yet.
    house.say(series, Content { version: 2, ..booking("Šołćic") });
    house.render().await;
    assert_eq!(house.letter_state(series).await, ("superseded".into(), Some("no_longer_true".into())));
}

#[tokio::test]
async fn a_new_version_withdraws_what_has_not_left() {
    let house = House::new().await;
    let series = house.book(booking("Šołćic")).await;
    house.render().await;
    house.order_version(series, Content { version: 2, ..booking("Šołćic") }, Kind::Confirmation, true, false).await;
    let states: Vec<(i32, String)> = sqlx::query_as("select version, state from letter order by version")
        .fetch_all(house.world.work().pool())
        .await
        .unwrap();
    assert_eq!(states, [(1, "superseded".into()), (2, "ordered".into())]);
}

#[tokio::test]
async fn a_name_that_cannot_be_printed_is_held_for_a_person_and_not_written_down_anywhere() {
    let house = House::new().await;
    let mut canaries = Canaries::new();
    let series = house.book(booking(&canaries.add("山田花子"))).await;
    house.render().await;
    assert_eq!(house.letter_state(series).await, ("held".into(), Some("missing_glyph".into())));
    let error: String =
        sqlx::query_scalar("select last_error from job").fetch_one(house.world.work().pool()).await.unwrap();
    assert_eq!(error, "the fonts have no glyph for U+5C71");
    let papers = store::papers(&mut house.world.work().pool().acquire().await.unwrap(), &[series]).await.unwrap();
    assert_eq!((papers[0].letter.as_deref(), papers[0].email.as_deref()), (Some("held"), None));
}

#[tokio::test]
async fn a_letter_that_would_come_too_late_goes_another_way() {
    let house = House::with(|settings| settings.email.host = "127.0.0.1".into()).await;
    let soon = |content: Content| {
        let mut content = content;
        content.appointments[0].day = NOW.date() + Duration::days(2);
        content
    };
    let with_mail = house.book(soon(with_email(booking("Nawka"), "nawka@example.org"))).await;
    let without = house.book(soon(booking("Šołta"))).await;
    house.render().await;
    assert_eq!(house.letter_state(with_mail).await.0, "diverted");
    house.work(DIVERT_JOB).await;
    assert_eq!(house.email_state(with_mail).await.0, "ordered");
    assert_eq!(house.letter_state(without).await, ("held".into(), Some("too_late_and_no_email".into())));
}

#[tokio::test]
async fn without_a_relay_no_letter_is_diverted_into_a_mail_and_a_mail_becomes_a_letter() {
    let house = House::new().await;
    let mut soon = with_email(booking("Nawka"), "nawka@example.org");
    soon.appointments[0].day = NOW.date() + Duration::days(2);
    let late = house.book(soon).await;
    let by_mail = house.order(with_email(booking("Šołta"), "solta@example.org"), false, true).await;
    house.render().await;
    house.work(DIVERT_JOB).await;
    house.work(EMAIL_JOB).await;
    assert_eq!(house.letter_state(late).await, ("held".into(), Some("too_late_and_no_relay".into())));
    assert_eq!(house.email_state(by_mail).await, ("failed".into(), Some("no_relay".into())));
    assert_eq!(house.letter_state(by_mail).await.0, "ordered");
}

#[tokio::test]
async fn a_held_letter_is_listed_and_made_again_when_its_reason_is_mended() {
    let house = House::new().await;
    let series = house.book(booking("山田花子")).await;
    house.render().await;
    let mut connection = house.world.work().pool().acquire().await.unwrap();
    let held = store::held_letters(&mut connection, 10).await.unwrap();
    assert_eq!(
        held.iter().map(|letter| (letter.series, letter.reason.as_str())).collect::<Vec<_>>(),
        [(series, "missing_glyph")]
    );
    house.say(series, booking("Yamada"));
    for again in [true, false] {
        let made: Result<bool, Fault> = in_tx!(house.world.staff(), "again", |tx| commands::make_again(tx, held[0].id));
        assert_eq!(made.unwrap(), again);
    }
    house.render().await;
    assert_eq!(house.letter_state(series).await, ("available".into(), None));
    assert_eq!(store::held_letters(&mut connection, 10).await.unwrap(), []);
}

#[tokio::test]
async fn every_node_seals_with_the_same_key() {
    let house = House::new().await;
    let settings = vaxline::app::config::Config::load(None, []).unwrap().correspondence;
    let one = vaxline::correspondence::seal(house.world.work(), &settings).await.unwrap().public();
    let other = vaxline::correspondence::seal(house.world.staff(), &settings).await.unwrap().public();
    assert_eq!(one, other);
    assert_eq!(house.count("select count(*) from seal_key").await, 1);
}
