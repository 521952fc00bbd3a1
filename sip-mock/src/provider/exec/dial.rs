//! `dial`: rings phones, bridges the first that answers, and tells how it went.
//!
//! As at the real server: each leg sends its own status hooks as a child of the caller's call; the hook of a finished dial is
//! sent even when the caller is gone, and when a REST list replaced the dial its answer is ignored; a leg that is cancelled while
//! it rings usually falls silent, so that the result still says `ringing`.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::super::call::{Call, CallStatus, Kill, KillReason};
use super::super::leg::{self, Report};
use super::super::session::Switch;
use super::super::verbs::Dial;
use super::{How, answer, endpoint};
use crate::journal::Happening;

/// What the action hook will say.
#[derive(Debug, Default)]
struct Outcome {
    status: Option<CallStatus>,
    sip: u16,
    sid: String,
    sbc_callid: String,
}

impl Outcome {
    /// A later state overwrites an earlier one, except after these two.
    fn note(&mut self, leg: &Call, status: CallStatus, sip: u16) {
        if matches!(self.status, Some(CallStatus::Completed | CallStatus::NoAnswer)) {
            return;
        }
        *self = Self { status: Some(status), sip, sid: leg.sid.clone(), sbc_callid: leg.sbc_callid.clone() };
    }

    fn fields(&self) -> Value {
        let mut m = Map::new();
        if let Some(status) = self.status {
            m.insert("dial_call_status".to_owned(), json!(status.word()));
            m.insert("dial_sip_status".to_owned(), json!(self.sip));
            m.insert("dial_call_sid".to_owned(), json!(self.sid));
            m.insert("dial_sbc_callid".to_owned(), json!(self.sbc_callid));
        }
        Value::Object(m)
    }
}

/// Runs a dial to its hook.
pub(super) async fn dial(switch: &Arc<Switch>, call: &Arc<Call>, id: Option<&str>, dial: &Dial, kill: &Kill) -> How {
    endpoint(switch, call, dial.answer_on_bridge);
    if let Some(music) = &dial.music {
        let ok = switch.player.fetch(music, std::time::Duration::from_secs(5)).await.is_ok();
        switch.journal.note(Happening::Audio { call: call.sid.clone(), url: music.clone(), ok });
    }
    let mut outcome = Outcome::default();
    let how = connect(switch, call, dial, kill, &mut outcome).await;
    // The answer to the hook of a replaced dial is ignored; a failing hook goes on with the next verb.
    let counts = !(kill.is_killed() && kill.reason() == KillReason::Replaced);
    let sent = switch.action(call, "dial", id, dial.action.as_ref(), outcome.fields(), counts).await;
    Ok(if sent.is_err() { "hook failed" } else { how })
}

async fn connect(
    switch: &Arc<Switch>,
    call: &Arc<Call>,
    dial: &Dial,
    kill: &Kill,
    outcome: &mut Outcome,
) -> &'static str {
    let (reports, mut heard) = mpsc::channel(64);
    let cancel = CancellationToken::new();
    let _cancel_at_the_end = cancel.clone().drop_guard();
    let mut ringing = 0_usize;
    for target in &dial.targets {
        let mut to = target.to.clone();
        if to == target.phone && !to.starts_with('+') && !to.starts_with('0') {
            to = format!("{to}@{}", switch.sip_realm);
        }
        let leg = switch.new_call(false, dial.caller_id.as_deref().unwrap_or(&call.from), &to, Some(call));
        let confirm = target.confirm.clone().or_else(|| dial.confirm.clone());
        let work = leg::ring(Arc::clone(switch), leg, target.phone.clone(), confirm, cancel.clone(), reports.clone());
        switch.spawn(work);
        ringing += 1;
    }
    drop(reports);
    let limit = switch.pace.sleep(dial.ring);
    tokio::pin!(limit);
    let mut answered = false;
    let winner = loop {
        tokio::select! {
            // A leg's last words count before the limit that silences it.
            biased;
            _ = kill.killed() => {
                drain(switch, &cancel, &mut heard, outcome).await;
                return "killed";
            }
            report = heard.recv() => match report {
                Some(Report::State { leg, status, sip }) => {
                    outcome.note(&leg, status, sip);
                    answered |= status == CallStatus::InProgress;
                }
                Some(Report::Failed) => {
                    ringing -= 1;
                    if ringing == 0 {
                        return "not connected";
                    }
                }
                Some(Report::Accepted { leg, phone, hung_up }) => break (leg, phone, hung_up),
                // Nobody was dialled: only the ring time ends that.
                None => {
                    tokio::select! {
                        _ = kill.killed() => return "killed",
                        () = &mut limit => return "ring time over",
                    }
                }
            },
            () = &mut limit, if !answered => {
                drain(switch, &cancel, &mut heard, outcome).await;
                return "ring time over";
            }
        }
    };
    let (leg, phone, hung_up) = winner;
    let (losers, stop, others) = (Arc::clone(switch), cancel.clone(), heard);
    switch.spawn(async move {
        let mut others = others;
        drain(&losers, &stop, &mut others, &mut Outcome::default()).await;
    });
    answer(switch, call);
    outcome.note(&leg, CallStatus::Completed, 200);
    talk(switch, call, dial, kill, &leg, &phone, hung_up).await
}

/// Cancels what rings and hears the last words of those that speak.
async fn drain(
    switch: &Arc<Switch>,
    cancel: &CancellationToken,
    heard: &mut mpsc::Receiver<Report>,
    outcome: &mut Outcome,
) {
    cancel.cancel();
    while let Some(report) = heard.recv().await {
        match report {
            Report::State { leg, status, sip } => outcome.note(&leg, status, sip),
            Report::Failed => {}
            // Answered in the very moment of the cancel: the leg itself hangs up, it was not bridged.
            Report::Accepted { leg, phone, .. } => leg.complete(switch, &phone, Instant::now()),
        }
    }
}

/// Two legs talk until one of them, the clock or the service ends it.
async fn talk(
    switch: &Arc<Switch>,
    call: &Arc<Call>,
    dial: &Dial,
    kill: &Kill,
    leg: &leg::Leg,
    phone: &str,
    hung_up: CancellationToken,
) -> &'static str {
    switch.journal.note(Happening::Bridged { call: call.sid.clone(), leg: leg.sid.clone(), user: phone.to_owned() });
    call.show(|view| {
        view.bridged = Some(phone.to_owned());
        view.served = true;
    });
    let began = Instant::now();
    let limit = async {
        match dial.limit {
            Some(limit) => switch.pace.sleep(limit).await,
            None => std::future::pending().await,
        }
    };
    let (by, how) = tokio::select! {
        reason = kill.killed() => match reason {
            KillReason::Replaced => ("replaced", "killed"),
            KillReason::Hangup => ("caller's leg", "killed"),
        },
        () = hung_up.cancelled() => ("agent", "done"),
        () = limit => ("time limit", "done"),
    };
    switch.journal.note(Happening::Unbridged { call: call.sid.clone(), leg: leg.sid.clone(), by: by.to_owned() });
    call.show(|view| view.bridged = None);
    leg.complete(switch, phone, began);
    how
}
