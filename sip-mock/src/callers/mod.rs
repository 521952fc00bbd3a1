//! What a caller does: which keys, how much patience, when to hang up, whether to ring again.
//!
//! In: what the caller hears (the call's view). Out: keys and hanging up, through the same doors that tests use.
//! What must hold: a caller presses keys only while somebody listens, and never acts on a call that is over.

mod script;

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::provider::{CallHandle, CallView};
pub use script::{CallerScript, Cue, HangUp, Keys, Redial};

/// Lives a caller's call to its end.
pub(crate) async fn live(call: &CallHandle, script: &CallerScript) {
    let mut view = call.watch();
    let since = Instant::now();
    let mut unused: Vec<&Keys> = script.keys.iter().collect();
    let mut parked_since: Option<Instant> = None;
    let mut bridged_since: Option<Instant> = None;
    let pace = call.pace();
    loop {
        let seen = view.borrow_and_update().clone();
        if seen.ended.is_some() {
            return;
        }
        let now = Instant::now();
        if seen.parked {
            parked_since.get_or_insert(now);
        }
        if seen.bridged.is_some() {
            bridged_since.get_or_insert(now);
        }
        if leaves(script, &seen) {
            call.hang_up();
            return;
        }
        if let Some(at) =
            unused.iter().position(|keys| keys.at.matches(&seen) && seen.verb.as_ref().is_some_and(|v| v.listens))
        {
            let keys = unused[at];
            if press(call, &mut view, &seen, keys).await && !keys.again {
                unused.remove(at);
            }
            continue;
        }
        let deadline = match (&script.hang_up, bridged_since, parked_since) {
            (Some(HangUp::After(limit)), _, _) => Some(since + pace.real(*limit)),
            (_, Some(from), _) if seen.bridged.is_some() => script.talk.map(|talk| from + pace.real(talk)),
            (_, None, Some(from)) => script.patience.map(|patience| from + pace.real(patience)),
            _ => None,
        };
        tokio::select! {
            changed = view.changed() => if changed.is_err() { return },
            () = until(deadline) => {
                call.hang_up();
                return;
            }
        }
    }
}

fn leaves(script: &CallerScript, seen: &CallView) -> bool {
    match &script.hang_up {
        Some(HangUp::At(cue)) => cue.matches(seen),
        Some(HangUp::WhileConnecting) => seen.bridged.is_none() && seen.verb.as_ref().is_some_and(|v| v.name == "dial"),
        Some(HangUp::WhenBridged) => seen.bridged.is_some(),
        Some(HangUp::After(_)) | None => false,
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Thinks, then presses; false when the prompt went away meanwhile.
async fn press(call: &CallHandle, view: &mut watch::Receiver<CallView>, seen: &CallView, keys: &Keys) -> bool {
    let pace = call.pace();
    let number = seen.verb.as_ref().map(|v| v.number);
    let same = |view: &CallView| {
        view.ended.is_none() && view.verb.as_ref().is_some_and(|v| Some(v.number) == number && v.listens)
    };
    let moved_on = async {
        // An error means that the call is forgotten: it moved on, too.
        let _ = view.wait_for(|now| !same(now)).await;
    };
    tokio::select! {
        () = moved_on => return false,
        () = pace.sleep(keys.after) => {}
    }
    for key in keys.press.chars() {
        if !call.press(key) {
            break;
        }
        pace.sleep(Duration::from_millis(150)).await;
    }
    // The last key ends the question; without this the same keys could be pressed again before the verb has noticed.
    let _ = tokio::time::timeout(
        pace.real(Duration::from_millis(300)).max(Duration::from_millis(20)),
        view.wait_for(|now| !same(now)),
    )
    .await;
    true
}

/// After how long the caller rings again after this end, and as whom: with one pause less.
pub(crate) fn rings_again(mut script: CallerScript, last: &CallView) -> Option<(Duration, CallerScript)> {
    let end = last.ended.as_ref()?;
    let wants_ring = script.rung.is_some();
    let redial = &mut script.redial;
    let wants = match (end.by, end.cause) {
        _ if last.served => false,
        // Was said goodbye to, and waits for the phone to ring.
        (_, "hangup") if wants_ring => false,
        ("caller", _) => redial.after_giving_up,
        (_, "sip:decline") => redial.when_busy,
        _ => true,
    };
    if !wants || redial.pauses.is_empty() {
        return None;
    }
    let pause = redial.pauses.remove(0);
    Some((pause, script))
}
