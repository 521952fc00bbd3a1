//! The database: what it is, whether it keeps its word, and whether the work in it goes on.

use super::{Finding, store};
use crate::foundation::clock::Clock;
use crate::foundation::db::{Db, Sizes, Tx, durability as settings, migrations};
use crate::foundation::fault::Fault;
use crate::in_tx;
use store::Server;
use time::{Duration, OffsetDateTime};

/// The oldest version that is used.
const OLDEST: i32 = 15;

/// Connections of a process beside its pools: the feed's ear, a command, a person with psql.
const BESIDE: u32 = 4;

/// What is late after so long is not late by chance.
const LATE: Duration = Duration::MINUTE;

pub(super) async fn server(db: &Db, sizes: Sizes) -> Result<Vec<Finding>, Fault> {
    let server = in_tx!(db, "look at the server", |tx| store::server(tx))?;
    Ok(judge(server, sizes))
}

fn judge(server: Server, sizes: Sizes) -> Vec<Finding> {
    let mut findings = Vec::new();
    let major = server.version / 10_000;
    findings.push(if server.is_replica {
        Finding::wrong("database", "is a replica: name the primary, a replica decides nothing")
    } else if major < OLDEST {
        Finding::wrong("database", format!("is PostgreSQL {major}: {OLDEST} or newer is needed"))
    } else {
        Finding::ok("database", format!("PostgreSQL {major} answers"))
    });
    findings.push(if server.checksums {
        Finding::ok("checksums", "are on")
    } else {
        Finding::warning("checksums", "are off: damage of the disk would go unnoticed (pg_checksums --enable)")
    });
    let wanted = sizes.hooks + sizes.staff + sizes.work + BESIDE;
    let there = u32::try_from(server.connections).unwrap_or_default();
    let says = format!("a process takes {wanted}, the server has {there} (max_connections)");
    findings.push(if wanted > there {
        Finding::wrong("connections", format!("{says}: lower database.connections or raise the server's"))
    } else if 2 * wanted > there {
        Finding::warning("connections", format!("{says}: there is no room for a second process"))
    } else {
        Finding::ok("connections", says)
    });
    findings
}

pub(super) async fn schema(db: &Db) -> Result<Vec<Finding>, Fault> {
    Ok(vec![if migrations::are_applied(db.pool()).await? {
        Finding::ok("schema", "is this program's")
    } else {
        Finding::wrong("schema", "is not this program's: run `vaxline migrate`")
    }])
}

pub(super) async fn durability(db: &Db, accepts_unsafe: bool) -> Result<Vec<Finding>, Fault> {
    let off = settings::missing(db.pool()).await?;
    Ok(vec![if off.is_empty() {
        Finding::ok("durability", "what is acknowledged survives a power cut")
    } else {
        let says = format!("{} is off: bookings that people were told of would be lost; turn it on", off.join(", "));
        if accepts_unsafe { Finding::warning("durability", says) } else { Finding::wrong("durability", says) }
    }])
}

async fn moment(tx: &mut Tx) -> Result<OffsetDateTime, Fault> {
    Ok(tx.now())
}

pub(super) async fn time(db: &Db, clock: &Clock) -> Result<Vec<Finding>, Fault> {
    let before = clock.now();
    let there = in_tx!(db, "read the clock", |tx| moment(tx))?;
    let off = if there < before { before - there } else { (there - clock.now()).max(Duration::ZERO) };
    Ok(vec![judge_clock(off)])
}

fn judge_clock(off: Duration) -> Finding {
    let says = format!("this machine and the database differ by {} ms", off.whole_milliseconds());
    if off > Duration::seconds(30) {
        Finding::wrong("clock", format!("{says}: signed hooks would be refused; run an NTP client on both"))
    } else if off > Duration::seconds(1) {
        Finding::warning("clock", format!("{says}: run an NTP client on both"))
    } else {
        Finding::ok("clock", says)
    }
}

pub(super) async fn leadership(db: &Db) -> Result<Vec<Finding>, Fault> {
    Ok(vec![if in_tx!(db, "look for a leader", |tx| store::is_led(tx, "dispatcher"))? {
        Finding::ok("leadership", "a process dispatches")
    } else {
        Finding::warning("leadership", "no process dispatches: start `vaxline serve`, one at least with the work plane")
    }])
}

async fn unpublished_for(tx: &mut Tx) -> Result<Duration, Fault> {
    let oldest = store::oldest_unpublished(tx).await?;
    Ok(oldest.map_or(Duration::ZERO, |oldest| tx.now() - oldest))
}

pub(super) async fn event_log(db: &Db) -> Result<Vec<Finding>, Fault> {
    let waits = in_tx!(db, "look for unpublished facts", |tx| unpublished_for(tx))?;
    Ok(vec![if waits > LATE {
        let says = "the oldest fact waits for its publication since";
        Finding::wrong("event log", format!("{says} {} s: no process of the work plane runs", waits.whole_seconds()))
    } else {
        Finding::ok("event log", "everything is published")
    }])
}

pub(super) async fn promises(db: &Db) -> Result<Vec<Finding>, Fault> {
    let overdue = in_tx!(db, "look for overdue jobs", |tx| store::overdue(tx, LATE))?;
    if overdue.is_empty() {
        return Ok(vec![Finding::ok("promises", "none is overdue")]);
    }
    let late = |(kind, jobs): (String, i64)| {
        Finding::warning("promises", format!("{jobs} of {kind} are overdue: see the log of the work plane for why"))
    };
    Ok(overdue.into_iter().map(late).collect())
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    const SIZES: Sizes = Sizes { hooks: 12, staff: 16, work: 12 };
    const GOOD: Server = Server { version: 150_020, is_replica: false, checksums: true, connections: 100 };

    #[test]
    fn what_is_wrong_with_a_server_is_named() {
        let cases = [
            (GOOD, "database", Verdict::Ok),
            (Server { version: 140_001, ..GOOD }, "database", Verdict::Wrong),
            (Server { is_replica: true, ..GOOD }, "database", Verdict::Wrong),
            (GOOD, "checksums", Verdict::Ok),
            (Server { checksums: false, ..GOOD }, "checksums", Verdict::Warning),
            (GOOD, "connections", Verdict::Ok),
            (Server { connections: 50, ..GOOD }, "connections", Verdict::Warning),
            (Server { connections: 40, ..GOOD }, "connections", Verdict::Wrong),
        ];
        for (server, subject, verdict) in cases {
            let findings = judge(server, SIZES);
            let found = findings.iter().find(|finding| finding.subject == subject).expect("it is looked at");
            assert_eq!(found.verdict, verdict, "{server:?}: {}", found.says);
        }
    }

    #[test]
    fn clocks_that_differ_are_named() {
        for (millis, verdict) in [(200, Verdict::Ok), (5_000, Verdict::Warning), (60_000, Verdict::Wrong)] {
            assert_eq!(judge_clock(Duration::milliseconds(millis)).verdict, verdict);
        }
    }
}
