//! The console's frames: JSON tagged by `t`, in both directions. The page's types in `web/src/protocol.ts` are made from
//! these, and a test proves them current.
//!
//! The server's word is state: a page shows what the last frame says and sends commands. A reconnecting page gets
//! `hello` and one full `snapshot`; every later frame with a `seq` at or below the snapshot's is old news. `seq` is never
//! below the position in the event log that the frame contains, and grows with every frame of a connection; another
//! snapshot may follow at any time.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The version of these frames. A page of another version reloads itself.
pub const PROTOCOL: u32 = 1;

/// Frames from the server to the page.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ToPage {
    /// The first frame of every connection.
    Hello {
        /// The version of the frames.
        protocol: u32,
        /// The server's time: pages compute timers from it, never from their own clock.
        #[ts(type = "number")]
        epoch_ms: i64,
        /// How often the server sends something, at the latest; a page that hears nothing for longer shows `veraltet`.
        heartbeat_ms: u32,
    },
    /// Everything the page shows.
    Snapshot {
        /// The position in the event log that this state contains.
        #[ts(type = "number")]
        seq: i64,
        /// The whole desk.
        desk: Box<Desk>,
        /// What does not change while connected.
        setup: Box<Setup>,
    },
    /// The agent's own state has changed.
    Agent {
        /// Position in the event log.
        #[ts(type = "number")]
        seq: i64,
        /// The new state.
        agent: AgentView,
    },
    /// A caller is offered. The page answers `painted` as soon as it is on the screen.
    Offer {
        /// Position in the event log.
        #[ts(type = "number")]
        seq: i64,
        /// The offer.
        offer: OfferView,
    },
    /// The offer is gone.
    OfferRevoked {
        /// Position in the event log.
        #[ts(type = "number")]
        seq: i64,
        /// Which one.
        offer: String,
        /// `hung_up`, `expired`, `not_painted`, `declined`, `accepted`, `not_ready`.
        reason: String,
    },
    /// The caller on the line, or nobody.
    Call {
        /// Position in the event log.
        #[ts(type = "number")]
        seq: i64,
        /// The call; empty when the desk is clear.
        call: Option<CallView>,
    },
    /// The reserved pair, or none.
    Reservation {
        /// Position in the event log.
        #[ts(type = "number")]
        seq: i64,
        /// The reservation.
        reservation: Option<ReservationView>,
    },
    /// What was booked in this call, with the state of its letter and mail.
    Bookings {
        /// Position in the event log.
        #[ts(type = "number")]
        seq: i64,
        /// Newest first.
        bookings: Vec<BookingView>,
    },
    /// The queue, at most once a second; also the heartbeat.
    Queue {
        /// The server's time.
        #[ts(type = "number")]
        epoch_ms: i64,
        /// The queue.
        queue: QueueView,
    },
    /// The answer to a command.
    Ack {
        /// The command's key.
        cmd: String,
        /// Whether it was carried out.
        ok: bool,
        /// Why not.
        error: Option<Refused>,
        /// What was asked for.
        result: Option<Answer>,
    },
    /// Parts of the system that are down, by name: `print`, `mail`, `provider`. Empty when all is well.
    Degraded {
        /// The parts.
        parts: Vec<String>,
    },
    /// Another window has taken over; the socket closes with 4001.
    Superseded,
}

/// A refusal, with its stable code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Refused {
    /// Stable code, e.g. `reservation_lost`, `not_eligible`, `sold_out`.
    pub code: String,
    /// The field of the form that it is about, when there is one (`person.born_on`).
    pub field: Option<String>,
    /// English words for the log and for developers; the page has its own texts by code.
    pub detail: String,
}

