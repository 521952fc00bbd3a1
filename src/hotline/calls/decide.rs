//! How reports fold into a call: pure.

use super::model::{EndedBy, LegNews, Progress, Tick, dial_label};
use crate::foundation::ids::OfferId;
use crate::hotline::queue::commands::Standing;

/// What is stored of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// How far it has come.
    pub progress: Progress,
    /// Whether it was ever answered.
    pub answered: bool,
}

/// What a report changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The leg after it, when it is another than before.
    pub leg: Option<Leg>,
    /// The leg was answered, heard of for the first time.
    pub answered: bool,
    /// The leg is over, heard of for the first time.
    pub ended: Option<EndedBy>,
}

/// Folds a report into a leg; `None` is a leg that was never heard of.
///
/// A report that says less than what is known changes nothing. Only an answer that was missed is made up for: a leg
/// whose end says that it had been answered was answered.
#[must_use]
pub fn fold(leg: Option<Leg>, news: LegNews) -> Change {
    let before = leg.unwrap_or(Leg { progress: Progress::Trying, answered: false });
    let says_answered = match news {
        LegNews::Progress(progress) => progress == Progress::Answered,
        LegNews::Ended { answered, .. } => answered,
    };
    let after = Leg {
        progress: before.progress.max(news.progress()),
        // An answer reported after the end is late news of an ended leg: it is kept, and acts no more.
        answered: before.answered || says_answered,
    };
    let is_open = before.progress < Progress::Ended;
    Change {
        leg: (leg != Some(after)).then_some(after),
        answered: is_open && after.answered && !before.answered,
        ended: match news {
            LegNews::Ended { by, .. } if is_open => Some(by),
            LegNews::Ended { .. } | LegNews::Progress(_) => None,
        },
    }
}

/// What a tick is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTick {
    /// The list goes on.
    GoOn,
    /// A fresh list, before this one burns down.
    Renew,
    /// The call has no place in line: it is told anew what to do.
    Resume,
    /// The music behind a dial: the dial is over, and its own report was lost.
    DialOver {
        /// Under which offer.
        offer: OfferId,
        /// Whether the two have talked, as far as we know.
        talked: bool,
    },
}

