//! Letters and e-mails: what leaves the house, and the proof that it left.
//!
//! **Owns** letters, e-mails, the print queue and their templates. **In:** an order, written in the transaction of the
//! booking that it confirms; what it says is asked for again when it is made ([`model::AppointmentSource`]).
//! **Out:** a PDF that a print house pulls from `/print/v1`, an e-mail by SMTP, and a row that says how far each came.
//! **Must hold:** every confirmed version has exactly one order per wanted channel (M1); a letter is printed once, and
//! a print house that dies between lease and acknowledgement gives it back (M2); the paper says what the database holds
//! when it is rendered, and its version (M3); the same content and template give the same bytes.

pub mod letters;
pub mod model;
