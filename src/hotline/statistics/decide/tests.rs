use super::figures::{Figure, Named, of_agents, of_entries};
use super::*;
use crate::foundation::events::About;
use crate::foundation::ids::{EventId, OfferId, UserId};
use crate::hotline::statistics::model::{Hour, Shift, Tally};
use crate::hotline::statistics::settings::Settings;
use serde_json::{Value, json};
use time::Duration;
use time::macros::datetime;
use uuid::Uuid;

const THRESHOLDS: Settings = Settings { service_level_seconds: 20, short_abandon_seconds: 5 };

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// A log that somebody writes by hand.
struct Log {
    now: OffsetDateTime,
    facts: Vec<Published>,
}

impl Log {
    fn new() -> Self {
        Self { now: datetime!(2021-04-28 16:00 UTC), facts: Vec::new() }
    }

    fn pass(&mut self, time: Duration) -> &mut Self {
        self.now += time;
        self
    }

    fn fact(&mut self, kind: &str, about: About, data: Value) -> &mut Self {
        let position = i64::try_from(self.facts.len()).unwrap() + 1;
        let id = EventId(id(position.unsigned_abs().into()));
        self.facts.push(Published { position, id, at: self.now, kind: kind.to_owned(), about, data });
        self
    }

    fn join(&mut self, entry: u128) -> &mut Self {
        let about =
            About { entry: Some(EntryId(id(entry))), call: Some(CallId(id(entry + 1_000))), ..About::default() };
        self.fact("entry.joined", about, json!({ "language": "de", "topic": "book" }))
    }

    fn entry(&mut self, kind: &str, entry: u128) -> &mut Self {
        self.fact(kind, About { entry: Some(EntryId(id(entry))), ..About::default() }, json!({}))
    }

    fn end(&mut self, entry: u128, how: &str) -> &mut Self {
        self.fact(
            "entry.ended",
            About { entry: Some(EntryId(id(entry))), ..About::default() },
            json!({ "reason": how }),
        )
    }

    fn offer(&mut self, kind: &str, entry: u128, offer: u128, agent: u128) -> &mut Self {
        let about = About {
            entry: Some(EntryId(id(entry))),
            offer: Some(OfferId(id(offer))),
            agent: Some(UserId(id(agent))),
            ..About::default()
        };
        self.fact(kind, about, json!({}))
    }

    fn agent(&mut self, agent: u128, to: &str, entry: Option<u128>) -> &mut Self {
        let entry = entry.map(|entry| EntryId(id(entry)));
        let about = About { agent: Some(UserId(id(agent))), entry, ..About::default() };
        self.fact("agent.state", about, json!({ "to": to }))
    }

    /// An entry is offered, painted after 1 s, accepted after 2 s, and talks after 3 s more.
    fn reach(&mut self, entry: u128, offer: u128, agent: u128) -> &mut Self {
        self.offer("offer.made", entry, offer, agent).agent(agent, "offered", Some(entry));
        self.pass(Duration::SECOND).offer("offer.painted", entry, offer, agent);
        self.pass(Duration::seconds(2)).offer("offer.accepted", entry, offer, agent);
        self.entry("entry.connecting", entry).agent(agent, "connecting", Some(entry));
        self.pass(Duration::seconds(3)).entry("entry.talking", entry).agent(agent, "talking", Some(entry))
    }

    fn serve(&mut self, entry: u128, agent: u128) -> &mut Self {
        self.end(entry, "served").agent(agent, "wrap_up", Some(entry))
    }

    fn fold(&self) -> Fold {
        let mut fold = Fold::default();
        for fact in &self.facts {
            fold.event(fact);
        }
        fold.sums.tidy();
        fold
    }

    /// All cells and all agents together.
    fn together(&self) -> (Hour, Shift) {
        let sums = self.fold().sums;
        let (mut hour, mut shift) = (Hour::default(), Shift::default());
        sums.hours.values().for_each(|sums| hour.add(sums, 1));
        sums.shifts.values().for_each(|sums| shift.add(sums, 1));
        (hour, shift)
    }
}