/// Decides on a tick in a list of `pieces`. `standing` is unknown when the database could not be asked.
///
/// A list is renewed when half of it is gone, so that a caller whom nobody can ask any more always has half of the bound
/// left. A call that is being connected gets no list: it would overwrite the one that connects it.
#[must_use]
pub fn on_tick(standing: Option<Standing>, tick: &Tick, pieces: u16) -> OnTick {
    let index = tick.index;
    match standing {
        Some(Standing::Connecting(offer)) if tick.park.label == dial_label(offer) => {
            OnTick::DialOver { offer, talked: false }
        }
        Some(Standing::Talking(offer)) if tick.park.label == dial_label(offer) => {
            OnTick::DialOver { offer, talked: true }
        }
        Some(Standing::Connecting(_) | Standing::Talking(_)) => OnTick::GoOn,
        Some(Standing::Over | Standing::Unknown) => OnTick::Resume,
        // On hold and in line other words are spoken. A dial behind which music plays is over, whatever it will report.
        Some(standing @ (Standing::Waiting | Standing::Held))
            if (standing == Standing::Held) != tick.park.is_held() =>
        {
            OnTick::Resume
        }
        Some(Standing::Waiting | Standing::Held) if index >= pieces / 2 => OnTick::Renew,
        // Nobody knows whether it is being connected: only a list that is about to end is renewed all the same.
        None if index.saturating_add(2) >= pieces => OnTick::Renew,
        Some(Standing::Waiting | Standing::Held) | None => OnTick::GoOn,
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::Park;
    use super::*;
    use crate::hotline::queue::model::Language;

    fn tick(label: &str, index: u16) -> Tick {
        Tick { park: Park::new(label.to_owned(), Language::De), index }
    }

    #[test]
    fn a_list_is_renewed_when_half_of_it_is_gone() {
        assert_eq!(on_tick(Some(Standing::Waiting), &tick("q2", 19), 40), OnTick::GoOn);
        assert_eq!(on_tick(Some(Standing::Waiting), &tick("q2", 20), 40), OnTick::Renew);
    }

    #[test]
    fn who_is_on_hold_and_who_waits_in_line_hear_lists_of_their_own() {
        for (standing, label, said) in [
            (Standing::Held, "h5", OnTick::GoOn),
            (Standing::Held, "q2", OnTick::Resume),
            (Standing::Waiting, "h5", OnTick::Resume),
        ] {
            assert_eq!(on_tick(Some(standing), &tick(label, 3), 40), said, "{standing:?} in {label}");
        }
        assert_eq!(on_tick(Some(Standing::Held), &tick("h5", 20), 40), OnTick::Renew);
    }

    #[test]
    fn a_call_that_is_being_connected_never_gets_a_list() {
        let offer = OfferId(uuid::Uuid::nil());
        for index in 0..40 {
            assert_eq!(on_tick(Some(Standing::Connecting(offer)), &tick("q2", index), 40), OnTick::GoOn);
        }
    }

    #[test]
    fn the_music_behind_a_dial_says_that_this_dial_is_over_and_no_other() {
        let (offer, other) = (OfferId(uuid::Uuid::from_u128(1)), OfferId(uuid::Uuid::from_u128(2)));
        let behind = tick(&dial_label(offer), 0);
        assert_eq!(on_tick(Some(Standing::Talking(offer)), &behind, 40), OnTick::DialOver { offer, talked: true });
        assert_eq!(on_tick(Some(Standing::Connecting(offer)), &behind, 40), OnTick::DialOver { offer, talked: false });
        assert_eq!(on_tick(Some(Standing::Connecting(other)), &behind, 40), OnTick::GoOn);
    }

    #[test]
    fn without_a_database_the_music_goes_on_to_its_very_end_and_then_anew() {
        assert_eq!(on_tick(None, &tick("q2", 37), 40), OnTick::GoOn);
        assert_eq!(on_tick(None, &tick("q2", 38), 40), OnTick::Renew);
    }

    use proptest::prelude::*;

    fn all(reports: &[LegNews]) -> (Option<Leg>, Vec<Change>) {
        let mut leg = None;
        let mut changes = Vec::new();
        for news in reports {
            let change = fold(leg, *news);
            leg = change.leg.or(leg);
            changes.push(change);
        }
        (leg, changes)
    }

    const END: LegNews = LegNews::Ended { by: EndedBy::Caller, answered: false };

    #[test]
    fn a_call_may_end_before_it_is_answered() {
        let (leg, changes) = all(&[LegNews::Progress(Progress::Trying), END, LegNews::Progress(Progress::Answered)]);
        assert_eq!(leg.map(|leg| leg.progress), Some(Progress::Ended));
        assert!(changes.iter().all(|change| !change.answered), "a late answer acts no more");
    }

    #[test]
    fn the_end_makes_up_for_a_missed_answer() {
        let (_, changes) = all(&[LegNews::Ended { by: EndedBy::System, answered: true }]);
        assert_eq!(changes.first().map(|change| (change.answered, change.ended)), Some((true, Some(EndedBy::System))));
    }

    fn news() -> impl Strategy<Value = LegNews> {
        prop_oneof![
            Just(LegNews::Progress(Progress::Trying)),
            Just(LegNews::Progress(Progress::Ringing)),
            Just(LegNews::Progress(Progress::Answered)),
            any::<bool>().prop_map(|answered| LegNews::Ended { by: EndedBy::Caller, answered }),
        ]
    }

    proptest! {
        #[test]
        fn any_order_and_any_repetition_end_in_the_same_state(
            history in proptest::collection::vec(news(), 1..12),
            seed in any::<u64>(),
        ) {
            let in_order = all(&history).0;
            let mut shuffled = history.clone();
            let turns = usize::try_from(seed % 12).unwrap_or(0) % history.len();
            shuffled.rotate_left(turns);
            shuffled.reverse();
            shuffled.extend(history.iter().copied());
            prop_assert_eq!(all(&shuffled).0, in_order);
        }

        #[test]
        fn an_answer_and_an_end_act_at_most_once(history in proptest::collection::vec(news(), 0..24)) {
            let (_, changes) = all(&history);
            prop_assert!(changes.iter().filter(|change| change.answered).count() <= 1);
            prop_assert!(changes.iter().filter(|change| change.ended.is_some()).count() <= 1);
        }
    }
}
