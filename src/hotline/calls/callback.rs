//! Callers who have themselves rung: asked in the music, rung when an agent has taken them on, and asked whether it is them.
//!
//! **Must hold:** nobody is rung twice for one offer: the call is written down before the provider is asked, and never asked
//! for again when the answer is lost. No number is spoken whole, and none is kept in an answer.

use super::commands::{CallError, Setup, close, connect, farewell, label, language_of, resume, same_again};
use super::model::{About, Action, Ask, EndedBy, Reply, Script, Spoken, offer_label};
use super::store::{self, Call, NewCall};
use crate::foundation::db::Tx;
use crate::foundation::events::{self, About as Of};
use crate::foundation::fault::Fault;
use crate::foundation::ids::{CallId, OfferId};
use crate::foundation::phone::PhoneNumber;
use crate::foundation::pii::Pii;
use crate::hotline::ivr::decide::{Input, Place, State};
use crate::hotline::ivr::flow::Flow;
use crate::hotline::ivr::store as flows;
use crate::hotline::queue::commands::{self as queue, Errand, Standing};
use serde_json::json;

/// The key that agrees.
pub const YES: &str = "1";

/// So many digits from the end of a number are enough to know one's own by.
const SPOKEN_DIGITS: usize = 4;

/// Who waits has pressed the key in the music: they are asked whether their number is right.
///
/// # Errors
/// When the call is unknown, or the database is away.
pub async fn wished(tx: &mut Tx, setup: &Setup, id: CallId) -> Result<Reply, CallError> {
    let call = store::lock(tx, id).await?.ok_or(CallError::UnknownCall)?;
    let flow = setup.flows.current();
    let (Some(texts), Some(number)) = (&flow.plan.callback, &call.number) else { return Ok(Reply::GoOn) };
    if !call.is_open() || queue::standing(tx.conn(), id).await? != Standing::Waiting {
        return Ok(resume(tx, setup, &call).await?);
    }
    let language = language_of(setup, &call);
    let text = texts.question.of(language).replace("{number}", &ending(number));
    let ask = question(&flow, "callback", vec![Spoken { language, text }], About::CallBack);
    Ok(Reply::Do(Script::new(id, label('k', tx.now()), vec![ask])))
}

/// A question that is none of the menu's.
fn question(flow: &Flow, name: &str, prompts: Vec<Spoken>, about: About) -> Action {
    Action::Ask(Ask { name: name.to_owned(), number: 0, prompts, patience: flow.plan.limits.patience(), about })
}

/// The end of a number, digit by digit.
fn ending(number: &Pii<String>) -> String {
    let digits: Vec<char> = number.expose().chars().filter(char::is_ascii_digit).collect();
    let from = digits.len().saturating_sub(SPOKEN_DIGITS);
    digits[from..].iter().map(char::to_string).collect::<Vec<_>>().join(", ")
}

/// They have said whether it is right: from now on they need not wait on the line, or they go on waiting.
///
/// # Errors
/// When the call is unknown, or the database is away.
pub async fn agreed(tx: &mut Tx, setup: &Setup, id: CallId, input: &Input) -> Result<Reply, CallError> {
    let call = store::lock(tx, id).await?.ok_or(CallError::UnknownCall)?;
    let step = "callback";
    if let Some(reply) = store::reply(tx.conn(), id, step).await? {
        return Ok(same_again(tx, id, reply).await?);
    }
    let flow = setup.flows.current();
    let texts = flow.plan.callback.as_ref().filter(|_| is_yes(input) && call.is_open());
    let Some(texts) = texts else { return Ok(resume(tx, setup, &call).await?) };
    if !queue::call_back(tx, id, &setup.policy).await? {
        return Ok(resume(tx, setup, &call).await?);
    }
    let goodbye = farewell(&texts.agreed, language_of(setup, &call));
    let reply = Reply::Do(Script::new(id, label('g', tx.now()), goodbye));
    store::keep_reply(tx, id, step, &reply).await?;
    Ok(reply)
}

fn is_yes(input: &Input) -> bool {
    matches!(input, Input::Keys(keys) if keys == YES)
}

/// Writes down that the caller of an accepted offer is rung, before the provider is asked: by which call, and at which
/// number. `None` when they are not to be rung any more, or are being rung.
///
/// # Errors
/// When the database is away.
pub async fn place(tx: &mut Tx, setup: &Setup, offer: OfferId) -> Result<Option<(CallId, PhoneNumber)>, Fault> {
    let id: CallId = tx.id();
    let errand = queue::ring(tx, offer, id, &setup.policy).await?;
    let Some(Errand { number, language, topic }) = errand else { return Ok(None) };
    let number = PhoneNumber::parse(number.expose())
        .map_err(|error| Fault::new("read the number of somebody to be rung", error))?;
    let flow = setup.flows.current();
    let now = tx.now();
    flows::write_down(tx.conn(), &flow, now).await?;
    let state = State {
        place: Place::Queue,
        asked: 0,
        language: Some(language),
        topic: Some(topic),
        returning: true,
        queue: None,
        class: None,
    };
    let new = NewCall { id, provider: setup.provider, sid: None, number: Some(&number), to: "", rang: now };
    store::insert(tx, &new, (&flow.plan.name, &flow.version), &state).await?;
    let data = json!({ "provider": setup.provider, "flow": flow.plan.name, "flow_version": flow.version });
    events::record(tx, "call.placed", Of { call: Some(id), offer: Some(offer), ..Of::default() }, data).await?;
    Ok(Some((id, number)))
}

