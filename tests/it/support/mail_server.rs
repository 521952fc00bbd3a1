//! A real SMTP server on loopback: it keeps what it takes, and does on request what servers do to senders.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The server. It ends with the test.
pub struct MailServer {
    process: Child,
    folder: PathBuf,
    port: u16,
}

impl MailServer {
    /// Starts one on a free port.
    pub fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("vaxline-mail-{}", uuid::Uuid::from_u128(rand::random())));
        std::fs::create_dir_all(&folder).unwrap();
        Self::start_in(folder, 0)
    }

    /// Starts one on this port that goes on with the mails of a folder.
    pub fn start_in(folder: PathBuf, port: u16) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut process = Command::new(root.join("target/tools/python/bin/python"))
            .arg(root.join("tests/it/support/mail_server.py"))
            .arg(&folder)
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server of the tests is set up by scripts/setup");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { process, folder, port: line.trim().parse().unwrap() }
    }

    /// Where it listens on loopback.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The mails it has taken: recipients and message.
    pub fn taken(&self) -> Vec<(Vec<String>, String)> {
        let mut files: Vec<PathBuf> = std::fs::read_dir(&self.folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .collect();
        files.sort();
        files
            .iter()
            .map(|file| {
                let record: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
                let to = record["to"].as_array().unwrap().iter().map(|to| to.as_str().unwrap().to_owned()).collect();
                (to, record["message"].as_str().unwrap().to_owned())
            })
            .collect()
    }

    /// Stops it as a machine stops; the folder stays.
    pub fn stop(mut self) -> (PathBuf, u16) {
        self.end();
        (std::mem::take(&mut self.folder), self.port)
    }

    fn end(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.end();
        if self.folder != PathBuf::new() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}
