//! All SQL of the queue. Locks are taken in one order: entry, then agent; an offer changes only under both. Of two entries
//! the one that stands before the other is locked first.

mod lock;
mod look;
mod round;
mod save;
mod scene;
mod waiting;

pub use lock::{
    Lock, lock_agent, lock_entry, matter_of_agent, matter_of_entry, matter_of_offer, read_offer, try_matter_of_agent,
    try_matter_of_entry, try_matter_of_offer,
};
pub use look::{
    ahead, at_work, caller, chosen, entry_of_call, handled, line, place_of_call, redeemable, rings_for, served_last_by,
    state_of_call, waits_again,
};
pub use round::{begin_step, forget_back_offs, keep_step, node_lease, snapshot, undo_step};
pub use save::{NewEntry, ensure_agent, insert_entry, save_agent, save_back_off, save_entry, save_offer, save_skills};
pub use scene::scene;
