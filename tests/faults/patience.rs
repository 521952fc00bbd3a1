//! How exactly times are judged where the machine has other things to do than this one scene.

use sip_mock::judge::Rules;
use std::time::Duration;

/// The same promises as ever, with tolerances for a machine on which a process may not run for a second or two. What they
/// let pass is seen where a scene has the machine to itself; every control must be found out under these as well.
pub fn on_a_busy_machine() -> Rules {
    Rules {
        // A round of the dispatcher, from its look at the line to its last write.
        slack: Duration::from_secs(2),
        // From a deadline in the database to the process that acts on it.
        grace: Duration::from_secs(5),
        // From "agent ready" to the offer, with relay, notice and round in between.
        apart: Duration::from_secs(10),
        // A restart, until links and leases are as they were.
        recovery: Duration::from_secs(20),
        ..Rules::default()
    }
}