/// A call that was written down will not ring: the provider refuses it, or was never asked for it. Whoever should have been
/// rung was rung in vain, unless `asked` is false.
///
/// # Errors
/// When the call is unknown, or the database is away.
pub async fn not_placed(tx: &mut Tx, setup: &Setup, id: CallId, offer: OfferId, asked: bool) -> Result<(), CallError> {
    let call = store::lock(tx, id).await?.ok_or(CallError::UnknownCall)?;
    if !asked {
        queue::not_asked(tx, offer, &setup.policy).await?;
    }
    Ok(close(tx, setup, &call, EndedBy::System).await?)
}

/// The provider's name for a call of ours is heard for the first time, in its answer or in a report that came before. `None`
/// when no call of ours has this name.
///
/// # Errors
/// When the database is away.
pub async fn named(tx: &mut Tx, ours: Option<CallId>, sid: &str) -> Result<Option<Call>, Fault> {
    let Some(id) = ours else { return Ok(None) };
    let Some(call) = store::lock(tx, id).await? else { return Ok(None) };
    match &call.sid {
        Some(known) => Ok((known == sid).then_some(call)),
        None => {
            store::name(tx, id, sid).await?;
            let about = Of { call: Some(id), ..Of::default() };
            events::record(tx, "call.named", about, json!({ "provider_call_sid": sid })).await?;
            Ok(Some(Call { sid: Some(sid.to_owned()), ..call }))
        }
    }
}

/// Somebody whom we ring has answered. It may be a machine, or somebody else: they are asked.
///
/// # Errors
/// When the call is unknown, or the database is away.
pub async fn called(tx: &mut Tx, setup: &Setup, id: CallId, offer: OfferId, sid: &str) -> Result<Reply, CallError> {
    let call = named(tx, Some(id), sid).await?.ok_or(CallError::UnknownCall)?;
    if !call.is_open() || !queue::rings_for(tx.conn(), id, offer).await? {
        return Ok(resume(tx, setup, &call).await?);
    }
    let flow = setup.flows.current();
    let Some(texts) = &flow.plan.callback else {
        // The flow asks nobody any more; this one was promised to be rung.
        return reached(tx, setup, id, offer, &Input::Keys(YES.to_owned())).await;
    };
    let language = language_of(setup, &call);
    let greeting = Spoken { language, text: texts.greeting.of(language).to_owned() };
    // Who is slow to lift the phone to the ear hears it again.
    let ask = question(&flow, "greeting", vec![greeting.clone(), greeting], About::Reached(offer));
    Ok(Reply::Do(Script::new(id, offer_label('o', offer), vec![ask])))
}

/// They have said whether it is them: the agent's phone is rung, or the agent waits no longer.
///
/// # Errors
/// When the call is unknown, or the database is away.
pub async fn reached(
    tx: &mut Tx,
    setup: &Setup,
    id: CallId,
    offer: OfferId,
    input: &Input,
) -> Result<Reply, CallError> {
    let call = store::lock(tx, id).await?.ok_or(CallError::UnknownCall)?;
    let step = format!("reached.{offer}");
    if let Some(reply) = store::reply(tx.conn(), id, &step).await? {
        return Ok(same_again(tx, id, reply).await?);
    }
    if is_yes(input) && call.is_open() && queue::reached(tx, offer, &setup.policy).await? {
        return connect(tx, setup, id, offer, 1).await;
    }
    let was_rung = queue::rings_for(tx.conn(), id, offer).await?;
    let texts = setup.flows.current().plan.callback.clone().filter(|_| was_rung);
    let Some(texts) = texts else { return Ok(resume(tx, setup, &call).await?) };
    queue::connect_failed(tx, offer, &setup.policy).await?;
    let later = farewell(&texts.later, language_of(setup, &call));
    let reply = Reply::Do(Script::new(id, offer_label('n', offer), later));
    store::keep_reply(tx, id, &step, &reply).await?;
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_number_is_spoken() {
        assert_eq!(ending(&Pii::new("+4915228817386".to_owned())), "7, 3, 8, 6");
        assert_eq!(ending(&Pii::new("116".to_owned())), "1, 1, 6");
    }
}
