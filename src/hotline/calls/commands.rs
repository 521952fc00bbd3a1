//! The use cases of calls: load and lock, decide, save, tell the queue, answer; each in the caller's transaction.

use super::callback;
use super::decide::fold;
use super::model::{
    Action, Arrival, EndedBy, HELD, LegNews, LegReport, Park, Reply, Script, Spoken, dial_label, offer_label,
};
use super::store::{self, Call, NewCall};
use crate::accounts::store as accounts;
use crate::foundation::db::Tx;
use crate::foundation::events::{self, About};
use crate::foundation::fault::{Fault, Refusal};
use crate::foundation::ids::{CallId, OfferId};
use crate::foundation::phone::PhoneNumber;
use crate::foundation::pii::Pii;
use crate::hotline::ivr::decide::{self as menu, Facts, Input, Place, State, Then, Turn};
use crate::hotline::ivr::flow::{Flow, Node, Texts};
use crate::hotline::ivr::library::Library;
use crate::hotline::ivr::store as flows;
use crate::hotline::queue::commands::{self as queue, Announcement, Join, Standing};
use crate::hotline::queue::decide::Gone;
use crate::hotline::queue::model::{Language, Policy, Topic};
use crate::hotline::queue::routing::Routing;
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use time::OffsetDateTime;

/// What the use cases must know besides the database.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Whose calls these are.
    pub provider: &'static str,
    /// The menu.
    pub flows: Arc<Library>,
    /// The queue's times and limits.
    pub policy: Policy,
    /// The queues, and what their callers need.
    pub routing: Arc<Routing>,
    /// Opening hours do not apply: for exercises and demonstrations.
    pub always_open: bool,
}

/// A hook was refused, or something is broken.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The hook is about a call that never arrived here.
    #[error("this call never arrived here")]
    UnknownCall,
    /// Something is broken.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Refusal for CallError {
    fn fault(&self) -> Option<&Fault> {
        match self {
            Self::UnknownCall => None,
            Self::Fault(fault) => Some(fault),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::UnknownCall => "unknown_call",
            Self::Fault(_) => "fault",
        }
    }
}

/// A call arrives. The same call arriving again is told what it is to do now.
///
/// # Errors
/// When the database is away.
pub async fn arrive(tx: &mut Tx, setup: &Setup, arrival: &Arrival) -> Result<Reply, CallError> {
    if let Some(call) = store::lock_by_sid(tx, setup.provider, &arrival.sid).await? {
        return Ok(resume(tx, setup, &call).await?);
    }
    let number = arrival.from.as_ref().map(number_of);
    let returning = match &number {
        Some(number) => queue::redeemable(tx, number).await?.is_some(),
        None => false,
    };
    let flow = setup.flows.of_number(&arrival.to);
    let now = tx.now();
    flows::write_down(tx.conn(), &flow, now).await?;
    let facts = facts(tx, setup, &flow, returning).await?;
    let begun = admitted(tx, setup, facts, |facts| Ok::<_, Infallible>(menu::begin(&flow.plan, facts))).await?;
    let Ok(turn) = begun;
    let id: CallId = tx.id();
    let rang = arrival.rang.map_or(now, |rang| rang.min(now));
    let new = NewCall {
        id,
        provider: setup.provider,
        sid: Some(&arrival.sid),
        number: arrival.from.as_ref(),
        to: &arrival.to,
        rang,
    };
    if !store::insert(tx, &new, (&flow.plan.name, &flow.version), &turn.state).await? {
        let call = store::lock_by_sid(tx, setup.provider, &arrival.sid).await?.ok_or(CallError::UnknownCall)?;
        return Ok(resume(tx, setup, &call).await?);
    }
    let data = json!({
        "provider": setup.provider, "provider_call_sid": arrival.sid, "flow": flow.plan.name,
        "flow_version": flow.version, "number_shown": number.is_some(), "returning": returning,
    });
    events::record(tx, "call.arrived", About { call: Some(id), ..About::default() }, data).await?;
    Ok(Reply::Do(carry_on(tx, setup, &flow, Party { id, number, rang }, turn).await?))
}

