//! The real program, started, killed and started again; and the database under it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use vaxline::foundation::db::launcher::{self, Cluster, Wanted};
use vaxline::foundation::fault::Fault;

/// How long a start may take. No promise is measured by it.
pub const READY_WITHIN: Duration = Duration::from_secs(60);

/// Where a program listens: fixed for a scene's life, so that a restarted one is found where it was.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    pub hooks: u16,
    pub staff: u16,
}

impl Ports {
    /// Two ports that are free now.
    pub fn free() -> Self {
        let port = || {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            (listener.local_addr().unwrap().port(), listener)
        };
        let ((hooks, _one), (staff, _two)) = (port(), port());
        Self { hooks, staff }
    }
}

/// A durable PostgreSQL that outlives the program and can be killed by itself.
pub struct Postgres {
    wanted: Wanted,
    cluster: Option<Cluster>,
}

impl Postgres {
    /// Starts one in a fresh folder.
    pub fn start(name: &str) -> Self {
        Self::start_in(std::env::temp_dir().join(format!("vaxline-fault-{}-{name}", std::process::id())))
    }

    /// Starts one in this folder.
    pub fn start_in(folder: PathBuf) -> Self {
        Self::recover_in(folder).unwrap_or_else(|fault| panic!("{}", fault.chain()))
    }

    /// Starts one from what stands in this folder; why not, when it cannot be started from that.
    pub fn recover_in(folder: PathBuf) -> Result<Self, Fault> {
        #[expect(clippy::disallowed_methods, reason = "PG_BIN is the packagers' word for where PostgreSQL is")]
        let programs = std::env::var("PG_BIN").ok().map(PathBuf::from);
        let wanted = Wanted { folder, programs, durable: true, dies_with_us: false, connections: 100 };
        let cluster = Some(launcher::start(&wanted)?);
        Ok(Self { wanted, cluster })
    }

    /// The server's process.
    pub fn process(&self) -> u32 {
        self.cluster.as_ref().and_then(Cluster::pid).expect("the server runs")
    }

    /// Its URL, the same after a restart.
    pub fn url(&self) -> String {
        self.cluster.as_ref().unwrap().url().to_owned()
    }

    /// Stops every process of the server where it is.
    pub fn pause(&self) {
        let server = self.process();
        // It first, so that it starts no other meanwhile.
        signal("-STOP", &[server]);
        signal("-STOP", &children_of(server));
    }

    /// Kills every process of the server at once, as a power cut would. It is stopped first, so that it starts no other
    /// meanwhile; each of its children leads a process group of its own and is found by its parent.
    pub fn kill(&mut self) {
        let server = self.process();
        signal("-STOP", &[server]);
        let mut all = children_of(server);
        assert!(!all.is_empty(), "a server has children");
        all.push(server);
        signal("-KILL", &all);
        let deadline = Instant::now() + Duration::from_secs(10);
        while all.iter().any(|pid| state_of(*pid).is_some_and(|(state, _)| state != 'Z')) {
            assert!(Instant::now() < deadline, "some process of the server survives SIGKILL");
            std::thread::yield_now();
        }
        self.cluster = None;
    }

    /// Starts it again: crash recovery.
    pub fn restart(&mut self) {
        self.cluster = Some(launcher::start(&self.wanted).unwrap_or_else(|fault| panic!("{}", fault.chain())));
    }
}

fn signal(which: &str, processes: &[u32]) {
    let killed = Command::new("kill").arg(which).args(processes.iter().map(u32::to_string)).status().unwrap();
    assert!(killed.success(), "kill {which} {processes:?}");
}

/// A process's state and parent; nothing when it is gone.
fn state_of(process: u32) -> Option<(char, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in parentheses and may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

pub fn children_of(parent: u32) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let processes = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes.filter(|process| state_of(*process).is_some_and(|(_, of)| of == parent)).collect()
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.cluster.take());
        let _ = std::fs::remove_dir_all(&self.wanted.folder);
    }
}

/// The program.
pub struct Service {
    child: Child,
    ports: Ports,
}

impl Service {
    /// Starts `vaxline serve` with these settings and waits until it is ready.
    pub async fn start(settings: &[(String, String)], ports: Ports, log: &Path) -> Self {
        Self::start_behind(settings, ports, ports, log).await
    }

    /// The same where the world reaches it at the ports of a proxy.
    pub async fn start_behind(settings: &[(String, String)], ports: Ports, front: Ports, log: &Path) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_vaxline"))
            .arg("serve")
            .env_remove("DATABASE_URL")
            .env("VAXLINE__HOOKS__LISTEN", format!("127.0.0.1:{}", ports.hooks))
            .env("VAXLINE__HOOKS__PUBLIC_URL", format!("http://127.0.0.1:{}", front.hooks))
            .env("VAXLINE__STAFF__LISTEN", format!("127.0.0.1:{}", ports.staff))
            .env("VAXLINE__STAFF__PUBLIC_URL", format!("http://127.0.0.1:{}", front.staff))
            .env("VAXLINE__ACCOUNTS__ALLOWED_ORIGINS", format!("[\"http://127.0.0.1:{}\"]", front.staff))
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let service = Self { child, ports };
        assert!(service.is_ready_within(READY_WITHIN).await, "the program is not ready after {READY_WITHIN:?}");
        service
    }

    /// Waits until readiness is affirmed.
    pub async fn is_ready_within(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if matches!(self.readiness().await, Ok((200, _))) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }

    /// What `/readyz` says.
    pub async fn readiness(&self) -> reqwest::Result<(u16, String)> {
        // An error only says that another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build()?;
        let answer = client.get(format!("http://127.0.0.1:{}/readyz", self.ports.staff)).send().await?;
        Ok((answer.status().as_u16(), answer.text().await?))
    }

    /// Its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Its clocks go on, and it does not.
    pub fn pause(&self) {
        signal("-STOP", &[self.process()]);
    }

    /// Lets it go on after [`Self::pause`].
    pub fn go_on(&self) {
        signal("-CONT", &[self.process()]);
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command of the program to its end and returns what it said.
pub fn run(settings: &[(String, String)], arguments: &[&str], input: &str) -> String {
    use std::io::Write as _;
    let mut child = Command::new(env!("CARGO_BIN_EXE_vaxline"))
        .args(arguments)
        .env_remove("DATABASE_URL")
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
