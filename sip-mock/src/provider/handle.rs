//! One call, as scripts and tests hold it, and ringing in.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::call::{Call, CallView, Ended};
use super::session::Switch;
use crate::callers::{self, CallerScript};
use crate::journal::Happening;
use crate::pace::Pace;

/// One call, for scripts and tests.
#[derive(Debug, Clone)]
pub struct CallHandle {
    pub(super) switch: Arc<Switch>,
    pub(super) call: Arc<Call>,
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

pub(super) fn ring(switch: &Arc<Switch>, script: CallerScript, again: Option<&str>) -> CallHandle {
    if let Some(rung) = &script.rung {
        switch.phones.handle(&script.number).set(rung.clone());
    }
    let call = switch.new_call(true, &script.number, &script.dialled, None);
    switch.journal.note(Happening::CallArrived {
        call: call.sid.clone(),
        from: script.number.clone(),
        to: script.dialled.clone(),
        again: again.map(str::to_owned),
    });
    if let Some((patience, from_ringing)) = script.waits() {
        let ms = u64::try_from(switch.pace.real(patience).as_millis()).unwrap_or(u64::MAX);
        switch.journal.note(Happening::Patience { call: call.sid.clone(), ms, from_ringing });
    }
    let handle = CallHandle { switch: Arc::clone(switch), call: Arc::clone(&call) };
    let (work, rung) = (Arc::clone(switch), call);
    switch.spawn(async move { work.ring_in(rung).await });
    let caller = handle.clone();
    switch.spawn(async move {
        callers::live(&caller, &script).await;
        let Ok(last) = caller.watch().wait_for(|seen| seen.ended.is_some()).await.map(|seen| seen.clone()) else {
            return;
        };
        if let Some((pause, next)) = callers::rings_again(script, &last) {
            caller.switch.pace.sleep(pause).await;
            let next = ring(&caller.switch, next, Some(caller.sid()));
            caller.call.show(|seen| seen.next = Some(next.sid().to_owned()));
        }
    });
    handle
}
