//! A leg that `dial` makes: it rings a phone, is answered or not, and hangs up.

use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Instant;

use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::call::{Call, CallStatus, Ended};
use super::hooks::{Answer, Kind};
use super::messages;
use super::session::{RunEnd, Switch};
use super::verbs::Hook;
use crate::phones::{Found, OnRing, PhoneScript, Phones};

/// What a leg tells the dial that made it.
#[derive(Debug)]
pub(crate) enum Report {
    State {
        leg: Leg,
        status: CallStatus,
        sip: u16,
    },
    /// Over without having been bridged.
    Failed,
    /// Answered, confirmed if that was asked for, and ready to be bridged.
    Accepted {
        leg: Leg,
        phone: String,
        hung_up: CancellationToken,
    },
}

/// A leg and the phones, so that whoever ends it frees its phone.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    call: Arc<Call>,
    phones: Phones,
}

impl Deref for Leg {
    type Target = Call;

    fn deref(&self) -> &Call {
        &self.call
    }
}

impl Leg {
    /// The end of a leg that was bridged.
    pub(crate) fn complete(&self, switch: &Arc<Switch>, phone: &str, since: Instant) {
        self.phones.free(phone, &self.sid);
        if self.call.release() {
            self.call.state().duration = Some(switch.talked(since));
            switch.advance(&self.call, CallStatus::Completed, 200, "OK");
            self.close(switch, "jambonz", "bridge over");
        }
    }

    fn close(&self, switch: &Switch, by: &'static str, cause: &'static str) {
        switch.calls.ended(&self.call);
        let sip = self.call.state().sip.0;
        self.call.show(|view| view.ended = Some(Ended { by, cause, sip }));
    }
}

/// Rings one phone. Boxed, because a leg with a confirm hook runs a list of its own, as the call does that dialled it.
pub(crate) fn ring(
    switch: Arc<Switch>,
    call: Arc<Call>,
    phone: String,
    confirm: Option<Hook>,
    cancel: CancellationToken,
    reports: mpsc::Sender<Report>,
) -> Pin<Box<dyn Future<Output = ()> + Send>> {
    Box::pin(ring_one(switch, call, phone, confirm, cancel, reports))
}

async fn ring_one(
    switch: Arc<Switch>,
    call: Arc<Call>,
    phone: String,
    confirm: Option<Hook>,
    cancel: CancellationToken,
    reports: mpsc::Sender<Report>,
) {
    let leg = Leg { call, phones: switch.phones.clone() };
    switch.note_state(&leg, CallStatus::Trying, 100);
    switch.notify(&leg, json!({}));
    say(&reports, &leg, CallStatus::Trying, 100).await;
    let (script, hung_up) = match switch.phones.ring(&phone, &leg.sid) {
        Found::Phone { script, hung_up } => (script, hung_up),
        Found::Busy => return fail(&switch, &leg, &reports, CallStatus::Busy, 486, "Busy Here").await,
        Found::Nobody => return fail(&switch, &leg, &reports, CallStatus::Failed, 404, "Not Found").await,
    };
    tokio::select! {
        biased;
        answered = until_answered(&switch, &leg, &script, &hung_up, &reports) => {
            if let Err((status, sip, reason)) = answered {
                switch.phones.free(&phone, &leg.sid);
                return fail(&switch, &leg, &reports, status, sip, reason).await;
            }
        }
        () = cancel.cancelled() => {
            switch.phones.free(&phone, &leg.sid);
            return cancelled(&switch, &leg, &reports).await;
        }
    }
    if let Some(hook) = confirm
        && !confirmed(&switch, &leg, &hook, &script, &hung_up, &cancel).await
    {
        switch.phones.free(&phone, &leg.sid);
        if leg.call.release() {
            leg.call.state().duration = Some(0);
            switch.advance(&leg, CallStatus::Completed, 200, "OK");
            leg.close(&switch, "jambonz", "not confirmed");
        }
        let _ = reports.send(Report::Failed).await;
        return;
    }
    if let Some(talk) = script.talk {
        let (pace, hung_up) = (switch.pace, hung_up.clone());
        switch.spawn(async move {
            tokio::select! {
                () = pace.sleep(talk) => hung_up.cancel(),
                () = hung_up.cancelled() => {}
            }
        });
    }
    let accepted = Report::Accepted { leg: leg.clone(), phone: phone.clone(), hung_up };
    if reports.send(accepted).await.is_err() {
        // The dial is over: the race of an answer with a cancel.
        leg.complete(&switch, &phone, Instant::now());
    }
}

