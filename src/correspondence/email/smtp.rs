//! One mail to the relay, with a deadline on every step: a server that stops answering holds nothing up.

use crate::correspondence::settings::{Email, Tls};
use lettre::Address;
use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use std::time::Duration;

/// What a step was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The relay and we: connection, encryption, log-in, our sender.
    Relay,
    /// This mail: its recipient and content.
    Mail,
}

/// How an attempt to send ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The relay has taken the mail, with this code.
    Accepted(i32),
    /// Not now. Without a code the relay did not answer.
    Deferred {
        /// What was put off.
        stage: Stage,
        /// The relay's code.
        code: Option<i32>,
    },
    /// Never.
    Refused {
        /// What was refused.
        stage: Stage,
        /// The relay's code.
        code: i32,
    },
    /// The content was handed over, and no answer came: nobody knows.
    Unknown,
}

/// Sends one mail. `before_content` is called when everything but the content was said: from there on the outcome may
/// stay unknown, which must be on record before it can happen.
///
/// # Errors
/// What `before_content` says; then nothing was handed over.
pub async fn send<E, F: Future<Output = Result<(), E>>>(
    settings: &Email,
    envelope: &Envelope,
    message: &[u8],
    before_content: impl FnOnce() -> F,
) -> Result<Attempt, E> {
    let mut connection = match greet(settings).await {
        Ok(connection) => connection,
        Err(attempt) => return Ok(attempt),
    };
    if let Err(attempt) = address(&mut connection, settings, envelope, message).await {
        leave(connection, settings.step);
        return Ok(attempt);
    }
    before_content().await?;
    let outcome = hand_over(&mut connection, settings, message).await;
    leave(connection, settings.step);
    Ok(outcome)
}

/// Connects, encrypts and logs in.
async fn greet(settings: &Email) -> Result<AsyncSmtpConnection, Attempt> {
    let hello = ClientId::default();
    let parameters =
        || TlsParameters::new(settings.host.clone()).map_err(|_| Attempt::Deferred { stage: Stage::Relay, code: None });
    let implicit = if settings.tls == Tls::Implicit { Some(parameters()?) } else { None };
    let server = (settings.host.as_str(), settings.port);
    let connecting = AsyncSmtpConnection::connect_tokio1(server, Some(settings.step), &hello, implicit, None);
    let mut connection = within(settings.step, connecting, Stage::Relay).await?;
    if settings.tls == Tls::Starttls {
        within(settings.step, connection.starttls(parameters()?, &hello), Stage::Relay).await?;
    }
    if !settings.user.is_empty() {
        let who = Credentials::new(settings.user.clone(), settings.password.expose().clone());
        let ways = [Mechanism::Plain, Mechanism::Login];
        within(settings.step, connection.auth(&ways, &who), Stage::Relay).await?;
    }
    Ok(connection)
}

/// Names the sender and the one recipient.
async fn address(
    connection: &mut AsyncSmtpConnection,
    settings: &Email,
    envelope: &Envelope,
    message: &[u8],
) -> Result<(), Attempt> {
    let server = connection.server_info();
    let mut parameters = Vec::new();
    let is_ascii = |address: &Address| AsRef::<str>::as_ref(address).is_ascii();
    if !envelope.to().iter().chain(envelope.from()).all(is_ascii) {
        if !server.supports_feature(Extension::SmtpUtfEight) {
            // As a server that knows the extension would say of an address it cannot write.
            return Err(Attempt::Refused { stage: Stage::Mail, code: 553 });
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !message.is_ascii() && server.supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let from = Mail::new(envelope.from().cloned(), parameters);
    within(settings.step, connection.command(from), Stage::Relay).await.map_err(of_this_mail).map(|_: Response| ())?;
    // An envelope of ours has one recipient; a second would let one person read of another.
    let [to] = envelope.to() else { return Err(Attempt::Refused { stage: Stage::Mail, code: 553 }) };
    let to = Rcpt::new(to.clone(), Vec::new());
    within(settings.step, connection.command(to), Stage::Mail).await.map(|_: Response| ())
}

/// The relay hears of a mail's size and characters with its sender: with these codes it refuses this mail, whatever it
/// thinks of others.
fn of_this_mail(attempt: Attempt) -> Attempt {
    match attempt {
        Attempt::Refused { stage: Stage::Relay, code: code @ 552..=554 } => {
            Attempt::Refused { stage: Stage::Mail, code }
        }
        other @ (Attempt::Accepted(_) | Attempt::Deferred { .. } | Attempt::Refused { .. } | Attempt::Unknown) => other,
    }
}

/// Hands the content over and waits for the answer that decides.
async fn hand_over(connection: &mut AsyncSmtpConnection, settings: &Email, message: &[u8]) -> Attempt {
    if let Err(attempt) = within(settings.step, connection.command(Data), Stage::Mail).await {
        return attempt;
    }
    match tokio::time::timeout(settings.content, connection.message(message)).await {
        Ok(Ok(response)) => Attempt::Accepted(code(&response)),
        Ok(Err(error)) => match answered(&error) {
            Some(code) if error.is_permanent() => Attempt::Refused { stage: Stage::Mail, code },
            Some(code) => Attempt::Deferred { stage: Stage::Mail, code: Some(code) },
            None => Attempt::Unknown,
        },
        Err(_) => Attempt::Unknown,
    }
}

/// Says goodbye without making anybody wait for it.
fn leave(mut connection: AsyncSmtpConnection, step: Duration) {
    tokio::spawn(async move {
        let _ = tokio::time::timeout(step, connection.abort()).await;
    });
}

async fn within<T>(
    limit: Duration,
    step: impl Future<Output = Result<T, SmtpError>>,
    stage: Stage,
) -> Result<T, Attempt> {
    match tokio::time::timeout(limit, step).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(match answered(&error) {
            Some(code) if error.is_permanent() => Attempt::Refused { stage, code },
            // A server that goes away in the middle says nothing about the mail.
            code => Attempt::Deferred { stage: if code.is_some() { stage } else { Stage::Relay }, code },
        }),
        Err(_) => Err(Attempt::Deferred { stage: Stage::Relay, code: None }),
    }
}

/// The code that the server answered, when it answered.
fn answered(error: &SmtpError) -> Option<i32> {
    error.status().map(|status| i32::from(u16::from(status)))
}

fn code(response: &Response) -> i32 {
    i32::from(u16::from(response.code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_is_too_large_is_refused_by_itself_and_a_bad_sender_with_all_others() {
        let refused = |stage, code| Attempt::Refused { stage, code };
        for code in 552..=554 {
            assert_eq!(of_this_mail(refused(Stage::Relay, code)), refused(Stage::Mail, code));
        }
        for other in [refused(Stage::Relay, 550), Attempt::Deferred { stage: Stage::Relay, code: Some(452) }] {
            assert_eq!(of_this_mail(other), other);
        }
    }
}