/// Whom the menu leads.
struct Party {
    id: CallId,
    number: Option<Pii<String>>,
    rang: OffsetDateTime,
}

impl From<&Call> for Party {
    fn from(call: &Call) -> Self {
        Self { id: call.id, number: call.number.clone(), rang: call.rang }
    }
}

/// What the menu must know of the world just now, as long as nobody is about to join.
async fn facts(tx: &mut Tx, setup: &Setup, flow: &Flow, returning: bool) -> Result<Facts, Fault> {
    let has_notice = flow.plan.nodes.values().any(|node| matches!(node, Node::Notice { .. }));
    let notice = if has_notice { flows::notice(tx.conn()).await? } else { None };
    Ok(Facts { now: tx.now(), always_open: setup.always_open, returning, crowded: false, notice })
}

/// Decides a turn. Whether there is room is asked only where it makes a difference.
async fn admitted<E: PartialEq>(
    tx: &mut Tx,
    setup: &Setup,
    facts: Facts,
    decide: impl Fn(&Facts) -> Result<Turn, E>,
) -> Result<Result<Turn, E>, Fault> {
    let with_room = decide(&facts);
    let without = decide(&Facts { crowded: true, ..facts });
    let Some(turn) = with_room.as_ref().ok().filter(|_| with_room != without) else { return Ok(with_room) };
    let language = turn.state.language.unwrap_or(setup.flows.current().plan.language);
    let crowded = queue::is_crowded(tx, &setup.routing, &setup.policy, language).await?;
    Ok(if crowded { without } else { with_room })
}

fn number_of(number: &PhoneNumber) -> Pii<String> {
    Pii::new(number.expose().to_owned())
}

/// A question was answered with a key, or with silence.
///
/// # Errors
/// When the call is unknown, or the database is away.
pub async fn answered(
    tx: &mut Tx,
    setup: &Setup,
    id: CallId,
    question: u16,
    input: &Input,
) -> Result<Reply, CallError> {
    let call = store::lock(tx, id).await?.ok_or(CallError::UnknownCall)?;
    let step = format!("menu.{question}");
    if let Some(reply) = store::reply(tx.conn(), id, &step).await? {
        return Ok(same_again(tx, id, reply).await?);
    }
    let Some(menu) = call.menu.as_ref().filter(|menu| call.is_open() && menu.state.asked == question) else {
        return Ok(resume(tx, setup, &call).await?);
    };
    let (flow, turn) = match setup.flows.version(tx.conn(), &menu.version).await? {
        Some(flow) => {
            let facts = facts(tx, setup, &flow, menu.state.returning).await?;
            match admitted(tx, setup, facts, |facts| menu::answer(&flow.plan, &menu.state, input, facts)).await? {
                Ok(turn) => (flow, turn),
                Err(menu::NotAsking) => return Ok(resume(tx, setup, &call).await?),
            }
        }
        None => return Ok(lead_out(tx, setup, &call, menu.state.clone()).await?),
    };
    store::save_state(tx, id, &turn.state).await?;
    let reply = Reply::Do(carry_on(tx, setup, &flow, (&call).into(), turn).await?);
    store::keep_reply(tx, id, &step, &reply).await?;
    Ok(reply)
}

/// What a step was answered before, unless the call is with an agent by now, or on the way: a list that was right then
/// would take it away.
pub(super) async fn same_again(tx: &mut Tx, call: CallId, reply: Reply) -> Result<Reply, Fault> {
    Ok(match queue::standing(tx.conn(), call).await? {
        Standing::Connecting(_) | Standing::Talking(_) | Standing::Held => Reply::GoOn,
        Standing::Waiting | Standing::Over | Standing::Unknown => reply,
    })
}

