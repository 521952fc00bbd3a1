//! Did the hotline keep its promises? Joins its event log with the journal.
