//! The demo's live line: what has happened so far, counted from the event log.

use crate::cli::say;
use crate::foundation::db::Db;
use crate::foundation::events::Published;
use crate::foundation::events::feed::Feed;
use crate::hotline::queue::store;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// What has happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    joined: u32,
    redeemed: u32,
    rung: u32,
    talking: u32,
    served: u32,
    left: u32,
    booked: u32,
    printed: u32,
    mailed: u32,
}

impl Tally {
    /// Counts a fact.
    fn count(&mut self, fact: &Published) {
        match fact.kind.as_str() {
            "entry.joined" => self.joined += 1,
            "entry.redeemed" => self.redeemed += 1,
            "entry.rung" => self.rung += 1,
            "entry.talking" => self.talking += 1,
            "entry.ended" if fact.data.get("reason").is_some_and(|reason| reason == "served") => {
                self.served += 1;
                self.talking = self.talking.saturating_sub(1);
            }
            "entry.ended" => self.left += 1,
            "series.confirmed" => self.booked += 1,
            "letter.printed" => self.printed += 1,
            "email.sent" => self.mailed += 1,
            _ => {}
        }
    }
}

/// Shows the line every second on a terminal, every five seconds elsewhere, until `stop`.
pub(super) async fn show(db: Db, feed: Feed, rung: Arc<AtomicU32>, stop: CancellationToken) {
    let is_terminal = std::io::stdout().is_terminal();
    let mut beat = tokio::time::interval(Duration::from_secs(if is_terminal { 1 } else { 5 }));
    let mut news = feed.subscribe();
    let mut tally = Tally::default();
    loop {
        tokio::select! {
            fact = news.recv() => match fact {
                Ok(fact) => tally.count(&fact),
                // The line falls behind; the figures of the supervisor's page do not.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            _ = beat.tick() => {
                let waiting = waiting(&db).await;
                print(&line(&tally, rung.load(Ordering::Relaxed), waiting), is_terminal);
            }
            () = stop.cancelled() => {
                if is_terminal {
                    print("\n", false);
                }
                return;
            }
        }
    }
}

/// Says at the end what the simulated agents were refused: most of it is somebody who was faster.
pub(super) fn refusals(refused: &BTreeMap<String, u64>) {
    if !refused.is_empty() {
        let list: Vec<String> = refused.iter().map(|(code, times)| format!("{code} {times} times")).collect();
        say(format_args!("agents were refused: {}", list.join(", ")));
    }
}

async fn waiting(db: &Db) -> Option<i64> {
    let mut connection = db.pool().acquire().await.ok()?;
    store::line(&mut connection).await.ok().map(|(waiting, _)| waiting)
}

fn line(tally: &Tally, rung: u32, waiting: Option<i64>) -> String {
    let waiting = waiting.map_or_else(|| "?".to_owned(), |waiting| waiting.to_string());
    format!(
        "{rung} rang · {waiting} waiting · {} talking · {} served · {} hung up ({} came back) · {} rung back · {} booked · {} letters printed · {} mails sent",
        tally.talking, tally.served, tally.left, tally.redeemed, tally.rung, tally.booked, tally.printed, tally.mailed
    )
}

#[expect(clippy::print_stdout, reason = "the demo shows what happens")]
fn print(line: &str, in_place: bool) {
    if in_place {
        // Back to the start of the line, and clear what a longer one has left.
        print!("\r{line}\x1b[K");
        let _ = std::io::stdout().flush();
    } else {
        println!("{line}");
    }
}
