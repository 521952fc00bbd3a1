//! The simulated provider: a jambonz 0.9 server as a service sees it, without sound.
//!
//! Owns the legs and what runs on them. In: callers who ring ([`Provider::ring`]), REST requests, answers to webhooks. Out:
//! webhooks, the journal, and the calls' views for scripts and tests.
//! What must hold: it behaves as the real server does, above all where that is inconvenient; it knows nothing of the service
//! beyond the addresses it was given; it can be shut down at any moment and leaves nothing running.

mod call;
mod calls;
mod control;
mod exec;
mod hooks;
mod leg;
mod limit;
mod media;
mod messages;
mod originate;
mod rest;
mod schema;
mod session;
pub mod signature;
mod verbs;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use call::{CallStatus, CallView, Ended, VerbView};
pub use limit::RateLimit;
pub use media::piece;

use crate::callers::{self, CallerScript};
use crate::faults::{Dice, Faults};
use crate::journal::{Happening, Journal};
use crate::pace::Pace;
use crate::phones::{Moods, PhoneHandle, PhoneScript, Phones};
use call::Call;
use hooks::{Bases, Hooks};
use session::Switch;
use verbs::Hook;

/// How a provider is set up.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The service's base address, without a slash at the end.
    pub base: String,
    /// The application's call hook, absolute.
    pub call_hook: String,
    /// The application's status hook, absolute.
    pub status_hook: Option<String>,
    /// The secret that signs webhooks.
    pub secret: String,
    /// The account.
    pub account_sid: String,
    /// The application.
    pub application_sid: String,
    /// The key of the REST interface.
    pub api_key: String,
    /// The realm that is added to users without one.
    pub sip_realm: String,
    /// How much faster than life people and music are.
    pub speed: f64,
    /// The seed of everything decided by chance.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Faults,
    /// How long a webhook's answer may take to begin, in real time.
    pub hook_timeout: Duration,
    /// How long the body of an answer may take, in real time.
    pub body_timeout: Duration,
    /// The pause before the first retry of a webhook, in real time.
    pub retry_pause: Duration,
    /// The REST quota; `None` switches it off.
    pub rate_limit: Option<RateLimit>,
    /// What phones do that have no script of their own; `None`: they are not registered.
    pub other_phones: Option<PhoneScript>,
    /// In which mood these are, ring by ring.
    pub moods: Moods,
    /// Where the journal is also written.
    pub journal: Option<PathBuf>,
    /// Whether the control interface (`/mock`) is open.
    pub control: bool,
}

impl ProviderConfig {
    /// A provider for a service at this base address, on a free port, as fast as life, without faults.
    #[must_use]
    pub fn new(base: &str) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            call_hook: format!("{base}/providers/jambonz/call"),
            status_hook: Some(format!("{base}/providers/jambonz/status")),
            base,
            secret: "whsec_test_0123456789".to_owned(),
            account_sid: "3f0e7b52-6f0a-4b1e-9b58-5a3c8a1d0001".to_owned(),
            application_sid: "8c1d2f44-0b6d-4a6c-8f0e-77a1c2d30002".to_owned(),
            api_key: "test-api-key".to_owned(),
            sip_realm: "vaxline.example".to_owned(),
            speed: 1.0,
            seed: 1,
            faults: Faults::default(),
            hook_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_mins(5),
            retry_pause: Duration::from_millis(500),
            rate_limit: Some(RateLimit::default()),
            other_phones: Some(PhoneScript::answers()),
            moods: Moods::default(),
            journal: None,
            control: false,
        }
    }
}

impl ProviderConfig {
    /// The same provider for a service at another base address.
    #[must_use]
    pub fn at(self, base: &str) -> Self {
        let Self { call_hook, status_hook, base, .. } = Self::new(base);
        Self { call_hook, status_hook, base, ..self }
    }
}

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
        let journal = Journal::open(pace, config.journal.as_deref())?;
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
            phones: Phones::new(config.other_phones, config.moods, Arc::clone(&dice)),
            calls: calls::Calls::default(),
            call_hook: post(config.call_hook),
            status_hook: config.status_hook.map(post),
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
        ring(&self.switch, script, None)
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

