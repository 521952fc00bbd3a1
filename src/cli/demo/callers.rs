//! The demo's callers: who they are, what they press, how long they wait and talk.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sip_mock::{CallerScript, Cue, Keys, OnRing, PhoneScript, Provider, Redial};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Rings a caller every now and then until `stop`, a few at the beginning at once.
pub(super) async fn ring(
    provider: Arc<Provider>,
    every: Duration,
    at_once: u32,
    rung: Arc<AtomicU32>,
    stop: CancellationToken,
) {
    let mut chance = StdRng::from_rng(&mut rand::rng());
    for number in 1_u32.. {
        // A caller lives by themselves; nobody looks after this one.
        let _ = provider.ring(caller(number, &mut chance));
        rung.fetch_add(1, Ordering::Relaxed);
        if number <= at_once {
            continue;
        }
        // Arrivals come as they please: exponential gaps.
        let gap = every.mul_f64(-chance.random_range(f64::EPSILON..1.0).ln());
        tokio::select! {
            () = tokio::time::sleep(gap) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// One caller. The numbers are of a range that is set apart for fiction: a thousand, so that nobody takes up the place of a
/// stranger with the same number.
fn caller(number: u32, chance: &mut StdRng) -> CallerScript {
    let english = chance.random_bool(0.15);
    // Nearly everybody wants an appointment: that is what there is to see.
    let topic = match chance.random_range(0..20) {
        0 => "2",
        1 => "3",
        _ => "1",
    };
    let mut keys = vec![Keys::at_id("language", if english { "2" } else { "1" }), Keys::at_id("reason", topic)];
    // Who hears the information asks for a person after all.
    keys.push(Keys::at_id("information", "1"));
    // Some would rather be rung than wait; most of those answer their phone then.
    if chance.random_bool(0.3) {
        keys.push(pressing("Sie müssen nicht am Apparat warten"));
        keys.push(pressing("You do not have to wait on the line"));
    }
    keys.push(Keys::at_id("callback.", "1"));
    let rings = if chance.random_bool(0.8) { PhoneScript::answers() } else { PhoneScript::does(OnRing::Busy) };
    CallerScript {
        number: format!("+493023125{:03}", number % 1_000),
        dialled: "+498000899089".to_owned(),
        patience: Some(Duration::from_secs(chance.random_range(90..900))),
        keys,
        talk: None,
        rung: Some(PhoneScript { keys: "1".to_owned(), ..rings }),
        redial: Redial { after_giving_up: chance.random_bool(0.3), ..Redial::times(1, Duration::from_secs(20)) },
        ..CallerScript::default()
    }
}

/// Presses 1 where these words are heard.
fn pressing(words: &str) -> Keys {
    Keys { at: Cue::Hears(words.to_owned()), press: "1".to_owned(), after: Duration::from_secs(2), again: false }
}
