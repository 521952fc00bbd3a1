//! Neutral scripts as jambonz verbs.
//!
//! Every list but a goodbye ends in music: when a hook fails, the provider goes on with the next verb, so what stands
//! behind a question or a dial is what the caller hears when we are down.

use super::settings::{Park as Music, Voices};
use super::steps::Steps;
use crate::hotline::calls::model::{About, Action, Ask, Park, Script, Spoken, Step, Tick, Whose};
use crate::hotline::ivr::flow::Plan;
use serde_json::{Value, json};
use std::time::Duration;

/// What a deployment sounds like.
#[derive(Clone, Debug)]
pub struct Dialect {
    /// Where hooks are asked.
    pub steps: Steps,
    /// Who speaks.
    pub voices: Voices,
    /// What waiting callers hear.
    pub music: Music,
    /// The SIP realm of the agents' phones.
    pub sip_realm: String,
    /// The number that agents' phones show. Empty: the caller's.
    pub caller_id: String,
}

/// The pause between a question in one language and in the next: long enough to press, too short to wonder.
const BETWEEN_LANGUAGES: Duration = Duration::from_secs(1);

/// The silence after a piece of music in which its tick is asked. Zero would never ask.
const AFTER_MUSIC: Duration = Duration::from_secs(1);

/// The silence after the invitation to be rung: who presses later is heard in the music.
const AFTER_INVITATION: Duration = Duration::from_secs(1);

/// Asks an agent's phone to answer by itself: two headers, because phones know one or the other.
const AUTO_ANSWER: [(&str, &str); 2] = [
    ("Call-Info", "<sip:vaxline.invalid>;answer-after=0"),
    ("Alert-Info", "<http://vaxline.invalid>;info=alert-autoanswer;delay=0"),
];

impl Dialect {
    /// The verbs of a script. `plan` holds the words between the music.
    #[must_use]
    pub fn verbs(&self, script: &Script, plan: &Plan) -> Value {
        let mut list = List { dialect: self, plan, label: &script.label, call: script.call, verbs: Vec::new() };
        let mut language = None;
        for action in &script.actions {
            match action {
                Action::Say(spoken) => {
                    language = Some(spoken.language);
                    list.say(spoken);
                }
                Action::Ask(ask) => {
                    language = ask.prompts.first().map(|spoken| spoken.language);
                    list.ask(ask);
                }
                Action::Park(park) => {
                    list.park(park);
                    return list.done();
                }
                Action::Connect { offer, phone_user, ring, language } => {
                    list.dial(&Step::Connected(*offer), &offer.to_string(), phone_user, *ring);
                    let park = Park::new(script.label.clone(), *language);
                    list.park(&park);
                    return list.done();
                }
                Action::HangUp => {
                    list.push(json!({ "verb": "hangup" }));
                    return list.done();
                }
            }
        }
        let park = Park::new(script.label.clone(), language.unwrap_or(crate::hotline::queue::model::Language::De));
        list.park(&park);
        list.done()
    }

    fn synthesizer(&self, spoken: &Spoken) -> Value {
        let voice = self.voices.of(spoken.language);
        let mut synthesizer = json!({ "vendor": voice.vendor, "language": voice.language });
        if !voice.voice.is_empty() {
            synthesizer["voice"] = json!(voice.voice);
        }
        synthesizer
    }
}

struct List<'a> {
    dialect: &'a Dialect,
    plan: &'a Plan,
    label: &'a str,
    call: Whose,
    verbs: Vec<Value>,
}

