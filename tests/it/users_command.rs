//! `vaxline users` and `vaxline clients`: passwords never as arguments, rosters whole or not at all.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::support::World;
use crate::support::staff::{self, Browser};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use vaxline::accounts::Accounts;
use vaxline::accounts::clients::{self, Kind};
use vaxline::accounts::model::Role;
use vaxline::cli::users::{self, Clients, Terminal, Users};

async fn run(command: Users, accounts: &Accounts, input: &str) -> (anyhow::Result<()>, String) {
    let mut output = Vec::new();
    let mut terminal = Terminal { input: &mut input.as_bytes(), output: &mut output, interactive: false };
    let result = users::users(command, accounts, "agents.example", &mut terminal).await;
    (result, String::from_utf8(output).unwrap())
}

fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("vaxline-roster-{:016x}", rand::random::<u64>()));
    std::fs::create_dir(&folder).unwrap();
    folder
}

#[tokio::test]
async fn a_user_is_added_with_the_password_from_standard_input() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let add = || Users::Add {
        login: "agent".parse().unwrap(),
        name: "Nr. 1".into(),
        role: Role::Agent,
        phone: Some("1001".into()),
        password_file: None,
    };
    run(add(), &accounts, "ein gutes Passwort\n").await.0.unwrap();
    let server = staff::serve_accounts(&accounts).await;
    assert_eq!(Browser::at(server).try_log_in("agent", "ein gutes Passwort").await.status().as_u16(), 204);
    let again = run(add(), &accounts, "ein gutes Passwort\n").await.0.unwrap_err();
    assert_eq!(users::code(&again), Some("login_taken"));
    let weak = run(add(), &accounts, "kurz\n").await.0.unwrap_err();
    assert_eq!(users::code(&weak), Some("weak_password"));
    assert_eq!(run(Users::List, &accounts, "").await.1, "agent\tagent\t1001\tenabled\tNr. 1\n");
}

#[tokio::test]
async fn a_roster_is_imported_whole_and_again_without_effect() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let (folder, import) =
        (folder(), |file: &PathBuf, passwords_to: Option<PathBuf>| Users::Import { file: file.clone(), passwords_to });
    let file = folder.join("roster.csv");
    std::fs::write(&file, "login,display_name,role,phone_user\na,A,agent,1\nb,B,boss,2\n").unwrap();
    let (refused, output) = run(import(&file, None), &accounts, "").await;
    assert!(refused.is_err() && output == "line 3: bad_role\n", "{output}");
    assert_eq!(run(Users::List, &accounts, "").await.1, "");

    std::fs::write(&file, "login,display_name,role,phone_user\na,A,agent,1\nb,B,supervisor,2\n").unwrap();
    assert!(run(import(&file, None), &accounts, "").await.0.is_err(), "it has no passwords");
    let passwords = folder.join("passwords.csv");
    let (done, output) = run(import(&file, Some(passwords.clone())), &accounts, "").await;
    done.unwrap();
    assert_eq!(output, "added 2, left as they are 0\n");
    assert_eq!(std::fs::metadata(&passwords).unwrap().permissions().mode() & 0o777, 0o600);

    let handed_over = std::fs::read_to_string(&passwords).unwrap();
    let (login, password) = handed_over.lines().nth(1).unwrap().split_once(',').unwrap();
    let server = staff::serve_accounts(&accounts).await;
    assert_eq!(Browser::at(server).try_log_in(login, password).await.status().as_u16(), 204);

    let (done, output) = run(import(&file, None), &accounts, "").await;
    done.unwrap();
    assert_eq!(output, "added 0, left as they are 2\n");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn phones_get_passwords_in_a_file_that_only_its_owner_reads() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    staff::add_user(&accounts, "agent", Role::Agent).await;
    let (folder, draw) = (folder(), |logins: &[&str], to: PathBuf| Users::PhonePasswords {
        logins: logins.iter().map(|login| login.parse().unwrap()).collect(),
        to,
    });
    let file = folder.join("phones.csv");
    let (done, output) = run(draw(&[], file.clone()), &accounts, "").await;
    done.unwrap();
    assert_eq!(output, "1 phones have a new password\n");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "login,phone_user,realm,password");
    assert!(lines[1].starts_with("agent,1001,agents.example,") && lines.len() == 2, "{}", lines[1]);

    assert!(run(draw(&[], file), &accounts, "").await.0.is_err(), "nothing is overwritten");
    let unknown = run(draw(&["nobody"], folder.join("nobody.csv")), &accounts, "").await.0.unwrap_err();
    assert_eq!(users::code(&unknown), Some("unknown_user"));
    assert!(!folder.join("nobody.csv").exists());
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_user_is_given_another_role_and_loses_access_by_command() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    staff::add_user(&accounts, "agent", Role::Agent).await;
    let login = || "agent".parse().unwrap();
    run(Users::Role { login: login(), role: Role::Supervisor }, &accounts, "").await.0.unwrap();
    run(Users::Disable { login: login() }, &accounts, "").await.0.unwrap();
    assert!(run(Users::List, &accounts, "").await.1.starts_with("agent\tsupervisor\t1001\tdisabled\t"));
    run(Users::Enable { login: login() }, &accounts, "").await.0.unwrap();
    assert!(run(Users::List, &accounts, "").await.1.starts_with("agent\tsupervisor\t1001\tenabled\t"));
    let nobody = run(Users::Disable { login: "nobody".parse().unwrap() }, &accounts, "").await.0.unwrap_err();
    assert_eq!(users::code(&nobody), Some("unknown_user"));
}

