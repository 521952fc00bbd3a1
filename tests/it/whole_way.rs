//! The whole way, once: a caller rings and chooses, waits, reaches an agent, gets a pair of appointments; the print house
//! pulls the letter, and the mail is taken. The program, its database, the SMTP server and the tools that read the PDF
//! are real, and reached as in production; the telephone provider with its caller and the agent's phone is simulated.

use crate::correspondence::print::Printer;
use crate::letters::File;
use crate::patience;
use crate::service::{self, Ports, Service};
use crate::support::mail_server::MailServer;
use crate::support::page::Page;
use crate::support::staff::{Browser, ORIGIN, PASSWORD};
use crate::support::{PATIENCE, World};
use serde_json::{Value, json};
use sip_mock::judge;
use sip_mock::{CallerScript, Keys, PhoneScript, Provider, ProviderConfig};
use std::net::SocketAddr;
use std::path::PathBuf;
use time::{Date, Duration};
use vaxline::foundation::calendar;
use vaxline::in_tx;
use vaxline::scheduling::Campaign;
use vaxline::scheduling::capacity::{Release, release_days};
use vaxline::supply::catalogue::Catalogue;
use vaxline::supply::commands::import;

const SECRET: &str = "whsec-of-the-whole-way";
const API_KEY: &str = "key-of-the-whole-way";

/// Somebody whose name a font may lack, under a claim of the rules in force.
fn form(claim: &Value) -> Value {
    json!({
        "person": {
            "id": null, "family_name": "Dvořák-Šołćic", "given_name": "Łukasz", "born_on": "24.03.1939",
            "street": "Straße des 17. Juni 12 a", "postcode": "02625", "town": "Bautzen", "phone": "0351 4678104",
            "email": "lukasz@example.org", "claim": claim, "language": "de",
        },
        "centre": null, "from_day": null, "day_part": "any", "note": "", "letter": true, "email": true,
    })
}

/// The program at work, with everything around it.
struct House {
    world: World,
    mail: MailServer,
    provider: Provider,
    settings: Vec<(String, String)>,
    folder: PathBuf,
    ports: Ports,
    _program: Service,
}

