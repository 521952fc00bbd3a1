//! What a day's release makes: as many pairs as places on both days allow, spread evenly over the opening hours.

use super::model::{Places, Plan, Spot};
use crate::scheduling::rules::Interval;
use crate::supply::model::{Centre, Hours};
use time::{Date, Duration, Time};

/// Five minutes is the grain of lanes and opening hours.
const BUCKET_MINUTES: u16 = 5;

/// Second doses a hundred first ones: the slack serves those who need another day. Less strands late wishes, more
/// keeps places empty.
const SECONDS_PER_HUNDRED: usize = 105;

/// One day of a centre: when it is open, and which places exist there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The local date.
    pub date: Date,
    /// When it is open; `None` when it is closed.
    pub hours: Option<Hours>,
    /// Places that exist.
    pub taken: Places,
}

/// Why a day cannot be released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPlan {
    /// The centre is closed on the first day, or on every day that a second dose may have.
    Closed,
    /// Not one pair has room.
    Full,
}

/// Plans the release of a day's first doses.
///
/// `seconds` are the days that a second dose may have. All second doses lie on one of them: on the nearest to the target
/// that has room for every pair, else on the one with the most room.
///
/// # Errors
/// When not one pair can be made.
pub fn plan(
    centre: &Centre,
    per_bucket: u8,
    interval: Option<Interval>,
    first: &Day,
    seconds: &[Day],
) -> Result<Plan, NoPlan> {
    let limit = centre.places_per_bucket();
    let hours = first.hours.ok_or(NoPlan::Closed)?;
    let room = room(hours, &first.taken, limit, per_bucket.min(limit));
    let wanted = total(&room);
    let Some(interval) = interval else {
        let first = spread(&room, wanted, &first.taken, limit);
        return if first.is_empty() {
            Err(NoPlan::Full)
        } else {
            Ok(Plan { first, second_day: None, second: Vec::new() })
        };
    };
    let (second, second_room) = second_day(first.date, interval, seconds, limit, wanted).ok_or(NoPlan::Closed)?;
    // As many first doses as there are second ones to promise.
    let pairs = wanted.min(pairs_in(&second_room));
    if pairs == 0 {
        return Err(NoPlan::Full);
    }
    let with_slack = (pairs * SECONDS_PER_HUNDRED).div_ceil(100).min(total(&second_room));
    Ok(Plan {
        first: spread(&room, pairs, &first.taken, limit),
        second_day: Some(second.date),
        second: spread(&second_room, with_slack, &second.taken, limit),
    })
}

/// The day of the second doses, with its room.
fn second_day(
    first: Date,
    interval: Interval,
    days: &[Day],
    limit: u8,
    wanted: usize,
) -> Option<(&Day, Vec<(u16, u8)>)> {
    let distance = |day: &Day| (day.date - first).whole_days();
    let mut open: Vec<(&Day, Vec<(u16, u8)>)> = days
        .iter()
        .filter(|day| (i64::from(interval.min)..=i64::from(interval.max)).contains(&distance(day)))
        .filter_map(|day| Some((day, room(day.hours?, &day.taken, limit, limit))))
        .collect();
    // Enough is enough: of days that carry every pair the nearest is the best.
    open.sort_by_key(|(day, room)| {
        let carried = pairs_in(room).min(wanted);
        (std::cmp::Reverse(carried), (distance(day) - i64::from(interval.target)).abs())
    });
    open.into_iter().next()
}

/// First doses that this much room for second ones can promise, with their slack.
fn pairs_in(room: &[(u16, u8)]) -> usize {
    total(room) * 100 / SECONDS_PER_HUNDRED
}

/// How many slots each bucket of the opening hours can still take, `per_bucket` at most.
fn room(hours: Hours, taken: &Places, limit: u8, per_bucket: u8) -> Vec<(u16, u8)> {
    (bucket_of(hours.opens)..bucket_of(hours.closes))
        .map(|bucket| {
            let used = taken.get(&bucket).map_or(0, |places| places.count_ones());
            let free = u32::from(limit).saturating_sub(used).min(u32::from(per_bucket));
            (bucket, u8::try_from(free).unwrap_or(0))
        })
        .collect()
}

fn total(room: &[(u16, u8)]) -> usize {
    room.iter().map(|(_, free)| usize::from(*free)).sum()
}