/// The version of a running call is in no flow that can be read: today's flow leads it to an agent.
async fn lead_out(tx: &mut Tx, setup: &Setup, call: &Call, state: State) -> Result<Reply, Fault> {
    let flow = setup.flows.current();
    let facts = facts(tx, setup, &flow, state.returning).await?;
    let turn = menu::give_up_asking(&flow.plan, state, &facts);
    store::save_state(tx, call.id, &turn.state).await?;
    Ok(Reply::Do(carry_on(tx, setup, &flow, call.into(), turn).await?))
}

/// Does what a turn of the menu leads to, and says it in actions.
async fn carry_on(tx: &mut Tx, setup: &Setup, flow: &Flow, party: Party, turn: Turn) -> Result<Script, Fault> {
    let call = party.id;
    let Turn { state, say, then } = turn;
    let mut language = state.language.unwrap_or(flow.plan.language);
    let mut actions: Vec<Action> = say.into_iter().map(Action::Say).collect();
    let asked = state.asked;
    let (letter, last) = match then {
        Then::Ask(ask) => ('m', Action::Ask(ask)),
        Then::Join { topic } => {
            take_place(tx, setup, &joining(party, language, topic, &state)).await?;
            ('q', Action::Park(tell_wait(tx, setup, flow, call, language, asked, &mut actions).await?))
        }
        Then::TakeUp => {
            let topic = state.topic.unwrap_or(Topic::Book);
            let (chosen, topic) = take_place(tx, setup, &joining(party, language, topic, &state)).await?;
            // The caller was not asked again, and hears the language of the first call.
            language = state.language.unwrap_or(chosen);
            store::save_state(tx, call, &State { language: Some(language), topic: Some(topic), ..state }).await?;
            ('q', Action::Park(tell_wait(tx, setup, flow, call, language, asked, &mut actions).await?))
        }
        Then::HangUp => ('g', Action::HangUp),
    };
    actions.push(last);
    Ok(Script::new(call, format!("{letter}{asked}"), actions))
}

/// Says how long it will take, where that can be said, and gives the music that knows what was said.
async fn tell_wait(
    tx: &mut Tx,
    setup: &Setup,
    flow: &Flow,
    call: CallId,
    language: Language,
    asked: u16,
    actions: &mut Vec<Action>,
) -> Result<Park, Fault> {
    let park = Park::new(format!("q{asked}"), language);
    let Some(Announcement { saying, callback }) = queue::tell_wait(tx, call, &setup.policy).await? else {
        return Ok(park);
    };
    actions.push(Action::Say(Spoken { language, text: flow.plan.waiting.told(saying.told, language) }));
    Ok(park.promising(saying.by).with_callback(callback))
}

/// A caller whom the menu has led to the queue.
fn joining(party: Party, language: Language, topic: Topic, state: &State) -> Join {
    let Party { id: call, number, rang } = party;
    Join { call, number, rang, language, topic, queue: state.queue.clone(), class: state.class.clone() }
}

/// Takes the number's old place up, or joins anew when there is none: it was never there, somebody was faster, or its time
/// has passed. What the caller of that place once chose.
async fn take_place(tx: &mut Tx, setup: &Setup, join: &Join) -> Result<(Language, Topic), Fault> {
    if let Some(number) = &join.number
        && let Some(entry) = queue::redeemable(tx, number).await?
        && queue::redeem(tx, entry, join.call, &setup.policy).await?
    {
        return queue::chosen(tx, entry).await;
    }
    queue::join(tx, &setup.routing, join).await?;
    Ok((join.language, join.topic))
}

