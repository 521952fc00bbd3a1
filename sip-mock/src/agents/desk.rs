//! The frames of the console, as far as a robot needs them. Unknown frames and fields are the future and are left alone.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::person::Form;

/// What the server says.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub(super) enum Said {
    Hello {
        protocol: u32,
    },
    Snapshot {
        seq: i64,
        desk: Box<Desk>,
        setup: Setup,
    },
    Agent {
        seq: i64,
        agent: Agent,
    },
    Offer {
        seq: i64,
        offer: Offer,
    },
    OfferRevoked {
        seq: i64,
        offer: String,
        reason: String,
    },
    Call {
        seq: i64,
        call: Option<Call>,
    },
    Reservation {
        seq: i64,
        reservation: Option<Reservation>,
    },
    Bookings {
        seq: i64,
        bookings: Vec<Value>,
    },
    Ack {
        cmd: String,
        ok: bool,
        error: Option<Refused>,
        result: Option<Value>,
    },
    Superseded,
    #[serde(other)]
    Other,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Desk {
    pub(super) agent: Agent,
    pub(super) offer: Option<Offer>,
    pub(super) call: Option<Call>,
    pub(super) reservation: Option<Reservation>,
    pub(super) bookings: Vec<Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Agent {
    pub(super) state: String,
    pub(super) reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Offer {
    pub(super) id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Call {
    pub(super) entry: String,
    #[serde(default)]
    pub(super) language: String,
    #[serde(default)]
    pub(super) topic: String,
    #[serde(default)]
    pub(super) state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Reservation {
    pub(super) id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Setup {
    pub(super) not_ready_reasons: Vec<Choice>,
    pub(super) wrap_up_codes: Vec<Choice>,
    pub(super) queues: Vec<Choice>,
    pub(super) claims: Vec<Choice>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Choice {
    pub(super) code: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Refused {
    pub(super) code: String,
}

/// A command under its key.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Order {
    pub(super) cmd: String,
    #[serde(rename = "do")]
    pub(super) command: Command,
}

/// To whom a caller is handed on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum TransferTo {
    Queue { code: String },
}

/// What a robot asks for.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub(super) enum Command {
    Painted { offer: String },
    Accept { offer: String },
    Decline { offer: String },
    Ready,
    NotReady { reason: String },
    HangUp,
    Hold,
    Resume,
    Transfer { to: TransferTo, note: String },
    FinishWrapUp { code: String },
    SaveDraft { form: Box<Form> },
    FindPersons { family_name: String, born_on: String },
    Propose { form: Box<Form> },
    Reserve { token: String, form: Box<Form> },
    Confirm { reservation: String, form: Box<Form> },
}

impl Said {
    /// The position that a frame of state carries.
    pub(super) fn seq(&self) -> Option<i64> {
        match self {
            Self::Snapshot { seq, .. }
            | Self::Agent { seq, .. }
            | Self::Offer { seq, .. }
            | Self::OfferRevoked { seq, .. }
            | Self::Call { seq, .. }
            | Self::Reservation { seq, .. }
            | Self::Bookings { seq, .. } => Some(*seq),
            Self::Hello { .. } | Self::Ack { .. } | Self::Superseded | Self::Other => None,
        }
    }
}

/// The first pair's token in the answer to `propose`, and the reservation's id in the answer to `reserve`.
pub(super) fn first_token(result: &Value) -> Option<String> {
    result.get("pairs")?.get(0)?.get("token")?.as_str().map(str::to_owned)
}

pub(super) fn reserved(result: &Value) -> Option<String> {
    result.get("reservation")?.get("id")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn frames_of_the_future_are_left_alone() {
        assert!(matches!(serde_json::from_value(json!({"t": "weather", "sunny": true})).unwrap(), Said::Other));
        let offer: Said =
            serde_json::from_value(json!({"t": "offer", "seq": 4, "offer": {"id": "o", "colour": "red"}})).unwrap();
        assert_eq!(offer.seq(), Some(4));
    }

    #[test]
    fn commands_carry_their_key_and_name() {
        let order = Order { cmd: "k1".into(), command: Command::Accept { offer: "o".into() } };
        assert_eq!(serde_json::to_value(&order).unwrap(), json!({"cmd": "k1", "do": {"t": "accept", "offer": "o"}}));
    }

    #[test]
    fn answers_are_read_for_what_comes_next() {
        assert_eq!(
            first_token(&json!({"kind": "pairs", "pairs": [{"token": "t1"}, {"token": "t2"}]})).as_deref(),
            Some("t1")
        );
        assert_eq!(first_token(&json!({"kind": "pairs", "pairs": []})), None);
        assert_eq!(reserved(&json!({"kind": "reserved", "reservation": {"id": "r"}})).as_deref(), Some("r"));
    }
}
