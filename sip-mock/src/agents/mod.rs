//! Robots that work at the console as people do: on real sockets, with the frames that a browser gets.
//!
//! In: where the console is, logins, habits. Out: what agents do all day (ready, accept, book, wrap up, pause), and a tally.
//! What must hold: a robot knows only what its frames say; the server's word is the state, and after a lost socket the snapshot
//! is all that counts; a command that was not acknowledged is repeated under the same key and never done twice under two.

mod desk;
mod habits;
mod link;
mod person;
mod robot;
mod tally;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::faults::Dice;
use crate::pace::Pace;
pub use habits::Habits;
use tally::Book;
pub use tally::Tally;

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
        // Dice of their own: what one does is not changed by the others.
        let dice = self.dice.of(&config.login);
        let robot = robot::Robot::new(config, self.pace, dice, self.book.clone())?;
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
