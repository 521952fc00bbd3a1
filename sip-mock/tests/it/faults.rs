//! Faults thrown on purpose, each with the case without it.

use serde_json::json;
use sip_mock::{Faults, Happening, Provider};

use super::service::{A_WHILE, SOON, Service, caller, question, say, stay};

/// One call, until so many status hooks were heard, and then a while in which another might come.
async fn run(faults: Faults, statuses: usize) -> (Service, Provider) {
    let service = Service::start().await;
    service.begins_with(json!([question("q", &service.url("/keys")), say("weiter")]));
    let mut config = service.config();
    config.faults = faults;
    let provider = Provider::start(config).await.unwrap();
    let call = provider.ring(caller());
    call.ended(SOON).await.unwrap();
    service.hears("/status", statuses).await;
    tokio::time::sleep(A_WHILE).await;
    (service, provider)
}

#[tokio::test]
async fn without_faults_everything_is_sent_once() {
    let (service, provider) = run(Faults::default(), 3).await;
    assert_eq!((service.heard("/status").len(), service.heard("/keys").len()), (3, 1));
    assert_eq!(provider.journal().count(|h| matches!(h, Happening::Fault { .. })), 0);
}

#[tokio::test]
async fn status_hooks_can_be_dropped_and_doubled() {
    let (service, _provider) = run(Faults { status_drop: 1.0, ..Faults::default() }, 0).await;
    assert!(service.heard("/status").is_empty());
    let (service, _provider) = run(Faults { status_duplicate: 1.0, ..Faults::default() }, 6).await;
    let heard = service.heard("/status");
    assert_eq!(heard.len(), 6);
    for one in &heard {
        assert_eq!(
            heard
                .iter()
                .filter(|other| other.raw == one.raw
                    && other.headers["jambonz-signature"] == one.headers["jambonz-signature"])
                .count(),
            2
        );
    }
}

#[tokio::test]
async fn delayed_status_hooks_overtake_each_other() {
    let mut overtaken = false;
    for seed in 1..20 {
        let service = Service::start().await;
        service.begins_with(json!([say("kurz")]));
        let mut config = service.config();
        config.seed = seed;
        config.faults = Faults { status_delay: 0.5, status_delay_ms: 60, ..Faults::default() };
        let provider = Provider::start(config).await.unwrap();
        provider.ring(caller()).ended(SOON).await.unwrap();
        service.hears("/status", 3).await;
        overtaken |= service.statuses() != ["trying", "in-progress", "completed"];
        provider.shutdown().await;
        if overtaken {
            return;
        }
    }
    panic!("no seed of nineteen reordered anything");
}

#[tokio::test]
async fn an_action_hook_can_be_doubled_and_its_answer_lost() {
    let (service, _provider) = run(Faults { action_duplicate: 1.0, ..Faults::default() }, 3).await;
    let heard = service.hears("/keys", 2).await;
    assert_eq!(heard.len(), 2);
    assert_eq!(heard[0].raw, heard[1].raw);

    let service = Service::start().await;
    service.begins_with(json!([question("q", &service.url("/keys")), say("weiter"), stay()]));
    service.answers("/keys", super::service::Reply::verbs(json!([say("nie gehört"), stay()])));
    let provider = service.provider().await;
    let call = provider.ring(caller());
    assert!(call.wait_for(SOON, |seen| seen.verb.is_some()).await);
    provider.set_faults(Faults { answer_lost: 1.0, ..Faults::default() });
    assert!(call.wait_for(SOON, |seen| seen.verb.as_ref().is_some_and(|v| v.hears.as_deref() == Some("weiter"))).await);
    assert_eq!(service.heard("/keys").len(), 1);
}

#[tokio::test]
async fn a_refused_connection_sends_nothing() {
    let service = Service::start().await;
    let mut config = service.config();
    config.faults.refuse = 1.0;
    let provider = Provider::start(config).await.unwrap();
    assert_eq!(provider.ring(caller()).ended(SOON).await.unwrap().cause, "call hook failed");
    assert!(service.heard("/call").is_empty());
}

#[tokio::test]
async fn a_clock_that_is_wrong_shows_in_the_signature() {
    let seconds = |service: &Service| {
        let header = service.heard("/call")[0].headers["jambonz-signature"].to_str().unwrap().to_owned();
        header[2..header.find(',').unwrap()].parse::<i64>().unwrap()
    };
    let (right, _provider) = run(Faults::default(), 3).await;
    let (wrong, _provider) = run(Faults { clock_skew_seconds: 900, ..Faults::default() }, 3).await;
    assert!((seconds(&wrong) - seconds(&right) - 900).abs() < 30);
}
