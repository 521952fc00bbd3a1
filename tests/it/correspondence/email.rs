//! E-mails by a real SMTP server on loopback.

use super::{House, NOW, booking, with_email};
use crate::support::logs::Canaries;
use crate::support::mail_server::MailServer;
use std::time::Duration as Wait;
use time::Duration;
use vaxline::correspondence::model::{Addressee, Content, Kind};
use vaxline::correspondence::{DIVERT_JOB, EMAIL_JOB};
use vaxline::foundation::pii::Pii;

async fn house(server: &MailServer) -> House {
    let port = server.port();
    House::with(|settings| {
        settings.email.host = "127.0.0.1".into();
        settings.email.port = port;
        settings.email.step = Wait::from_secs(2);
        settings.email.content = Wait::from_secs(1);
    })
    .await
}

async fn send(house: &House) {
    house.work(EMAIL_JOB).await;
}

fn header<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// The text of a message: what the first part decodes to.
fn text(message: &str) -> String {
    let (_, part) = message.split_once("Content-Type: text/plain").unwrap();
    let (head, body) = part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n")).unwrap();
    let body = body.split("--vaxline-").next().unwrap();
    if head.contains("base64") {
        use base64::Engine;
        let packed: String = body.split_whitespace().collect();
        return String::from_utf8(base64::prelude::BASE64_STANDARD.decode(packed).unwrap()).unwrap();
    }
    let joined = body.replace("=\r\n", "").replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some(first) = rest.first() {
        if *first == b'=' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&rest[1..3]).unwrap(), 16).unwrap());
            rest = &rest[3..];
        } else {
            bytes.push(*first);
            rest = &rest[1..];
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_mail_reaches_its_one_recipient_and_says_when_and_where_but_not_what_for() {
    let server = MailServer::start();
    let house = house(&server).await;
    let mut canaries = Canaries::new();
    let address = canaries.add("hanka.solcic.wicaz@example.org");
    let series = house.order(with_email(booking("Šołćic"), &address), false, true).await;
    house.order(with_email(booking("Nawka"), "nawka@example.org"), false, true).await;
    send(&house).await;
    assert_eq!(house.email_state(series).await.0, "sent");
    let taken = server.taken();
    assert_eq!(taken.len(), 2);
    assert!(taken.iter().all(|(to, _)| to.len() == 1), "one recipient each");
    let (_, message) = taken.iter().find(|(to, _)| to[0] == address).unwrap();
    assert_eq!(header(message, "Auto-Submitted"), Some("auto-generated"));
    assert_eq!(header(message, "Subject"), Some("Ihre Termine, Vorgang K7QM-42XP"));
    let text = text(message);
    for said in ["Hanka Šołćic", "11. Mai 2021, 10:21 Uhr", "22. Juni 2021", "Messering 6, 01067 Dresden", "K7QM-42XP"]
    {
        assert!(text.contains(said), "{said}\n{text}");
    }
    for unsaid in ["impf", "comirnaty", "lange straße", "bautzen", "nawka"] {
        assert!(!text.to_lowercase().contains(unsaid), "{unsaid}\n{text}");
    }
    assert!(message.contains("Content-Type: application/pdf"));
    assert!(message.contains("filename=\"Termine-K7QM-42XP-1.pdf\""));
    // Sending again sends nothing.
    house.pass(Duration::hours(5));
    send(&house).await;
    assert_eq!(server.taken().len(), 2);
}

#[tokio::test]
async fn a_mail_that_is_put_off_comes_back_as_the_same_message() {
    let server = MailServer::start();
    let house = house(&server).await;
    let series = house.order(with_email(booking("Šołćic"), "defer-2-solcic@example.org"), false, true).await;
    send(&house).await;
    assert_eq!(house.email_state(series).await.0, "ordered");
    send(&house).await;
    assert_eq!(server.taken().len(), 0, "not before its pause is over");
    house.pass(Duration::seconds(75));
    send(&house).await;
    house.pass(Duration::minutes(6));
    send(&house).await;
    assert_eq!(house.email_state(series).await.0, "sent");
    let taken = server.taken();
    assert_eq!(taken.len(), 1);
    let id: uuid::Uuid = sqlx::query_scalar("select id from email").fetch_one(house.world.work().pool()).await.unwrap();
    assert_eq!(header(&taken[0].1, "Message-ID"), Some(format!("<{}.1@example.org>", id.simple()).as_str()));
    assert_eq!(house.count("select deferrals::int8 from email").await, 2);
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_becomes_a_letter() {
    let server = MailServer::start();
    let house = house(&server).await;
    let series = house.order(with_email(booking("Šołćic"), "refuse-solcic@example.org"), false, true).await;
    send(&house).await;
    assert_eq!(house.email_state(series).await, ("failed".into(), Some("refused".into())));
    assert_eq!(house.count("select smtp_code::int8 from email").await, 550);
    house.render().await;
    assert_eq!(house.letter_state(series).await.0, "available");
    house.pass(Duration::hours(6));
    send(&house).await;
    assert_eq!(house.count("select count(*) from letter").await, 1);
}

#[tokio::test]
async fn a_server_that_never_answers_for_the_content_gets_the_same_message_once_more_and_no_third_time() {
    let server = MailServer::start();
    let house = house(&server).await;
    let once = house.order(with_email(booking("Šołćic"), "hang-1-solcic@example.org"), false, true).await;
    let always = house.order(with_email(booking("Nawka"), "hang-9-nawka@example.org"), false, true).await;
    for _ in 0..6 {
        send(&house).await;
        house.pass(Duration::hours(1));
    }
    assert_eq!(house.email_state(once).await.0, "sent");
    assert_eq!(house.email_state(always).await, ("in_doubt".into(), Some("no_answer".into())));
    let taken = server.taken();
    for address in ["hang-1-solcic@example.org", "hang-9-nawka@example.org"] {
        let copies: Vec<&str> = taken
            .iter()
            .filter(|(to, _)| to[0] == address)
            .map(|(_, message)| header(message, "Message-ID").unwrap())
            .collect();
        assert_eq!(copies.len(), 2, "{address}");
        assert_eq!(copies[0], copies[1], "a reader's program can tell");
    }
    assert_eq!(house.letter_state(always).await.0, "ordered", "paper is certain");
}

#[tokio::test]
async fn an_hour_without_a_relay_is_over_for_every_mail_minutes_after_it_ends() {
    let server = MailServer::start();
    let house = house(&server).await;
    let (folder, port) = server.stop();
    for _ in 0..5 {
        house.order(with_email(booking("Šołćic"), "solcic@example.org"), false, true).await;
    }
    for _ in 0..40 {
        send(&house).await;
        house.pass(Duration::seconds(90));
    }
    assert_eq!(house.count("select count(*) from email where state = 'ordered'").await, 5);
    let server = MailServer::start_in(folder, port);
    let mut waited = Duration::ZERO;
    while house.count("select count(*) from email where state = 'sent'").await < 5 {
        assert!(waited <= Duration::minutes(10), "not drained in time");
        send(&house).await;
        house.pass(Duration::seconds(30));
        waited += Duration::seconds(30);
    }
    assert_eq!(server.taken().len(), 5);
    assert_eq!(house.count("select count(*) from letter").await, 0, "an outage fails no mail");
}

#[tokio::test]
async fn a_mail_that_is_no_longer_true_is_not_sent() {
    let server = MailServer::start();
    let house = house(&server).await;
    let content = with_email(booking("Šołćic"), "solcic@example.org");
    let withdrawn = house.order(content.clone(), false, true).await;
    let cancelled = Content { version: 2, appointments: Vec::new(), ..content.clone() };
    house.order_version(withdrawn, cancelled, Kind::Cancellation, false, false).await;
    let moved = house.order(content.clone(), false, true).await;
    house.say(moved, Content { version: 2, ..content.clone() });
    let past = house.order(content, false, true).await;
    house.pass(Duration::hours(1));
    sqlx::query("update email set first_day = '2021-04-27' where series_id = $1")
        .bind(past.0)
        .execute(house.world.work().pool())
        .await
        .unwrap();
    send(&house).await;
    assert_eq!(server.taken().len(), 0);
    assert_eq!(house.email_state(withdrawn).await, ("superseded".into(), Some("newer_version".into())));
    assert_eq!(house.email_state(moved).await, ("superseded".into(), Some("no_longer_true".into())));
    assert_eq!(house.email_state(past).await, ("failed".into(), Some("too_late".into())));
}

#[tokio::test]
async fn a_mail_address_that_is_none_becomes_a_letter_without_asking_the_relay() {
    let server = MailServer::start();
    let house = house(&server).await;
    let address = "solcic@example.org, nawka@example.org";
    let series = house.order(with_email(booking("Šołćic"), address), false, true).await;
    send(&house).await;
    assert_eq!(house.email_state(series).await, ("failed".into(), Some("address_invalid".into())));
    assert_eq!(house.letter_state(series).await.0, "ordered");
    assert_eq!(server.taken().len(), 0);
}

#[tokio::test]
async fn a_person_whose_address_does_not_fit_the_window_still_gets_the_mail() {
    let server = MailServer::start();
    let house = house(&server).await;
    let content = with_email(booking("Šołćic"), "solcic@example.org");
    let addressee = Addressee {
        street: "Straße der deutsch-sowjetischen Freundschaft und des ewigen Friedens 112".into(),
        ..content.addressee.expose().clone()
    };
    let series = house.order(Content { addressee: Pii::new(addressee), ..content }, false, true).await;
    send(&house).await;
    assert_eq!(house.email_state(series).await.0, "sent");
    let (_, message) = server.taken().remove(0);
    assert!(!message.contains("application/pdf") && !text(&message).contains("Brief"), "{message}");
    assert!(text(&message).contains("11. Mai 2021, 10:21 Uhr"));
}

#[tokio::test]
async fn a_mail_that_stands_in_for_a_late_letter_carries_no_letter() {
    let server = MailServer::start();
    let house = house(&server).await;
    let mut soon = with_email(booking("Šołćic"), "solcic@example.org");
    soon.appointments[0].day = NOW.date() + Duration::days(2);
    let series = house.book(soon).await;
    house.render().await;
    house.work(DIVERT_JOB).await;
    send(&house).await;
    assert_eq!(house.email_state(series).await.0, "sent");
    let (_, message) = server.taken().remove(0);
    assert!(!message.contains("application/pdf"), "{message}");
    assert!(text(&message).contains("30. April 2021, 10:21 Uhr"));
}

#[tokio::test]
async fn a_mail_that_is_only_ever_put_off_becomes_a_letter_while_the_post_can_still_bring_it() {
    let server = MailServer::start();
    let house = house(&server).await;
    let series = house.order(with_email(booking("Šołćic"), "defer-999-solcic@example.org"), false, true).await;
    // The appointment is on Tuesday, 11 May: what is printed on the Thursday before is there.
    for _ in 0..7 {
        send(&house).await;
        assert_eq!(house.count("select count(*) from letter").await, 0);
        house.pass(Duration::DAY);
    }
    house.pass(Duration::DAY);
    send(&house).await;
    assert_eq!(house.letter_state(series).await.0, "ordered");
    house.render().await;
    assert_eq!(house.letter_state(series).await.0, "available");
    assert_eq!(house.email_state(series).await.0, "ordered", "and the mail is tried on");
}
