//! Agents' phones register at the provider, which asks us whether their answer to its challenge is right.

use super::witnessed::provider_of;
use super::*;
use vaxline::accounts::commands::{PhonePassword, disable, draw_phone_passwords};

const REGISTRATION: &str = "/providers/jambonz/registration";
const REALM: &str = "vaxline.example";

/// An agent with a phone, and the phone's password.
async fn phone(line: &Line) -> PhonePassword {
    line.agent("ana").await;
    let drawn = in_tx!(line.world.staff(), "draw", |tx| draw_phone_passwords(tx, REALM, &[])).unwrap();
    let [phone] = <[PhonePassword; 1]>::try_from(drawn).unwrap();
    phone
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_registers_with_its_password_and_with_no_other() {
    let line = Line::new().await;
    let (provider, _) = provider_of(&line).await;
    let phone = phone(&line).await;
    assert_eq!((phone.login.as_str(), phone.phone_user.as_str()), ("ana", "1001"));
    assert!(provider.register("1001", phone.text.expose()).await);
    assert!(!provider.register("1001", "another").await);
    assert!(!provider.register("1002", phone.text.expose()).await, "another phone");

    let again = in_tx!(line.world.staff(), "draw", |tx| draw_phone_passwords(tx, REALM, &[])).unwrap();
    assert!(again.is_empty(), "who has a password keeps it");
    let login = "ana".parse().unwrap();
    let named = [login];
    let new = in_tx!(line.world.staff(), "draw", |tx| draw_phone_passwords(tx, REALM, &named)).unwrap();
    assert!(!provider.register("1001", phone.text.expose()).await, "the old one is over");
    assert!(provider.register("1001", new[0].text.expose()).await);
    provider.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_of_a_disabled_user_and_of_another_realm_does_not_register() {
    let line = Line::new().await;
    let (provider, _) = provider_of(&line).await;
    let phone = phone(&line).await;
    let login = "ana".parse().unwrap();
    in_tx!(line.world.staff(), "disable", |tx| disable(tx, &login, true)).unwrap();
    assert!(!provider.register("1001", phone.text.expose()).await);
    in_tx!(line.world.staff(), "enable", |tx| disable(tx, &login, false)).unwrap();
    assert!(provider.register("1001", phone.text.expose()).await, "the control");

    let named = [login];
    let other = in_tx!(line.world.staff(), "draw", |tx| draw_phone_passwords(tx, "elsewhere.example", &named)).unwrap();
    assert!(!provider.register("1001", other[0].text.expose()).await);
    provider.shutdown().await;
}

#[tokio::test]
async fn a_request_that_is_not_signed_or_brings_no_proof_is_refused_and_says_nothing() {
    let line = Line::new().await;
    let unsigned = line.send(request(REGISTRATION, None, "{}".into())).await;
    assert_eq!(unsigned.status, StatusCode::UNAUTHORIZED);
    let empty = line.post(REGISTRATION, &json!({ "username": "1001" })).await;
    assert_eq!((empty.status, empty.code()), (StatusCode::BAD_REQUEST, "body_brings_no_proof"));
}

#[tokio::test]
async fn no_password_of_a_phone_is_kept_as_it_is() {
    let line = Line::new().await;
    let phone = phone(&line).await;
    let kept: String = sqlx::query_scalar("select to_jsonb(p)::text from phone_credential p")
        .fetch_one(line.world.work().pool())
        .await
        .unwrap();
    assert!(!kept.contains(phone.text.expose()));
}
