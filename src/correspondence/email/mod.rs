//! E-mails: written from what the database says when they are sent, handed to a relay, and never twice knowingly.
//!
//! **In:** the orders of [`super::commands`]. **Out:** one message to one address, by SMTP. **Must hold:** a mail that is
//! no longer true is not sent; a retry is the same message with the same Message-ID; an outcome that is not known is not
//! guessed, and leads to at most one repetition; neither subject nor text says what the appointments are for; a mail
//! that cannot be delivered becomes a letter.

pub mod decide;
pub mod message;
pub mod smtp;
pub mod worker;
