//! Every caller comes to an end: all paths by walking them, garbage by chance.

use super::*;
use crate::hotline::ivr::flow::Flow;
use proptest::prelude::*;
use std::collections::{BTreeSet, HashSet};
use time::macros::datetime;

fn plan() -> Plan {
    Flow::load(include_str!("../../../../ivr-flows/hotline.toml")).unwrap().plan
}

const OPEN: Facts =
    Facts { now: datetime!(2021-04-28 16:00 UTC), always_open: false, returning: false, crowded: false, notice: None };
const CLOSED: Facts =
    Facts { now: datetime!(2021-04-28 22:00 UTC), always_open: false, returning: false, crowded: false, notice: None };

fn keys(pressed: &str) -> Input {
    Input::Keys(pressed.to_owned())
}

/// A bound on the questions of any call: the plan's own.
fn is_over(turn: &Turn) -> bool {
    !matches!(turn.then, Then::Ask(_))
}

#[test]
fn a_notice_is_heard_by_who_rings_anew_in_both_languages_before_the_menu() {
    let words =
        Texts { de: "Heute keine Termine in Riesa.".to_owned(), en: "No appointments in Riesa today.".to_owned() };
    let facts = Facts { notice: Some(words.clone()), ..OPEN };
    let said: Vec<String> = begin(&plan(), &facts).say.into_iter().map(|spoken| spoken.text).collect();
    assert_eq!(said, [words.de, words.en]);
    assert!(begin(&plan(), &OPEN).say.is_empty());
    assert_eq!(begin(&plan(), &Facts { returning: true, ..facts }).then, Then::TakeUp);
}

#[test]
fn when_it_is_too_full_nobody_joins_and_who_has_a_place_keeps_it() {
    let facts = Facts { crowded: true, ..OPEN };
    let (plan, mut turn) = (plan(), begin(&plan(), &facts));
    while !is_over(&turn) {
        turn = answer(&plan, &turn.state, &keys("1"), &facts).unwrap();
    }
    assert_eq!((turn.then, turn.state.place), (Then::HangUp, Place::Goodbye));
    assert_eq!(begin(&plan, &Facts { returning: true, ..facts }).then, Then::TakeUp);
}

#[test]
fn outside_the_opening_hours_a_caller_hears_them_in_both_languages() {
    let turn = begin(&plan(), &CLOSED);
    assert_eq!(turn.then, Then::HangUp);
    assert_eq!(turn.say.len(), 2);
    assert_eq!(turn.state.place, Place::Goodbye);
}

#[test]
fn an_exercise_ignores_the_opening_hours() {
    assert!(!is_over(&begin(&plan(), &Facts { always_open: true, ..CLOSED })));
}

#[test]
fn a_redialling_caller_goes_straight_to_the_old_place() {
    let turn = begin(&plan(), &Facts { returning: true, ..OPEN });
    assert_eq!(turn.then, Then::TakeUp);
    assert_eq!(turn.state.place, Place::Queue);
}

#[test]
fn two_keys_lead_to_the_queue_in_the_language_and_topic_chosen() {
    let plan = plan();
    let language = begin(&plan, &OPEN);
    let reason = answer(&plan, &language.state, &keys("2"), &OPEN).unwrap();
    assert_eq!(reason.state.language, Some(Language::En));
    assert!(reason.say.iter().all(|spoken| spoken.language == Language::En));
    let queue = answer(&plan, &reason.state, &keys("2"), &OPEN).unwrap();
    assert_eq!(queue.then, Then::Join { topic: Topic::Change });
}

#[test]
fn a_wrong_key_and_silence_are_answered_differently_and_the_question_is_put_again() {
    let plan = plan();
    let first = begin(&plan, &OPEN);
    let wrong = answer(&plan, &first.state, &keys("7"), &OPEN).unwrap();
    assert_eq!(wrong.say.first().map(|spoken| spoken.text.as_str()), Some("Diese Taste ist hier nicht belegt."));
    let silent = answer(&plan, &wrong.state, &Input::Silence, &OPEN).unwrap();
    assert_eq!(silent.say.first().map(|spoken| spoken.text.as_str()), Some("Wir haben keine Eingabe erhalten."));
    assert!(matches!(silent.then, Then::Ask(Ask { number: 3, .. })));
}

