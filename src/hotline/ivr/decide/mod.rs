//! The interpreter: where a call stands, what was pressed, the time -> what is said and what comes next. Pure.

use super::flow::{Choice, LANGUAGES, Node, Plan, Texts};
use crate::hotline::calls::model::{About, Ask, Spoken};
use crate::hotline::queue::model::{Language, Topic};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// Where a call stands in its flow. Stored with the call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The place.
    pub place: Place,
    /// How many questions the call was asked.
    pub asked: u16,
    /// The language that was chosen. Until then everything is said in every language.
    pub language: Option<Language>,
    /// The topic, when one was chosen.
    pub topic: Option<Topic>,
    /// Whether the caller's number had a place in line when the call arrived.
    pub returning: bool,
    /// The queue that it was led to, when the flow names one.
    #[serde(default)]
    pub queue: Option<String>,
    /// The priority class that it was led to, when the flow names one.
    #[serde(default)]
    pub class: Option<String>,
}

/// The places at which a call can stand between two inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Place {
    /// A question was put.
    Asking {
        /// Its node.
        node: String,
        /// How often it was put.
        tries: u8,
    },
    /// The caller waits in the queue.
    Queue,
    /// Goodbye was said.
    Goodbye,
}

/// What a caller did about a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Pressed something.
    Keys(String),
    /// Pressed nothing.
    Silence,
}

/// What the interpreter must know besides the flow and the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The time.
    pub now: OffsetDateTime,
    /// Opening hours do not apply: for exercises and demonstrations.
    pub always_open: bool,
    /// The caller's number has a place in line that can be taken up.
    pub returning: bool,
    /// The wait would be longer than is admitted.
    pub crowded: bool,
    /// What the supervisors want every caller to hear just now.
    pub notice: Option<Texts>,
}

/// What is said, and what comes then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The call after it.
    pub state: State,
    /// What is said first.
    pub say: Vec<Spoken>,
    /// What comes then.
    pub then: Then,
}

/// What comes after the sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Then {
    /// A question.
    Ask(Ask),
    /// The caller joins the queue.
    Join {
        /// With this topic.
        topic: Topic,
    },
    /// The caller takes the place up that was found.
    TakeUp,
    /// The call ends.
    HangUp,
}

/// The question was not being asked: the answer is late, or the call is elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no question is being asked")]
pub struct NotAsking;

/// A call begins.
#[must_use]
pub fn begin(plan: &Plan, facts: &Facts) -> Turn {
    let state = State {
        place: Place::Goodbye,
        asked: 0,
        language: None,
        topic: None,
        returning: facts.returning,
        queue: None,
        class: None,
    };
    walk(plan, state, Vec::new(), &plan.start, facts)
}

/// A question was answered, or nobody answered.
///
/// # Errors
/// When the call is not at a question of this plan.
pub fn answer(plan: &Plan, state: &State, input: &Input, facts: &Facts) -> Result<Turn, NotAsking> {
    let Place::Asking { node: name, tries } = &state.place else { return Err(NotAsking) };
    let Some(Node::Ask { keys, otherwise, tries: own_tries, .. }) = plan.nodes.get(name) else {
        return Err(NotAsking);
    };
    let state = state.clone();
    if let Input::Keys(pressed) = input
        && let Some(choice) = keys.get(pressed)
    {
        return Ok(choose(plan, state, choice, facts));
    }
    if *tries >= own_tries.unwrap_or(plan.limits.tries) {
        return Ok(choose(plan, state, otherwise, facts));
    }
    let why = match input {
        Input::Keys(pressed) if !pressed.is_empty() => &plan.again.wrong_key,
        Input::Keys(_) | Input::Silence => &plan.again.silence,
    };
    let say = spoken(why, state.language);
    Ok(ask(plan, state, say, name, tries.saturating_add(1), facts))
}

