//! Runs a transcript through a flow: lines with `>` are what happens, everything else is what the menu answers.
//!
//! ```text
//! # A caller books.
//! > at 2021-04-28 18:00
//! > ring
//! asks 1 [de] Guten Tag …
//! > press 1
//! ```
//!
//! Running a transcript writes it anew: comments and what happens stay, the answers are the flow's. A golden transcript
//! is one that stays as it is.

use super::decide::{Facts, Input, State, Then, Turn, answer, begin};
use super::flow::Plan;
use crate::foundation::calendar;
use crate::hotline::calls::model::{Ask, Spoken};
use std::fmt::Write;
use time::macros::{datetime, format_description};
use time::{OffsetDateTime, PrimitiveDateTime};

/// The largest transcript that is run.
pub const LARGEST: usize = 64 * 1024;

/// Runs a transcript.
///
/// # Errors
/// The line that says something else than what can happen.
pub fn run(plan: &Plan, transcript: &str) -> Result<String, String> {
    if transcript.len() > LARGEST {
        return Err(format!("the transcript is larger than {LARGEST} bytes"));
    }
    let mut simulation =
        Simulation { plan, now: datetime!(2021-04-28 16:00 UTC), returning: false, crowded: false, call: None };
    let mut written = String::new();
    for (number, line) in transcript.lines().enumerate() {
        let is_kept = line.starts_with('>') || line.starts_with('#') || line.trim().is_empty();
        if is_kept {
            written.push_str(line.trim_end());
            written.push('\n');
        }
        if let Some(event) = line.strip_prefix('>') {
            let answer = simulation.happen(event.trim()).map_err(|wrong| format!("line {}: {wrong}", number + 1))?;
            written.push_str(&answer);
        }
    }
    Ok(written)
}

struct Simulation<'a> {
    plan: &'a Plan,
    now: OffsetDateTime,
    returning: bool,
    crowded: bool,
    call: Option<State>,
}

impl Simulation<'_> {
    fn happen(&mut self, event: &str) -> Result<String, String> {
        let (verb, rest) = event.split_once(' ').unwrap_or((event, ""));
        match (verb, rest) {
            ("at", moment) => {
                let format = format_description!("[year]-[month]-[day] [hour]:[minute]");
                let local = PrimitiveDateTime::parse(moment, format)
                    .map_err(|_| "a moment is written \"2021-04-28 18:00\", in local time".to_owned())?;
                self.now = calendar::moment(local.date(), local.time());
                Ok(String::new())
            }
            ("returning", "") => {
                self.returning = true;
                Ok(String::new())
            }
            ("crowded", "") => {
                self.crowded = true;
                Ok(String::new())
            }
            ("ring", "") => {
                let turn = begin(self.plan, &self.facts());
                Ok(self.tell(turn))
            }
            ("press", keys) if !keys.is_empty() => self.input(&Input::Keys(keys.to_owned())),
            ("wait", "") => self.input(&Input::Silence),
            _ => Err("what happens is one of: at, returning, crowded, ring, press, wait".to_owned()),
        }
    }

    const fn facts(&self) -> Facts {
        let (returning, crowded) = (self.returning, self.crowded);
        Facts { now: self.now, always_open: false, returning, crowded, notice: None }
    }

    fn input(&mut self, input: &Input) -> Result<String, String> {
        let state = self.call.as_ref().ok_or("nobody has rung yet")?;
        match answer(self.plan, state, input, &self.facts()) {
            Ok(turn) => Ok(self.tell(turn)),
            Err(refusal) => Ok(format!("refused: {refusal}\n")),
        }
    }

    fn tell(&mut self, turn: Turn) -> String {
        let language = turn.state.language.unwrap_or(self.plan.language).code();
        let mut told = String::new();
        for Spoken { language, text } in &turn.say {
            let _ = writeln!(told, "says [{}] {text}", language.code());
        }
        // Writing to a string cannot fail.
        let _ = match &turn.then {
            Then::Ask(Ask { number, prompts, .. }) => prompts
                .iter()
                .try_for_each(|Spoken { language, text }| writeln!(told, "asks {number} [{}] {text}", language.code())),
            Then::Join { topic } => writeln!(told, "joins the queue: {}, {language}", topic.code()),
            Then::TakeUp => writeln!(told, "takes the place up"),
            Then::HangUp => writeln!(told, "hangs up"),
        };
        self.call = Some(turn.state);
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hotline::ivr::flow::Flow;

    fn flow() -> Flow {
        Flow::load(include_str!("../../../ivr-flows/hotline.toml")).unwrap()
    }

    #[test]
    fn running_a_transcript_again_changes_nothing() {
        let once = run(&flow().plan, "# Silence\n> ring\nold words\n> wait\n> wait\n> wait\n> press 1\n").unwrap();
        assert!(once.starts_with("# Silence\n> ring\nasks 1 [de] Guten Tag"), "{once}");
        assert!(!once.contains("old words"));
        assert_eq!(run(&flow().plan, &once).unwrap(), once);
    }

    #[test]
    fn what_cannot_happen_is_named_with_its_line() {
        let wrong = run(&flow().plan, "> ring\n> shout\n").unwrap_err();
        assert!(wrong.starts_with("line 2: "), "{wrong}");
        assert!(run(&flow().plan, "> press 1\n").is_err());
        assert!(run(&flow().plan, "> at noon\n").is_err());
    }

    #[test]
    fn keys_after_the_end_are_refused() {
        let told = run(&flow().plan, "> ring\n> press 1\n> press 1\n> press 1\n").unwrap();
        assert!(told.ends_with("refused: no question is being asked\n"), "{told}");
    }
}