/// The provider asks whom to ring under an accepted offer. The attempt that asks first is the one that rings; the call may
/// be in its dial when another one asks.
///
/// # Errors
/// When the call is unknown, or the database is away.
pub async fn connect(tx: &mut Tx, setup: &Setup, id: CallId, offer: OfferId, attempt: u32) -> Result<Reply, CallError> {
    let call = store::lock(tx, id).await?.ok_or(CallError::UnknownCall)?;
    let target = queue::connect_target(tx, offer, &setup.policy).await?.filter(|target| target.call == id);
    let Some(target) = target.filter(|_| call.is_open()) else {
        return Ok(resume(tx, setup, &call).await?);
    };
    if let Some((first, reply)) = store::dial_of(tx.conn(), id, offer).await? {
        return Ok(if first == attempt { reply } else { Reply::GoOn });
    }
    let Some(phone_user) = accounts::phone_user(tx.conn(), target.agent).await? else {
        // An agent without a phone cannot be rung: the caller goes back to the same place.
        queue::connect_failed(tx, offer, &setup.policy).await?;
        return Ok(resume(tx, setup, &call).await?);
    };
    let language = language_of(setup, &call);
    let ring = target.ring.try_into().unwrap_or(std::time::Duration::from_secs(15));
    let actions = vec![Action::Connect { offer, phone_user, ring, language }];
    let reply = Reply::Do(Script::new(id, dial_label(offer), actions));
    store::keep_reply(tx, id, &store::connect_step(offer, attempt), &reply).await?;
    Ok(reply)
}

/// Connecting has ended: with a talk, or without.
///
/// # Errors
/// When the call is unknown, or the database is away.
pub async fn connected(
    tx: &mut Tx,
    setup: &Setup,
    id: CallId,
    offer: OfferId,
    talked: bool,
) -> Result<Reply, CallError> {
    let call = store::lock(tx, id).await?.ok_or(CallError::UnknownCall)?;
    let step = format!("connected.{offer}");
    if let Some(reply) = store::reply(tx.conn(), id, &step).await? {
        return Ok(same_again(tx, id, reply).await?);
    }
    let language = language_of(setup, &call);
    if talked {
        // The report that the agent's phone answered may have been lost; its end says that it did.
        queue::agent_answered(tx, offer, &setup.policy).await?;
    }
    let reply = if talked && queue::talk_ended(tx, offer, &setup.policy).await? {
        Reply::Do(Script::new(id, offer_label('g', offer), goodbye(setup, language)))
    } else if !talked && call.is_open() && queue::not_bridged(tx, offer, &setup.policy).await? {
        music(id, offer_label('f', offer), language)
    } else {
        resume(tx, setup, &call).await?
    };
    store::keep_reply(tx, id, &step, &reply).await?;
    Ok(reply)
}

/// A call was taken out of what it did, and asks what to do now.
///
/// # Errors
/// When the call is unknown, or the database is away.
pub async fn begin_again(tx: &mut Tx, setup: &Setup, id: CallId) -> Result<Reply, CallError> {
    let mut call = store::lock(tx, id).await?.ok_or(CallError::UnknownCall)?;
    if call.is_guessed_over {
        // It asks, so it lives: it was only missing in the provider's lists.
        store::reopen(tx, id).await?;
        call = store::lock(tx, id).await?.ok_or(CallError::UnknownCall)?;
        events::record(tx, "call.found", About { call: Some(id), ..About::default() }, json!({})).await?;
        queue::found_again(tx, id, &setup.policy).await?;
    }
    Ok(resume(tx, setup, &call).await?)
}