impl House {
    async fn open() -> Self {
        let world = World::new().await;
        release_slots(&world).await;
        let (mail, ports) = (MailServer::start(), Ports::free());
        let mut config = ProviderConfig::new(&format!("http://127.0.0.1:{}", ports.hooks));
        config.secret = SECRET.to_owned();
        config.api_key = API_KEY.to_owned();
        config.speed = 20.0;
        config.rate_limit = None;
        config.other_phones = Some(PhoneScript::answers());
        let account = config.account_sid.clone();
        let provider = Provider::start(config).await.unwrap();
        let folder = std::env::temp_dir().join(format!("vaxline-whole-way-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let settings: Vec<(String, String)> = [
            ("VAXLINE__DATABASE__URL", world.url().to_owned()),
            // The tests' database keeps nothing.
            ("VAXLINE__DATABASE__ACCEPT_UNSAFE_DURABILITY", "true".to_owned()),
            ("VAXLINE__ACCOUNTS__ALLOWED_ORIGINS", format!("[\"{ORIGIN}\"]")),
            ("VAXLINE__ACCOUNTS__SECURE_COOKIES", "true".to_owned()),
            ("VAXLINE__PROVIDER__WEBHOOK_SECRET", SECRET.to_owned()),
            ("VAXLINE__PROVIDER__API_KEY", API_KEY.to_owned()),
            ("VAXLINE__PROVIDER__ACCOUNT_SID", account),
            ("VAXLINE__PROVIDER__API_URL", provider.base_url()),
            ("VAXLINE__PROVIDER__PARK__MUSIC_URL", format!("{}/hold-music.wav", provider.media_url())),
            ("VAXLINE__MENU__ALWAYS_OPEN", "true".to_owned()),
            ("VAXLINE__QUEUE__PAINT_MILLISECONDS", "10000".to_owned()),
            ("VAXLINE__CORRESPONDENCE__EMAIL__HOST", "127.0.0.1".to_owned()),
            ("VAXLINE__CORRESPONDENCE__EMAIL__PORT", mail.port().to_string()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let program = Service::start(&settings, ports, &folder.join("vaxline.log")).await;
        Self { world, mail, provider, settings, folder, ports, _program: program }
    }

    /// Runs a command of the program, as an operator does.
    fn command(&self, arguments: &[&str], input: &str) -> String {
        service::run(&self.settings, arguments, input)
    }

    fn staff(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.ports.staff))
    }

    /// An agent who has logged in, at an open console.
    async fn agent(&self) -> Page {
        let roster = self.folder.join("roster.csv");
        let rows = format!("login,display_name,role,phone_user,password\nanna,\"Adler, A.\",agent,anna,{PASSWORD}\n");
        std::fs::write(&roster, rows).unwrap();
        self.command(&["users", "import", roster.to_str().unwrap()], "");
        let mut browser = Browser::at(self.staff());
        browser.log_in("anna").await;
        Page::open(&browser, self.staff()).await
    }

    /// The secret of a print house.
    fn print_house(&self) -> String {
        let said = self.command(&["clients", "add", "Druckhaus", "--kind", "print"], "");
        said.split_whitespace().last().unwrap().to_owned()
    }

    /// What the judge says of the program's log and the provider's journal.
    async fn verdict(&self) -> judge::Report {
        let unpublished = "select count(*) from event where position is null";
        crate::support::eventually("every fact is published", async || {
            let left: i64 = sqlx::query_scalar(unpublished).fetch_one(self.world.work().pool()).await.unwrap();
            left == 0
        })
        .await;
        let exported = self.folder.join("events.jsonl");
        self.command(&["events", "export", "--to", exported.to_str().unwrap()], "");
        let events = judge::read_events(std::io::BufReader::new(std::fs::File::open(exported).unwrap())).unwrap();
        judge::judge(&events, &self.provider.journal().entries(), &patience::on_a_busy_machine())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Saxony's centres, with some days of slots at each.
async fn release_slots(world: &World) {
    let today = calendar::local_date(world.clock.now());
    let catalogue = Catalogue::saxony().unwrap().reopened(today);
    in_tx!(world.work(), "import", |tx| import(tx, &catalogue)).unwrap();
    let release = Release {
        name: "november".to_owned(),
        centre: "loebau".into(),
        vaccine: "bnt162b2".into(),
        first_day: today + Duration::days(1),
        last_day: today + Duration::days(14),
        per_bucket: 1,
        opens_at: None,
    };
    release_days(world.work(), &Campaign::shipped().unwrap(), &release).await.unwrap();
}

/// A day as letters write it: `7. Dezember 2026`.
fn written(day: &Value) -> String {
    const MONTHS: [&str; 12] = [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ];
    let format = time::macros::format_description!("[year]-[month]-[day]");
    let day = Date::parse(day.as_str().unwrap(), format).unwrap();
    format!("{}. {} {}", day.day(), MONTHS[usize::from(u8::from(day.month())) - 1], day.year())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_rings_an_agent_books_both_doses_the_letter_is_pulled_and_the_mail_is_taken() {
    let house = House::open().await;
    let mut page = house.agent().await;
    let mut printer = Printer::of(house.staff(), house.print_house());

    // The caller hears the menu, chooses and waits; the agent becomes ready, and takes the call.
    let caller = house.provider.ring(CallerScript {
        number: "+4935123125001".to_owned(),
        keys: vec![Keys::at_id("language", "1"), Keys::at_id("reason", "1")],
        ..CallerScript::default()
    });
    page.must(json!({ "t": "ready" })).await;
    let offer = page.until_offer().await;
    page.must(json!({ "t": "painted", "offer": offer })).await;
    page.must(json!({ "t": "accept", "offer": offer })).await;
    page.until_state("talking").await;

    // Both doses are proposed, reserved and confirmed while they talk.
    let form = form(&page.heard[1]["setup"]["claims"][0]["code"]);
    let pairs = page.must(json!({ "t": "propose", "form": form })).await;
    let token = &pairs["pairs"][0]["token"];
    let reserved = page.must(json!({ "t": "reserve", "token": token, "form": form })).await;
    let confirm = json!({ "t": "confirm", "reservation": reserved["reservation"]["id"], "form": form });
    let booking = page.must(confirm).await["booking"].clone();
    let reference = booking["reference"].as_str().unwrap().to_owned();
    let days = [&booking["pair"]["first"]["day"], &booking["pair"]["second"]["day"]].map(written);
    page.must(json!({ "t": "hang_up" })).await;
    page.until_state("wrap_up").await;
    page.must(json!({ "t": "finish_wrap_up", "code": "booked" })).await;
    assert!(caller.ended(PATIENCE).await.is_some());

    // The print house pulls the letter, and readers of PDF find in it what was said on the telephone.
    let taken = printer.pull_when_ready("first").await;
    let [(letter, ..)] = taken.letters.as_slice() else { panic!("one letter: {}", taken.letters.len()) };
    let pdf = File::of("whole-way", &printer.letter(letter).await);
    let text = pdf.read_by("pdftotext", &["-layout", "FILE", "-"]);
    for said in ["Łukasz Dvořák-Šołćic", &days[0], &days[1], &reference] {
        assert!(text.contains(said), "the letter lacks {said}:\n{text}");
    }
    pdf.read_by("qpdf", &["--check", "FILE"]);
    let fonts = pdf.read_by("pdffonts", &["FILE"]);
    let fonts: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(!fonts.is_empty() && fonts.iter().all(|font| font.contains("NotoSans") && font.contains("yes yes yes")));
    let (status, accepted) = printer.accept(&taken).await;
    assert_eq!((status.as_u16(), &accepted["accepted"]), (200, &json!(1)));
    assert!(printer.pull("second").await.is_none(), "nothing is given twice");

    // The mail has been taken, by the one whom it is for.
    crate::support::eventually("the mail is taken", async || house.mail.taken().len() == 1).await;
    let (to, message) = &house.mail.taken()[0];
    assert_eq!(to, &["lukasz@example.org"]);
    assert!(message.contains(&reference), "the mail names the booking");

    let verdict = house.verdict().await;
    assert!(verdict.is_clean(), "{verdict}");
    assert_eq!(verdict.figures.served, 1);

    // The statistics of the running program are what its log says, as soon as it has counted.
    let today = calendar::local_date(house.world.clock.now());
    let (from, to) = (today.to_string(), (today + Duration::DAY).to_string());
    let export = ["statistics", "export", "--from", &from, "--to", &to, "--by", "topic", "--format", "json"];
    crate::support::eventually("the call is counted", async || {
        let figures: Value = serde_json::from_str(&house.command(&export, "")).unwrap();
        (&figures["total"]["served"], &figures["total"]["arrived_to_joined_count"]) == (&json!(1), &json!(1))
    })
    .await;
    let said = house.command(&["statistics", "check"], "");
    assert!(said.contains("facts give the"), "{said}");
}
