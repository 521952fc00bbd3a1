//! The embedded cluster: a private PostgreSQL that Vaxline runs itself. The same engine in demo, tests and production.
//!
//! It finds PostgreSQL 15 or newer, drops to another user when started as root, listens on a socket only, keeps
//! checksums and fsync on, and dies in order with its parent. A second process with the same folder shares it. Each way
//! in which this can fail has one clear sentence.

use crate::foundation::fault::Fault;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The oldest major version that is used.
const OLDEST: u32 = 15;

/// The longest path of a Unix socket, less the name that PostgreSQL adds.
const LONGEST_SOCKET_FOLDER: usize = 107 - "/.s.PGSQL.5432".len();

/// How long a start may take: initdb on a busy machine, or crash recovery.
const READY_WITHIN: Duration = Duration::from_mins(1);

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
        if let Some(mut child) = self.child.take() {
            // SIGINT: a fast shutdown, in order.
            let _ = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
            let _ = child.wait();
        }
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
    let programs = find_programs(wanted.programs.as_deref())?;
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
    let data = folder.join("data");
    if !data.join("PG_VERSION").exists() {
        initialise(&programs, &data, &account)?;
    }
    let url = format!("postgresql:///postgres?host={}&user=vaxline", folder.display());
    if is_running(&folder) {
        return Ok(Cluster { url, child: None, folder });
    }
    let mut child = launch(&programs, &folder, &account, wanted)?;
    wait_until_ready(&folder, &mut child)?;
    Ok(Cluster { url, child: Some(child), folder })
}

/// Finds the folder with `postgres` and `initdb`.
fn find_programs(given: Option<&Path>) -> Result<PathBuf, Fault> {
    let mut candidates: Vec<PathBuf> = Vec::new();
    if let Some(given) = given {
        if !given.join("postgres").exists() {
            return Err(Fault::plain(format!("there is no PostgreSQL in {} (PG_BIN)", given.display())));
        }
        return Ok(given.to_path_buf());
    }
    #[expect(clippy::disallowed_methods, reason = "PATH is where programs are searched, not configuration")]
    let path = std::env::var("PATH").unwrap_or_default();
    for folder in std::env::split_paths(&path) {
        // Distributions put links on PATH; the programs look for their libraries beside the real file.
        if let Ok(real) = folder.join("initdb").canonicalize() {
            candidates.extend(real.parent().map(Path::to_path_buf));
        }
    }
    for root in ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr/pgsql"] {
        if let Ok(versions) = fs::read_dir(root) {
            candidates.extend(versions.flatten().map(|version| version.path().join("bin")));
        }
    }
    candidates
        .into_iter()
        .filter(|folder| folder.join("postgres").exists() && folder.join("initdb").exists())
        .filter_map(|folder| major_version(&folder).map(|version| (version, folder)))
        .filter(|(version, _)| *version >= OLDEST)
        .max_by_key(|(version, _)| *version)
        .map(|(_, folder)| folder)
        .ok_or_else(|| {
            Fault::plain(format!(
                "no PostgreSQL {OLDEST} or newer found: install it (Debian: apt-get install postgresql), set DATABASE_URL, or point PG_BIN at its programs"
            ))
        })
}

fn major_version(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split_whitespace().find_map(|word| word.split('.').next()?.parse().ok())
}

/// The account that runs the server.
#[derive(Clone, Debug)]
enum Account {
    /// This one.
    Ours,
    /// Another one, because PostgreSQL refuses to run as root.
    Other { name: String, uid: u32, gid: u32 },
}

