//! From the release of slots to the cancellation of appointments, on a real database.

mod releases;
