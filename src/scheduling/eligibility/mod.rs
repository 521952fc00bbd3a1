//! Who may have what when: pure decisions on the rules of one version.
//!
//! **In:** a version of the rules, a claim, a birth date, days. **Out:** yes with the days that fit, or a named no.
//! Two versions are compared before one of them is used: [`who_would_change`].
//! **Must hold:** age is counted in completed years on the day of each dose; intervals count local dates.

mod decide;
mod preview;

pub use decide::{Ineligible, check_age, check_pair, entitled, first_days};
pub use preview::{Change, Standing, who_would_change};