#[tokio::test]
async fn a_new_password_ends_what_the_old_one_had_opened() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    staff::add_user(&accounts, "agent", Role::Agent).await;
    let server = staff::serve_accounts(&accounts).await;
    let mut browser = Browser::at(server);
    browser.log_in("agent").await;
    let set = Users::Password { login: "agent".parse().unwrap(), password_file: None };
    run(set, &accounts, "ein neues Passwort\n").await.0.unwrap();
    assert_eq!(browser.get("/me").await.status().as_u16(), 401);
    assert_eq!(Browser::at(server).try_log_in("agent", staff::PASSWORD).await.status().as_u16(), 401);
    assert_eq!(Browser::at(server).try_log_in("agent", "ein neues Passwort").await.status().as_u16(), 204);
}

#[tokio::test]
async fn what_was_open_when_access_was_taken_stays_closed_when_it_is_given_back() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    staff::add_user(&accounts, "agent", Role::Agent).await;
    let mut browser = Browser::at(staff::serve_accounts(&accounts).await);
    browser.log_in("agent").await;
    run(Users::Disable { login: "agent".parse().unwrap() }, &accounts, "").await.0.unwrap();
    run(Users::Enable { login: "agent".parse().unwrap() }, &accounts, "").await.0.unwrap();
    assert_eq!(browser.get("/me").await.status().as_u16(), 401);
}

#[tokio::test]
async fn a_client_that_is_disabled_is_listed_and_opens_nothing() {
    let world = World::new().await;
    let accounts = staff::accounts(&world);
    let run = async |command: Clients| {
        let mut output = Vec::new();
        let mut terminal = Terminal { input: &mut &b""[..], output: &mut output, interactive: false };
        let result = users::clients(command, &accounts, &mut terminal).await;
        (result, String::from_utf8(output).unwrap())
    };
    let secret = run(Clients::Add { name: "Druckhaus".into(), kind: Kind::Print }).await.1;
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {}", secret.trim()).parse().unwrap());
    clients::authenticate(world.staff(), &headers).await.unwrap();
    run(Clients::Disable { name: "Druckhaus".into() }).await.0.unwrap();
    clients::authenticate(world.staff(), &headers).await.unwrap_err();
    assert_eq!(run(Clients::List).await.1, "print\tdisabled\tDruckhaus\n");
    let nobody = run(Clients::Disable { name: "nobody".into() }).await.0.unwrap_err();
    assert_eq!(users::code(&nobody), Some("unknown_client"));
}
