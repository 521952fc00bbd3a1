//! Log-in, log-out, the brake on guessing, and what a cookie opens.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::support::logs::Canaries;
use crate::support::staff::{self, Browser, ORIGIN, PASSWORD};
use crate::support::{World, eventually};
use reqwest::header::{ORIGIN as ORIGIN_HEADER, RETRY_AFTER, SET_COOKIE};
use reqwest::{Response, StatusCode};
use time::Duration;
use vaxline::accounts::clients::{self, Kind};
use vaxline::accounts::commands;
use vaxline::accounts::model::{AccountsError, Role};
use vaxline::in_tx;

async fn code(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    let problem: serde_json::Value = response.json().await.unwrap();
    (status, problem["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_log_in_opens_and_a_log_out_closes() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    staff::add_user(&accounts, "t.yildiz", Role::Agent).await;
    let mut browser = Browser::at(server);
    assert_eq!(code(browser.get("/me").await).await, (401, "not_logged_in".into()));

    let response = browser.try_log_in(" T.Yildiz ", PASSWORD).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    let cookies: Vec<_> =
        response.headers().get_all(SET_COOKIE).iter().map(|c| c.to_str().unwrap().to_owned()).collect();
    assert_eq!(cookies.len(), 2);
    for cookie in &cookies {
        assert!(cookie.contains("; Path=/; ") && cookie.contains("; HttpOnly; SameSite=Strict; Secure"), "{cookie}");
    }
    let me: serde_json::Value = browser.get("/me").await.json().await.unwrap();
    assert_eq!((&me["login"], &me["role"]), (&"t.yildiz".into(), &"agent".into()));

    let stolen = browser.clone();
    assert_eq!(browser.post("/logout", Some(ORIGIN), String::new()).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(browser.session, None);
    assert_eq!(stolen.get("/me").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_log_in_makes_a_new_token_and_ends_the_one_that_was_there() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    staff::add_user(&accounts, "agent", Role::Agent).await;
    let mut browser = Browser::at(server);
    // An attacker's fixed token is neither taken over nor opened.
    let planted = "ab".repeat(32);
    browser.session = Some(planted.clone());
    browser.log_in("agent").await;
    assert_ne!(browser.session.as_ref(), Some(&planted));
    let first = browser.clone();
    browser.log_in("agent").await;
    assert_eq!(first.get("/me").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(browser.get("/me").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    staff::add_user(&accounts, "agent", Role::Agent).await;
    let mut browser = Browser::at(server);
    browser.log_in("agent").await;
    world.clock.advance(Duration::hours(12) - Duration::SECOND * 30);
    assert_eq!(browser.get("/me").await.status(), StatusCode::OK);
    world.clock.advance(Duration::SECOND * 30);
    assert_eq!(browser.get("/me").await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_user_without_access_is_out_at_once_and_stays_out() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    staff::add_user(&accounts, "agent", Role::Agent).await;
    let mut browser = Browser::at(server);
    browser.log_in("agent").await;
    let login = "agent".parse().unwrap();
    in_tx!(&accounts.db, "disable", |tx| commands::disable(tx, &login, true)).unwrap();
    assert_eq!(browser.get("/me").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(code(browser.try_log_in("agent", PASSWORD).await).await, (401, "wrong_credentials".into()));
}

#[tokio::test]
async fn an_unknown_login_and_a_wrong_password_are_answered_alike() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    staff::add_user(&accounts, "agent", Role::Agent).await;
    let mut browser = Browser::at(server);
    let mut answers = Vec::new();
    for (login, password) in [
        ("agent", "not the password"),
        ("nobody", "not the password"),
        ("no body", PASSWORD),
        ("agent", &"x".repeat(900)),
    ] {
        let response = browser.try_log_in(login, password).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        answers.push(response.text().await.unwrap());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_locks_nobody_out_of_a_known_browser() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    staff::add_user(&accounts, "victim", Role::Agent).await;
    let mut own = Browser::at(server);
    own.log_in("victim").await;

    let mut refused = 0;
    let now = world.clock.now();
    for round in 0..12_u8 {
        // All in one moment, however long the guesses take: the rate refills with time.
        world.travel_to(now);
        // A guesser with many addresses.
        let mut guesser = Browser::from_address(server, [127, 1, round, 1]);
        let response = guesser.try_log_in("victim", "a guess that fails").await;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            assert!(response.headers().get(RETRY_AFTER).is_some());
            refused += 1;
        }
    }
    assert_eq!(refused, 7, "five guesses pass, then the login has used up its rate");
    // Even the right password is not looked at for a stranger now ...
    world.travel_to(now);
    let mut stranger = Browser::from_address(server, [127, 2, 1, 1]);
    assert_eq!(code(stranger.try_log_in("victim", PASSWORD).await).await, (429, "too_many_attempts".into()));
    // ... but the own browser, and another user, are not slowed down.
    own.log_in("victim").await;
    staff::add_user(&accounts, "colleague", Role::Agent).await;
    stranger.log_in("colleague").await;
    // It is a delay and not a lock.
    world.clock.advance(Duration::seconds(13));
    stranger.log_in("victim").await;
}

#[tokio::test]
async fn a_day_of_log_ins_uses_up_no_rate() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    staff::add_user(&accounts, "agent", Role::Agent).await;
    for _ in 0..8 {
        Browser::from_address(server, [127, 3, 0, 1]).log_in("agent").await;
    }
}

#[tokio::test]
async fn a_page_of_another_site_can_neither_log_in_nor_out() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    staff::add_user(&accounts, "agent", Role::Agent).await;
    let mut browser = Browser::at(server);
    browser.log_in("agent").await;
    let body = format!(r#"{{"login":"agent","password":"{PASSWORD}"}}"#);
    for origin in ["https://evil.example", "null", "http://hotline.example.org"] {
        for path in ["/login", "/logout"] {
            let answer = browser.post(path, Some(origin), body.clone()).await;
            assert_eq!(code(answer).await, (403, "foreign_origin".into()), "{path} {ORIGIN_HEADER}: {origin}");
        }
    }
    assert_eq!(browser.get("/me").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_body_that_is_no_log_in_is_named_and_not_quoted() {
    let world = World::new().await;
    let mut canaries = Canaries::new();
    let canary = canaries.add("Geheimnis-des-Kanarienvogels");
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    let mut browser = Browser::at(server);
    for (body, status) in [
        (canary.clone(), 400),
        (format!(r#"{{"login":"{canary}"}}"#), 422),
        (format!(r#"{{"login":"a","password":"b","{canary}":1}}"#), 422),
        (format!(r#"{{"login":"a","password":"{canary}{}"}}"#, "x".repeat(5_000)), 413),
    ] {
        let response = browser.post("/login", Some(ORIGIN), body).await;
        assert_eq!(response.status().as_u16(), status);
        assert!(!response.text().await.unwrap().contains(&canary));
    }
    assert_eq!(browser.try_log_in("agent", &canary).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_client_is_known_by_its_secret_alone() {
    let world = World::new().await;
    let db = world.staff();
    let (id, secret) = in_tx!(db, "add a client", |tx| commands::add_client(tx, "print house", Kind::Print)).unwrap();
    let again = in_tx!(db, "add a client", |tx| commands::add_client(tx, "print house", Kind::Print));
    assert!(matches!(again, Err(AccountsError::ClientTaken)));

    let with = |value: String| {
        let mut headers = axum::http::HeaderMap::new();
        headers.insert("authorization", value.parse().unwrap());
        headers
    };
    let found = clients::authenticate(db, &with(format!("Bearer {}", secret.reveal()))).await;
    assert_eq!(found.unwrap(), id);
    for wrong in [format!("Bearer {}", "0".repeat(64)), format!("Basic {}", secret.reveal()), "Bearer".into()] {
        assert!(matches!(clients::authenticate(db, &with(wrong)).await, Err(AccountsError::BadSecret)));
    }
    let nothing = clients::authenticate(db, &axum::http::HeaderMap::new()).await;
    assert!(matches!(nothing, Err(AccountsError::BadSecret)));
}

#[tokio::test]
async fn neither_password_nor_token_nor_login_is_ever_logged() {
    let world = World::new().await;
    let mut canaries = Canaries::new();
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    let login = canaries.add("kanarienvogel.meier");
    staff::add_user(&accounts, &login, Role::Agent).await;
    let mut browser = Browser::at(server);
    browser.try_log_in(&login, &canaries.add("ein falsches Kanarienwort")).await;
    browser.log_in(&login).await;
    canaries.add(PASSWORD);
    canaries.add(browser.session.as_ref().unwrap());
    canaries.add(browser.known.as_ref().unwrap());
    let secret = in_tx!(world.staff(), "add a client", |tx| commands::add_client(tx, "print", Kind::Print)).unwrap().1;
    canaries.add(secret.reveal());
    assert_eq!(browser.get("/me").await.status(), StatusCode::OK);
    // Nor is anything of it in the database as it was typed or shown.
    let dump: Vec<String> = sqlx::query_scalar(
        "select user_account.password_hash || encode(session.token_sha256, 'hex') || encode(known_browser.token_sha256, 'hex')
                || encode(api_client.secret_sha256, 'hex')
           from user_account, session, known_browser, api_client",
    )
    .fetch_all(world.work().pool())
    .await
    .unwrap();
    for secret in [PASSWORD, secret.reveal(), browser.session.as_ref().unwrap(), browser.known.as_ref().unwrap()] {
        assert!(dump.iter().all(|row| !row.contains(secret)));
    }
}

#[tokio::test]
async fn the_log_in_page_may_be_flooded_and_a_known_browser_still_gets_in() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    staff::add_user(&accounts, "agent", Role::Agent).await;
    let mut own = Browser::at(server);
    own.log_in("agent").await;
    // More strangers than hashes can be computed: they are shed, and each is answered in time.
    let flood: Vec<_> = (0..60_u8)
        .map(|number| {
            tokio::spawn(async move {
                let mut stranger = Browser::from_address(server, [127, 9, number, 1]);
                stranger.try_log_in(&format!("somebody{number}"), "a guess that fails").await.status().as_u16()
            })
        })
        .collect();
    own.log_in("agent").await;
    for answer in flood {
        assert!(matches!(answer.await.unwrap(), 401 | 429 | 503));
    }
}

#[tokio::test]
async fn a_flood_of_log_ins_leaves_connections_to_the_consoles() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let server = staff::serve_accounts(&accounts).await;
    staff::add_user(&accounts, "agent", Role::Agent).await;
    let mut console = Browser::at(server);
    console.log_in("agent").await;
    // Made before, because a browser takes its time.
    let browsers: Vec<Browser> = (0..20).map(|_| Browser::at(server)).collect();
    // Every log-in is held up at the database.
    let mut holder = world.holder().await;
    sqlx::query("begin").execute(&mut holder).await.unwrap();
    sqlx::query("lock table log_in_brake in access exclusive mode").execute(&mut holder).await.unwrap();
    let flood: Vec<_> = browsers
        .into_iter()
        .map(|mut browser| tokio::spawn(async move { browser.try_log_in("agent", "wrong password").await }))
        .collect();
    eventually("log-ins wait", async || waiting(&world).await > 0).await;
    for _ in 0..20 {
        assert_eq!(console.get("/me").await.status(), StatusCode::OK);
    }
    sqlx::query("rollback").execute(&mut holder).await.unwrap();
    for attempt in flood {
        assert_ne!(attempt.await.unwrap().status(), StatusCode::NO_CONTENT);
    }
}

/// How many statements wait for a lock.
async fn waiting(world: &World) -> i64 {
    let locks = "select count(*) from pg_stat_activity
                  where datname = current_database() and wait_event_type = 'Lock'";
    sqlx::query_scalar(locks).fetch_one(world.work().pool()).await.unwrap()
}