impl List<'_> {
    fn done(self) -> Value {
        Value::Array(self.verbs)
    }

    /// Adds a verb under an id that no other verb of the call has: the script's label and the place in it.
    fn push(&mut self, mut verb: Value) {
        if verb.get("id").is_none() {
            verb["id"] = json!(format!("{}.{}", self.label, self.verbs.len()));
        }
        self.verbs.push(verb);
    }

    fn say(&mut self, spoken: &Spoken) {
        let synthesizer = self.dialect.synthesizer(spoken);
        self.push(json!({ "verb": "say", "text": spoken.text, "synthesizer": synthesizer }));
    }

    /// Where a step asks; a call without an id asks where calls arrive.
    fn hook(&self, step: &Step) -> String {
        match self.call {
            Whose::Call(call) => self.dialect.steps.url(call, step),
            Whose::Newcomer { rang } => self.dialect.steps.arrival_url(rang),
        }
    }

    /// A gather for each prompt. Silence after one that is not the last goes on with the next.
    fn ask(&mut self, ask: &Ask) {
        let parts = u8::try_from(ask.prompts.len()).unwrap_or(u8::MAX);
        for (part, spoken) in (1..=parts).zip(&ask.prompts) {
            let patience = if part == parts { ask.patience } else { BETWEEN_LANGUAGES };
            let (step, name) = match ask.about {
                About::Menu => (Step::Menu { number: ask.number, part, parts }, format!("{}.{}", ask.name, ask.number)),
                About::CallBack => (Step::CallBack, format!("{}.{}", ask.name, self.label)),
                About::Reached(offer) => (Step::Reached(offer), format!("{}.{}", ask.name, self.label)),
            };
            let hook = self.hook(&step);
            self.ask_for_a_key(&format!("{name}.{part}"), spoken, patience, &hook);
        }
    }

    /// Words, during which and after which a key is heard.
    fn ask_for_a_key(&mut self, id: &str, spoken: &Spoken, patience: Duration, hook: &str) {
        let synthesizer = self.dialect.synthesizer(spoken);
        self.push(json!({
            "verb": "gather",
            "id": id,
            "input": ["digits"],
            "numDigits": 1,
            "timeout": patience.as_secs(),
            "say": { "text": spoken.text, "synthesizer": synthesizer },
            "actionHook": hook,
        }));
    }

    /// The park list: pieces of music that each ask whether to go on, announcements between them, and an apology.
    fn park(&mut self, park: &Park) {
        let music = &self.dialect.music;
        let language = park.language;
        let words = |text: &str| Spoken { language, text: text.to_owned() };
        let (between, end) = match park.has_place() {
            true => (&self.plan.waiting.announcement, &self.plan.waiting.apology),
            false => (&self.plan.waiting.moment, &self.plan.waiting.sorry),
        };
        let invitation = self.plan.callback.as_ref().filter(|_| park.callback).map(|callback| &callback.invitation);
        for index in 0..music.pieces {
            if index > 0 && index % music.announce_every == 0 {
                self.say(&words(between.of(language)));
            }
            let hook = self.hook(&Step::Tick(Tick { park: park.clone(), index }));
            let id = format!("park.{}.{}.{index}", park.label, park.round);
            if let Some(invitation) = invitation.filter(|_| index % music.announce_every == 0) {
                let id = format!("invite.{}.{}.{index}", park.label, park.round);
                self.ask_for_a_key(&id, &words(invitation.of(language)), AFTER_INVITATION, &hook);
            }
            let mut piece = json!({
                "verb": "gather",
                "id": id,
                // No input at all, unless a key means something: it would end the music, and its digit would be lost.
                "input": [],
                "timeout": AFTER_MUSIC.as_secs(),
                "play": { "url": music.music_url },
                "actionHook": hook,
            });
            if invitation.is_some() {
                piece["input"] = json!(["digits"]);
                piece["numDigits"] = json!(1);
            }
            self.push(piece);
        }
        self.say(&words(end.of(language)));
        self.push(json!({ "verb": "hangup" }));
    }

    fn dial(&mut self, step: &Step, offer: &str, phone_user: &str, ring: Duration) {
        let name = if phone_user.contains('@') || self.dialect.sip_realm.is_empty() {
            phone_user.to_owned()
        } else {
            format!("{phone_user}@{}", self.dialect.sip_realm)
        };
        let mut headers = json!({ "X-Vaxline-Offer": offer });
        for (header, value) in AUTO_ANSWER {
            headers[header] = json!(value);
        }
        let hook = self.hook(step);
        let mut verb = json!({
            "verb": "dial",
            "id": format!("connect.{offer}"),
            "target": [{ "type": "user", "name": name }],
            "timeout": ring.as_secs().max(1),
            "headers": headers,
            // Played once: as long as the phone rings, the caller hears the music they know.
            "dialMusic": self.dialect.music.music_url,
            "actionHook": hook,
        });
        if !self.dialect.caller_id.is_empty() {
            verb["callerId"] = json!(self.dialect.caller_id);
        }
        self.push(verb);
    }
}