/// What a command that asks for something is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Answer {
    /// Persons found, ten at most.
    Persons {
        /// The hits.
        persons: Vec<PersonHit>,
    },
    /// Pairs that are bookable for this person; nothing is reserved yet.
    Pairs {
        /// The proposals, best first.
        pairs: Vec<PairView>,
    },
    /// A reservation was made.
    Reserved {
        /// The reservation.
        reservation: ReservationView,
    },
    /// A booking was confirmed or cancelled, or found by its reference.
    Booking {
        /// The booking.
        booking: BookingView,
    },
    /// Bookings found.
    Bookings {
        /// Newest first, cancelled ones too.
        bookings: Vec<BookingView>,
    },
    /// Who is at work, those who are free first.
    Colleagues {
        /// The colleagues, a hundred at most.
        colleagues: Vec<ColleagueView>,
    },
    /// The draft was stored.
    Draft {
        /// The version now stored.
        version: u32,
    },
}

/// Everything on an agent's desk.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Desk {
    /// The agent.
    pub agent: AgentView,
    /// An open offer.
    pub offer: Option<OfferView>,
    /// The caller on the line or in wrap-up.
    pub call: Option<CallView>,
    /// What was typed.
    pub draft: Option<DraftView>,
    /// The reserved pair.
    pub reservation: Option<ReservationView>,
    /// What was booked in this call.
    pub bookings: Vec<BookingView>,
    /// The queue.
    pub queue: QueueView,
    /// Parts of the system that are down.
    pub degraded: Vec<String>,
}

/// What does not change while connected.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Setup {
    /// The centres of the campaign.
    pub centres: Vec<CentreView>,
    /// Why an agent may be not ready.
    pub not_ready_reasons: Vec<Choice>,
    /// How a call may end.
    pub wrap_up_codes: Vec<Choice>,
    /// The queues to which a caller can be handed on.
    pub queues: Vec<Choice>,
    /// The claims of entitlement, as the rules of today name them.
    pub claims: Vec<Choice>,
    /// The version of the rules.
    pub rules_version: String,
    /// The script for the agent, one step a line, by language (`de`, `en`).
    pub script: Vec<String>,
    /// How long an offer is left open, for the countdown.
    pub offer_ms: u32,
    /// The longest a letter needs, in working days.
    pub post_days: u32,
}

/// A code with its German label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Choice {
    /// Stable code.
    pub code: String,
    /// What people read.
    pub label: String,
}

/// A centre.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct CentreView {
    /// Stable code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Street and house number or site.
    pub street: String,
    /// Postcode and town.
    pub town: String,
}

/// The agent's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AgentView {
    /// Display name.
    pub name: String,
    /// The state.
    pub state: AgentState,
    /// Why not ready: a code of the setup, or `no_answer`, `link`.
    pub reason: Option<String>,
    /// Since when.
    #[ts(type = "number")]
    pub since_ms: i64,
    /// When this state ends by itself (wrap-up).
    #[ts(type = "number | null")]
    pub until_ms: Option<i64>,
    /// What comes after this call: `ready`, or a not-ready reason.
    pub next: Option<String>,
    /// How often wrap-up may still be extended.
    pub extensions_left: u32,
}

/// The states of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// No link.
    Offline,
    /// Waiting for a caller.
    Ready,
    /// An offer is open.
    Offered,
    /// The phone is being connected.
    Connecting,
    /// With a caller.
    Talking,
    /// After a call.
    WrapUp,
    /// Not to be offered callers.
    NotReady,
}

/// A caller on offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OfferView {
    /// Id of the offer.
    pub id: String,
    /// The caller's number with its middle masked; empty when withheld.
    pub number_masked: Option<String>,
    /// `de` or `en`.
    pub language: String,
    /// What the caller chose: `book`, `change`, `information`.
    pub topic: String,
    /// When the caller joined the queue.
    #[ts(type = "number")]
    pub waiting_since_ms: i64,
    /// When the offer ends.
    #[ts(type = "number")]
    pub until_ms: i64,
    /// Whether the caller does not wait on the line, and is rung when the offer is accepted.
    pub callback: bool,
}