/// Says again what a call is being asked, for one whose music has to be taken over by the menu. It counts as no new
/// question.
///
/// # Errors
/// When the call is not at a question of this plan.
pub fn repeat(plan: &Plan, state: &State) -> Result<Turn, NotAsking> {
    let Place::Asking { node: name, .. } = &state.place else { return Err(NotAsking) };
    let Some(Node::Ask { text, .. }) = plan.nodes.get(name) else { return Err(NotAsking) };
    let then = Then::Ask(question(plan, state, name, text));
    Ok(Turn { state: state.clone(), say: Vec::new(), then })
}

/// Sends a call to the end that is meant for callers whom no question helps.
#[must_use]
pub fn give_up_asking(plan: &Plan, state: State, facts: &Facts) -> Turn {
    walk(plan, state, Vec::new(), &plan.limits.exhausted, facts)
}

fn choose(plan: &Plan, mut state: State, choice: &Choice, facts: &Facts) -> Turn {
    state.language = choice.language.or(state.language);
    state.topic = choice.topic.or(state.topic);
    walk(plan, state, Vec::new(), &choice.next, facts)
}

/// Goes on from a node until a question or an end. The checks have made sure that there is one; the bound is for a
/// plan that was never checked.
fn walk(plan: &Plan, mut state: State, mut say: Vec<Spoken>, from: &str, facts: &Facts) -> Turn {
    let mut name = from;
    for _ in 0..=plan.nodes.len() {
        let (text, then) = match plan.nodes.get(name) {
            None => break,
            Some(Node::Say { text, next }) => {
                say.extend(spoken(text, state.language));
                name = next;
                continue;
            }
            Some(Node::Hours { open, closed }) => {
                name = if facts.always_open || plan.hours.is_open(facts.now) { open } else { closed };
                continue;
            }
            Some(Node::Redial { known, new }) => {
                name = if state.returning { known } else { new };
                continue;
            }
            Some(Node::Ask { .. }) => return ask(plan, state, say, name, 1, facts),
            Some(Node::Notice { next }) => {
                say.extend(facts.notice.iter().flat_map(|text| spoken(text, state.language)));
                name = next;
                continue;
            }
            Some(Node::Queue { full: Some(full), .. }) if facts.crowded => {
                name = full;
                continue;
            }
            Some(Node::Queue { text, topic, queue, class, .. }) => {
                (state.queue, state.class) = (queue.clone(), class.clone());
                (text, Then::Join { topic: state.topic.unwrap_or(*topic) })
            }
            Some(Node::TakeUp { text }) => (text, Then::TakeUp),
            Some(Node::HangUp { text }) => (text, Then::HangUp),
        };
        say.extend(spoken(text, state.language));
        state.place = if then == Then::HangUp { Place::Goodbye } else { Place::Queue };
        return Turn { state, say, then };
    }
    state.place = Place::Goodbye;
    Turn { state, say, then: Then::HangUp }
}

/// Puts a question, unless the call has been asked enough.
fn ask(plan: &Plan, mut state: State, say: Vec<Spoken>, name: &str, tries: u8, facts: &Facts) -> Turn {
    let Some(Node::Ask { text, .. }) = plan.nodes.get(name) else {
        return Turn { state, say, then: Then::HangUp };
    };
    if state.asked >= plan.limits.questions {
        return walk(plan, state, say, &plan.limits.exhausted, facts);
    }
    state.asked += 1;
    state.place = Place::Asking { node: name.to_owned(), tries };
    let then = Then::Ask(question(plan, &state, name, text));
    Turn { state, say, then }
}

fn question(plan: &Plan, state: &State, name: &str, text: &Texts) -> Ask {
    Ask {
        name: name.to_owned(),
        number: state.asked,
        prompts: spoken(text, state.language),
        patience: plan.limits.patience(),
        about: About::Menu,
    }
}

/// A text in the language chosen, or in every language.
fn spoken(text: &Texts, language: Option<Language>) -> Vec<Spoken> {
    let say = |language: Language| Spoken { language, text: text.of(language).to_owned() };
    match language {
        Some(language) => vec![say(language)],
        None => LANGUAGES.into_iter().map(say).collect(),
    }
}

#[cfg(test)]
mod tests;
