//! A whole booking at a desk: propose a pair, reserve it, confirm both doses with the letter ordered. Every client is an
//! agent with one caller after the other, and all of them want the next days at any centre.

use crate::hotline::Hotline;
use crate::load::{self, Work};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;
use vaxline::accounts::Accounts;
use vaxline::accounts::commands::{NewUser, add_users};
use vaxline::accounts::model::Role;
use vaxline::accounts::password::Password;
use vaxline::foundation::calendar;
use vaxline::foundation::fault::{Fault, Refusal};
use vaxline::foundation::findings::Finding;
use vaxline::foundation::ids::{EntryId, UserId};
use vaxline::in_tx;
use vaxline::scheduling::capacity::{Release, release_days};
use vaxline::scheduling::model::{Actor, Applicant, Channel, Holder, RawPerson, SchedulingError, Wanted, Wish};
use vaxline::scheduling::monitor;
use vaxline::scheduling::{Campaign, commands, persons};
use vaxline::supply::catalogue::Catalogue;
use vaxline::supply::commands::{Imported, SupplyError, import};

/// Days of first doses at each centre.
const DAYS: i64 = 20;

/// First doses in five minutes at each centre.
const PER_BUCKET: u8 = 3;

/// Desks that clients sit at.
const DESKS: usize = 64;

/// How often a client looks for another pair when somebody was faster.
const TRIES: usize = 20;

/// Opens the centres, releases slots, and gives everybody a desk.
pub async fn set(hotline: &Hotline) {
    let campaign = Campaign::shipped().unwrap();
    let today = calendar::local_date(hotline.clock.now());
    let catalogue = Catalogue::saxony().unwrap().reopened(today);
    let imported: Result<Imported, SupplyError> =
        in_tx!(&hotline.pools.work, "import the centres", |tx| import(tx, &catalogue));
    imported.unwrap();
    for (number, centre) in catalogue.centres.iter().enumerate() {
        let release = Release {
            name: "benchmark".to_owned(),
            centre: centre.code.clone(),
            vaccine: "bnt162b2".into(),
            first_day: today + time::Duration::days(8),
            last_day: today + time::Duration::days(7 + DAYS),
            per_bucket: PER_BUCKET,
            opens_at: None,
        };
        let released = release_days(&hotline.pools.work, &campaign, &release).await.unwrap();
        eprintln!("  centre {} of {}: {} pairs", number + 1, catalogue.centres.len(), released.second);
    }
    let accounts = Accounts::new(hotline.pools.work.clone(), hotline.config.accounts.clone());
    let (password, _) = Password::draw(&mut rand::rng());
    let password_hash = accounts.hasher.hash(password, rand::random()).await.unwrap();
    let users: Vec<NewUser> = (0..DESKS)
        .map(|number| NewUser {
            login: format!("agent{number}").parse().unwrap(),
            display_name: format!("Platz {number}"),
            role: Role::Agent,
            phone_user: Some(format!("agent{number}")),
            password_hash: password_hash.clone(),
        })
        .collect();
    in_tx!(&accounts.db, "add the agents", |tx| add_users(tx, &users)).unwrap();
}

/// Books as fast as `clients` agents can.
pub async fn measure(hotline: &Hotline, clients: usize, each: Duration) -> Work {
    let campaign = Arc::new(Campaign::shipped().unwrap());
    let desks: Vec<Uuid> = sqlx::query_scalar("select id from user_account order by login")
        .fetch_all(hotline.pools.work.pool())
        .await
        .unwrap();
    let (db, desks) = (hotline.pools.staff.clone(), Arc::new(desks));
    // Whoever the rules of the day entitle first.
    let claims = campaign.rules.claims_on(hotline.clock.now(), Channel::Phone);
    let claim = claims[0].code.as_str().to_owned();
    load::run(clients, each, move |client, number| {
        let (db, campaign, desks) = (db.clone(), Arc::clone(&campaign), Arc::clone(&desks));
        let form = form(number, &claim);
        async move {
            let user = UserId(desks[client % desks.len()]);
            let entry = EntryId(Uuid::from_u128(rand::random()));
            let (holder, actor) = (Holder { user, entry: Some(entry) }, Actor::agent(user, entry));
            let person = persons::parse(&form).unwrap();
            let applicant = Applicant::of(&person);
            let wish = Wish::default();
            for _ in 0..TRIES {
                let pairs =
                    in_tx!(&db, "propose", |tx| commands::propose(tx, &campaign, &applicant, &wish, Channel::Phone))
                        .unwrap();
                let token = &pairs[0].token;
                let reserved =
                    in_tx!(&db, "reserve", |tx| commands::reserve(tx, &campaign, token, &applicant, &holder));
                let reservation = match reserved {
                    Ok(reservation) => reservation.id,
                    Err(SchedulingError::Fault(fault)) => panic!("{}", fault.chain()),
                    // Somebody was faster.
                    Err(_) => continue,
                };
                let wanted = Wanted { letter: true, email: false };
                let booked = in_tx!(&db, "confirm", |tx| commands::confirm(
                    tx,
                    &campaign,
                    reservation,
                    &holder,
                    &person,
                    wanted,
                    &actor
                ));
                booked.unwrap_or_else(|error| panic!("{}", error.code()));
                return;
            }
            panic!("somebody was always faster");
        }
    })
    .await
}

/// Fails when the invariants of the slots do not hold after all that.
pub async fn nothing_is_overbooked(hotline: &Hotline) {
    let campaign = Campaign::shipped().unwrap();
    let found: Result<Vec<Finding>, Fault> =
        in_tx!(&hotline.pools.work, "monitor", |tx| monitor::check(tx, &campaign.rules));
    let violated: Vec<Finding> = found.unwrap().into_iter().filter(|finding| finding.violations != 0).collect();
    assert_eq!(violated, []);
}

/// A person of eighty-odd years; each number is another person.
fn form(number: usize, claim: &str) -> RawPerson {
    // Digits are no letters: the number is written with letters.
    let name: String = number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
    RawPerson {
        id: None,
        family_name: format!("Beispiel-{name}"),
        given_name: "Erika".to_owned(),
        born_on: "24.03.1939".to_owned(),
        street: "Musterstraße 12 a".to_owned(),
        postcode: "01067".to_owned(),
        town: "Dresden".to_owned(),
        phone: String::new(),
        email: String::new(),
        claim: claim.to_owned(),
        language: "de".to_owned(),
    }
}
