//! The hooks as the simulated provider calls them, over HTTP: what REST orders and hooks do to a call together.

use super::*;
use crate::support::PATIENCE as SOON;
use crate::support::staff::{install_tls, serve};
use sip_mock::{CallerScript, Faults, Happening, Keys, ProviderConfig};
use vaxline::app::config::Config;
use vaxline::foundation::ids::JobId;
use vaxline::foundation::jobs::{Job, Outcome, Worker};
use vaxline::hotline::provider::client::Client;
use vaxline::hotline::provider::worker::{Connect, Desk};

/// The hooks on an address of their own, and a provider that calls them there.
pub(super) async fn provider_of(line: &Line) -> (sip_mock::Provider, Desk) {
    install_tls();
    let address = serve(line.router.clone()).await;
    let mut config = ProviderConfig::new(BASE);
    config.secret = SECRET.to_owned();
    config.speed = 10.0;
    config.rate_limit = None;
    let (account, key) = (config.account_sid.clone(), config.api_key.clone());
    let provider = sip_mock::Provider::start(config).await.unwrap();
    // Every address that the hooks hand out is below the public one, and is really here.
    provider.set_base(&format!("http://{address}"));
    let mut settings = Config::load(None, []).unwrap().provider;
    settings.api_url = provider.base_url();
    settings.account_sid = account;
    settings.api_key = Secret::new(key);
    settings.caller_id = "+4935146781040".to_owned();
    let desk = Desk {
        db: line.world.work().clone(),
        provider: Arc::new(Client::new(&settings).unwrap()),
        steps: line.hooks.dialect.steps.clone(),
        setup: line.hooks.setup.clone(),
    };
    (provider, desk)
}

pub(super) fn attempt(number: i32, call: CallId, offer: OfferId) -> Job {
    let now = Clock::system().now();
    let payload = json!({ "call": call, "offer": offer });
    Job { id: JobId(Uuid::from_u128(1)), subject: offer.to_string(), payload, attempt: number, ordered_at: now, now }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_whose_answer_was_lost_connects_the_caller_once() {
    let line = Line::new().await;
    let (provider, desk) = provider_of(&line).await;
    let caller = provider.ring(CallerScript {
        keys: vec![Keys::at_id("language", "1"), Keys::at_id("reason", "1")],
        ..CallerScript::default()
    });
    assert!(caller.parked(SOON).await);
    let agent = line.agent("agent").await;
    let (offer, _) = line.accept(agent, caller.sid()).await;
    let call = line.call_of(caller.sid()).await;

    provider.set_faults(Faults { rest_fails_after_effect: 1.0, ..Faults::default() });
    let first = Connect(desk.clone()).carry_out(&attempt(1, call, offer)).await.unwrap();
    assert!(matches!(first, Outcome::Again(..)), "{first:?}");
    provider.set_faults(Faults::default());
    assert!(caller.bridged(SOON).await.is_some(), "the order took effect");
    let second = Connect(desk).carry_out(&attempt(2, call, offer)).await.unwrap();
    assert!(matches!(second, Outcome::Done | Outcome::Dropped), "{second:?}");

    let journal = provider.journal();
    assert_eq!(journal.count(|what| matches!(what, Happening::RestReceived { .. })), 1, "nothing is asked again");
    assert_eq!(journal.count(|what| matches!(what, Happening::VerbStarted { verb, .. } if verb == "dial")), 1);
    provider.shutdown().await;
}
