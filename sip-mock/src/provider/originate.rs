//! Calls that the service asks for: the provider rings somebody and, once they answer, asks what to do.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::call::{Call, CallStatus};
use super::handle::CallHandle;
use super::hooks::{Answer, Kind};
use super::messages;
use super::session::Switch;
use super::verbs::{self, Hook};
use crate::callers::{self, CallerScript, Cue, Keys};
use crate::journal::Happening;
use crate::phones::{Found, OnRing, PhoneScript};

/// A checked request.
pub(super) struct Order {
    from: String,
    to: String,
    phone: String,
    call_hook: Hook,
    status_hook: Option<Hook>,
    ring: std::time::Duration,
    tag: Option<Value>,
}

/// Checks a request as the real one does.
pub(super) fn parse(switch: &Switch, body: &Map<String, Value>) -> Result<Order, String> {
    let text = |m: &Map<String, Value>, key: &str| {
        m.get(key).and_then(Value::as_str).filter(|s| !s.is_empty()).map(str::to_owned)
    };
    let from = text(body, "from").ok_or("missing from parameter")?;
    let target = body.get("to").and_then(Value::as_object).ok_or("missing or invalid to property")?;
    let key = match target.get("type").and_then(Value::as_str) {
        Some("phone" | "teams") => "number",
        Some("user") => "name",
        Some("sip") => "sipUri",
        _ => return Err("missing or invalid to property".to_owned()),
    };
    let to = text(target, key).ok_or("missing or invalid to property")?;
    let application = text(body, "application_sid").is_some();
    let speech = [
        "speech_synthesis_vendor",
        "speech_synthesis_language",
        "speech_synthesis_voice",
        "speech_recognizer_vendor",
        "speech_recognizer_language",
    ];
    if !application && speech.iter().any(|key| text(body, key).is_none()) {
        return Err("either application_sid or the whole set of speech properties required".to_owned());
    }
    let call_hook = match verbs::hook(body, "call_hook") {
        Some(hook) if hook.url.starts_with("http://") || hook.url.starts_with("https://") => hook,
        Some(_) => return Err("call_hook must be an absolute url".to_owned()),
        None if application => switch.call_hook.clone(),
        None => return Err("either call_hook or application_sid required".to_owned()),
    };
    let seconds = body.get("timeout").and_then(Value::as_f64).unwrap_or(60.0).clamp(1.0, 600.0);
    Ok(Order {
        phone: to.trim_start_matches("sip:").split('@').next().unwrap_or_default().to_owned(),
        from,
        to,
        call_hook,
        status_hook: verbs::hook(body, "call_status_hook"),
        ring: std::time::Duration::from_secs_f64(seconds),
        tag: body.get("tag").cloned(),
    })
}

/// Sends the INVITE and answers with the call; everything else happens later.
pub(super) fn start(switch: &Arc<Switch>, order: Order) -> Arc<Call> {
    let call = switch.new_call(false, &order.from, &order.to, None);
    {
        let mut state = call.state();
        state.tag.clone_from(&order.tag);
        state.status_hook.clone_from(&order.status_hook);
        state.started = true;
    }
    switch.journal.note(Happening::CallOriginated { call: call.sid.clone(), to: order.to.clone() });
    let (work, rung) = (Arc::clone(switch), Arc::clone(&call));
    switch.spawn(async move { work.ring_out(rung, order).await });
    call
}

/// What somebody does who has answered: the keys of their phone at every question, and hanging up after its talk.
fn of_callee(script: &PhoneScript) -> CallerScript {
    let after = std::time::Duration::from_secs(1);
    let keys = Keys { at: Cue::Any, press: script.keys.clone(), after, again: true };
    let keys = if script.keys.is_empty() { Vec::new() } else { vec![keys] };
    CallerScript { keys, talk: script.talk, ..CallerScript::default() }
}

impl Switch {
    async fn ring_out(self: Arc<Self>, call: Arc<Call>, order: Order) {
        self.note_state(&call, CallStatus::Trying, 100);
        self.notify(&call, json!({}));
        let refused = match self.phones.ring(&order.phone, &call.sid) {
            Found::Busy => Some((CallStatus::Busy, 486, "Busy Here")),
            Found::Nobody => Some((CallStatus::Failed, 404, "Not Found")),
            Found::Phone { script, hung_up } => {
                self.pace.sleep(script.ring_delay).await;
                let rings = matches!(script.on_ring, OnRing::Answer { .. } | OnRing::Silence | OnRing::Decline);
                if rings {
                    self.advance(&call, CallStatus::Ringing, 180, "Ringing");
                }
                match script.on_ring {
                    OnRing::Busy => Some((CallStatus::Busy, 486, "Busy Here")),
                    OnRing::NotRegistered => Some((CallStatus::Failed, 404, "Not Found")),
                    OnRing::Decline => Some((CallStatus::Failed, 603, "Decline")),
                    OnRing::Answer { after } if after < order.ring => {
                        self.pace.sleep(after).await;
                        let (switch, leg) = (Arc::clone(&self), Arc::clone(&call));
                        self.spawn(async move {
                            hung_up.cancelled().await;
                            switch.caller_hangs_up(&leg);
                        });
                        let callee = CallHandle { switch: Arc::clone(&self), call: Arc::clone(&call) };
                        let lives = of_callee(&script);
                        self.spawn(async move { callers::live(&callee, &lives).await });
                        None
                    }
                    OnRing::Answer { .. } | OnRing::Silence => {
                        self.pace.sleep(order.ring).await;
                        Some((CallStatus::NoAnswer, 487, "Request Terminated"))
                    }
                }
            }
        };
        match refused {
            Some(unanswered) => self.end(&call, "jambonz", "not connected", unanswered, false),
            None => self.answered_outside(&call, &order).await,
        }
        self.phones.free(&order.phone, &call.sid);
    }

    async fn answered_outside(self: &Arc<Self>, call: &Arc<Call>, order: &Order) {
        if call.is_gone() {
            return;
        }
        self.advance(call, CallStatus::InProgress, 200, "OK");
        let body = messages::outbound_call_hook(&self.account, call);
        let list = match self.hooks.send(&call.sid, Kind::Call, &order.call_hook, &body).await {
            Ok(Answer::List(list)) => self.document(call, Kind::Call, &list).unwrap_or_default(),
            Ok(Answer::Nothing) | Err(_) => Default::default(),
        };
        call.replace(list);
        self.live(call).await;
    }
}
