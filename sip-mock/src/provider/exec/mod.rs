//! Doing what the verbs say, one file a verb that has much to do.
//!
//! Each function answers how the verb ended, for the journal; `Err` drops the call, which only a `redirect` can do.

mod dial;
mod gather;
mod prompt;

use std::sync::Arc;

use serde_json::json;

use super::call::{Call, CallStatus, Kill};
use super::session::{Dropped, Switch};
use super::verbs::{Instruction, Play, Verb};

/// How a verb ended.
pub(crate) type How = Result<&'static str, Dropped>;

/// Runs one verb.
pub(crate) async fn execute(
    switch: &Arc<Switch>,
    call: &Arc<Call>,
    instruction: Instruction,
    kill: &Kill,
    confirming: bool,
) -> How {
    let Instruction { id, verb } = instruction;
    let id = id.as_deref();
    match verb {
        Verb::Answer => {
            answer(switch, call);
            Ok("done")
        }
        Verb::Say(say) => {
            endpoint(switch, call, say.early);
            tokio::select! {
                _ = kill.killed() => Ok("killed"),
                () = prompt::say(switch, &say) => Ok("done"),
            }
        }
        Verb::Play(play) => {
            endpoint(switch, call, play.early);
            self::play(switch, call, id, &play, kill).await
        }
        Verb::Gather(gather) => gather::gather(switch, call, id, &gather, kill).await,
        Verb::Pause(length) => tokio::select! {
            _ = kill.killed() => Ok("killed"),
            () = switch.pace.sleep(length) => Ok("done"),
        },
        Verb::Dial(_) if confirming => Ok("not allowed here"),
        Verb::Dial(dial) => dial::dial(switch, call, id, &dial, kill).await,
        Verb::Redirect(hook) => match switch.action(call, "redirect", id, Some(&hook), json!({}), true).await {
            Ok(()) => Ok("done"),
            Err(_) => Err(Dropped("redirect failed")),
        },
        Verb::Hangup => hangup(switch, call),
        Verb::Decline { status, reason } => Ok(decline(switch, call, status, reason.as_deref())),
        Verb::Tag(data) => {
            call.state().tag = Some(data);
            Ok("done")
        }
        Verb::Config => Ok("done"),
    }
}

/// Answers a call that is not answered yet.
fn answer(switch: &Arc<Switch>, call: &Call) {
    if !call.is_gone() {
        switch.advance(call, CallStatus::InProgress, 200, "OK");
    }
}

/// Whatever makes or hears sound needs a connection: early, if the verb allows it, else by answering.
fn endpoint(switch: &Arc<Switch>, call: &Call, early: bool) {
    let status = call.state().status;
    if early && status < CallStatus::EarlyMedia && !call.is_gone() {
        switch.advance(call, CallStatus::EarlyMedia, 183, "Session Progress");
    } else if !early {
        answer(switch, call);
    }
}

fn hangup(switch: &Arc<Switch>, call: &Arc<Call>) -> How {
    if call.state().answered_at.is_none() {
        return Ok("skipped: not answered");
    }
    switch.end(call, "jambonz", "hangup", (CallStatus::Failed, 603, "Decline"), false);
    Ok("done")
}

fn decline(switch: &Arc<Switch>, call: &Arc<Call>, status: u16, reason: Option<&str>) -> &'static str {
    if call.state().answered_at.is_some() {
        return "skipped: answered";
    }
    let reason = reason.unwrap_or(match status {
        486 => "Busy Here",
        503 => "Service Unavailable",
        _ => "Decline",
    });
    switch.end(call, "jambonz", "sip:decline", (CallStatus::Failed, status, reason), false);
    "done"
}

/// Plays to the caller alone. Its action hook is sent even when a new list replaced the verb, and the answer counts then, too.
async fn play(switch: &Arc<Switch>, call: &Arc<Call>, id: Option<&str>, play: &Play, kill: &Kill) -> How {
    let began = std::time::Instant::now();
    let limit = async {
        match play.at_most {
            Some(limit) => switch.pace.sleep(limit).await,
            None => std::future::pending().await,
        }
    };
    let heard = tokio::select! {
        _ = kill.killed() => Ok(()),
        () = limit => Ok(()),
        heard = prompt::play(switch, &call.sid, play) => heard,
    };
    if call.is_gone() {
        return Ok("killed");
    }
    let played = switch.pace.simulated(began.elapsed());
    let (how, result) = match heard {
        Ok(()) => (
            if kill.is_killed() { "killed" } else { "done" },
            json!({"reason": "playCompleted", "playback_seconds": played.as_secs(), "playback_milliseconds": u64::try_from(played.as_millis()).unwrap_or(0)}),
        ),
        Err(()) => ("no such file", json!({"status": "fail", "reason": "playFailed"})),
    };
    // A failure is in the journal; the list goes on.
    let _ = switch.action(call, "play", id, play.action.as_ref(), result, true).await;
    Ok(how)
}