/// What a call is to do now, whatever came before. It may be asked as often as anybody likes: at most it gives a call the
/// place that it lacks.
pub(super) async fn resume(tx: &mut Tx, setup: &Setup, call: &Call) -> Result<Reply, Fault> {
    let Some(menu) = call.menu.as_ref().filter(|_| call.is_open()) else {
        return Ok(Reply::Do(Script::new(call.id, label('e', tx.now()), vec![Action::HangUp])));
    };
    let language = language_of(setup, call);
    match &menu.state.place {
        Place::Goodbye => {
            let flow = setup.flows.version(tx.conn(), &menu.version).await?.unwrap_or_else(|| setup.flows.current());
            let facts = facts(tx, setup, &flow, menu.state.returning).await?;
            let actions = match menu::begin(&flow.plan, &facts) {
                // It was sent away before it was asked anything, and is told again why.
                Turn { say, then: Then::HangUp, .. } if menu.state.asked == 0 => {
                    say.into_iter().map(Action::Say).chain([Action::HangUp]).collect()
                }
                _ => goodbye(setup, language),
            };
            Ok(Reply::Do(Script::new(call.id, label('g', tx.now()), actions)))
        }
        Place::Asking { .. } => {
            let flow = setup.flows.version(tx.conn(), &menu.version).await?.unwrap_or_else(|| setup.flows.current());
            let actions = match menu::repeat(&flow.plan, &menu.state) {
                Ok(Turn { then: Then::Ask(ask), .. }) => vec![Action::Ask(ask)],
                Ok(_) | Err(menu::NotAsking) => return lead_out(tx, setup, call, menu.state.clone()).await,
            };
            Ok(Reply::Do(Script::new(call.id, format!("m{}", menu.state.asked), actions)))
        }
        Place::Queue => match queue::standing(tx.conn(), call.id).await? {
            Standing::Waiting => Ok(music(call.id, label('r', tx.now()), language)),
            Standing::Held => Ok(music(call.id, label(HELD, tx.now()), language)),
            // The list it has goes on: an answer that came late must not overwrite the one that connects it.
            Standing::Connecting(_) | Standing::Talking(_) => Ok(Reply::GoOn),
            Standing::Over => Ok(Reply::Do(Script::new(call.id, label('g', tx.now()), goodbye(setup, language)))),
            Standing::Unknown => {
                // The menu has led it here, and no place is known of it: whoever hears the music gets one.
                let topic = menu.state.topic.unwrap_or(Topic::Book);
                take_place(tx, setup, &joining(call.into(), language, topic, &menu.state)).await?;
                Ok(music(call.id, label('r', tx.now()), language))
            }
        },
    }
}

/// A list of music and nothing else.
fn music(call: CallId, label: String, language: Language) -> Reply {
    Reply::Do(Script::new(call, label.clone(), vec![Action::Park(Park::new(label, language))]))
}

/// A label by the moment. A second is fine enough to tell the lists of one call apart, and coarse enough to repeat a
/// repeated answer.
pub(super) fn label(letter: char, now: OffsetDateTime) -> String {
    format!("{letter}{:x}", now.unix_timestamp())
}

fn goodbye(setup: &Setup, language: Language) -> Vec<Action> {
    farewell(&setup.flows.current().plan.waiting.goodbye, language)
}

/// The last words of a call.
pub(super) fn farewell(words: &Texts, language: Language) -> Vec<Action> {
    vec![Action::Say(Spoken { language, text: words.of(language).to_owned() }), Action::HangUp]
}

pub(super) fn language_of(setup: &Setup, call: &Call) -> Language {
    let chosen = call.menu.as_ref().and_then(|menu| menu.state.language);
    chosen.unwrap_or_else(|| setup.flows.current().plan.language)
}

/// A leg has come further, or is over.
///
/// # Errors
/// When the call is unknown, or the database is away.
pub async fn report(tx: &mut Tx, setup: &Setup, report: &LegReport) -> Result<(), CallError> {
    match &report.parent {
        None => callers_leg(tx, setup, report).await,
        Some(parent) => agents_leg(tx, setup, parent, report).await,
    }
}

