//! The desk as it stands in the database now, in the words of the frames.

use super::booking::Serving;
use super::wire::{AgentState, AgentView, BookingView, CallState, CallView, DraftView, OfferView, ReservationView};
use super::{store, words};
use crate::correspondence;
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{EntryId, SeriesId, UserId};
use crate::foundation::phone::PhoneNumber;
use crate::hotline::agents::store::{DeskEntry, DeskState, desk_state};
use crate::scheduling::commands as scheduling;
use crate::scheduling::model::{Booking, SchedulingError};
use time::OffsetDateTime;
use uuid::Uuid;

/// A desk as it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The parts contain everything that was published up to here.
    pub position: i64,
    /// Which socket has the desk.
    pub epoch: i64,
    /// Which process the queue takes to hold it.
    pub linked_to: Option<Uuid>,
    /// The parts.
    pub parts: Parts,
    /// What was booked in this call, as scheduling knows it.
    pub made: Vec<Booking>,
}

/// The parts of a desk that come from the database and change by facts.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// The agent.
    pub agent: AgentView,
    /// An open offer.
    pub offer: Option<OfferView>,
    /// The caller on the line or in wrap-up.
    pub call: Option<CallView>,
    /// The place in line that is on the desk, offered ones too.
    pub entry: Option<EntryId>,
    /// The reserved pair.
    pub reservation: Option<ReservationView>,
    /// What was booked in this call.
    pub bookings: Vec<BookingView>,
}

/// Reads a desk. The position is read first: what is read after it contains at least that much.
///
/// Every reading of a booking is noted with the person; so they are read anew only when they may have changed, and
/// `known` is what was read before for the same caller.
///
/// # Errors
/// When the database is away, or nobody has ever taken this desk.
pub async fn read(tx: &mut Tx, agent: UserId, known: Option<&Seen>) -> Result<Seen, Fault> {
    let standing = store::standing(tx.conn(), agent).await?;
    let desk = desk_state(tx.conn(), agent).await?;
    let desk = desk.ok_or_else(|| Fault::plain(format!("read the desk of agent {agent}")))?;
    let state = agent_state(&desk.state)?;
    let mut seen = Seen {
        position: standing.position,
        epoch: standing.epoch,
        linked_to: desk.linked_to,
        parts: Parts {
            agent: agent_view(standing.name, state, &desk),
            offer: offer_view(&desk),
            call: desk.entry.as_ref().and_then(|entry| call_view(entry, state)),
            entry: desk.entry.as_ref().map(|entry| entry.id),
            reservation: None,
            bookings: Vec::new(),
        },
        made: Vec::new(),
    };
    if let (Some(entry), Some(call)) = (seen.parts.entry, &mut seen.parts.call) {
        call.handover = store::handover(tx.conn(), agent, entry).await?;
        let serving = Serving::new(agent, entry);
        let reservation = scheduling::reservation_of(tx, &serving.holder()).await.map_err(fault)?;
        seen.parts.reservation = reservation.as_ref().map(words::reservation);
        let same_caller = |known: &&Seen| known.parts.call.is_some() && known.parts.entry == Some(entry);
        seen.made = match known.filter(same_caller) {
            Some(known) => known.made.clone(),
            None => scheduling::bookings_made_in(tx, entry, &serving.actor()).await.map_err(fault)?,
        };
        if !seen.made.is_empty() {
            let series: Vec<SeriesId> = seen.made.iter().map(|booking| booking.series).collect();
            let papers = correspondence::store::papers(tx.conn(), &series).await?;
            seen.parts.bookings = seen.made.iter().map(|booking| words::booking(booking, &papers)).collect();
        }
    }
    Ok(seen)
}

/// Reading refuses nothing, so what goes wrong is broken.
fn fault(error: SchedulingError) -> Fault {
    if let SchedulingError::Fault(fault) = error { fault } else { Fault::new("read a desk", error) }
}

/// Reads the draft of a desk, for a page that starts.
///
/// # Errors
/// When the database is away.
pub async fn read_draft(tx: &mut Tx, agent: UserId, seen: &Seen) -> Result<Option<DraftView>, Fault> {
    match seen.parts.entry {
        Some(entry) => store::draft(tx.conn(), agent, entry).await,
        None => Ok(None),
    }
}

/// A moment as the frames have it.
#[must_use]
pub fn millis(moment: OffsetDateTime) -> i64 {
    i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or(0)
}

/// The state of an agent by its name in the database.
///
/// # Errors
/// When the database holds a name that this program does not know.
pub fn agent_state(name: &str) -> Result<AgentState, Fault> {
    Ok(match name {
        "offline" => AgentState::Offline,
        "ready" => AgentState::Ready,
        "offered" => AgentState::Offered,
        "connecting" => AgentState::Connecting,
        "talking" => AgentState::Talking,
        "wrap_up" => AgentState::WrapUp,
        "not_ready" => AgentState::NotReady,
        other => return Err(Fault::plain(format!("read an agent's state {other}"))),
    })
}

fn agent_view(name: String, state: AgentState, desk: &DeskState) -> AgentView {
    let next = match state {
        AgentState::Connecting | AgentState::Talking | AgentState::WrapUp => {
            Some(desk.next.clone().unwrap_or_else(|| "ready".to_owned()))
        }
        AgentState::Offline | AgentState::Ready | AgentState::Offered | AgentState::NotReady => None,
    };
    AgentView {
        name,
        state,
        reason: desk.reason.clone(),
        since_ms: millis(desk.since),
        until_ms: desk.until.map(millis),
        next,
        extensions_left: desk.extensions_left,
    }
}

fn offer_view(desk: &DeskState) -> Option<OfferView> {
    let ((offer, deadline), entry) = (desk.open_offer?, desk.entry.as_ref()?);
    let number = entry.caller.as_ref().and_then(|number| PhoneNumber::of_caller(number.expose()));
    Some(OfferView {
        id: offer.to_string(),
        number_masked: number.map(|number| number.masked()),
        language: entry.language.clone(),
        topic: entry.topic.clone(),
        waiting_since_ms: millis(entry.joined_at),
        until_ms: millis(deadline),
        callback: entry.is_callback,
    })
}

fn call_view(entry: &DeskEntry, agent: AgentState) -> Option<CallView> {
    let state = match agent {
        AgentState::Connecting if entry.is_callback => CallState::Ringing,
        AgentState::Connecting => CallState::Connecting,
        AgentState::Talking if entry.held_until.is_some() => CallState::Held,
        AgentState::Talking if entry.state == "resuming" => CallState::Connecting,
        AgentState::Talking => CallState::Talking,
        AgentState::WrapUp => CallState::Ended,
        AgentState::Offline | AgentState::Ready | AgentState::Offered | AgentState::NotReady => return None,
    };
    Some(CallView {
        entry: entry.id.to_string(),
        number: entry.caller.as_ref().map(|number| number.expose().clone()),
        language: entry.language.clone(),
        topic: entry.topic.clone(),
        state,
        waiting_since_ms: millis(entry.joined_at),
        talking_since_ms: entry.talking_since.map(millis),
        held_until_ms: entry.held_until.map(millis),
        handover: None,
    })
}
