//! The limit: as many clients, each of whom commits one plain row after the other.

use crate::hotline::Cluster;
use std::process::Command;
use std::time::Duration;

/// The rate, in commits a second, by `pgbench` with prepared statements.
pub fn commits(cluster: &Cluster, clients: usize, each: Duration) -> f64 {
    let script = cluster.folder().join("plain.sql");
    std::fs::write(&script, "insert into plain_row (client) values (:client_id);\n").unwrap();
    let url = cluster.url_of("postgres");
    let table = "create table if not exists plain_row (id bigint generated always as identity primary key, client int)";
    let made = Command::new(cluster.program("psql")).args(["-q", &url, "-c", table]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let output = Command::new(cluster.program("pgbench"))
        .args(["--no-vacuum", "--protocol=prepared", "--jobs=2"])
        .arg(format!("--client={clients}"))
        .arg(format!("--time={}", each.as_secs().max(1)))
        .arg(format!("--file={}", script.display()))
        .arg(&url)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")).unwrap_or_else(|| panic!("no rate in {text}"));
    rate.split_whitespace().next().unwrap().parse().unwrap()
}