fn figure(figures: &[Named], name: &str) -> Figure {
    figures.iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("no figure {name}")).1
}

#[test]
fn every_link_of_the_way_to_an_agent_is_measured_by_itself() {
    let mut log = Log::new();
    log.fact("call.arrived", About { call: Some(CallId(id(1_001))), ..About::default() }, json!({}));
    log.pass(Duration::seconds(30)).join(1).pass(Duration::seconds(10)).reach(1, 5, 9);
    log.pass(Duration::seconds(40)).serve(1, 9).pass(Duration::seconds(15)).agent(9, "ready", Some(1));
    let (hour, shift) = log.together();
    let figures = of_entries(&hour, THRESHOLDS);
    for (link, seconds) in [
        ("arrived_to_joined", 30.0),
        ("joined_to_offered", 10.0),
        ("offered_to_painted", 1.0),
        ("painted_to_accepted", 2.0),
        ("accepted_to_talking", 3.0),
        ("wait_answered", 16.0),
        ("talk", 40.0),
        ("wrap_up", 15.0),
        ("handling", 55.0),
    ] {
        assert_eq!(figure(&figures, &format!("{link}_count")), Figure::Count(1), "{link}");
        assert_eq!(figure(&figures, &format!("{link}_mean_seconds")), Figure::Seconds(Some(seconds)), "{link}");
    }
    assert_eq!((shift.answered, shift.handled, shift.handling_ms), (1, 1, 55_000));
    assert_eq!((shift.offered_ms, shift.connecting_ms, shift.talking_ms), (3_000, 3_000, 40_000));
    let occupied = figure(&of_agents(&shift), "agents_occupancy");
    assert_eq!(occupied, Figure::Ratio(Some(58.0 / 61.0)), "58 s of 61 s, in which an offer was open for 3 s");
}

#[test]
fn the_four_service_levels_differ_in_what_they_divide_by() {
    let mut log = Log::new();
    // Two are answered in time, one late; one hangs up early, one late, one is lost, and one still waits.
    for (entry, wait) in [(1, 2), (2, 14), (3, 60)] {
        log.join(entry).pass(Duration::seconds(wait)).reach(entry, entry + 100, 9).serve(entry, 9);
    }
    log.join(4).pass(Duration::seconds(3)).end(4, "abandoned");
    log.join(5).pass(Duration::seconds(90)).end(5, "abandoned");
    log.join(6).pass(Duration::seconds(1)).end(6, "lost");
    log.join(7);
    let figures = of_entries(&log.together().0, THRESHOLDS);
    let level = |name| figure(&figures, name);
    assert_eq!(level("service_level_of_answered"), Figure::Ratio(Some(2.0 / 3.0)));
    assert_eq!(level("service_level_of_offered"), Figure::Ratio(Some(2.0 / 7.0)));
    assert_eq!(level("service_level_without_early_abandoned"), Figure::Ratio(Some(2.0 / 6.0)));
    assert_eq!(level("service_level_with_early_abandoned"), Figure::Ratio(Some(3.0 / 7.0)));
    for (name, count) in
        [("offered", 7), ("answered", 3), ("abandoned", 2), ("abandoned_short", 1), ("lost", 1), ("open", 1)]
    {
        assert_eq!(level(name), Figure::Count(count), "{name}");
    }
}

#[test]
fn who_waits_exactly_as_long_as_the_threshold_is_answered_in_time_and_has_not_left_before_it() {
    let mut log = Log::new();
    log.join(1).pass(Duration::seconds(14)).reach(1, 5, 9).join(2).pass(Duration::seconds(20)).end(2, "abandoned");
    let figures = of_entries(&log.together().0, THRESHOLDS);
    assert_eq!(figure(&figures, "service_level_of_offered"), Figure::Ratio(Some(0.5)));
    assert_eq!(figure(&figures, "service_level_without_early_abandoned"), Figure::Ratio(Some(0.5)));
    assert_eq!(figure(&figures, "service_level_with_early_abandoned"), Figure::Ratio(Some(1.0)));
}

