//! The URLs of steps: each names its call and its step, and carries a code that only we can make.
//!
//! A signature covers a hook's body and not its URL. So the URL is signed by us: nobody can take a genuine body to
//! another step, or guess a step of another call.

use super::settings::Secret;
use crate::foundation::ids::{CallId, OfferId};
use crate::hotline::calls::model::{Park, Step, Tick};
use crate::hotline::queue::model::Language;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use time::OffsetDateTime;

/// Where hooks arrive, below the listener's public URL.
pub const BASE: &str = "/providers/jambonz";

/// A hook that changes something is tried again when nobody could be reached or something was broken. Timeouts are not:
/// we answer in time, and a repeated hook would come on top.
const RETRIES: &str = "#rc=3&rp=ct,5xx";

/// A tick is tried once more: longer silence would be worse than the next piece of music, which asks again.
const RETRIES_OF_A_TICK: &str = "#rc=1&rp=ct,5xx";

/// Bytes of the code: 128 bits.
const CODE: usize = 16;

/// The longest label of a park list that a URL may bring.
const LONGEST_LABEL: usize = 24;

/// Makes and reads step URLs.
#[derive(Clone, Debug)]
pub struct Steps {
    public_url: String,
    /// Today's first; more while the secret is being changed, so that running calls keep their URLs.
    keys: Vec<Secret>,
}

impl Steps {
    /// URLs below `public_url`, with codes made from the webhook secrets.
    #[must_use]
    pub const fn new(public_url: String, keys: Vec<Secret>) -> Self {
        Self { public_url, keys }
    }

    /// The URL at which a step asks.
    #[must_use]
    pub fn url(&self, call: CallId, step: &Step) -> String {
        let path = path(call, step);
        let code = self.code(&path);
        let retries = if matches!(step, Step::Tick(_)) { RETRIES_OF_A_TICK } else { RETRIES };
        format!("{}{BASE}/step/{path}/{code}{retries}", self.public_url)
    }

    /// The URL at which a call asks that rang then, and has no id yet.
    #[must_use]
    pub fn arrival_url(&self, rang: OffsetDateTime) -> String {
        let path = format!("call/{}", rang.unix_timestamp_nanos() / 1_000);
        let code = self.code(&path);
        format!("{}{BASE}/{path}/{code}{RETRIES_OF_A_TICK}", self.public_url)
    }

    /// Reads what stands behind `/call/`: when the call rang, when we have made it.
    #[must_use]
    pub fn read_arrival(&self, text: &str) -> Option<OffsetDateTime> {
        let (micros, given) = text.split_once('/')?;
        if !self.is_ours(&format!("call/{micros}"), given) {
            return None;
        }
        OffsetDateTime::from_unix_timestamp_nanos(micros.parse::<i128>().ok()?.checked_mul(1_000)?).ok()
    }

    /// Where the progress of legs is reported.
    #[must_use]
    pub fn status_url(&self) -> String {
        format!("{}{BASE}/status{RETRIES}", self.public_url)
    }

    /// Reads what stands behind `/step/`: the call and the step, when we have made it.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<(CallId, Step)> {
        let (path, given) = text.rsplit_once('/')?;
        if !self.is_ours(path, given) {
            return None;
        }
        let mut parts = path.split('/');
        let (kind, call, detail) = (parts.next()?, parts.next()?, parts.next()?);
        let step = match kind {
            "menu" => {
                let mut numbers = detail.split('.');
                let (number, part, parts) = (numbers.next()?, numbers.next()?, numbers.next()?);
                Step::Menu { number: number.parse().ok()?, part: part.parse().ok()?, parts: parts.parse().ok()? }
            }
            "tick" => Step::Tick(read_tick(detail)?),
            "connect" => {
                let (offer, attempt) = detail.split_once('.')?;
                Step::Connect { offer: offer.parse().ok()?, attempt: attempt.parse().ok()? }
            }
            "connected" => Step::Connected(detail.parse().ok()?),
            "callback" => Step::CallBack,
            "called" => Step::Called(detail.parse().ok()?),
            "reached" => Step::Reached(detail.parse().ok()?),
            "resume" => Step::Resume,
            _ => return None,
        };
        Some((call.parse().ok()?, step))
    }

    fn code(&self, path: &str) -> String {
        self.keys.first().map(|key| hex::encode(code(key, path))).unwrap_or_default()
    }

    fn is_ours(&self, path: &str, given: &str) -> bool {
        let Ok(given) = hex::decode(given) else { return false };
        self.keys.iter().any(|key| bool::from(subtle::ConstantTimeEq::ct_eq(&code(key, path)[..], &given[..])))
    }
}

fn path(call: CallId, step: &Step) -> String {
    match step {
        Step::Menu { number, part, parts } => format!("menu/{call}/{number}.{part}.{parts}"),
        Step::Tick(Tick { park, index }) => {
            let promised = park.promised.unwrap_or(0);
            let callback = u8::from(park.callback);
            format!("tick/{call}/{}.{}.{index}.{}.{promised}.{callback}", park.label, park.round, park.language.code())
        }
        Step::Connect { offer: OfferId(offer), attempt } => format!("connect/{call}/{offer}.{attempt}"),
        Step::Connected(OfferId(offer)) => format!("connected/{call}/{offer}"),
        Step::CallBack => format!("callback/{call}/now"),
        Step::Called(OfferId(offer)) => format!("called/{call}/{offer}"),
        Step::Reached(OfferId(offer)) => format!("reached/{call}/{offer}"),
        Step::Resume => format!("resume/{call}/now"),
    }
}

