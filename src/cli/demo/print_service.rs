//! The demo's print house: it pulls letters over `/print/v1`, checks every digest, "prints" them into a folder, and tells
//! what became of them.

use crate::correspondence::print::model::{AcceptRequest, Accepted, Batch, Manifest, Report, Reported};
use crate::foundation::clock::Clock;
use anyhow::{Context as _, ensure};
use reqwest::{Client, RequestBuilder, StatusCode};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often the house asks for letters.
const ROUND: Duration = Duration::from_secs(2);

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The print house.
#[derive(Debug)]
pub(super) struct PrintService {
    client: Client,
    base: String,
    secret: String,
    folder: PathBuf,
    clock: Clock,
}

impl PrintService {
    /// A house that knows `secret` and prints into `folder`.
    pub(super) fn new(staff_url: &str, secret: &str, folder: &Path, clock: &Clock) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("make {}", folder.display()))?;
        Ok(Self {
            client: Client::builder().timeout(PATIENCE).no_proxy().build().context("set up the print house")?,
            base: staff_url.to_owned(),
            secret: secret.to_owned(),
            folder: folder.to_owned(),
            clock: clock.clone(),
        })
    }

    /// Prints until `stop`.
    pub(super) async fn run(self, stop: CancellationToken) {
        loop {
            match self.print_a_batch().await {
                // There may be more.
                Ok(true) if !stop.is_cancelled() => continue,
                Ok(_) => {}
                // The lease lapses, and the letters come again.
                Err(error) => tracing::warn!(error = format!("{error:#}"), "demo: the print house could not print"),
            }
            tokio::select! {
                () = tokio::time::sleep(ROUND) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Takes a batch from its lease to the post; says whether there was one.
    async fn print_a_batch(&self) -> anyhow::Result<bool> {
        let key = Uuid::from_u128(rand::random()).to_string();
        let answer = self
            .send(self.client.post(self.url("/print/v1/batches")).header("idempotency-key", key).body("{}"))
            .await
            .context("ask for letters")?;
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(false);
        }
        let batch: Batch = answer.json().await.context("read what was given")?;
        let list = self.fetch(&batch.manifest_url, &batch.manifest_sha256).await?;
        let manifest: Manifest = serde_json::from_slice(&list).context("read the manifest")?;
        for entry in &manifest.letters {
            let pdf = self.fetch(&entry.url, &entry.sha256).await?;
            let file = self.folder.join(format!("{}.pdf", entry.letter_id));
            std::fs::write(&file, pdf).with_context(|| format!("write {}", file.display()))?;
        }
        let accept = AcceptRequest {
            lease_token: batch.lease_token,
            sha256: batch.manifest_sha256.clone(),
            exceptions: Vec::new(),
        };
        let url = self.url(&format!("/print/v1/batches/{}/accept", batch.batch_id));
        let accepted: Accepted =
            self.send(self.client.post(url).json(&accept)).await.context("accept the batch")?.json().await?;
        for letter in &accepted.withdrawn {
            let _ = std::fs::remove_file(self.folder.join(format!("{letter}.pdf")));
        }
        let printed = manifest.letters.iter().filter(|entry| !accepted.withdrawn.contains(&entry.letter_id));
        let reports: Vec<Report> = printed
            .flat_map(|entry| [Reported::Printed, Reported::Mailed].map(|state| (entry.letter_id, state)))
            .map(|(letter_id, state)| Report {
                event_id: format!("{}-{letter_id}", state.name()),
                letter_id,
                state,
                at: self.clock.now(),
                reason: None,
            })
            .collect();
        self.send(self.client.post(self.url("/print/v1/events")).json(&reports)).await.context("tell of the post")?;
        Ok(true)
    }

    /// Fetches a file and checks that it is the one that was promised.
    async fn fetch(&self, path: &str, sha256: &str) -> anyhow::Result<Vec<u8>> {
        let bytes = self.send(self.client.get(self.url(path))).await.context("fetch a file")?.bytes().await?;
        ensure!(hex::encode(Sha256::digest(&bytes)) == sha256, "a file is not the one that was promised: {path}");
        Ok(bytes.to_vec())
    }

    async fn send(&self, request: RequestBuilder) -> anyhow::Result<reqwest::Response> {
        Ok(request.bearer_auth(&self.secret).send().await?.error_for_status()?)
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}