async fn callers_leg(tx: &mut Tx, setup: &Setup, report: &LegReport) -> Result<(), CallError> {
    let known = match store::lock_by_sid(tx, setup.provider, &report.sid).await? {
        None => callback::named(tx, report.ours, &report.sid).await?,
        known => known,
    };
    let Some(call) = known else {
        let LegNews::Ended { by, .. } = report.news else { return Err(CallError::UnknownCall) };
        if !report.inbound {
            return Err(CallError::UnknownCall);
        }
        // The end overtook the arrival: it is written down, so that the arrival finds a call that is over.
        let id: CallId = tx.id();
        let new =
            NewCall { id, provider: setup.provider, sid: Some(&report.sid), number: None, to: "", rang: tx.now() };
        if store::insert_ended(tx, &new, by).await? {
            let data = json!({ "by": by.code(), "provider_call_sid": report.sid, "never_arrived": true });
            events::record(tx, "call.ended", About { call: Some(id), ..About::default() }, data).await?;
        }
        return Ok(());
    };
    Ok(hear(tx, setup, &call, report.news).await?)
}

async fn ended(tx: &mut Tx, setup: &Setup, call: CallId, by: EndedBy) -> Result<(), Fault> {
    let about = About { call: Some(call), ..About::default() };
    events::record(tx, "call.ended", about, json!({ "by": by.code() })).await?;
    let gone = match by {
        EndedBy::Caller => Gone::HungUp,
        EndedBy::System | EndedBy::Unknown => Gone::Lost,
    };
    queue::caller_gone(tx, call, gone, &setup.policy).await?;
    Ok(())
}

async fn agents_leg(tx: &mut Tx, setup: &Setup, parent: &str, report: &LegReport) -> Result<(), CallError> {
    let call = store::lock_by_sid(tx, setup.provider, parent).await?.ok_or(CallError::UnknownCall)?;
    let before = store::agent_leg(tx, setup.provider, &report.sid).await?;
    let standing = queue::standing(tx.conn(), call.id).await?;
    let change = fold(before.map(|(leg, _)| leg), report.news);
    let Some(leg) = change.leg else { return Ok(()) };
    // A phone is first heard of while its offer is being connected; later reports may come when another one is.
    let offer = match (before, standing) {
        (Some((_, offer)), _) => offer,
        (None, Standing::Connecting(offer)) => Some(offer),
        (None, Standing::Waiting | Standing::Talking(_) | Standing::Held | Standing::Over | Standing::Unknown) => None,
    };
    store::save_agent_leg(tx, setup.provider, &report.sid, call.id, leg, offer).await?;
    // A phone of which nobody can tell for which offer it was rung acts on none: the dial itself reports its end.
    let Some(offer) = offer else { return Ok(()) };
    if change.answered {
        queue::agent_answered(tx, offer, &setup.policy).await?;
    }
    // Only the end of a talk acts here. A phone that was never answered is reported by the dial itself, which must have
    // ended before the caller may be taken elsewhere.
    if change.ended.is_some() && leg.answered {
        queue::talk_ended(tx, offer, &setup.policy).await?;
    }
    Ok(())
}

/// A call is no longer among the provider's, and nobody has told us its end.
///
/// # Errors
/// When the database is away.
pub async fn vanished(tx: &mut Tx, setup: &Setup, id: CallId) -> Result<(), CallError> {
    let call = store::lock(tx, id).await?.ok_or(CallError::UnknownCall)?;
    Ok(close(tx, setup, &call, EndedBy::Unknown).await?)
}

/// A call is over without a report of it.
pub(super) async fn close(tx: &mut Tx, setup: &Setup, call: &Call, by: EndedBy) -> Result<(), Fault> {
    let news = LegNews::Ended { by, answered: call.leg.answered };
    hear(tx, setup, call, news).await
}

/// Folds what is heard of the caller's leg.
async fn hear(tx: &mut Tx, setup: &Setup, call: &Call, news: LegNews) -> Result<(), Fault> {
    let change = fold(Some(call.leg), news);
    if let Some(leg) = change.leg {
        store::save_leg(tx, call.id, leg, change.ended).await?;
    }
    if let Some(by) = change.ended {
        ended(tx, setup, call.id, by).await?;
    }
    Ok(())
}

impl Call {
    /// Whether the caller is still on the line, as far as we know.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.leg.progress < super::model::Progress::Ended
    }
}
