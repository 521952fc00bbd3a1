//! `gather`: a prompt, then keys.
//!
//! As at the real server: any key ends the prompt, whatever `dtmfBargein` says; the time limit starts when the prompt is over;
//! without `numDigits` a key is lost when the limit comes (`minDigits` unset), and with `minDigits: 0` silence counts as keys;
//! a gather that was killed calls no hook, and one whose hook fails goes on with the next verb.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::super::call::{Call, Kill};
use super::super::hooks::Failure;
use super::super::session::Switch;
use super::super::verbs::{Gather, Prompt};
use super::{How, endpoint, prompt};

enum Resolved {
    Keys,
    Timeout,
}

/// Runs a gather to its hook.
pub(super) async fn gather(
    switch: &Arc<Switch>,
    call: &Arc<Call>,
    id: Option<&str>,
    gather: &Gather,
    kill: &Kill,
) -> How {
    let early = match &gather.prompt {
        Some(Prompt::Say(say)) => say.early,
        Some(Prompt::Play(play)) => play.early,
        None => false,
    };
    endpoint(switch, call, early);
    let mut digits = String::new();
    let Some(resolved) = listen(switch, call, gather, kill, &mut digits).await else {
        call.stop_listening();
        return Ok("killed");
    };
    call.stop_listening();
    if call.is_gone() {
        return Ok("killed");
    }
    let (how, result) = match resolved {
        Resolved::Keys => ("dtmfDetected", json!({"digits": digits, "reason": "dtmfDetected"})),
        Resolved::Timeout => ("timeout", json!({"reason": "timeout"})),
    };
    // From here on nothing can kill it: a REST list that arrives now waits for this answer, and an array in it wins.
    match switch.action(call, "gather", id, gather.action.as_ref(), result, true).await {
        Ok(()) => Ok(how),
        Err(failure) => {
            report(switch, call, &failure);
            Ok("hook failed")
        }
    }
}

/// The failure of an action hook shows in a status hook, which is all the service ever hears of it.
fn report(switch: &Arc<Switch>, call: &Call, failure: &Failure) {
    tracing::debug!(call = call.sid, %failure, "the hook of a gather failed");
    switch.notify(call, json!({"error": "invalid actionHook response"}));
}

/// Listens until keys or the time limit decide; `None` when killed.
async fn listen(
    switch: &Arc<Switch>,
    call: &Call,
    gather: &Gather,
    kill: &Kill,
    digits: &mut String,
) -> Option<Resolved> {
    let mut ear =
        (gather.takes_keys && (gather.listen_during_prompt || gather.prompt.is_none())).then(|| call.listen());
    if let Some(before) = &gather.prompt {
        let key = tokio::select! {
            _ = kill.killed() => return None,
            () = prompt::before_question(switch, &call.sid, before) => None,
            key = next_key(&mut ear) => Some(key),
        };
        if let Some(key) = key
            && takes(gather, digits, key)
        {
            return Some(Resolved::Keys);
        }
    }
    if ear.is_none() && gather.takes_keys {
        ear = Some(call.listen());
    }
    let limit = gather.timeout.map(|limit| Instant::now() + switch.pace.real(limit));
    let enough = |digits: &str| gather.min_digits.is_some_and(|least| digits.len() >= least);
    loop {
        let between = match gather.inter_digit_timeout {
            Some(pause) if !digits.is_empty() && enough(digits) => Some(Instant::now() + switch.pace.real(pause)),
            _ => None,
        };
        tokio::select! {
            _ = kill.killed() => return None,
            () = until(limit) => return Some(if enough(digits) { Resolved::Keys } else { Resolved::Timeout }),
            () = until(between) => return Some(Resolved::Keys),
            key = next_key(&mut ear) => if takes(gather, digits, key) {
                return Some(Resolved::Keys);
            },
        }
    }
}

/// Takes one key; true when it ends the gather.
fn takes(gather: &Gather, digits: &mut String, key: char) -> bool {
    if gather.finish_on_key == Some(key) {
        return true;
    }
    digits.push(key);
    let complete = Some(digits.len());
    complete == gather.num_digits || complete == gather.max_digits
}

async fn next_key(ear: &mut Option<mpsc::Receiver<char>>) -> char {
    if let Some(ear) = ear
        && let Some(key) = ear.recv().await
    {
        return key;
    }
    std::future::pending().await
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}