#[test]
fn a_silent_caller_is_sent_to_an_agent_in_german() {
    let plan = plan();
    let mut turn = begin(&plan, &OPEN);
    let mut questions = 1;
    while !is_over(&turn) {
        turn = answer(&plan, &turn.state, &Input::Silence, &OPEN).unwrap();
        questions += 1;
    }
    assert_eq!(turn.then, Then::Join { topic: Topic::Book });
    assert_eq!(turn.state.language, Some(Language::De));
    assert_eq!(questions, 7, "three tries at each of two questions, and the end");
}

#[test]
fn going_round_and_round_ends_at_an_agent() {
    let plan = plan();
    let mut turn = begin(&plan, &OPEN);
    turn = answer(&plan, &turn.state, &keys("1"), &OPEN).unwrap();
    for _ in 0..50 {
        let key = if turn.state.place == (Place::Asking { node: "reason".to_owned(), tries: 1 }) { "3" } else { "9" };
        match answer(&plan, &turn.state, &keys(key), &OPEN) {
            Ok(next) => turn = next,
            Err(NotAsking) => break,
        }
    }
    assert_eq!(turn.then, Then::Join { topic: Topic::Book });
    assert_eq!(turn.state.asked, plan.limits.questions);
}

#[test]
fn repeating_a_question_counts_as_no_new_one() {
    let plan = plan();
    let first = begin(&plan, &OPEN);
    let again = repeat(&plan, &first.state).unwrap();
    assert_eq!(again.state, first.state);
    assert!(matches!(again.then, Then::Ask(Ask { number: 1, .. })));
}

#[test]
fn an_answer_after_the_end_is_refused() {
    let plan = plan();
    let over = begin(&plan, &CLOSED);
    assert_eq!(answer(&plan, &over.state, &keys("1"), &OPEN), Err(NotAsking));
    assert_eq!(repeat(&plan, &over.state), Err(NotAsking));
}

#[test]
fn every_path_of_the_menu_ends_and_every_node_is_met() {
    let plan = plan();
    let pressed: Vec<Input> =
        "0123456789*#".chars().map(|key| keys(&key.to_string())).chain([Input::Silence]).collect();
    let mut met = BTreeSet::new();
    let mut ends = HashSet::new();
    for facts in [OPEN, CLOSED, Facts { returning: true, ..OPEN }, Facts { crowded: true, ..OPEN }] {
        let mut seen: HashSet<String> = HashSet::new();
        let mut open = vec![begin(&plan, &facts)];
        while let Some(turn) = open.pop() {
            if let Place::Asking { node, .. } = &turn.state.place {
                met.insert(node.clone());
            }
            assert!(turn.say.iter().all(|spoken| !spoken.text.is_empty()));
            assert!(turn.state.asked <= plan.limits.questions);
            if is_over(&turn) {
                ends.insert(format!("{:?}", turn.then));
                assert!(!turn.say.is_empty(), "nobody is sent on without a word");
                continue;
            }
            for input in &pressed {
                let next = answer(&plan, &turn.state, input, &facts).unwrap();
                if seen.insert(format!("{:?}", next.state)) {
                    open.push(next);
                }
            }
        }
    }
    assert_eq!(met.into_iter().collect::<Vec<_>>(), ["information", "language", "reason"]);
    assert_eq!(ends.len(), 5, "three topics, the place taken up, goodbye: {ends:?}");
}

fn garbage() -> impl Strategy<Value = Input> {
    prop_oneof![
        3 => "[0-9*#]".prop_map(Input::Keys),
        1 => Just(Input::Silence),
        1 => "[0-9*#A-D]{0,40}".prop_map(Input::Keys),
        1 => "\\PC{0,20}".prop_map(Input::Keys),
        1 => Just(Input::Keys("1".repeat(1_000_000))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn garbage_ends_at_an_agent_or_a_goodbye_within_the_bound(inputs in proptest::collection::vec(garbage(), 20)) {
        let plan = plan();
        let mut turn = begin(&plan, &OPEN);
        let mut steps = 0;
        for input in &inputs {
            if is_over(&turn) { break; }
            turn = answer(&plan, &turn.state, input, &OPEN).unwrap();
            steps += 1;
        }
        prop_assert!(is_over(&turn), "not over after {} inputs", inputs.len());
        prop_assert!(steps <= usize::from(plan.limits.questions));
    }
}