fn account_for(folder: &Path) -> Result<Account, Fault> {
    let own = fs::metadata("/proc/self").map_err(|error| Fault::new("find out who runs this", error))?.uid();
    let owner = fs::metadata(folder).map_err(|error| Fault::new("look at the database folder", error))?.uid();
    if own != 0 {
        return if owner == own {
            Ok(Account::Ours)
        } else {
            Err(Fault::plain(format!("the database folder {} belongs to another user", folder.display())))
        };
    }
    let accounts = fs::read_to_string("/etc/passwd").map_err(|error| Fault::new("read /etc/passwd", error))?;
    let account = |wanted: &dyn Fn(&str, u32) -> bool| {
        accounts.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            wanted(name, uid).then(|| Account::Other { name: name.to_owned(), uid, gid })
        })
    };
    // A folder that already has an owner is started as that owner.
    let chosen = if owner == 0 {
        account(&|name, _| name == "postgres").or_else(|| account(&|name, _| name == "nobody"))
    } else {
        account(&|_, uid| uid == owner)
    };
    let Some(Account::Other { name, uid, gid }) = chosen else {
        return Err(Fault::plain(
            "PostgreSQL does not run as root, and there is no other account (postgres or nobody) to run it as",
        ));
    };
    for ancestor in folder.ancestors().skip(1) {
        let mode = fs::metadata(ancestor).map(|data| data.permissions().mode()).unwrap_or(0);
        if mode & 0o001 == 0 {
            return Err(Fault::plain(format!(
                "the database folder {} cannot be reached by the account {name}, because {} is private: choose another folder",
                folder.display(),
                ancestor.display()
            )));
        }
    }
    chown(folder, Some(uid), Some(gid)).map_err(|error| {
        if error.kind() == io::ErrorKind::PermissionDenied {
            Fault::plain(format!("this root may not hand files to the account {name}: run as an ordinary user"))
        } else {
            Fault::new(format!("hand the database folder to the account {name}"), error)
        }
    })?;
    Ok(Account::Other { name, uid, gid })
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

fn initialise(programs: &Path, data: &Path, account: &Account) -> Result<(), Fault> {
    let output = command(&programs.join("initdb"), account)
        .args(["--auth=trust", "--username=vaxline", "--data-checksums", "--encoding=UTF8", "--locale=C.UTF-8"])
        .arg("-D")
        .arg(data)
        .output()
        .map_err(|error| match (error.kind(), account) {
            (io::ErrorKind::PermissionDenied, Account::Other { name, .. }) => Fault::plain(format!(
                "could not become the account {name} to run PostgreSQL: run as an ordinary user, or allow it (CAP_SETUID)"
            )),
            _ => Fault::new("run initdb", error),
        })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // A half-made cluster would be taken for a whole one at the next start.
    let _ = fs::remove_dir_all(data);
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
        "timezone=UTC",
    ] {
        command.args(["-c", setting]);
    }
    command.args(["-c", &format!("max_connections={}", wanted.connections)]);
    if !wanted.durable {
        command.args(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]);
    }
    command.stdout(Stdio::null()).stderr(log).process_group(0);
    // As root the socket belongs to another account: it must be open to us.
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
        command.pre_exec(|| {
            rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::INT))
                .map_err(io::Error::from)
        });
    }
}

/// What `postmaster.pid` says.
struct Status {
    pid: u32,
    is_ready: bool,
}

fn status(folder: &Path) -> Option<Status> {
    let text = fs::read_to_string(folder.join("data/postmaster.pid")).ok()?;
    let mut lines = text.lines();
    let pid = lines.next()?.trim().parse().ok()?;
    let is_ready = lines.nth(6).is_some_and(|line| line.trim() == "ready");
    Some(Status { pid, is_ready })
}

fn answers(folder: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(folder.join(".s.PGSQL.5432")).is_ok()
}

fn is_running(folder: &Path) -> bool {
    status(folder).is_some_and(|status| status.is_ready && Path::new(&format!("/proc/{}", status.pid)).exists())
        && answers(folder)
}

fn wait_until_ready(folder: &Path, child: &mut Child) -> Result<(), Fault> {
    let pause = Duration::from_millis(10);
    let mut waited = Duration::ZERO;
    loop {
        if status(folder).is_some_and(|status| status.is_ready && status.pid == child.id()) && answers(folder) {
            return Ok(());
        }
        if let Ok(Some(status)) = child.try_wait() {
            let log = fs::read_to_string(folder.join("postgres.log")).unwrap_or_default();
            let said = log.lines().rev().find(|line| line.contains("FATAL")).unwrap_or("see postgres.log");
            return Err(Fault::plain(format!("PostgreSQL ended at its start ({status}): {said}")));
        }
        if waited > READY_WITHIN {
            let _ = child.kill();
            return Err(Fault::plain(format!(
                "PostgreSQL was not ready within {} s: see {}",
                READY_WITHIN.as_secs(),
                folder.join("postgres.log").display()
            )));
        }
        std::thread::sleep(pause);
        waited += pause;
    }
}
