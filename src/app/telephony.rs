//! How the provider, the calls and the menu become one: made from the configuration, shared by hooks and workers.

use super::config::Config;
use crate::foundation::clock::Clock;
use crate::foundation::db::{Db, Pools};
use crate::foundation::fault::Fault;
use crate::foundation::jobs::Worker;
use crate::hotline::calls::commands::Setup;
use crate::hotline::provider::JAMBONZ;
use crate::hotline::provider::client::Client;
use crate::hotline::provider::http::{self, Heard, Hooks};
use crate::hotline::provider::reconcile;
use crate::hotline::provider::settings::Settings;
use crate::hotline::provider::steps::Steps;
use crate::hotline::provider::verbs::Dialect;
use crate::hotline::provider::worker::{self, Desk};
use crate::hotline::queue::model::Policy;
use crate::hotline::queue::routing::Routing;
use axum::Router;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The telephone side of a process.
#[derive(Clone)]
pub struct Telephony {
    settings: Settings,
    setup: Setup,
    steps: Steps,
    hooks: Db,
    work: Db,
    clock: Clock,
    heard: Heard,
    provider: Arc<Client>,
}

impl Telephony {
    /// Reads the flow, and makes everything ready.
    ///
    /// # Errors
    /// What is wrong with the flow.
    pub fn of(config: &Config, pools: &Pools, clock: &Clock, mut policy: Policy) -> Result<Self, Fault> {
        if config.provider.caller_id.is_empty() {
            // The provider rings nobody for a caller without a number.
            policy.callback.from = None;
        }
        let routing = config.routing.routing().map_err(|wrong| Fault::plain(wrong.join("; ")))?;
        let setup = Setup {
            provider: JAMBONZ,
            flows: Arc::new(config.menu.load(&routing).map_err(Fault::plain)?),
            policy,
            routing: Arc::new(routing),
            always_open: config.menu.always_open,
        };
        Ok(Self {
            steps: Steps::new(config.hooks.public_url.clone(), config.provider.secrets()),
            provider: Arc::new(Client::new(&config.provider)?),
            settings: config.provider.clone(),
            setup,
            hooks: pools.hooks.clone(),
            work: pools.work.clone(),
            clock: clock.clone(),
            heard: Heard::default(),
        })
    }

    /// The routes of the hooks.
    pub fn routes(&self) -> Router {
        http::routes(Hooks {
            db: self.hooks.clone(),
            setup: self.setup.clone(),
            dialect: Dialect {
                steps: self.steps.clone(),
                voices: self.settings.voices.clone(),
                music: self.settings.park.clone(),
                sip_realm: self.settings.sip_realm.clone(),
                caller_id: self.settings.caller_id.clone(),
            },
            secrets: self.settings.secrets(),
            clock: self.clock.clone(),
            heard: self.heard.clone(),
        })
    }

    fn desk(&self) -> Desk {
        Desk {
            db: self.work.clone(),
            provider: Arc::clone(&self.provider) as _,
            steps: self.steps.clone(),
            setup: self.setup.clone(),
        }
    }

    /// The queues, and what their callers need.
    pub fn routing(&self) -> Arc<Routing> {
        Arc::clone(&self.setup.routing)
    }

    /// The workers that ask the provider for what was promised.
    pub fn workers(&self) -> Vec<Arc<dyn Worker>> {
        worker::workers(&self.desk())
    }

    /// Keeps note, until `stop`, of the calls that asked this process for music.
    pub async fn keep_heard(self, stop: CancellationToken) {
        reconcile::keep_heard(
            self.hooks,
            self.heard,
            Duration::from_secs(u64::from(self.settings.reconcile_seconds)),
            stop,
        )
        .await;
    }

    /// Compares our calls with the provider's until `stop`; without a provider there is nothing to compare.
    pub async fn reconcile(self, stop: CancellationToken) {
        if !self.settings.is_set_up() {
            tracing::warn!("no provider is set up (provider.webhook_secret): no call is taken");
            return stop.cancelled().await;
        }
        if let Err(wrong) = crate::hotline::provider::audio::check(&self.settings.park.music_url).await {
            // Not a reason to stop: the queue works, and a caller in a list that burns down is re-attached.
            tracing::error!(wrong, "waiting callers will hear no music");
        }
        let every = Duration::from_secs(u64::from(self.settings.reconcile_seconds));
        let music = Duration::from_secs(u64::from(self.settings.park.music_seconds));
        reconcile::run(self.desk(), every, music, stop).await;
    }
}