/// Spreads `wanted` slots evenly over the room; what a full bucket cannot take goes to the next that can.
fn spread(room: &[(u16, u8)], wanted: usize, taken: &Places, limit: u8) -> Vec<Spot> {
    let mut spots = Vec::with_capacity(wanted);
    let all = total(room);
    if all == 0 {
        return spots;
    }
    // Each bucket gets its share of the room up to its end, so that rounding never adds up.
    let mut before = 0;
    for (bucket, free) in room {
        let until = before + usize::from(*free);
        let share = until * wanted / all - before * wanted / all;
        let used = taken.get(bucket).copied().unwrap_or(0);
        spots.extend(order_of_places(limit).filter(|place| used & bit(*place) == 0).take(share).map(|place| Spot {
            bucket: *bucket,
            place,
            starts_at: minute(*bucket, place, limit),
        }));
        before = until;
    }
    spots
}

const fn bit(place: u8) -> u128 {
    1 << (place - 1)
}

/// The places of a bucket in an order of which every beginning is spread over the five minutes.
fn order_of_places(limit: u8) -> impl Iterator<Item = u8> {
    // Steps of about the golden ratio that have no common divisor with the limit visit each place once.
    let limit = u16::from(limit);
    let step = (limit * 5 / 8..limit).chain(1..=limit).find(|step| *step > 0 && common_divisor(*step, limit) == 1);
    let step = step.unwrap_or(1);
    (0..limit).map(move |visit| u8::try_from(visit * step % limit + 1).unwrap_or(u8::MAX))
}

const fn common_divisor(one: u16, other: u16) -> u16 {
    if other == 0 { one } else { common_divisor(other, one % other) }
}

/// The minute that the holder of a place is told.
fn minute(bucket: u16, place: u8, limit: u8) -> Time {
    let within = u16::from(place - 1) * BUCKET_MINUTES / u16::from(limit);
    Time::MIDNIGHT + Duration::minutes(i64::from(bucket * BUCKET_MINUTES + within))
}

