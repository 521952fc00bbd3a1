//! Histories that found a bug once, frozen.

use crate::invariants;
use crate::op::{Late, Op};
use crate::world::World;

/// Plays a history and checks every invariant after each step.
fn replay(history: &[Op]) {
    let mut world = World::new(None);
    for (step, op) in history.iter().enumerate() {
        world.apply(*op);
        invariants::check(&world).unwrap_or_else(|violation| panic!("step {step}, {op:?}: {violation}"));
    }
}

#[test]
fn a_hang_up_while_the_phone_rings_frees_the_agent_and_keeps_their_turn() {
    replay(&[
        Op::LinkUp { pick: 0 },
        Op::Ready { pick: 0 },
        Op::Ring { kind: 0 },
        Op::Ring { kind: 0 },
        Op::Dispatch,
        Op::Accept { pick: 0, twice: true },
        Op::Dialling { pick: 0 },
        Op::HangUp { pick: 0, lost: false },
        Op::Dispatch,
        Op::LateReport { pick: 0, says: Late::Answered },
        Op::Dispatch,
    ]);
}