#[test]
fn a_ratio_of_nothing_is_absent() {
    let figures = of_entries(&Hour::default(), THRESHOLDS);
    for name in ["service_level_of_answered", "service_level_of_offered", "service_level_without_early_abandoned"] {
        assert_eq!(figure(&figures, name), Figure::Ratio(None), "{name}");
    }
    assert_eq!(figure(&figures, "talk_mean_seconds"), Figure::Seconds(None));
}

#[test]
fn a_place_that_is_taken_up_again_was_not_abandoned_and_waits_since_it_was_joined() {
    let mut log = Log::new();
    log.join(1).pass(Duration::seconds(30)).end(1, "abandoned");
    assert_eq!(log.together().0.counts.abandoned, 1);
    log.pass(Duration::minutes(5)).entry("entry.redeemed", 1);
    let (hour, _) = log.together();
    assert_eq!((hour.counts.abandoned, hour.counts.redeemed, hour.counts.offered), (0, 1, 1));
    assert_eq!(hour.times.wait_abandoned.count(), 0);
    log.pass(Duration::seconds(4)).reach(1, 5, 9);
    let (hour, _) = log.together();
    assert_eq!((hour.counts.answered, hour.times.wait_answered.sum_ms()), (1, 340_000));
}

#[test]
fn a_place_that_was_merged_counts_with_the_older_one() {
    let mut log = Log::new();
    log.join(1).join(2).end(1, "abandoned").end(2, "merged").entry("entry.redeemed", 1);
    let counts = log.together().0.counts;
    assert_eq!((counts.offered, counts.merged, counts.redeemed, counts.abandoned), (1, 1, 1, 0));
}

#[test]
fn who_is_handed_on_is_answered_once_and_both_agents_have_their_talk() {
    let mut log = Log::new();
    log.join(1).reach(1, 5, 8).pass(Duration::seconds(20)).entry("entry.transferred", 1).agent(8, "wrap_up", Some(1));
    log.pass(Duration::seconds(10)).agent(8, "ready", Some(1));
    assert_eq!(Now::of(&log.fold().carry).waiting, 1);
    log.reach(1, 6, 9).pass(Duration::seconds(40)).serve(1, 9).pass(Duration::seconds(5)).agent(9, "ready", Some(1));
    let (hour, shift) = log.together();
    assert_eq!((hour.counts.answered, hour.counts.served, hour.counts.transferred), (1, 1, 1));
    assert_eq!((hour.times.wait_answered.count(), hour.times.wait_answered.sum_ms()), (1, 6_000), "the first answer");
    assert_eq!((hour.times.talk.count(), hour.times.talk.sum_ms()), (2, 60_000));
    assert_eq!((hour.times.wrap_up.count(), hour.times.wrap_up.sum_ms()), (2, 15_000));
    assert_eq!((shift.answered, shift.handled, shift.handling_ms), (2, 2, 75_000));
}

#[test]
fn who_hangs_up_in_line_after_being_handed_on_was_answered_and_not_abandoned() {
    let mut log = Log::new();
    log.join(1).reach(1, 5, 8).pass(Duration::seconds(20)).entry("entry.transferred", 1).agent(8, "wrap_up", Some(1));
    log.pass(Duration::seconds(30)).end(1, "abandoned");
    let counts = log.together().0.counts;
    assert_eq!((counts.offered, counts.answered, counts.abandoned, counts.served), (1, 1, 0, 0));
}

