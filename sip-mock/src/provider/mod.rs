//! The simulated provider: a jambonz 0.9 server as a service sees it, without sound.
//!
//! Owns the legs and what runs on them. In: callers who ring ([`Provider::ring`]), REST requests, answers to webhooks. Out:
//! webhooks, the journal, and the calls' views for scripts and tests.
//! What must hold: it behaves as the real server does, above all where that is inconvenient; it knows nothing of the service
//! beyond the addresses it was given; it can be shut down at any moment and leaves nothing running.

mod call;
mod calls;
mod config;
mod control;
mod exec;
mod handle;
mod hooks;
mod leg;
mod limit;
mod media;
mod messages;
mod originate;
mod registrar;
mod rest;
mod schema;
mod session;
pub mod signature;
mod verbs;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use call::{CallStatus, CallView, Ended, VerbView};
pub use config::ProviderConfig;
pub use handle::CallHandle;
pub use limit::RateLimit;
pub use media::piece;

use crate::callers::CallerScript;
use crate::faults::{Dice, Faults};
use crate::journal::Journal;
use crate::pace::Pace;
use crate::phones::{PhoneHandle, Phones};
use hooks::{Bases, Hooks};
use session::Switch;
use verbs::Hook;

/// A running provider. Dropping it stops everything.
#[derive(Debug)]
pub struct Provider {
    switch: Arc<Switch>,
    address: SocketAddr,
}

impl Provider {
    /// Starts a provider.
    ///
    /// # Errors
    /// When the address is taken, the journal cannot be written, or the HTTP client cannot be set up.
    pub async fn start(config: ProviderConfig) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let pace = Pace::new(config.speed);
        let journal = Journal::that_keeps(config.journal_keeps, pace, config.journal.as_deref())?;
        let dice = Arc::new(Dice::new(config.seed));
        let faults = Arc::new(Mutex::new(config.faults));
        let client = http_client()?;
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        let hooks = Hooks {
            client: client.clone(),
            secret: config.secret,
            patience: config.hook_timeout,
            body_patience: config.body_timeout,
            retry_pause: config.retry_pause,
            journal: journal.clone(),
            dice: Arc::clone(&dice),
            faults: Arc::clone(&faults),
            bases: Mutex::new(Bases { now: config.base, before: Vec::new() }),
            tasks: tasks.clone(),
            closing: closing.clone(),
        };
        let post = |url: String| Hook { url, get: false, basic: None };
        let switch = Arc::new(Switch {
            account: messages::Account {
                sid: config.account_sid,
                application_sid: config.application_sid,
                service_provider_sid: dice.sid(),
                api_base_url: format!("http://{address}/v1"),
            },
            api_key: config.api_key,
            pace,
            journal,
            dice: Arc::clone(&dice),
            faults,
            hooks,
            player: media::Player::new(client),
            phones: Phones::new(config.other_phones, config.ring_times, config.moods, Arc::clone(&dice)),
            calls: calls::Calls::default(),
            call_hook: post(config.call_hook),
            status_hook: config.status_hook.map(post),
            registration_hook: config.registration_hook,
            sip_realm: config.sip_realm,
            tasks,
            closing,
        });
        let rest =
            rest::Rest { switch: Arc::clone(&switch), limiter: Arc::new(limit::Limiter::new(config.rate_limit)) };
        let mut router = rest::routes(rest)
            .merge(Router::new().route("/media/{name}", get(music)).with_state(media::Shelf::default()));
        if config.control {
            router = router.merge(control::routes(Arc::clone(&switch)));
        }
        let closing = switch.closing.clone();
        switch.tasks.spawn(async move {
            let stop = closing.clone();
            let serve = axum::serve(listener, router).with_graceful_shutdown(async move { stop.cancelled().await });
            tokio::select! {
                served = serve => if let Err(error) = served {
                    tracing::error!(%error, "the provider no longer listens");
                },
                // Open keep-alive connections do not hold a shutdown up.
                () = closing.cancelled() => {}
            }
        });
        Ok(Self { switch, address })
    }

    /// The base of the REST interface.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The base of the music: `<media_url>/<name>.wav`.
    #[must_use]
    pub fn media_url(&self) -> String {
        format!("http://{}/media", self.address)
    }

    /// The base of the control interface.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("http://{}/mock", self.address)
    }

    /// Rings the hotline and lives the caller's script.
    #[must_use]
    pub fn ring(&self, script: CallerScript) -> CallHandle {
        handle::ring(&self.switch, script, None)
    }

    /// The phone of a SIP user (the part before `@`) or number.
    #[must_use]
    pub fn phone(&self, user: &str) -> PhoneHandle {
        self.switch.phones.handle(user)
    }

    /// The journal.
    #[must_use]
    pub fn journal(&self) -> &Journal {
        &self.switch.journal
    }

    /// All calls that are not over, callers' and originated ones.
    #[must_use]
    pub fn calls(&self) -> Vec<CallHandle> {
        let live = self.switch.calls.live();
        live.into_iter()
            .filter(|call| call.parent.is_none())
            .map(|call| CallHandle { switch: Arc::clone(&self.switch), call })
            .collect()
    }

    /// The dice, for populations that must be repeatable with the provider.
    #[must_use]
    pub fn dice(&self) -> Arc<Dice> {
        Arc::clone(&self.switch.dice)
    }

    /// The pace.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.switch.pace
    }

    /// Changes what goes wrong, from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.switch.set_faults(faults);
    }

    /// The service has moved: every hook address at an earlier base goes to the new one, as behind a balancer.
    pub fn set_base(&self, base: &str) {
        self.switch.hooks.set_base(base);
    }

    /// Stops everything at once, as a provider that loses its power: nobody is told.
    pub async fn shutdown(self) {
        self.switch.closing.cancel();
        self.switch.tasks.close();
        self.switch.tasks.wait().await;
        self.switch.journal.flush();
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.switch.closing.cancel();
        self.switch.journal.flush();
    }
}

async fn music(State(shelf): State<media::Shelf>, Path(name): Path<String>) -> Response {
    match shelf.piece(name).await {
        Some(wav) => ([(header::CONTENT_TYPE, "audio/wav"), (header::CACHE_CONTROL, "public, max-age=3600")], wav)
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The client for webhooks, audio and log-ins: no redirects, no proxy, TLS by ring.
pub(crate) fn http_client() -> io::Result<reqwest::Client> {
    // Fails when another part of the process has installed one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(5))
        .pool_max_idle_per_host(256)
        .build()
        .map_err(io::Error::other)
}
