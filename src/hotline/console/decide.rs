//! What a page must be told when its desk has changed: decided purely from the desk before and after.

use super::view::{Parts, Seen};
use super::wire::{Command, ToPage};
use crate::foundation::events::Published;
use crate::foundation::ids::UserId;

/// What a published fact may have changed of a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// Nothing.
    Nothing,
    /// The desk.
    Desk,
    /// The desk, and which appointments were booked at it.
    Bookings,
}

/// What a published fact may have changed of this desk.
#[must_use]
pub fn concern(fact: &Published, agent: UserId, seen: &Seen) -> Concern {
    let about = &fact.about;
    let own = about.agent == Some(agent)
        || (about.entry.is_some() && about.entry == seen.parts.entry)
        || about.series.is_some_and(|series| seen.made.iter().any(|booking| booking.series == series));
    match own {
        false => Concern::Nothing,
        true if fact.kind.starts_with("series.") => Concern::Bookings,
        true => Concern::Desk,
    }
}

/// Why an offer is gone, when a fact about it says so.
#[must_use]
pub fn revoked_by(fact: &Published, offer: &str) -> Option<String> {
    if fact.about.offer?.to_string() != offer {
        return None;
    }
    let told = fact.data.get("reason").and_then(serde_json::Value::as_str);
    let reason = match fact.kind.as_str() {
        "offer.accepted" => "accepted",
        "offer.declined" => "declined",
        "offer.expired" => match told {
            Some("not_painted") => "not_painted",
            _ => "expired",
        },
        "offer.withdrawn" => told.unwrap_or("hung_up"),
        "offer.failed" if told == Some("unreached") => "unreached",
        "offer.failed" => "failed",
        _ => return None,
    };
    Some(reason.to_owned())
}

/// Why an offer is gone once this command is carried out: known before the fact about it is published.
#[must_use]
pub const fn revokes(command: &Command) -> Option<&'static str> {
    match command {
        Command::Accept { .. } => Some("accepted"),
        Command::Decline { .. } => Some("declined"),
        Command::NotReady { .. } => Some("not_ready"),
        Command::Painted { .. }
        | Command::Ready
        | Command::HangUp
        | Command::Hold
        | Command::Resume
        | Command::Colleagues
        | Command::Transfer { .. }
        | Command::ExtendWrapUp
        | Command::FinishWrapUp { .. }
        | Command::SaveDraft { .. }
        | Command::FindPersons { .. }
        | Command::FindBooking { .. }
        | Command::Propose { .. }
        | Command::Reserve { .. }
        | Command::Release { .. }
        | Command::Confirm { .. }
        | Command::Cancel { .. } => None,
    }
}

