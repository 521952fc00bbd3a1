//! The embedded cluster: a private PostgreSQL that Vaxline runs itself. The same engine in demo, tests and production.
//!
//! It finds PostgreSQL 15 or newer, drops to another user when started as root, listens on a socket only, keeps
//! checksums and fsync on, and dies in order with its parent. A second process with the same folder shares it. Each way
//! in which this can fail has one clear sentence.
//!
//! **Must hold:** nobody but its own account and root reaches the cluster, which asks for no password: its folder is
//! closed to others. A start waits for what is still going on in the folder, another start or the end of an old server.

mod account;
mod programs;

use crate::foundation::fault::Fault;
use account::{Account, account_for};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The longest path of a Unix socket, less the name that PostgreSQL adds.
const LONGEST_SOCKET_FOLDER: usize = 107 - "/.s.PGSQL.5432".len();

/// How long a server may take to say that it is starting, and an old one to end. Recovery after that takes its time.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long an orderly end may take before the server is told to leave the rest to recovery.
const END_WITHIN: Duration = Duration::from_secs(20);

/// How long a server may take to answer one look.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// What is wanted of a cluster.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Where the data stands; made when missing.
    pub folder: PathBuf,
    /// Where the programs are, when they are not to be searched.
    pub programs: Option<PathBuf>,
    /// Whether commits survive a power cut. Off is for tests alone: such a database is refused by readiness.
    pub durable: bool,
    /// Whether the cluster ends with this process. Off for tests that kill the process and expect the database to stay.
    pub dies_with_us: bool,
    /// How many connections it takes.
    pub connections: u32,
}

/// A running cluster. Dropping it shuts down what this process started.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    child: Option<Child>,
    folder: PathBuf,
}

impl Cluster {
    /// The URL of the database `postgres`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of another database of this cluster.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        self.url.replacen("/postgres?", &format!("/{database}?"), 1)
    }

    /// The process id of the server, of this process's or of the one that is shared.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        status(&self.folder).map(|status| status.pid)
    }

    /// Whether this process started it.
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        self.child.is_some()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        // SIGINT: a fast shutdown, in order. SIGQUIT: at once; the next start recovers.
        for signal in [Signal::INT, Signal::QUIT] {
            let _ = kill_process(Pid::from_child(&child), signal);
            let mut waited = Duration::ZERO;
            while waited < END_WITHIN {
                if !matches!(child.try_wait(), Ok(None)) {
                    return;
                }
                std::thread::sleep(PAUSE);
                waited += PAUSE;
            }
        }
        tracing::warn!(pid = child.id(), "the database does not end; it is left to the kernel");
    }
}

/// Starts the cluster, or shares the one that already runs in the folder.
///
/// Call it from a thread that lives as long as the cluster is needed: the server is told to end when the *thread* that
/// started it ends.
///
/// # Errors
/// One sentence that says what is missing and what to do.
pub fn start(wanted: &Wanted) -> Result<Cluster, Fault> {
    let programs = programs::find(wanted.programs.as_deref())?;
    fs::create_dir_all(&wanted.folder)
        .map_err(|error| Fault::new(format!("make the database folder {}", wanted.folder.display()), error))?;
    let folder = wanted
        .folder
        .canonicalize()
        .map_err(|error| Fault::new(format!("open the database folder {}", wanted.folder.display()), error))?;
    if folder.as_os_str().len() > LONGEST_SOCKET_FOLDER {
        return Err(Fault::plain(format!(
            "the database folder {} has too long a path for a socket: choose one of at most {LONGEST_SOCKET_FOLDER} characters",
            folder.display()
        )));
    }
    let account = account_for(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))
        .map_err(|error| Fault::new(format!("close the database folder {} to others", folder.display()), error))?;
    // Let go at the end of this function: it keeps two starts apart, not two users of the cluster.
    let _lock = lock(&folder)?;
    if !folder.join("data/PG_VERSION").exists() {
        initialise(&programs, &folder, &account)?;
    }
    let url = format!("postgresql:///postgres?host={}&user=vaxline", folder.display());
    if shares_running(&folder)? {
        return Ok(Cluster { url, child: None, folder });
    }
    let mut child = launch(&programs, &folder, &account, wanted)?;
    wait_until_ready(&folder, &mut child)?;
    Ok(Cluster { url, child: Some(child), folder })
}

fn command(program: &Path, account: &Account) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null());
    // Neither the caller's PG* variables nor its locale decide about the cluster.
    command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
    if let Account::Other { uid, gid, .. } = account {
        command.uid(*uid).gid(*gid);
    }
    command
}

/// Waits until no other process starts a cluster in the folder.
fn lock(folder: &Path) -> Result<fs::File, Fault> {
    let locked = || -> io::Result<fs::File> {
        let file = fs::File::create(folder.join("lock"))?;
        file.lock()?;
        Ok(file)
    };
    locked().map_err(|error| Fault::new(format!("lock the database folder {}", folder.display()), error))
}

/// Makes the cluster beside its place, and then puts it there: a start that was killed half-way leaves no half cluster.
fn initialise(programs: &Path, folder: &Path, account: &Account) -> Result<(), Fault> {
    let (draft, data) = (folder.join("data.new"), folder.join("data"));
    match fs::remove_dir_all(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Fault::new(format!("remove the half-made {}", draft.display()), error));
        }
        Ok(()) | Err(_) => {}
    }
    let output = command(&programs.join("initdb"), account)
        .args(["--auth=trust", "--username=vaxline", "--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8"])
        .arg("-D")
        .arg(&draft)
        .output()
        .map_err(|error| match (error.kind(), account) {
            (io::ErrorKind::PermissionDenied, Account::Other { name, .. }) => Fault::plain(format!(
                "could not become the account {name} to run PostgreSQL: run as an ordinary user, or allow it (CAP_SETUID)"
            )),
            _ => Fault::new("run initdb", error),
        })?;
    if output.status.success() {
        return fs::rename(&draft, &data).map_err(|error| Fault::new("put the new cluster in its place", error));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Fault::plain(format!("initdb failed: {}", said.lines().last().unwrap_or("it said nothing"))))
}