/// The caller on the line.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct CallView {
    /// Id of the place in line that is being served.
    pub entry: String,
    /// The caller's number; empty when withheld.
    pub number: Option<String>,
    /// `de` or `en`.
    pub language: String,
    /// What the caller chose.
    pub topic: String,
    /// The caller's state.
    pub state: CallState,
    /// When the caller joined the queue.
    #[ts(type = "number")]
    pub waiting_since_ms: i64,
    /// When the talk began.
    #[ts(type = "number | null")]
    pub talking_since_ms: Option<i64>,
    /// When the agent's phone is rung for a caller on hold, asked for or not.
    #[ts(type = "number | null")]
    pub held_until_ms: Option<i64>,
    /// What the agent before has left, when the caller was handed on.
    pub handover: Option<HandoverView>,
}

/// The caller's state, as the provider reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// The caller is being rung.
    Ringing,
    /// The phones are being connected.
    Connecting,
    /// The agent and the caller talk.
    Talking,
    /// The caller is on hold: in music, while the agent's phone is free.
    Held,
    /// The caller has hung up; the booking can still be finished.
    Ended,
}

/// What an agent has typed, kept on the server.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct DraftView {
    /// Grows with every save.
    pub version: u32,
    /// The form as the page sent it.
    pub form: DraftForm,
}

/// The form of a booking. Every field may be empty while it is typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct DraftForm {
    /// The person.
    pub person: PersonForm,
    /// Where, or anywhere.
    pub centre: Option<String>,
    /// Not before this local date (`2021-05-14`).
    pub from_day: Option<String>,
    /// `any`, `morning`, `afternoon`.
    pub day_part: String,
    /// Whether a letter is wanted. Pairs are proposed on days that it reaches.
    pub letter: bool,
    /// Whether an e-mail is wanted (and was asked for aloud).
    pub email: bool,
    /// A note for the wrap-up; not kept after the call.
    pub note: String,
}

/// A person as typed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct PersonForm {
    /// Id of a person that was found, empty for a new one.
    pub id: Option<String>,
    /// Family name.
    pub family_name: String,
    /// Given names.
    pub given_name: String,
    /// Birth date, `1939-03-24` (or as people say it, `24.03.1939`).
    pub born_on: String,
    /// Street and house number.
    pub street: String,
    /// Postcode, text with leading zeros.
    pub postcode: String,
    /// Town.
    pub town: String,
    /// Telephone.
    pub phone: String,
    /// E-mail; always optional.
    pub email: String,
    /// The claim of entitlement, a code of the setup.
    pub claim: String,
    /// `de` or `en`: the language of letters.
    pub language: String,
}

/// A person found by search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PersonHit {
    /// The person, filled in.
    pub person: PersonForm,
    /// The reference of an active booking.
    pub booked: Option<String>,
}

/// Two appointments that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PairView {
    /// What `reserve` is given.
    pub token: String,
    /// The centre's code.
    pub centre: String,
    /// The vaccine as it is named on that day.
    pub vaccine: String,
    /// The first appointment, in the centre's local time.
    pub first: AppointmentView,
    /// The second; empty for a vaccine of one dose.
    pub second: Option<AppointmentView>,
}

/// One appointment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AppointmentView {
    /// Local date.
    pub day: String,
    /// Local time, `09:20`.
    pub time: String,
}

/// A reserved pair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ReservationView {
    /// Id of the reservation.
    pub id: String,
    /// The pair.
    pub pair: PairView,
    /// When it lapses.
    #[ts(type = "number")]
    pub until_ms: i64,
}