/// The frames that bring a page from one desk to the next. Each has a number of its own, above every number before:
/// `last` is the last one that was used on this connection.
#[must_use]
pub fn news(before: &Parts, after: &Parts, position: i64, last: &mut i64, revoked: Option<&str>) -> Vec<ToPage> {
    let mut frames = Vec::new();
    let mut next = || {
        *last = position.max(*last + 1);
        *last
    };
    let (old_offer, new_offer) = (before.offer.as_ref(), after.offer.as_ref());
    if let Some(gone) = old_offer.filter(|gone| new_offer.is_none_or(|offer| offer.id != gone.id)) {
        let reason = match revoked {
            Some(reason) => reason,
            None if after.call.is_some() => "accepted",
            None => "expired",
        };
        frames.push(ToPage::OfferRevoked { seq: next(), offer: gone.id.clone(), reason: reason.to_owned() });
    }
    // The offer is what cannot wait.
    if let Some(offer) = new_offer.filter(|_| new_offer != old_offer) {
        frames.push(ToPage::Offer { seq: next(), offer: offer.clone() });
    }
    if before.agent != after.agent {
        frames.push(ToPage::Agent { seq: next(), agent: after.agent.clone() });
    }
    if before.call != after.call {
        frames.push(ToPage::Call { seq: next(), call: after.call.clone() });
    }
    // Another caller: the page has cleared the desk by itself.
    let caller = |parts: &Parts| parts.call.as_ref().map(|call| call.entry.clone());
    let same = caller(before) == caller(after);
    let (reservation, bookings) =
        if same { (before.reservation.as_ref(), before.bookings.as_slice()) } else { (None, &[][..]) };
    if reservation != after.reservation.as_ref() {
        frames.push(ToPage::Reservation { seq: next(), reservation: after.reservation.clone() });
    }
    if bookings != after.bookings.as_slice() {
        frames.push(ToPage::Bookings { seq: next(), bookings: after.bookings.clone() });
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hotline::console::wire::{
        AgentState, AgentView, AppointmentView, BookingView, CallState, CallView, OfferView, PairView, ReservationView,
    };
    use proptest::prelude::*;

    fn agent(state: AgentState) -> AgentView {
        let name = "Nr. 1".to_owned();
        AgentView { name, state, reason: None, since_ms: 0, until_ms: None, next: None, extensions_left: 0 }
    }

    fn offer(id: u8) -> OfferView {
        OfferView {
            id: id.to_string(),
            number_masked: None,
            language: "de".into(),
            topic: "book".into(),
            waiting_since_ms: 0,
            until_ms: 0,
            callback: false,
        }
    }

    fn call(entry: u8, state: CallState) -> CallView {
        CallView {
            entry: entry.to_string(),
            number: None,
            language: "de".into(),
            topic: "book".into(),
            state,
            waiting_since_ms: 0,
            talking_since_ms: None,
            held_until_ms: None,
            handover: None,
        }
    }

    fn pair(token: u8) -> PairView {
        let first = AppointmentView { day: "2021-05-14".into(), time: "09:20".into() };
        PairView { token: token.to_string(), centre: "c".into(), vaccine: "v".into(), first, second: None }
    }

    fn reservation(id: u8) -> ReservationView {
        ReservationView { id: id.to_string(), pair: pair(id), until_ms: 0 }
    }

    fn booking(id: u8) -> BookingView {
        BookingView {
            reference: id.to_string(),
            name: String::new(),
            pair: pair(id),
            state: "confirmed".into(),
            letter: None,
            email: None,
        }
    }

    fn empty() -> Parts {
        Parts {
            agent: agent(AgentState::Ready),
            offer: None,
            call: None,
            entry: None,
            reservation: None,
            bookings: Vec::new(),
        }
    }

    /// What a page makes of the frames, by the rules of the protocol alone.
    fn page(mut desk: Parts, frames: &[ToPage]) -> Parts {
        for frame in frames {
            match frame.clone() {
                ToPage::Agent { agent, .. } => desk.agent = agent,
                ToPage::Offer { offer, .. } => desk.offer = Some(offer),
                ToPage::OfferRevoked { offer, .. } => {
                    if desk.offer.as_ref().is_some_and(|shown| shown.id == offer) {
                        desk.offer = None;
                    }
                }
                ToPage::Call { call, .. } => {
                    let entry = |call: &Option<CallView>| call.as_ref().map(|call| call.entry.clone());
                    if entry(&desk.call) != entry(&call) {
                        desk.reservation = None;
                        desk.bookings.clear();
                    }
                    desk.call = call;
                }
                ToPage::Reservation { reservation, .. } => desk.reservation = reservation,
                ToPage::Bookings { bookings, .. } => desk.bookings = bookings,
                ToPage::Hello { .. }
                | ToPage::Snapshot { .. }
                | ToPage::Queue { .. }
                | ToPage::Ack { .. }
                | ToPage::Degraded { .. }
                | ToPage::Superseded => unreachable!("no news of a desk"),
            }
        }
        desk
    }

    prop_compose! {
        fn any_desk()(
            state in prop::sample::select(vec![AgentState::Ready, AgentState::Offered, AgentState::Talking]),
            offered in prop::option::of(0_u8..3),
            called in prop::option::of((0_u8..3, any::<bool>())),
            reserved in prop::option::of(0_u8..3),
            booked in prop::collection::vec(0_u8..3, 0..3),
        ) -> Parts {
            Parts {
                agent: agent(state),
                offer: offered.map(offer),
                call: called.map(|(entry, ended)| call(entry, if ended { CallState::Ended } else { CallState::Talking })),
                entry: None,
                reservation: reserved.filter(|_| called.is_some()).map(reservation),
                bookings: booked.into_iter().filter(|_| called.is_some()).map(booking).collect(),
            }
        }
    }

    proptest! {
        #[test]
        fn the_frames_bring_a_page_exactly_to_the_new_desk(desks in prop::collection::vec(any_desk(), 1..8)) {
            let (mut shown, mut before, mut last) = (empty(), empty(), 7);
            for after in desks {
                let begun = last;
                // The log may not have moved at all since the snapshot.
                let frames = news(&before, &after, 7, &mut last, None);
                prop_assert_eq!(last, begun + i64::try_from(frames.len()).expect("few"), "every frame has its number");
                shown = page(shown, &frames);
                prop_assert_eq!(&shown, &after);
                before = after;
            }
        }

        #[test]
        fn nothing_is_told_when_nothing_has_changed(desk in any_desk()) {
            prop_assert!(news(&desk, &desk, 9, &mut 7, None).is_empty());
        }
    }

    #[test]
    fn an_offer_comes_before_everything_else() {
        let after = Parts { agent: agent(AgentState::Offered), offer: Some(offer(1)), ..empty() };
        let frames = news(&empty(), &after, 12, &mut 7, None);
        assert!(matches!(frames.first(), Some(ToPage::Offer { seq: 12, .. })));
    }
}
