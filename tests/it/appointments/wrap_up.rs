//! What becomes of a reserved pair when the desk is done with its caller and nobody said so.

use crate::support::hotline::{Hotline, POLICY};
use crate::support::page::Page;
use serde_json::json;
use vaxline::scheduling::appointments::worker;

const RESERVED: &str = "select count(*) from slot where state = 'reserved'";

async fn reserve(page: &mut Page) {
    let form = json!({
        "person": {
            "id": null, "family_name": "Beispiel", "given_name": "Erika", "born_on": "24.03.1939", "street": "Weg 1",
            "postcode": "01067", "town": "Dresden", "phone": "", "email": "", "claim": "age-80", "language": "de",
        },
        "centre": null, "from_day": null, "day_part": "any", "note": "",
    });
    let pairs = page.must(json!({ "t": "propose", "form": form })).await;
    page.must(json!({ "t": "reserve", "token": pairs["pairs"][0]["token"], "form": form })).await;
}

#[tokio::test]
async fn a_wrap_up_that_ends_by_itself_gives_the_pair_back() {
    let hotline = Hotline::in_saxony().await;
    let (mut page, call, _) = hotline.talk("agent", "+493511000001").await;
    reserve(&mut page).await;
    hotline.hang_up(call).await;
    page.until_state("wrap_up").await;
    assert_eq!(worker::sweep(hotline.world.work()).await.unwrap(), 0, "it can still be booked during the wrap-up");
    assert_eq!(hotline.count(RESERVED).await, 2);

    hotline.world.pass(POLICY.wrap_up);
    page.until_state("ready").await;
    assert_eq!(worker::sweep(hotline.world.work()).await.unwrap(), 1);
    assert_eq!(hotline.count(RESERVED).await, 0);
}

#[tokio::test]
async fn a_caller_who_goes_before_the_agents_phone_answers_leaves_no_pair_behind() {
    let hotline = Hotline::in_saxony().await;
    let (_, browser) = hotline.agent("agent").await;
    let mut page = Page::open(&browser, hotline.server).await;
    page.must(json!({ "t": "ready" })).await;
    let (call, _) = hotline.ring("+493511000001").await;
    let offer = page.until_offer().await;
    page.must(json!({ "t": "accept", "offer": offer })).await;
    page.until_state("connecting").await;
    reserve(&mut page).await;
    assert_eq!(worker::sweep(hotline.world.work()).await.unwrap(), 0);

    hotline.hang_up(call).await;
    page.until_state("ready").await;
    assert_eq!(worker::sweep(hotline.world.work()).await.unwrap(), 1);
    assert_eq!(hotline.count(RESERVED).await, 0);
}
