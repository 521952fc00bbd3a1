//! What was promised to be asked of the provider: connect a caller, ring a caller, park a caller, end a call.
//!
//! A worker looks at what is true now, asks once, and leaves the rest to deadlines: after an unknown outcome it looks
//! whether the provider came to ask, before it asks again.

use super::steps::Steps;
use super::{Leg, Origination, Provider, ProviderError};
use crate::foundation::db::Db;
use crate::foundation::fault::{Fault, While};
use crate::foundation::ids::{CallId, OfferId};
use crate::foundation::jobs::{Job, Outcome, Worker, pause};
use crate::hotline::calls::callback;
use crate::hotline::calls::commands::{self as calls, CallError, Setup};
use crate::hotline::calls::model::{LegNews, LegReport, Progress, Step};
use crate::hotline::calls::store;
use crate::hotline::queue::commands::{
    self as queue, CALL_BACK_JOB, CONNECT_JOB, HANG_UP_JOB, LOOK_JOB, Order, PARK_JOB, Standing,
};
use crate::in_tx;
use std::sync::Arc;

/// What the workers work with.
#[derive(Clone)]
pub struct Desk {
    /// The pool of the work plane.
    pub db: Db,
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// The URLs at which calls ask.
    pub steps: Steps,
    /// What the use cases must know.
    pub setup: Setup,
}

/// Rings an agent's phone from the caller's call.
pub struct Connect(pub Desk);

/// Rings a caller who does not wait on the line.
pub struct CallBack(pub Desk);

/// Puts a caller back into music.
pub struct ParkAgain(pub Desk);

/// Ends a call.
pub struct HangUp(pub Desk);

/// Looks at an agent's phone of which nothing was heard.
pub struct LookAtPhone(pub Desk);

/// The workers.
#[must_use]
pub fn workers(desk: &Desk) -> Vec<Arc<dyn Worker>> {
    vec![
        Arc::new(Connect(desk.clone())),
        Arc::new(CallBack(desk.clone())),
        Arc::new(LookAtPhone(desk.clone())),
        Arc::new(ParkAgain(desk.clone())),
        Arc::new(HangUp(desk.clone())),
    ]
}

/// How long one attempt may take: a little longer than the provider's client waits. A promise that dies with its process is
/// taken over after twice that, and by then its offer must not be over.
const ATTEMPT_WITHIN: std::time::Duration = std::time::Duration::from_secs(6);

fn order_of(job: &Job) -> Result<Order, Fault> {
    serde_json::from_value(job.payload.clone()).while_doing("read a promise to the provider")
}

fn offer_of(order: &Order) -> Result<OfferId, Fault> {
    order.offer.ok_or_else(|| Fault::plain("a promise to the provider names no offer"))
}

fn again(pause: std::time::Duration, error: &ProviderError) -> Outcome {
    Outcome::Again(pause.try_into().unwrap_or(time::Duration::MINUTE), error.to_string())
}

impl Desk {
    /// Where the call stands, and its name at the provider when it is open.
    async fn look(&self, call: CallId) -> Result<(Standing, Option<String>), Fault> {
        let mut conn = self.db.pool().acquire().await?;
        let standing = queue::standing(&mut conn, call).await?;
        Ok((standing, store::open_sid(&mut conn, call).await?))
    }

    /// The call's name at the provider, as long as it is being connected under this offer.
    async fn connecting(&self, call: CallId, offer: OfferId) -> Result<Option<String>, Fault> {
        let (standing, sid) = self.look(call).await?;
        Ok(sid.filter(|_| standing == Standing::Connecting(offer)))
    }