/// Until the phone answers; `Err` says with what it refuses.
async fn until_answered(
    switch: &Arc<Switch>,
    leg: &Leg,
    script: &PhoneScript,
    hung_up: &CancellationToken,
    reports: &mpsc::Sender<Report>,
) -> Result<(), (CallStatus, u16, &'static str)> {
    let declined = Err((CallStatus::Failed, 603, "Decline"));
    tokio::select! {
        () = switch.pace.sleep(script.ring_delay) => {}
        () = hung_up.cancelled() => return declined,
    }
    match script.on_ring {
        OnRing::Busy => return Err((CallStatus::Busy, 486, "Busy Here")),
        OnRing::NotRegistered => return Err((CallStatus::Failed, 404, "Not Found")),
        OnRing::Answer { .. } | OnRing::Decline | OnRing::Silence => {}
    }
    switch.advance(leg, CallStatus::Ringing, 180, "Ringing");
    say(reports, leg, CallStatus::Ringing, 180).await;
    match script.on_ring {
        OnRing::Answer { after } => tokio::select! {
            () = switch.pace.sleep(after) => {}
            () = hung_up.cancelled() => return declined,
        },
        OnRing::Decline => return declined,
        OnRing::Silence | OnRing::Busy | OnRing::NotRegistered => {
            hung_up.cancelled().await;
            return declined;
        }
    }
    switch.advance(leg, CallStatus::InProgress, 200, "OK");
    say(reports, leg, CallStatus::InProgress, 200).await;
    Ok(())
}

/// Runs the list of the confirm hook on the agent's leg; true when the leg is still there at its end.
async fn confirmed(
    switch: &Arc<Switch>,
    leg: &Leg,
    hook: &Hook,
    script: &PhoneScript,
    hung_up: &CancellationToken,
    cancel: &CancellationToken,
) -> bool {
    let asked = async {
        let body = messages::with(&switch.account, leg, json!({}));
        let Ok(Answer::List(list)) = switch.hooks.send(&leg.sid, Kind::Confirm, hook, &body).await else {
            return false;
        };
        let Ok(list) = switch.document(leg, Kind::Confirm, &list) else { return false };
        leg.call.replace(list);
        matches!(switch.run(&leg.call, true).await, RunEnd::Exhausted)
    };
    let keys = async {
        for key in script.keys.chars() {
            let mut view = leg.call.view();
            let _ = view.wait_for(|v| v.verb.as_ref().is_some_and(|verb| verb.listens)).await;
            leg.call.key(key);
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        confirmed = asked => confirmed,
        () = keys => false,
        () = hung_up.cancelled() => false,
        () = cancel.cancelled() => false,
    }
}

/// Cancelled while it rang: the phone stops, and the provider usually says nothing of it.
async fn cancelled(switch: &Arc<Switch>, leg: &Leg, reports: &mpsc::Sender<Report>) {
    if !leg.call.release() {
        return;
    }
    if switch.dice.happens(switch.faults().cancelled_leg_speaks) {
        switch.advance(leg, CallStatus::NoAnswer, 487, "Request Terminated");
        say(reports, leg, CallStatus::NoAnswer, 487).await;
        leg.close(switch, "jambonz", "cancelled");
    } else {
        // Its record stays where it was until the caller's call is over.
        switch.note_state(leg, CallStatus::NoAnswer, 487);
    }
    let _ = reports.send(Report::Failed).await;
}

async fn fail(
    switch: &Arc<Switch>,
    leg: &Leg,
    reports: &mpsc::Sender<Report>,
    status: CallStatus,
    sip: u16,
    reason: &str,
) {
    let _ = leg.call.release();
    switch.advance(leg, status, sip, reason);
    say(reports, leg, status, sip).await;
    leg.close(switch, "jambonz", "not connected");
    let _ = reports.send(Report::Failed).await;
}

/// The dial may be over and listen no more; the leg goes on to its own end all the same.
async fn say(reports: &mpsc::Sender<Report>, leg: &Leg, status: CallStatus, sip: u16) {
    let _ = reports.send(Report::State { leg: leg.clone(), status, sip }).await;
}