#[test]
fn a_hold_is_part_of_the_talk_of_one_answer() {
    let mut log = Log::new();
    log.join(1).reach(1, 5, 8).pass(Duration::seconds(20)).offer("entry.held", 1, 5, 8);
    log.pass(Duration::seconds(30)).offer("entry.resumed", 1, 6, 8);
    assert_eq!(Now::of(&log.fold().carry).talking, 1);
    log.pass(Duration::seconds(2)).entry("entry.talking", 1).pass(Duration::seconds(8)).serve(1, 8);
    log.pass(Duration::seconds(5)).agent(8, "ready", Some(1));
    let fold = log.fold();
    let (hour, shift) = log.together();
    assert_eq!((fold.unmatched, hour.counts.answered, hour.counts.served, hour.counts.transferred), (0, 1, 1, 0));
    assert_eq!((hour.times.wait_answered.sum_ms(), hour.times.talk.sum_ms()), (6_000, 60_000));
    assert_eq!((hour.times.talk.count(), hour.times.wrap_up.sum_ms()), (1, 5_000));
    assert_eq!((hour.counts.offers.made, shift.answered, shift.handled, shift.handling_ms), (1, 1, 1, 65_000));
}

#[test]
fn who_is_not_fetched_back_was_answered_and_waits_for_another_talk() {
    let mut log = Log::new();
    log.join(1).reach(1, 5, 8).pass(Duration::seconds(20)).offer("entry.held", 1, 5, 8);
    log.pass(Duration::seconds(30)).offer("entry.resumed", 1, 6, 8);
    log.pass(Duration::seconds(10)).offer("offer.failed", 1, 6, 8).agent(8, "wrap_up", Some(1));
    let fold = log.fold();
    assert_eq!((fold.unmatched, Now::of(&fold.carry).waiting), (0, 1));
    log.pass(Duration::seconds(5)).agent(8, "not_ready", Some(1)).end(1, "abandoned");
    let (hour, shift) = log.together();
    assert_eq!((hour.counts.answered, hour.counts.abandoned, hour.counts.offers.failed), (1, 0, 0));
    assert_eq!((hour.times.talk.sum_ms(), hour.times.wrap_up.sum_ms()), (50_000, 5_000));
    assert_eq!((shift.answered, shift.handled), (1, 1));
}

#[test]
fn a_talk_that_did_not_take_place_was_no_answer() {
    let mut log = Log::new();
    log.join(1).reach(1, 5, 9).pass(Duration::seconds(1)).serve(1, 9);
    assert_eq!(log.together().0.counts.served, 1);
    log.entry("entry.redeemed", 1).offer("offer.failed", 1, 5, 9).agent(9, "not_ready", Some(1));
    let (hour, shift) = log.together();
    assert_eq!((hour.counts.answered, hour.counts.served, hour.counts.redeemed), (0, 0, 0));
    assert_eq!((hour.times.talk.count(), hour.times.wrap_up.count(), shift.answered), (0, 0, 0));
    assert_eq!((hour.counts.offers.accepted, hour.counts.offers.failed, shift.offers.failed), (1, 1, 1));
    assert_eq!(Now::of(&log.fold().carry).waiting, 1);
}

#[test]
fn a_talk_whose_beginning_nobody_told_is_an_answer_of_unknown_length() {
    let mut log = Log::new();
    log.join(1).offer("offer.made", 1, 5, 9).offer("offer.accepted", 1, 5, 9).entry("entry.connecting", 1);
    log.pass(Duration::minutes(3)).serve(1, 9);
    let (hour, shift) = log.together();
    assert_eq!((hour.counts.answered, hour.counts.served, shift.answered), (1, 1, 1));
    assert_eq!((hour.times.talk.count(), hour.times.accepted_to_talking.count()), (0, 0));
}