/// One call, for scripts and tests.
#[derive(Debug, Clone)]
pub struct CallHandle {
    switch: Arc<Switch>,
    call: Arc<Call>,
}

impl CallHandle {
    /// The provider's id of the call.
    #[must_use]
    pub fn sid(&self) -> &str {
        &self.call.sid
    }

    /// What can be seen now.
    #[must_use]
    pub fn seen(&self) -> CallView {
        self.call.view().borrow().clone()
    }

    /// Follows what can be seen.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<CallView> {
        self.call.view()
    }

    /// The pace of the simulation.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.switch.pace
    }

    /// Waits until the view fulfils a condition; false when the deadline (real time) passes or the call ends without it.
    pub async fn wait_for(&self, deadline: Duration, holds: impl Fn(&CallView) -> bool) -> bool {
        let mut view = self.call.view();
        let wait = view.wait_for(|seen| holds(seen) || seen.ended.is_some());
        match tokio::time::timeout(deadline, wait).await {
            Ok(Ok(seen)) => holds(&seen),
            Ok(Err(_)) | Err(_) => false,
        }
    }

    /// Waits until the caller hears the hold list.
    pub async fn parked(&self, deadline: Duration) -> bool {
        self.wait_for(deadline, |seen| seen.parked).await
    }

    /// Waits until the caller talks to somebody, and answers to whom.
    pub async fn bridged(&self, deadline: Duration) -> Option<String> {
        if self.wait_for(deadline, |seen| seen.bridged.is_some()).await { self.seen().bridged } else { None }
    }

    /// Waits for the end.
    pub async fn ended(&self, deadline: Duration) -> Option<Ended> {
        let _ = self.wait_for(deadline, |seen| seen.ended.is_some()).await;
        self.seen().ended
    }

    /// The call that the same caller made next, by script.
    pub async fn redialled(&self, deadline: Duration) -> Option<Self> {
        let mut view = self.call.view();
        let next =
            tokio::time::timeout(deadline, view.wait_for(|seen| seen.next.is_some())).await.ok()?.ok()?.next.clone()?;
        self.switch.calls.get(&next).map(|call| Self { switch: Arc::clone(&self.switch), call })
    }

    /// Presses a key; false when nobody listens and it is lost.
    #[must_use]
    pub fn press(&self, key: char) -> bool {
        let taken = self.call.key(key);
        self.switch.journal.note(Happening::Key { call: self.call.sid.clone(), key, taken });
        taken
    }

    /// Hangs up.
    pub fn hang_up(&self) {
        self.switch.caller_hangs_up(&self.call);
    }

    /// What was said and played to the caller, in order.
    #[must_use]
    pub fn heard(&self) -> Vec<String> {
        let happened = self.switch.journal.of_call(&self.call.sid);
        happened
            .into_iter()
            .filter_map(|h| if let Happening::VerbStarted { hears, .. } = h { hears } else { None })
            .collect()
    }
}

fn ring(switch: &Arc<Switch>, script: CallerScript, again: Option<&str>) -> CallHandle {
    let call = switch.new_call(true, &script.number, &script.dialled, None);
    switch.journal.note(Happening::CallArrived {
        call: call.sid.clone(),
        from: script.number.clone(),
        to: script.dialled.clone(),
        again: again.map(str::to_owned),
    });
    let handle = CallHandle { switch: Arc::clone(switch), call: Arc::clone(&call) };
    let (work, rung) = (Arc::clone(switch), call);
    switch.spawn(async move { work.ring_in(rung).await });
    let caller = handle.clone();
    switch.spawn(async move {
        callers::live(&caller, &script).await;
        let Ok(last) = caller.watch().wait_for(|seen| seen.ended.is_some()).await.map(|seen| seen.clone()) else {
            return;
        };
        if callers::rings_again(&script, &last) {
            let switch = &caller.switch;
            switch.pace.sleep(script.redial.pause).await;
            let mut next = script;
            next.redial.times -= 1;
            let next = ring(switch, next, Some(caller.sid()));
            caller.call.show(|seen| seen.next = Some(next.sid().to_owned()));
        }
    });
    handle
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