/// A booking with what became of its papers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct BookingView {
    /// The reference that people read aloud, in groups of four.
    pub reference: String,
    /// Given and family name, for reading back.
    pub name: String,
    /// The pair.
    pub pair: PairView,
    /// `confirmed` or `cancelled`.
    pub state: String,
    /// What became of the letter: `ordered`, `available`, `leased`, `accepted`, `printed`, `mailed`, `superseded`, `held`.
    pub letter: Option<String>,
    /// What became of the e-mail: `ordered`, `sent`, `failed`.
    pub email: Option<String>,
}

/// The queue at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct QueueView {
    /// How many wait.
    pub waiting: u32,
    /// Since when the longest waits.
    #[ts(type = "number | null")]
    pub longest_since_ms: Option<i64>,
}

/// To whom a caller is handed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TransferTo {
    /// To whoever of a queue is free first.
    Queue {
        /// A code of the setup.
        code: String,
    },
    /// To a colleague for some seconds; then to anybody who may take the caller.
    Agent {
        /// Whom.
        id: String,
    },
}

/// A colleague who is at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ColleagueView {
    /// Id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// What they do.
    pub state: AgentState,
}

/// What the agent before has left.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct HandoverView {
    /// Display name of the agent who has handed the caller on.
    pub by: String,
    /// A word of theirs; may be empty.
    pub note: String,
    /// What they had typed.
    pub form: Option<Box<DraftForm>>,
}

/// A command from the page. `cmd` is a key of the page's choice, new for every command and repeated when the command is:
/// the same key is carried out once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(deny_unknown_fields)]
pub struct FromPage {
    /// The command's key, 1 to 64 characters.
    pub cmd: String,
    /// What is to be done.
    #[serde(rename = "do")]
    pub command: Command,
}

/// What a page can ask for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "t", rename_all = "snake_case", deny_unknown_fields)]
pub enum Command {
    /// The offer is on the screen.
    Painted {
        /// Which one.
        offer: String,
    },
    /// The agent takes the caller.
    Accept {
        /// Which one.
        offer: String,
    },
    /// The agent does not take the caller.
    Decline {
        /// Which one.
        offer: String,
    },
    /// Ready for callers; during a call: afterwards.
    Ready,
    /// Not ready; during a call: afterwards.
    NotReady {
        /// A code of the setup.
        reason: String,
    },
    /// End the talk.
    HangUp,
    /// Put the caller on hold.
    Hold,
    /// Come back to the caller on hold: the agent's phone is rung.
    Resume,
    /// Who is at work and could be handed a caller.
    Colleagues,
    /// Hand the caller on. The place is kept, and a reserved pair is given back.
    Transfer {
        /// To whom.
        to: TransferTo,
        /// A word to the next agent, 200 characters at most; may be empty.
        note: String,
    },
    /// More time for the wrap-up.
    ExtendWrapUp,
    /// The call is done.
    FinishWrapUp {
        /// A code of the setup.
        code: String,
    },
    /// Keep what was typed.
    SaveDraft {
        /// The whole form.
        form: Box<DraftForm>,
    },
    /// Find persons: a family name and a birth date, or a reference.
    FindPersons {
        /// Family name.
        family_name: String,
        /// Birth date.
        born_on: String,
    },
    /// Find bookings by reference and birth date.
    FindBooking {
        /// The reference, any spacing.
        reference: String,
        /// The second factor.
        born_on: String,
    },
    /// Propose pairs that are bookable for the person of the form.
    Propose {
        /// The form.
        form: Box<DraftForm>,
    },
    /// Take a proposed pair for some minutes. An earlier reservation of this desk is given back.
    Reserve {
        /// The pair's token.
        token: String,
        /// The form.
        form: Box<DraftForm>,
    },
    /// Give the reserved pair back.
    Release {
        /// Which one.
        reservation: String,
    },
    /// Book the reserved pair for the person of the form.
    Confirm {
        /// Which one.
        reservation: String,
        /// The form.
        form: Box<DraftForm>,
    },
    /// Cancel both appointments.
    Cancel {
        /// The reference.
        reference: String,
        /// The second factor.
        born_on: String,
    },
}
