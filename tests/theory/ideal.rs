//! The ideal router: whoever came first gets the agent who is free first, at once. Nothing of the product is in it.

use crate::callers::{Caller, Micros};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What became of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Answered after such a wait.
    Answered(Micros),
    /// Gave up after such a wait.
    GaveUp(Micros),
}

/// When each agent is free. Since callers are served in the order in which they came, that is all there is to know
/// (Kiefer and Wolfowitz): a caller's fate is certain when they come.
#[derive(Debug)]
pub struct Ideal {
    free_at: BinaryHeap<Reverse<Micros>>,
}

impl Ideal {
    pub fn with(agents: u32) -> Self {
        Self { free_at: (0..agents).map(|_| Reverse(0)).collect() }
    }

    pub fn fate(&mut self, caller: &Caller) -> Fate {
        let mut soonest = self.free_at.peek_mut().expect("there are agents");
        let wait = (soonest.0 - caller.arrives).max(0);
        match caller.patience {
            Some(patience) if patience < wait => Fate::GaveUp(patience),
            Some(_) | None => {
                *soonest = Reverse(caller.arrives + wait + caller.handling);
                Fate::Answered(wait)
            }
        }
    }
}