fn read_tick(detail: &str) -> Option<Tick> {
    let mut parts = detail.split('.');
    let (label, round, index, language) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let promised: i64 = parts.next()?.parse().ok()?;
    let language = [Language::De, Language::En].into_iter().find(|it| it.code() == language)?;
    if label.is_empty() || label.len() > LONGEST_LABEL {
        return None;
    }
    let park = Park {
        label: label.to_owned(),
        round: round.parse().ok()?,
        language,
        promised: (promised > 0).then_some(promised),
        // Lists of a version that did not know of it do not name it.
        callback: parts.next() == Some("1"),
    };
    Some(Tick { park, index: index.parse().ok()? })
}

fn code(key: &Secret, path: &str) -> [u8; CODE] {
    let mut code = [0; CODE];
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()) {
        // Another use of the same secret: its codes are never a hook's signature.
        mac.update(b"step url\n");
        mac.update(path.as_bytes());
        code.copy_from_slice(&mac.finalize().into_bytes()[..CODE]);
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn steps(keys: &[&str]) -> Steps {
        let keys = keys.iter().map(|key| Secret::new((*key).to_owned())).collect();
        Steps::new("https://hotline.example".to_owned(), keys)
    }

    fn call() -> CallId {
        "0190163d-8694-739b-aea5-966c26f8ad91".parse().unwrap()
    }

    fn some() -> Vec<Step> {
        let offer = OfferId("0190163d-8694-739b-aea5-000000000001".parse().unwrap());
        let (promised, callback) = (Some(1_619_625_600), true);
        let park = Park { label: "q3".to_owned(), round: 2, language: Language::En, promised, callback };
        vec![
            Step::Menu { number: 3, part: 1, parts: 2 },
            Step::Tick(Tick { park, index: 17 }),
            Step::Connect { offer, attempt: 2 },
            Step::Connected(offer),
            Step::CallBack,
            Step::Called(offer),
            Step::Reached(offer),
            Step::Resume,
        ]
    }

    fn tail(url: &str) -> &str {
        let (_, tail) = url.split_once("/step/").unwrap();
        tail.split_once('#').unwrap().0
    }

    #[test]
    fn every_step_comes_back_as_it_was() {
        for step in some() {
            let url = steps(&["secret"]).url(call(), &step);
            assert!(url.starts_with("https://hotline.example/providers/jambonz/step/"), "{url}");
            assert_eq!(steps(&["secret"]).read(tail(&url)), Some((call(), step)));
        }
    }

    #[test]
    fn a_secret_may_be_changed_while_calls_run() {
        let url = steps(&["old"]).url(call(), &Step::Resume);
        assert!(steps(&["new", "old"]).read(tail(&url)).is_some());
        assert!(steps(&["new"]).read(tail(&url)).is_none());
    }

    #[test]
    fn the_code_of_one_step_opens_no_other() {
        let texts: Vec<String> =
            some().iter().map(|step| tail(&steps(&["secret"]).url(call(), step)).to_owned()).collect();
        for text in &texts {
            let (path, _) = text.rsplit_once('/').unwrap();
            for other in &texts {
                let (_, code) = other.rsplit_once('/').unwrap();
                assert_eq!(steps(&["secret"]).read(&format!("{path}/{code}")).is_some(), text == other);
            }
            assert!(steps(&["secret"]).read(path).is_none());
        }
    }

    #[test]
    fn a_call_without_an_id_keeps_when_it_rang() {
        let rang = time::macros::datetime!(2021-04-28 16:00:00.123456 UTC);
        let url = steps(&["secret"]).arrival_url(rang);
        let (_, tail) = url.split_once("/call/").unwrap();
        let tail = tail.split_once('#').unwrap().0;
        assert_eq!(steps(&["secret"]).read_arrival(tail), Some(rang));
        let (micros, code) = tail.split_once('/').unwrap();
        let earlier = micros.replace("123456", "123455");
        assert_eq!(
            steps(&["secret"]).read_arrival(&format!("{earlier}/{code}")),
            None,
            "nobody rings earlier by guessing"
        );
    }

    #[test]
    fn hooks_are_repeated_when_nobody_could_be_reached() {
        assert!(steps(&["s"]).url(call(), &Step::Resume).ends_with("#rc=3&rp=ct,5xx"));
        assert!(steps(&["s"]).status_url().ends_with("/providers/jambonz/status#rc=3&rp=ct,5xx"));
    }

    proptest! {
        #[test]
        fn no_text_stops_the_program(text in "[a-z0-9./-]{0,120}") {
            prop_assert!(steps(&["secret"]).read(&text).is_none());
            prop_assert!(steps(&["secret"]).read_arrival(&text).is_none());
        }
    }
}