#[test]
fn an_offer_that_comes_to_nothing_leaves_the_entry_in_line() {
    for (kind, accepted) in
        [("declined", false), ("expired", false), ("withdrawn", false), ("withdrawn", true), ("failed", true)]
    {
        let mut log = Log::new();
        log.join(1).offer("offer.made", 1, 5, 9);
        if accepted {
            log.offer("offer.accepted", 1, 5, 9).entry("entry.connecting", 1);
            assert_eq!(Now::of(&log.fold().carry).waiting, 0);
        }
        log.offer(&format!("offer.{kind}"), 1, 5, 9);
        assert_eq!(Now::of(&log.fold().carry).waiting, 1, "{kind}");
        let counts = log.together().0.counts;
        let ended = [counts.offers.declined, counts.offers.expired, counts.offers.withdrawn, counts.offers.failed];
        assert_eq!((counts.offers.made, ended.iter().sum::<i64>()), (1, 1), "{kind}");
    }
}

#[test]
fn an_entry_counts_in_the_hour_and_queue_that_it_joined() {
    let mut log = Log::new();
    log.pass(Duration::minutes(59)).join(1).pass(Duration::minutes(2));
    let about = About { entry: Some(EntryId(id(1))), ..About::default() };
    log.fact("entry.moved", about, json!({ "queue": "second" }));
    log.fact(
        "entry.joined",
        About { entry: Some(EntryId(id(2))), ..About::default() },
        json!({
            "queue": "second", "language": "en", "topic": "change",
        }),
    );
    log.reach(1, 5, 9).serve(1, 9);
    let sums = log.fold().sums;
    let cells: Vec<_> = sums
        .hours
        .iter()
        .map(|(cell, hour)| {
            (cell.hour.hour(), cell.queue.as_str(), cell.language.as_str(), cell.topic.as_str(), hour.counts.served)
        })
        .collect();
    assert_eq!(cells, [(16, "hotline", "de", "book", 1), (17, "second", "en", "change", 0)]);
}

#[test]
fn an_agents_time_is_divided_at_the_hours_and_absence_has_none() {
    let mut log = Log::new();
    log.pass(Duration::minutes(30)).agent(9, "not_ready", None).pass(Duration::minutes(10)).agent(9, "ready", None);
    log.pass(Duration::minutes(140)).agent(9, "offline", None).pass(Duration::days(3)).agent(9, "not_ready", None);
    log.pass(Duration::minutes(5));
    let fold = log.fold();
    let minutes: Vec<_> = fold
        .sums
        .shifts
        .iter()
        .map(|((hour, _), shift)| (hour.hour(), shift.not_ready_ms / 60_000, shift.ready_ms / 60_000))
        .collect();
    assert_eq!(minutes, [(16, 10, 20), (17, 0, 60), (18, 0, 60)]);
    let from = datetime!(2021-05-01 19:00 UTC);
    let open = running(&fold.carry, log.now, from, from + Duration::HOUR);
    assert_eq!(open.shifts.values().map(|shift| shift.not_ready_ms).collect::<Vec<_>>(), [300_000]);
    assert_eq!(running(&fold.carry, log.now, from - Duration::DAY, from), Sums::default());
}

#[test]
fn who_is_rung_is_answered_and_says_nothing_of_how_fast_lines_are_answered() {
    let mut log = Log::new();
    log.join(1).reach(1, 11, 9).serve(1, 9);
    // Wants to be rung, is rung in vain once, then talks.
    log.join(2).pass(Duration::minutes(1)).entry("entry.callback", 2).pass(Duration::minutes(10));
    log.offer("offer.made", 2, 12, 9).offer("offer.accepted", 2, 12, 9).entry("entry.connecting", 2);
    log.offer("offer.failed", 2, 12, 9).entry("entry.unreached", 2).pass(Duration::minutes(10));
    log.reach(2, 13, 9).serve(2, 9);
    // Is never reached.
    log.join(3).entry("entry.callback", 3).pass(Duration::HOUR).end(3, "unreached");
    let (hour, _) = log.together();
    let counts = &hour.counts;
    assert_eq!((counts.offered, counts.answered, counts.callbacks, counts.unreached), (3, 2, 2, 1));
    assert_eq!(hour.times.wait_answered.count(), 1, "of those who waited on the line");
    let figures = of_entries(&hour, THRESHOLDS);
    let figure = |name: &str| figures.iter().find(|(known, _)| known == name).map(|(_, figure)| *figure);
    assert_eq!(figure("service_level_of_offered"), Some(Figure::Ratio(Some(1.0))));
    assert_eq!(figure("open"), Some(Figure::Count(0)));
}

