//! What can happen, as data.

use crate::world::World;
use rand::rngs::StdRng;
use rand::{Rng, RngExt};

/// One operation of a history. Numbers pick among what exists at that moment, so that a history stays meaningful when
/// it is shortened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// A caller of some kind joins.
    Ring { kind: usize },
    /// A caller hangs up, or is lost.
    HangUp { pick: usize, lost: bool },
    /// A caller who lost the place rings again.
    Redial { pick: usize },
    /// A caller on the line wants to be rung instead.
    CallBack { pick: usize },
    /// The caller of an accepted offer is rung; or the provider could not be asked.
    RingBack { pick: usize, refused: bool },
    /// Who is rung says that it is them; twice when the answer was lost.
    Reached { pick: usize, twice: bool },
    /// The dispatcher's round.
    Dispatch,
    /// A round while other things happen between its steps.
    DispatchAmid { seed: u64 },
    /// A round whose commit is lost: nothing has happened.
    DispatchLost,
    /// The page paints its offer.
    Paint { pick: usize },
    /// The agent accepts; twice when the answer was lost.
    Accept { pick: usize, twice: bool },
    /// The agent declines.
    Decline { pick: usize },
    /// The provider fetches the instruction to connect.
    Dialling { pick: usize },
    /// The phone answers; twice when the report is repeated.
    Answered { pick: usize, twice: bool },
    /// The phone fails.
    ConnectFailed { pick: usize },
    /// The talk ends by the agent's side.
    TalkEnded { pick: usize },
    /// The agent puts the caller on hold; twice when the answer was lost.
    Hold { pick: usize, twice: bool },
    /// The agent comes back to the caller on hold.
    Resume { pick: usize },
    /// The agent hands the caller on: to anybody, or to one agent first.
    Transfer { pick: usize },
    /// The dial says that it brought nobody together, whatever the phone's reports have said.
    NotBridged { pick: usize },
    /// The agent is ready.
    Ready { pick: usize },
    /// The agent pauses.
    NotReady { pick: usize },
    /// The agent finishes the wrap-up.
    FinishWrapUp { pick: usize },
    /// The agent extends the wrap-up.
    ExtendWrapUp { pick: usize },
    /// The page connects.
    LinkUp { pick: usize },
    /// The socket is lost.
    LinkLost { pick: usize },
    /// Every socket of the process is lost at once, and the process starts again.
    Restart,
    /// An old report arrives late: about any offer there ever was.
    LateReport { pick: usize, says: Late },
    /// Time passes.
    Advance { milliseconds: u64 },
}

/// What a late report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Late {
    /// The phone answered.
    Answered,
    /// The phone failed.
    Failed,
    /// The phone's talk ended.
    Ended,
}

impl Op {
    /// A random operation of anybody but the dispatcher.
    pub fn of_others(world: &World, chance: &mut StdRng) -> Self {
        loop {
            let op = Self::random(world, chance);
            if !matches!(op, Self::Dispatch | Self::DispatchAmid { .. } | Self::Advance { .. }) {
                return op;
            }
        }
    }

    /// A random operation, weighted like a busy hotline.
    pub fn random(world: &World, chance: &mut StdRng) -> Self {
        let mut pick = || chance.random_range(0..1_000_000_usize);
        let pick = pick();
        let coin = chance.random_bool(0.5);
        let rare = chance.random_bool(0.1);
        let seed = chance.next_u64();
        let says = [Late::Answered, Late::Failed, Late::Ended][pick % 3];
        // A queue that only grows finds less than one that breathes.
        let crowded = world.waiting() > 40;
        match chance.next_u32() % 100 {
            0..=10 if !crowded => Self::Ring { kind: pick },
            11 => Self::CallBack { pick },
            0..=15 => Self::HangUp { pick, lost: coin },
            16..=18 => Self::Redial { pick },
            19..=30 => Self::Dispatch,
            31..=38 => Self::DispatchAmid { seed },
            39 => Self::DispatchLost,
            40..=47 => Self::Paint { pick },
            48..=55 => Self::Accept { pick, twice: rare },
            56 => Self::Decline { pick },
            57..=60 => Self::Dialling { pick },
            61 => Self::RingBack { pick, refused: rare },
            62 => Self::Reached { pick, twice: rare },
            63..=67 => Self::Answered { pick, twice: rare },
            68 => Self::ConnectFailed { pick },
            69 => Self::TalkEnded { pick },
            70 => Self::Hold { pick, twice: rare },
            71 if coin => Self::Resume { pick },
            71 => Self::TalkEnded { pick },
            72 => Self::Transfer { pick },
            73 if rare => Self::NotBridged { pick },
            73 => Self::TalkEnded { pick },
            74..=79 => Self::Ready { pick },
            80 => Self::NotReady { pick },
            81..=84 => Self::FinishWrapUp { pick },
            85 => Self::ExtendWrapUp { pick },
            86..=88 => Self::LinkUp { pick },
            89 => Self::LinkLost { pick },
            90 if rare => Self::Restart,
            90..=91 => Self::LateReport { pick, says },
            _ => Self::Advance { milliseconds: u64::from(chance.next_u32() % 4_000) },
        }
    }
}
