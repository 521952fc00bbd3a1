//! The private cluster: how it starts, is shared and is closed to others, and each way in which it can fail.

use crate::support::cluster::programs;
use rustix::process::{Pid, Signal, getuid, kill_process};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;
use vaxline::foundation::db::launcher::{Wanted, start};

/// A folder of one test, removed with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("vaxline-launch-{:08x}", rand::random::<u32>()));
        std::fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn wanted(&self) -> Wanted {
        wanted(&self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn wanted(folder: &Path) -> Wanted {
    let folder = folder.to_path_buf();
    Wanted { folder, programs: programs(), durable: false, dies_with_us: false, connections: 10 }
}

/// The sentence with which a start fails.
fn refused(wanted: &Wanted) -> String {
    start(wanted).expect_err("it cannot start").chain()
}

fn is_root() -> bool {
    getuid().is_root()
}

#[test]
fn nobody_else_reaches_the_cluster_and_a_second_start_shares_it() {
    let folder = Folder::new();
    let cluster = start(&folder.wanted()).unwrap();
    assert_eq!(std::fs::metadata(&folder.0).unwrap().permissions().mode() & 0o777, 0o700);
    let second = start(&folder.wanted()).unwrap();
    assert!(cluster.is_ours() && !second.is_ours());
    assert_eq!(cluster.pid(), second.pid());
}

#[test]
fn a_start_right_after_the_end_of_its_owner_waits_for_the_old_server() {
    let folder = Folder::new();
    let old = start(&folder.wanted()).unwrap();
    let server = old.pid().unwrap();
    let tell = |signal| kill_process(Pid::from_raw(server.cast_signed()).unwrap(), signal).unwrap();
    // The kernel tells the server to end when its owner is killed. A busy machine lets it hear of that later.
    tell(Signal::STOP);
    tell(Signal::INT);
    std::thread::scope(|scope| {
        let (says, hears) = mpsc::channel();
        let wanted = folder.wanted();
        scope.spawn(move || says.send(start(&wanted).unwrap()).unwrap());
        let early = hears.recv_timeout(Duration::from_millis(300));
        tell(Signal::CONT);
        assert!(early.is_err(), "it shares a server that is about to end");
        let new = hears.recv().unwrap();
        assert!(new.is_ours());
        assert_ne!(new.pid(), Some(server));
    });
}

#[test]
fn a_first_start_that_was_killed_half_way_is_begun_again() {
    let folder = Folder::new();
    drop(start(&folder.wanted()).unwrap());
    std::fs::rename(folder.0.join("data"), folder.0.join("data.new")).unwrap();
    std::fs::remove_file(folder.0.join("data.new/PG_VERSION")).unwrap();
    assert!(start(&folder.wanted()).unwrap().is_ours());
}

#[test]
fn programs_that_are_not_there_are_named() {
    let folder = Folder::new();
    let sentence = refused(&Wanted { programs: Some("/nowhere".into()), ..folder.wanted() });
    assert!(sentence.contains("no PostgreSQL in /nowhere (PG_BIN)"), "{sentence}");
}

#[test]
fn a_path_that_is_too_long_for_a_socket_is_refused() {
    let folder = Folder::new();
    let sentence = refused(&wanted(&folder.0.join("x".repeat(90))));
    assert!(sentence.contains("too long a path"), "{sentence}");
}

#[test]
fn root_hands_over_no_folder_with_other_things_in_it() {
    if !is_root() {
        return;
    }
    let folder = Folder::new();
    std::fs::write(folder.0.join("letters.txt"), "not ours").unwrap();
    let sentence = refused(&folder.wanted());
    assert!(sentence.contains("holds other things"), "{sentence}");
    assert_eq!(std::fs::metadata(&folder.0).unwrap().uid(), 0);
}

#[test]
fn a_folder_that_the_servers_account_cannot_reach_is_refused() {
    if !is_root() {
        return;
    }
    let folder = Folder::new();
    std::fs::set_permissions(&folder.0, std::fs::Permissions::from_mode(0o700)).unwrap();
    let sentence = refused(&wanted(&folder.0.join("database")));
    assert!(sentence.contains("is private: choose another folder"), "{sentence}");
}
