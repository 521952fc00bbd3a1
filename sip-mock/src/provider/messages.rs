//! The bodies of webhooks and of REST answers, in the shapes of the golden messages.

use serde_json::{Map, Value, json};

use super::call::Call;

/// The parts of a message that belong to the account, not to the call.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) sid: String,
    pub(crate) application_sid: String,
    pub(crate) service_provider_sid: String,
    pub(crate) api_base_url: String,
}

const LOCAL_SIP: &str = "192.0.2.20:5060";
const PUBLIC_IP: &str = "192.0.2.20";
const CARRIER_IP: &str = "192.0.2.10";
const TRUNK: &str = "freecall-trunk";

fn defaults() -> Value {
    json!({
        "synthesizer": {"vendor": "microsoft", "language": "de-DE", "voice": "de-DE-KatjaNeural"},
        "recognizer": {"vendor": "microsoft", "language": "de-DE"},
    })
}

/// What stands in every hook but the first.
pub(crate) fn base(account: &Account, call: &Call) -> Map<String, Value> {
    let state = call.state();
    let mut m = Map::new();
    let mut put = |key: &str, value: Value| m.insert(key.to_owned(), value);
    put("call_sid", json!(call.sid));
    put("direction", json!(if call.inbound { "inbound" } else { "outbound" }));
    put("from", json!(call.from));
    put("to", json!(call.to));
    put("call_id", json!(call.sip_call_id));
    put("sip_status", json!(state.sip.0));
    put("sip_reason", json!(state.sip.1));
    put("call_status", json!(state.status.word()));
    put("sbc_callid", json!(call.sbc_callid));
    put("account_sid", json!(account.sid));
    put("trace_id", json!(call.trace_id));
    put("application_sid", json!(account.application_sid));
    put("fs_sip_address", json!(LOCAL_SIP));
    put("api_base_url", json!(account.api_base_url));
    put("fs_public_ip", json!(PUBLIC_IP));
    if let Some(caller_id) = &call.caller_id {
        put("caller_id", json!(caller_id));
    }
    if let Some(parent) = &call.parent {
        put("parent_call_sid", json!(parent));
    } else if call.inbound {
        put("originating_sip_ip", json!(CARRIER_IP));
        put("originating_sip_trunk_name", json!(TRUNK));
    }
    if let Some(duration) = state.duration {
        put("duration", json!(duration));
    }
    if let Some(by) = state.terminated_by {
        put("call_termination_by", json!(by));
    }
    if let Some(tag) = &state.tag {
        put("customerData", tag.clone());
    }
    m
}

/// The base with what a verb has to tell.
pub(crate) fn with(account: &Account, call: &Call, more: Value) -> Value {
    let mut m = base(account, call);
    if let Value::Object(more) = more {
        m.extend(more);
    }
    Value::Object(m)
}

/// The first hook of a call that rings in: made from another object than the rest, hence its own keys.
pub(crate) fn call_hook(account: &Account, call: &Call) -> Value {
    let from_header = if call.from.starts_with('+') {
        format!("<sip:{}@{CARRIER_IP}>;tag=a1b2", call.from)
    } else {
        "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a1b2".to_owned()
    };
    json!({
        "direction": "inbound",
        "trace_id": call.trace_id,
        "caller_name": if call.from.starts_with('+') { "" } else { "Anonymous" },
        "call_sid": call.sid,
        "account_sid": account.sid,
        "application_sid": account.application_sid,
        "from": call.from,
        "to": call.to,
        "call_id": call.sip_call_id,
        "sbc_callid": call.sbc_callid,
        "sip_status": 100,
        "sip_reason": "Trying",
        "call_status": "trying",
        "originating_sip_ip": CARRIER_IP,
        "originating_sip_trunk_name": TRUNK,
        "local_sip_address": LOCAL_SIP,
        "public_ip": PUBLIC_IP,
        "has_recording": false,
        "service_provider_sid": account.service_provider_sid,
        "defaults": defaults(),
        "env_vars": {},
        "sip": {
            "headers": {
                "via": format!("SIP/2.0/UDP {CARRIER_IP}:5060;branch=z9hG4bK1d2e"),
                "from": from_header,
                "to": format!("<sip:{}@{PUBLIC_IP}>", call.to),
                "call-id": call.sip_call_id,
                "cseq": "1 INVITE",
                "X-Account-Sid": account.sid,
                "X-Call-Sid": call.sid,
                "X-CID": call.sbc_callid,
                "X-Originating-Carrier": TRUNK,
                "X-Forwarded-For": CARRIER_IP,
            },
            "raw": format!("INVITE sip:{}@{PUBLIC_IP} SIP/2.0\r\n\r\n", call.to),
            "body": "v=0\r\n",
            "method": "INVITE",
            "version": "2.0",
            "uri": format!("sip:{}@{PUBLIC_IP}", call.to),
            "payload": [{"type": "application/sdp", "content": "v=0\r\n"}],
            "source_address": CARRIER_IP,
            "source_port": "5060",
            "protocol": "udp",
            "stackTime": "00:00:00.000000",
            "calledNumber": call.to,
            "callingNumber": call.from,
        },
    })
}

/// The call hook of a call that REST asked for, when the callee has answered.
pub(crate) fn outbound_call_hook(account: &Account, call: &Call) -> Value {
    with(account, call, json!({"env_vars": {}, "defaults": defaults()}))
}

/// What REST says of a call.
pub(crate) fn record(account: &Account, call: &Call) -> Value {
    let mut m = base(account, call);
    for internal in ["sbc_callid", "fs_sip_address", "api_base_url", "fs_public_ip", "call_termination_by"] {
        m.remove(internal);
    }
    m.insert("service_url".to_owned(), json!(format!("http://{PUBLIC_IP}:3000")));
    if call.parent.is_none() && call.inbound {
        m.insert("caller_name".to_owned(), json!(""));
    }
    Value::Object(m)
}
