//! Robots that work at the console as people do: on real sockets, with the frames that a browser gets.
//!
//! In: where the console is, logins, habits. Out: what agents do all day (ready, accept, book, wrap up, pause), and a tally.
//! What must hold: a robot knows only what its frames say; the server's word is the state, and after a lost socket the snapshot
//! is all that counts; a command that was not acknowledged is repeated under the same key and never done twice under two.

mod desk;
mod link;
mod person;
mod robot;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::faults::Dice;
use crate::pace::Pace;
use crate::phones::seconds;

/// How an agent works. Times are simulated.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Habits {
    /// From the offer on the screen to the click; median.
    #[serde(with = "seconds")]
    pub reaction: Duration,
    /// A whole talk; median, with a long tail.
    #[serde(with = "seconds")]
    pub talk: Duration,
    /// After the talk; median.
    #[serde(with = "seconds")]
    pub wrap_up: Duration,
    /// The spread of these times (sigma of a log-normal distribution).
    pub spread: f64,
    /// The chance to decline an offer.
    pub declines: f64,
    /// The chance to look away and let an offer pass.
    pub looks_away: f64,
    /// The chance of a pause after a call.
    pub pauses: f64,
    /// How long a pause takes; mean.
    #[serde(with = "seconds")]
    pub pause: Duration,
    /// The chance that a talk ends in a booking.
    pub books: f64,
    /// The share of bookings that want an e-mail.
    pub emails: f64,
    /// The share of those that want no letter beside it.
    pub mail_only: f64,
    /// The mean time after which the socket is lost; zero: never.
    #[serde(with = "seconds")]
    pub loses_socket: Duration,
    /// Whether the agent ends the talk; otherwise the caller does.
    pub hangs_up: bool,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            reaction: Duration::from_millis(1_500),
            talk: Duration::from_mins(4),
            wrap_up: Duration::from_secs(20),
            spread: 0.4,
            declines: 0.0,
            looks_away: 0.0,
            pauses: 0.05,
            pause: Duration::from_mins(5),
            books: 0.8,
            emails: 0.4,
            mail_only: 0.5,
            loses_socket: Duration::ZERO,
            hangs_up: true,
        }
    }
}

/// A robot's place of work.
#[derive(Debug, Clone)]
pub struct RobotConfig {
    /// The address of the staff pages, without a slash at the end; it is also the `Origin`.
    pub console: String,
    /// The login.
    pub login: String,
    /// Its password.
    pub password: String,
    /// How the agent works.
    pub habits: Habits,
}

/// What robots did, and what they were told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sockets that are open now.
    pub linked: usize,
    /// Robots by the state that their last frame named.
    pub states: BTreeMap<String, usize>,
    /// Offers that were painted.
    pub offers: u64,
    /// Offers accepted.
    pub accepted: u64,
    /// Offers declined on purpose.
    pub declined: u64,
    /// Offers revoked before the robot had clicked.
    pub revoked: u64,
    /// Talks.
    pub talks: u64,
    /// Bookings confirmed.
    pub booked: u64,
    /// Sockets lost and opened again.
    pub reconnects: u64,
    /// Refusals, by code.
    pub refused: BTreeMap<String, u64>,
    /// Frames that could not be understood: always a fault of one side.
    pub not_understood: u64,
}

/// A shared tally.
#[derive(Debug, Clone, Default)]
pub(crate) struct Book(Arc<Mutex<Tally>>);

impl Book {
    pub(crate) fn write(&self) -> MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn moved(&self, from: Option<&str>, to: &str) {
        let mut tally = self.write();
        if let Some(from) = from
            && let Some(count) = tally.states.get_mut(from)
        {
            *count = count.saturating_sub(1);
        }
        *tally.states.entry(to.to_owned()).or_default() += 1;
    }
}

/// A team of robots.
#[derive(Debug)]
pub struct Robots {
    book: Book,
    tasks: TaskTracker,
    closing: CancellationToken,
    pace: Pace,
    dice: Arc<Dice>,
}

impl Robots {
    /// A team without members yet.
    #[must_use]
    pub fn new(pace: Pace, dice: Arc<Dice>) -> Self {
        Self { book: Book::default(), tasks: TaskTracker::new(), closing: CancellationToken::new(), pace, dice }
    }

    /// One more robot comes to work, after a while so that not all log in at once.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn hire(&self, config: RobotConfig, after: Duration) -> std::io::Result<()> {
        let robot = robot::Robot::new(config, self.pace, Arc::clone(&self.dice), self.book.clone())?;
        let closing = self.closing.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = closing.cancelled() => {}
                () = async {
                    tokio::time::sleep(after).await;
                    robot.work().await;
                } => {}
            }
        });
        Ok(())
    }

    /// What the team did so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.book.write().clone()
    }

    /// Waits until the tally fulfils a condition; false when the (real) deadline passes first.
    pub async fn wait_for(&self, deadline: Duration, holds: impl Fn(&Tally) -> bool) -> bool {
        let wait = async {
            while !holds(&self.tally()) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(deadline, wait).await.is_ok()
    }

    /// Everybody goes home at once: sockets close without a word.
    pub async fn dismiss(self) {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

impl Drop for Robots {
    fn drop(&mut self) {
        self.closing.cancel();
    }
}