fn launch(programs: &Path, folder: &Path, account: &Account, wanted: &Wanted) -> Result<Child, Fault> {
    let log = fs::File::create(folder.join("postgres.log"))
        .map_err(|error| Fault::new("open the database's log file", error))?;
    let mut command = command(&programs.join("postgres"), account);
    command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder);
    for setting in [
        "listen_addresses=",
        "unix_socket_permissions=0700",
        // Parameters may be names of people.
        "log_parameter_max_length=0",
        "log_parameter_max_length_on_error=0",
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        "timezone=UTC",
    ] {
        command.args(["-c", setting]);
    }
    command.args(["-c", &format!("max_connections={}", wanted.connections)]);
    if !wanted.durable {
        command.args(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]);
    }
    command.stdout(Stdio::null()).stderr(log).process_group(0);
    // As root the socket belongs to another account: it must be open to us. The folder is closed to everybody else.
    if let Account::Other { .. } = account {
        command.args(["-c", "unix_socket_permissions=0777"]);
    }
    if wanted.dies_with_us {
        end_with_parent(&mut command);
    }
    command.spawn().map_err(|error| Fault::new("start PostgreSQL", error))
}

/// Asks the kernel to interrupt the server, in order, when the thread that starts it ends for whatever reason.
#[expect(unsafe_code, reason = "std has no word for 'end with the parent'; the one call made is async-signal-safe")]
fn end_with_parent(command: &mut Command) {
    // SAFETY: between fork and exec only prctl is called, which allocates nothing and takes no lock.
    unsafe {
        command
            .pre_exec(|| rustix::process::set_parent_process_death_signal(Some(Signal::INT)).map_err(io::Error::from));
    }
}

/// What `postmaster.pid` says.
struct Status {
    pid: u32,
    state: String,
}

fn status(folder: &Path) -> Option<Status> {
    let text = fs::read_to_string(folder.join("data/postmaster.pid")).ok()?;
    let mut lines = text.lines();
    let pid = lines.next()?.trim().parse().ok()?;
    let state = lines.nth(6).unwrap_or_default().trim().to_owned();
    Some(Status { pid, state })
}

/// Whether this process is a PostgreSQL that lives: a number may have gone to somebody else, or wait to be buried.
fn lives(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let Some((name, rest)) = stat.rsplit_once(')') else { return false };
    name.contains("(postgres") && !rest.trim_start().starts_with('Z')
}

/// Whether the server lets somebody in. `postmaster.pid` says "ready" and the kernel takes connections until a server has
/// heeded the signal to end; but it heeds it before it lets anybody in.
fn lets_in(folder: &Path) -> bool {
    let knock = || -> io::Result<u8> {
        let mut socket = UnixStream::connect(folder.join(".s.PGSQL.5432"))?;
        socket.set_read_timeout(Some(ANSWER_WITHIN))?;
        socket.write_all(&start_up_message())?;
        let mut kind = [0];
        socket.read_exact(&mut kind)?;
        Ok(kind[0])
    };
    // AuthenticationOk begins with R, a refusal (starting, shutting down) with E.
    knock().is_ok_and(|kind| kind == b'R')
}

/// The first message of PostgreSQL's protocol 3.0, which asks for the database `postgres`.
fn start_up_message() -> Vec<u8> {
    let said = b"\x00\x03\x00\x00user\0vaxline\0database\0postgres\0\0";
    let length = u32::try_from(said.len() + 4).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), said.as_slice()].concat()
}

/// Whether a server is at work in the folder that can be shared. One that starts or ends is waited for: after a crash of
/// its owner the old server is still ending when the next process starts.
fn shares_running(folder: &Path) -> Result<bool, Fault> {
    let mut waited = Duration::ZERO;
    while let Some(Status { pid, state }) = status(folder).filter(|status| lives(status.pid)) {
        if state == "ready" && lets_in(folder) {
            return Ok(true);
        }
        if waited > PATIENCE && state != "starting" {
            return Err(Fault::plain(format!(
                "another PostgreSQL (process {pid}) is {state} in {} and does not end: stop it",
                folder.display()
            )));
        }
        std::thread::sleep(PAUSE);
        waited += PAUSE;
    }
    Ok(false)
}

fn wait_until_ready(folder: &Path, child: &mut Child) -> Result<(), Fault> {
    let mut waited = Duration::ZERO;
    loop {
        let state = status(folder).filter(|status| status.pid == child.id()).map(|status| status.state);
        if state.as_deref() == Some("ready") && lets_in(folder) {
            return Ok(());
        }
        if let Ok(Some(status)) = child.try_wait() {
            let log = fs::read_to_string(folder.join("postgres.log")).unwrap_or_default();
            let said = log.lines().rev().find(|line| line.contains("FATAL")).unwrap_or("see postgres.log");
            return Err(Fault::plain(format!("PostgreSQL ended at its start ({status}): {said}")));
        }
        // While it says that it is starting it recovers, which takes as long as it takes.
        if waited > PATIENCE && state.as_deref() != Some("starting") {
            let _ = child.kill();
            let _ = child.wait();
            return Err(Fault::plain(format!(
                "PostgreSQL was not ready within {} s: see {}",
                PATIENCE.as_secs(),
                folder.join("postgres.log").display()
            )));
        }
        std::thread::sleep(PAUSE);
        waited += PAUSE;
    }
}
