//! What the demo finds when it begins: Saxony's centres with slots to book, people who work, and a print house.

use crate::accounts::Accounts;
use crate::accounts::clients::Kind;
use crate::accounts::commands::{self as accounts, NewUser};
use crate::accounts::model::{Login, Role};
use crate::accounts::password::Password;
use crate::cli::start::Context;
use crate::foundation::calendar;
use crate::foundation::ids::UserId;
use crate::hotline::queue::commands as queue;
use crate::hotline::queue::skills::Skills;
use crate::in_tx;
use crate::scheduling::Campaign;
use crate::scheduling::capacity::{Release, release_days};
use crate::supply::catalogue::Catalogue;
use crate::supply::commands as supply;
use crate::supply::model::VaccineCode;
use anyhow::Context as _;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use time::Duration;

/// How many days of first doses are released, from tomorrow on.
const DAYS: i64 = 14;

/// First doses in five minutes at each centre.
const PER_BUCKET: u8 = 1;

/// The vaccine of the demo's slots.
const VACCINE: &str = "bnt162b2";

/// Somebody who can log in.
#[derive(Clone, Debug)]
pub(super) struct LogIn {
    /// What is typed.
    pub(super) login: String,
    /// The password; for this demo alone.
    pub(super) password: String,
}

/// What was made.
#[derive(Clone, Debug)]
pub(super) struct Seeded {
    /// The supervisor.
    pub(super) supervisor: LogIn,
    /// An agent for the person who watches.
    pub(super) guest: LogIn,
    /// The simulated agents.
    pub(super) robots: Vec<LogIn>,
    /// The print house's secret.
    pub(super) print_secret: String,
    /// Slots that can be booked.
    pub(super) slots: usize,
}

/// Makes everything. The folder is fresh, so nothing is in the way.
pub(super) async fn seed(context: &Context, campaign: &Campaign, robots: usize) -> anyhow::Result<Seeded> {
    let slots = open_centres(context, campaign).await?;
    let accounts = context.accounts();
    let mut chance = StdRng::from_rng(&mut rand::rng());
    let mut people = vec![
        ("leitung".to_owned(), "Leitung, L.".to_owned(), Role::Supervisor),
        ("gast".to_owned(), "Gast, G.".to_owned(), Role::Agent),
    ];
    people.extend((1..=robots).map(|number| (format!("agent{number:02}"), format!("Platz {number:02}"), Role::Agent)));
    let mut log_ins = Vec::new();
    let mut users = Vec::new();
    // One password for all, so that hashing dozens of them does not delay the demo.
    let (password, typed) = Password::draw(&mut chance);
    let hash = accounts.hasher.hash(password, chance.random()).await?;
    for (login, display_name, role) in people {
        users.push(NewUser {
            login: login.parse::<Login>()?,
            display_name,
            role,
            phone_user: Some(login.clone()),
            password_hash: hash.clone(),
        });
        log_ins.push(LogIn { login, password: typed.clone() });
    }
    in_tx!(&accounts.db, "add the demo's users", |tx| accounts::add_users(tx, &users))?;
    give_skills(&accounts, &log_ins).await?;
    let print_secret = add_print_house(&accounts).await?;
    let mut log_ins = log_ins.into_iter();
    let (supervisor, guest) = (log_ins.next().context("a supervisor")?, log_ins.next().context("a guest")?);
    Ok(Seeded { supervisor, guest, robots: log_ins.collect(), print_secret, slots })
}

/// Every third agent speaks English, the guest included.
async fn give_skills(accounts: &Accounts, log_ins: &[LogIn]) -> anyhow::Result<()> {
    let english: Skills = "en:3".parse()?;
    let listed = in_tx!(&accounts.db, "list the demo's users", |tx| accounts::list_users(tx))?;
    let speaks = log_ins.iter().skip(1).step_by(3);
    let ids: Vec<(UserId, &Skills)> = speaks
        .filter_map(|log_in| listed.iter().find(|it| it.user.login.as_str() == log_in.login))
        .map(|it| (it.user.id, &english))
        .collect();
    in_tx!(&accounts.db, "give skills", |tx| queue::set_all_skills(tx, &ids))?;
    Ok(())
}

async fn add_print_house(accounts: &Accounts) -> anyhow::Result<String> {
    let (_, secret) =
        in_tx!(&accounts.db, "add the print house", |tx| accounts::add_client(tx, "Druckhaus", Kind::Print))?;
    Ok(secret.reveal().to_owned())
}

async fn open_centres(context: &Context, campaign: &Campaign) -> anyhow::Result<usize> {
    let today = calendar::local_date(context.clock.now());
    let catalogue = Catalogue::saxony()?.reopened(today);
    in_tx!(&context.pools.staff, "import the centres", |tx| supply::import(tx, &catalogue))?;
    let mut slots = 0;
    for centre in &catalogue.centres {
        let release = Release {
            name: "demo".to_owned(),
            centre: centre.code.clone(),
            vaccine: VaccineCode::from(VACCINE),
            first_day: today + Duration::days(1),
            last_day: today + Duration::days(DAYS),
            per_bucket: PER_BUCKET,
            opens_at: None,
        };
        let released = release_days(&context.pools.staff, campaign, &release).await?;
        slots += released.first + released.second;
    }
    Ok(slots)
}