#[test]
fn the_hour_that_happens_twice_is_two() {
    let mut log = Log::new();
    log.now = datetime!(2021-10-31 00:30 UTC);
    log.join(1).pass(Duration::HOUR).join(2);
    assert_eq!(log.fold().sums.hours.len(), 2);
}

#[test]
fn what_is_not_known_is_not_counted_and_is_said() {
    let mut log = Log::new();
    log.entry("entry.talking", 1).join(2).offer("offer.accepted", 2, 5, 9).agent(9, "asleep", None);
    log.fact("letter.printed", About::default(), json!({}));
    assert_eq!(log.fold().unmatched, 3);
    log.end(2, "abandoned").pass(Duration::days(3)).entry("entry.redeemed", 2);
    assert_eq!((log.fold().unmatched, log.together().0.counts.abandoned), (4, 1));
}

/// A whole evening in small, with everything that can happen to an entry.
fn evening() -> Log {
    let mut log = Log::new();
    log.agent(9, "not_ready", None).pass(Duration::SECOND).agent(9, "ready", None);
    for entry in 1..=6 {
        log.pass(Duration::minutes(7)).join(entry);
    }
    log.reach(1, 11, 9).pass(Duration::minutes(4)).serve(1, 9).pass(Duration::seconds(20)).agent(9, "ready", Some(1));
    log.pass(Duration::SECOND).offer("offer.made", 2, 12, 9).agent(9, "offered", Some(2)).pass(Duration::seconds(3));
    log.offer("offer.declined", 2, 12, 9).agent(9, "ready", Some(2)).pass(Duration::SECOND);
    log.end(3, "abandoned").pass(Duration::minutes(2)).entry("entry.redeemed", 3);
    log.reach(3, 13, 9).pass(Duration::minutes(5)).end(4, "lost").serve(3, 9);
    log.entry("entry.callback", 5).pass(Duration::minutes(30)).end(5, "unreached");
    log.pass(Duration::seconds(30)).agent(9, "not_ready", Some(3));
    log
}

#[test]
fn wherever_a_fold_is_interrupted_the_parts_add_up_to_the_whole() {
    let log = evening();
    let whole = log.fold();
    for cut in 0..=log.facts.len() {
        let (first, second) = log.facts.split_at(cut);
        let mut begun = Fold::default();
        first.iter().for_each(|fact| begun.event(fact));
        let mut sums = begun.sums.clone();
        let mut goes_on = Fold::from_carry(begun.carry);
        second.iter().for_each(|fact| goes_on.event(fact));
        sums.add(&goes_on.sums);
        assert_eq!((sums, goes_on.carry), (whole.sums.clone(), whole.carry.clone()), "interrupted after {cut}");
    }
}

#[test]
fn a_fact_that_is_missed_is_noticed() {
    let log = evening();
    let whole = log.fold();
    for missed in 0..log.facts.len() {
        let mut fold = Fold::default();
        log.facts.iter().enumerate().filter(|(place, _)| *place != missed).for_each(|(_, fact)| fold.event(fact));
        fold.sums.tidy();
        // Only that an entry is on its way to an agent shows in what is remembered and not in sums.
        let is_noticed = fold.sums != whole.sums || log.facts[missed].kind == "entry.connecting";
        assert!(is_noticed, "nothing misses {:?}", log.facts[missed]);
    }
}