    /// Waits a moment for the end of a call that was asked for.
    async fn ended(&self, call: CallId) -> Result<Outcome, Fault> {
        for _ in 0..10 {
            if self.look(call).await?.1.is_none() {
                return Ok(Outcome::Done);
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        Ok(Outcome::Again(time::Duration::SECOND, "the call goes on although its end was asked for".to_owned()))
    }

    /// The provider says that it has no such call, or not in a state to be told anything. Only a call that it really has
    /// not is over; anything else is left to the offer's end.
    async fn gone(&self, call: CallId, sid: &str, offer: Option<OfferId>) -> Result<Outcome, Fault> {
        match self.provider.leg(sid).await {
            Ok(None) => {
                vanish(&self.db, &self.setup, call).await?;
                Ok(Outcome::Done)
            }
            Ok(Some(_)) => self.failed(offer, "the call cannot be told anything now").await,
            Err(error) => Ok(again(std::time::Duration::from_millis(500), &error)),
        }
    }

    /// The agent is not waited for any longer: the caller goes back to the same place.
    async fn failed(&self, offer: Option<OfferId>, why: &str) -> Result<Outcome, Fault> {
        if let Some(offer) = offer {
            let policy = &self.setup.policy;
            let settled: Result<bool, Fault> =
                in_tx!(&self.db, "connecting refused", |tx| queue::connect_failed(tx, offer, policy));
            settled?;
        }
        Ok(Outcome::GivenUp(why.to_owned()))
    }

    async fn interrupt(&self, job: &Job, order: &Order, sid: &str, step: &Step) -> Result<Outcome, Fault> {
        let url = self.steps.url(order.call, step);
        match self.provider.interrupt(sid, &url).await {
            Ok(()) => Ok(Outcome::Done),
            Err(ProviderError::Gone) => self.gone(order.call, sid, order.offer).await,
            Err(error @ ProviderError::Busy(wait)) => Ok(again(wait, &error)),
            Err(error @ ProviderError::Refused(_)) => self.failed(order.offer, &error.to_string()).await,
            Err(error @ ProviderError::Unknown(_)) => Ok(Outcome::Again(pause(job.attempt), error.to_string())),
        }
    }
}

/// Agents' phones that are answered, of which we were never told.
pub(super) async fn learn_answers(desk: &Desk, legs: &[Leg]) -> Result<(), Fault> {
    let answered: Vec<String> =
        legs.iter().filter(|leg| leg.answered && leg.parent.is_some()).map(|leg| leg.sid.clone()).collect();
    if answered.is_empty() {
        return Ok(());
    }
    let unknown = {
        let mut conn = desk.db.pool().acquire().await?;
        store::not_known_answered(&mut conn, desk.setup.provider, &answered).await?
    };
    for leg in legs.iter().filter(|leg| unknown.contains(&leg.sid)) {
        let report = LegReport {
            sid: leg.sid.clone(),
            parent: leg.parent.clone(),
            inbound: false,
            ours: None,
            news: LegNews::Progress(Progress::Answered),
        };
        told(desk, &report).await?;
    }
    Ok(())
}

/// Takes what was found out as if the provider had reported it.
pub(super) async fn told(desk: &Desk, report: &LegReport) -> Result<(), Fault> {
    whole(in_tx!(&desk.db, "leg learnt of", |tx| calls::report(tx, &desk.setup, report))).map(drop)
}

/// Ends a call that the provider does not have any more.
pub(super) async fn vanish(db: &Db, setup: &Setup, call: CallId) -> Result<(), Fault> {
    whole(in_tx!(db, "call vanished", |tx| calls::vanished(tx, setup, call))).map(drop)
}

#[async_trait::async_trait]
impl Worker for Connect {
    fn kind(&self) -> &'static str {
        CONNECT_JOB
    }

    fn parallel(&self) -> usize {
        16
    }

    fn deadline(&self) -> std::time::Duration {
        ATTEMPT_WITHIN
    }

    async fn carry_out(&self, job: &Job) -> Result<Outcome, Fault> {
        let order = order_of(job)?;
        let offer = offer_of(&order)?;
        let Some(sid) = self.0.connecting(order.call, offer).await? else { return Ok(Outcome::Dropped) };
        if job.attempt > 1 {
            // The answer to an earlier attempt was lost. Asking again would take the caller out of a dial that runs.
            let mut conn = self.0.db.pool().acquire().await?;
            if store::dial_of(&mut conn, order.call, offer).await?.is_some() {
                return Ok(Outcome::Done);
            }
        }
        let attempt = u32::try_from(job.attempt).unwrap_or(u32::MAX);
        self.0.interrupt(job, &order, &sid, &Step::Connect { offer, attempt }).await
    }
}

#[async_trait::async_trait]
impl Worker for CallBack {
    fn kind(&self) -> &'static str {
        CALL_BACK_JOB
    }

    fn parallel(&self) -> usize {
        16
    }

    fn deadline(&self) -> std::time::Duration {
        ATTEMPT_WITHIN
    }