/// The bucket in which a time lies.
fn bucket_of(time: Time) -> u16 {
    (u16::from(time.hour()) * 60 + u16::from(time.minute())) / BUCKET_MINUTES
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};
    use time::macros::{date, time};

    /// Buckets of a day.
    const BUCKETS: u16 = 24 * 60 / BUCKET_MINUTES;

    fn centre(lanes: u8) -> Centre {
        let mut centre = crate::supply::catalogue::Catalogue::saxony().unwrap().centres.remove(0);
        centre.lanes = lanes;
        centre
    }

    fn day(date: Date) -> Day {
        let hours = Hours { opens: time!(8:00), closes: time!(18:00) };
        Day { date, hours: Some(hours), taken: BTreeMap::new() }
    }

    const SIX_WEEKS: Interval = Interval { min: 35, target: 42, max: 42 };

    #[test]
    fn every_first_dose_has_a_second_at_the_target_and_some_slack() {
        let first = day(date!(2021 - 02 - 14));
        let plan = plan(&centre(2), 1, Some(SIX_WEEKS), &first, &[day(date!(2021 - 03 - 28))]).unwrap();
        assert_eq!((plan.first.len(), plan.second.len()), (120, 126));
        assert_eq!(plan.second_day, Some(date!(2021 - 03 - 28)));
    }

    #[test]
    fn arrivals_are_smooth_to_the_minute() {
        let first = day(date!(2021 - 02 - 14));
        let plan = plan(&centre(2), 3, None, &first, &[]).unwrap();
        let of_first_bucket: BTreeSet<_> = plan.first.iter().take(3).map(|spot| spot.starts_at.minute()).collect();
        assert_eq!(of_first_bucket, BTreeSet::from([0, 1, 3]));
    }

    #[test]
    fn a_second_dose_avoids_days_on_which_the_centre_is_closed_or_full() {
        let first = day(date!(2021 - 05 - 10));
        let closed = Day { hours: None, ..day(date!(2021 - 06 - 21)) };
        let full = Day { taken: (0..BUCKETS).map(|bucket| (bucket, 0xff)).collect(), ..day(date!(2021 - 06 - 20)) };
        let open = day(date!(2021 - 06 - 19));
        let days = [closed, full, open];
        let plan = plan(&centre(2), 2, Some(SIX_WEEKS), &first, &days).unwrap();
        assert_eq!(plan.second_day, Some(date!(2021 - 06 - 19)));
    }

    #[test]
    fn a_nearly_full_day_at_the_target_does_not_swallow_a_release() {
        let first = day(date!(2021 - 05 - 10));
        let nearly = |date, left: u16| Day { taken: (0..BUCKETS - left).map(|b| (b, 0xff)).collect(), ..day(date) };
        // Of the opening hours the last five minutes are left.
        let (target, day_before) = (nearly(date!(2021 - 06 - 21), 73), day(date!(2021 - 06 - 20)));
        let made = plan(&centre(2), 2, Some(SIX_WEEKS), &first, &[target.clone(), day_before]).unwrap();
        assert_eq!((made.second_day, made.first.len()), (Some(date!(2021 - 06 - 20)), 240));
        // Where no day carries every pair, the one with the most room carries what it can.
        let more = nearly(date!(2021 - 06 - 19), 80);
        let made = plan(&centre(2), 2, Some(SIX_WEEKS), &first, &[target, more]).unwrap();
        assert_eq!((made.second_day, made.first.len()), (Some(date!(2021 - 06 - 19)), 60));
    }

    #[test]
    fn without_room_for_one_pair_nothing_is_planned() {
        let first = day(date!(2021 - 05 - 10));
        let full = |date| Day { taken: (0..BUCKETS).map(|bucket| (bucket, 0xff)).collect(), ..day(date) };
        let seconds = [full(date!(2021 - 06 - 21))];
        assert_eq!(plan(&centre(2), 2, Some(SIX_WEEKS), &first, &seconds), Err(NoPlan::Full));
        let open = [day(date!(2021 - 06 - 21))];
        assert_eq!(plan(&centre(2), 2, Some(SIX_WEEKS), &full(first.date), &open), Err(NoPlan::Full));
        assert_eq!(plan(&centre(2), 2, None, &full(first.date), &[]), Err(NoPlan::Full));
    }

    #[test]
    fn a_closing_centre_releases_no_first_dose_without_a_second() {
        let first = day(date!(2021 - 09 - 12));
        assert_eq!(plan(&centre(2), 2, Some(SIX_WEEKS), &first, &[]), Err(NoPlan::Closed));
        let beyond = [day(date!(2021 - 10 - 25))];
        assert_eq!(plan(&centre(2), 2, Some(SIX_WEEKS), &first, &beyond), Err(NoPlan::Closed));
    }

    #[test]
    fn room_for_few_second_doses_bounds_the_first_ones() {
        let mut second = day(date!(2021 - 03 - 28));
        second.taken = (0..BUCKETS).map(|bucket| (bucket, if bucket == 100 { 0x0f } else { 0xff })).collect();
        let plan = plan(&centre(2), 4, Some(SIX_WEEKS), &day(date!(2021 - 02 - 14)), &[second]).unwrap();
        assert_eq!((plan.first.len(), plan.second.len()), (3, 4));
        assert!(plan.second.iter().all(|spot| spot.bucket == 100 && spot.place > 4));
    }

    proptest! {
        #[test]
        fn no_place_is_made_twice_and_none_outside_the_hours(
            lanes in 1_u8..=20, per_bucket in 1_u8..=90, seed in prop::collection::vec((96_u16..216, any::<u128>()), 0..150),
        ) {
            let centre = centre(lanes);
            let limit = centre.places_per_bucket();
            let mut first = day(date!(2021 - 02 - 14));
            first.taken = seed.into_iter().map(|(bucket, bits)| (bucket, bits & ((1 << limit) - 1))).collect();
            let second = Day { date: date!(2021 - 03 - 28), ..first.clone() };
            let taken = first.taken.clone();
            let plan = match plan(&centre, per_bucket, Some(SIX_WEEKS), &first, &[second]) {
                Ok(plan) => plan,
                Err(none) => {
                    let hours = first.hours.unwrap();
                    prop_assert_eq!(none, NoPlan::Full);
                    prop_assert!(total(&room(hours, &taken, limit, limit)) < 2);
                    return Ok(());
                }
            };
            for spots in [&plan.first, &plan.second] {
                let mut seen = BTreeSet::new();
                for spot in spots {
                    prop_assert!(seen.insert((spot.bucket, spot.place)));
                    prop_assert!((1..=limit).contains(&spot.place));
                    prop_assert!(taken.get(&spot.bucket).is_none_or(|places| places & bit(spot.place) == 0));
                    prop_assert!(spot.starts_at >= time!(8:00) && spot.starts_at < time!(18:00));
                    prop_assert_eq!(bucket_of(spot.starts_at), spot.bucket);
                }
            }
            prop_assert!(plan.second.len() >= plan.first.len());
            prop_assert!(plan.second.len() * 100 < plan.first.len() * SECONDS_PER_HUNDRED + 100);
        }

        #[test]
        fn the_order_of_places_visits_each_once(limit in 1_u8..=80) {
            let order: BTreeSet<u8> = order_of_places(limit).collect();
            prop_assert_eq!(order.len(), usize::from(limit));
            prop_assert_eq!(order.last().copied(), Some(limit));
        }
    }
}
