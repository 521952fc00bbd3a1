//! Sound: how long speech takes, and fetching and playing music.

use std::sync::Arc;
use std::time::Duration;

use super::super::session::Switch;
use super::super::verbs::{Play, Prompt, Say, Times};
use crate::journal::Happening;

/// Characters that a voice speaks in a second.
const SPOKEN_PER_SECOND: f64 = 15.0;
/// How long the player waits for a file, in real time.
const FETCH: Duration = Duration::from_secs(5);
/// A repetition never takes less, so that an empty piece played for ever is no busy loop.
const SHORTEST: Duration = Duration::from_millis(100);

/// Speaks.
pub(super) async fn say(switch: &Switch, say: &Say) {
    let letters = say.text.chars().count();
    let once =
        Duration::from_secs_f64((f64::from(u32::try_from(letters).unwrap_or(u32::MAX)) / SPOKEN_PER_SECOND).max(0.5));
    repeat(switch, say.times, once).await;
}

/// Plays; `Err` when a file could not be had.
pub(super) async fn play(switch: &Arc<Switch>, call: &str, play: &Play) -> Result<(), ()> {
    let mut length = Duration::ZERO;
    for url in &play.urls {
        let fetched = switch.player.fetch(url, FETCH).await;
        let ok = fetched.is_ok();
        switch.journal.note(Happening::Audio { call: call.to_owned(), url: url.clone(), ok });
        length += fetched.map_err(|why| tracing::debug!(call, why, "no audio"))?;
    }
    repeat(switch, play.times, length.max(SHORTEST)).await;
    Ok(())
}

/// A prompt before a question; a missing file is silence, and the question begins at once.
pub(super) async fn before_question(switch: &Arc<Switch>, call: &str, prompt: &Prompt) {
    match prompt {
        Prompt::Say(text) => say(switch, text).await,
        Prompt::Play(music) => {
            let _ = play(switch, call, music).await;
        }
    }
}

async fn repeat(switch: &Switch, times: Times, once: Duration) {
    match times {
        Times::N(n) => {
            for _ in 0..n {
                switch.pace.sleep(once).await;
            }
        }
        Times::Forever => loop {
            switch.pace.sleep(once).await;
        },
    }
}