    async fn carry_out(&self, job: &Job) -> Result<Outcome, Fault> {
        let (desk, offer) = (&self.0, offer_of(&order_of(job)?)?);
        let setup = &desk.setup;
        let placed: Result<_, Fault> = in_tx!(&desk.db, "callback placed", |tx| callback::place(tx, setup, offer));
        // Not wanted any more; or asked for before, and what became of that is told by reports, or by the offer's deadline.
        let Some((call, number)) = placed? else { return Ok(Outcome::Dropped) };
        let wish = Origination {
            to: number,
            hook: desk.steps.url(call, &Step::Called(offer)),
            status_hook: desk.steps.status_url(),
            ring: setup.policy.callback.ring.try_into().unwrap_or_default(),
            tag: call.to_string(),
        };
        let not_placed = async |asked: bool| {
            whole(in_tx!(&desk.db, "callback not placed", |tx| callback::not_placed(tx, setup, call, offer, asked)))
        };
        match desk.provider.originate(&wish).await {
            Ok(sid) => {
                let named: Result<_, Fault> =
                    in_tx!(&desk.db, "callback named", |tx| callback::named(tx, Some(call), &sid));
                named?;
                Ok(Outcome::Done)
            }
            Err(error @ ProviderError::Busy(wait)) => {
                not_placed(false).await?;
                Ok(again(wait, &error))
            }
            Err(error @ (ProviderError::Refused(_) | ProviderError::Gone)) => {
                not_placed(true).await?;
                Ok(Outcome::GivenUp(error.to_string()))
            }
            // It may ring all the same: reports name it by its tag.
            Err(error @ ProviderError::Unknown(_)) => Ok(Outcome::GivenUp(error.to_string())),
        }
    }
}

/// What only a call that is unknown refuses is nothing to do.
fn whole<T>(outcome: Result<T, CallError>) -> Result<Option<T>, Fault> {
    match outcome {
        Ok(done) => Ok(Some(done)),
        Err(CallError::UnknownCall) => Ok(None),
        Err(CallError::Fault(fault)) => Err(fault),
    }
}

#[async_trait::async_trait]
impl Worker for LookAtPhone {
    fn kind(&self) -> &'static str {
        LOOK_JOB
    }

    fn deadline(&self) -> std::time::Duration {
        ATTEMPT_WITHIN
    }

    async fn carry_out(&self, job: &Job) -> Result<Outcome, Fault> {
        let order = order_of(job)?;
        let offer = offer_of(&order)?;
        let Some(sid) = self.0.connecting(order.call, offer).await? else { return Ok(Outcome::Dropped) };
        match self.0.provider.legs().await {
            Ok(legs) => {
                let of_this_call: Vec<_> =
                    legs.into_iter().filter(|leg| leg.parent.as_deref() == Some(sid.as_str())).collect();
                learn_answers(&self.0, &of_this_call).await?;
                Ok(Outcome::Done)
            }
            Err(error @ ProviderError::Busy(wait)) => Ok(again(wait, &error)),
            Err(error) => Ok(Outcome::Again(pause(job.attempt), error.to_string())),
        }
    }
}

#[async_trait::async_trait]
impl Worker for ParkAgain {
    fn kind(&self) -> &'static str {
        PARK_JOB
    }

    fn deadline(&self) -> std::time::Duration {
        ATTEMPT_WITHIN
    }

    async fn carry_out(&self, job: &Job) -> Result<Outcome, Fault> {
        let order = order_of(job)?;
        let (standing, sid) = self.0.look(order.call).await?;
        let (Standing::Waiting | Standing::Held, Some(sid)) = (standing, sid) else { return Ok(Outcome::Dropped) };
        // The offer is over already: its failure is not reported again.
        let order = Order { offer: None, ..order };
        self.0.interrupt(job, &order, &sid, &Step::Resume).await
    }
}

#[async_trait::async_trait]
impl Worker for HangUp {
    fn kind(&self) -> &'static str {
        HANG_UP_JOB
    }

    fn deadline(&self) -> std::time::Duration {
        ATTEMPT_WITHIN
    }

    async fn carry_out(&self, job: &Job) -> Result<Outcome, Fault> {
        let order = order_of(job)?;
        let (_, sid) = self.0.look(order.call).await?;
        let Some(sid) = sid else {
            let mut conn = self.0.db.pool().acquire().await?;
            if store::is_unheard_of(&mut conn, order.call).await? {
                // A call of ours that never came about, as far as anybody can tell.
                drop(conn);
                vanish(&self.0.db, &self.0.setup, order.call).await?;
            }
            return Ok(Outcome::Dropped);
        };
        match self.0.provider.hang_up(&sid).await {
            // It was taken, not yet done: only the end of the call says that.
            Ok(()) => self.0.ended(order.call).await,
            Err(ProviderError::Gone) => self.0.gone(order.call, &sid, None).await,
            Err(error @ ProviderError::Busy(wait)) => Ok(again(wait, &error)),
            Err(error @ ProviderError::Refused(_)) => Ok(Outcome::GivenUp(error.to_string())),
            Err(error @ ProviderError::Unknown(_)) => Ok(Outcome::Again(pause(job.attempt), error.to_string())),
        }
    }
}
