//! The board: read twice a second while somebody watches, written once, sent to all.

use super::store;
use super::wire::{Board, ToWall};
use crate::foundation::calendar;
use crate::foundation::db::{Db, Tx};
use crate::foundation::fault::Fault;
use crate::hotline::console::pulse::Pulse;
use crate::hotline::console::view::millis;
use crate::hotline::live::ws::Text;
use crate::in_tx;
use std::time::Duration;
use time::Time;
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often a board is read. Faster than people see; slower than the wall's promise of two a second is not enough.
pub(super) const BEAT: Duration = Duration::from_millis(500);

/// The board of this process, as the frame that every wall is sent.
#[derive(Clone, Debug)]
pub struct Wall {
    frame: watch::Sender<Option<Text>>,
}

impl Default for Wall {
    fn default() -> Self {
        Self { frame: watch::Sender::new(None) }
    }
}

impl Wall {
    /// Watches: from now on boards are read.
    pub(super) fn watch(&self) -> watch::Receiver<Option<Text>> {
        self.frame.subscribe()
    }

    /// Reads boards until `stop`.
    pub async fn run(self, db: Db, pulse: Pulse, stop: CancellationToken) {
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! { _ = beat.tick() => {}, () = stop.cancelled() => return }
            if self.frame.receiver_count() == 0 {
                // Who comes next shall not be shown what the last one saw.
                self.frame.send_if_modified(|frame| frame.take().is_some());
                continue;
            }
            match read(&db, &pulse).await {
                Ok(frame) => {
                    self.frame.send_replace(Some(frame));
                }
                // The walls hear nothing, and say themselves that what they show is old.
                Err(fault) => tracing::warn!(fault = fault.chain(), "supervision: could not read the board"),
            }
        }
    }
}

async fn read(db: &Db, pulse: &Pulse) -> Result<Text, Fault> {
    let mut board = in_tx!(db, "read the board", |tx| board(tx))?;
    board.degraded.clone_from(&pulse.degraded().borrow());
    Ok(Text::from(serde_json::to_string(&ToWall::Board { board: Box::new(board) })?))
}

async fn board(tx: &mut Tx) -> Result<Board, Fault> {
    let now = tx.now();
    let midnight = calendar::moment(calendar::local_date(now), Time::MIDNIGHT);
    let figures = store::figures(tx.conn(), midnight).await?;
    let (agents, agents_by_state) = store::agents(tx.conn()).await?;
    Ok(Board {
        epoch_ms: millis(now),
        waiting: figures.waiting,
        longest_since_ms: figures.longest_since_ms,
        in_menu: figures.in_menu,
        talking: figures.talking,
        served_today: figures.served_today,
        abandoned_today: figures.abandoned_today,
        booked_today: figures.booked_today,
        agents_by_state,
        agents,
        degraded: Vec::new(),
    })
}
