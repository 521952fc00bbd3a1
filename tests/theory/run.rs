//! A day, or a year, of the hotline in simulated time: callers come, the product's queue serves them, and each of them is
//! compared with what the ideal router would have done.

use crate::callers::{Caller, Callers, Micros, Model};
use crate::desk::Desk;
use crate::ideal::{Fate, Ideal};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use vaxline::foundation::ids::EntryId;

/// An answer within so long is one in time.
pub const WITHIN: Micros = 20 * crate::callers::SECOND;

const BEGIN: OffsetDateTime = datetime!(2021-04-28 06:00 UTC);

/// When the dispatcher looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Router {
    /// When something has happened: the product.
    AtOnce,
    /// A control: it learns so late that an agent is free.
    DeadTime(Micros),
    /// A control: every so often, whatever happens.
    Polls(Micros),
}

/// What became of callers, counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub callers: u64,
    pub waited: u64,
    pub abandoned: u64,
    pub in_time: u64,
    pub waits: Micros,
    pub handling: Micros,
}

impl Tally {
    fn count(&mut self, fate: Fate, caller: &Caller) {
        let (wait, is_answered) = match fate {
            Fate::Answered(wait) => (wait, true),
            Fate::GaveUp(wait) => (wait, false),
        };
        self.callers += 1;
        self.waited += u64::from(!is_answered || wait > 0);
        self.abandoned += u64::from(!is_answered);
        self.in_time += u64::from(is_answered && wait <= WITHIN);
        self.waits += wait;
        self.handling += caller.handling;
    }
}

/// A run, from the first caller who counts to the last one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Run {
    /// What became of the callers.
    pub product: Tally,
    /// What would have become of the same callers with the ideal router.
    pub ideal: Tally,
    /// Callers whose fate was another one.
    pub differing: u64,
    /// Time in which callers waited while agents were idle, times how many.
    pub unmatched: Micros,
    /// How long it lasted.
    pub length: Micros,
}

/// What is to happen. Of what happens at the same moment an end is first: it may still save who is about to give up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Coming {
    TalkEnds(EntryId),
    EndIsKnown(EntryId),
    Look,
    GivesUp(EntryId),
}

/// A caller who waits.
struct Waits {
    caller: Caller,
    ideally: Fate,
    counts: bool,
}

struct Hotline {
    router: Router,
    desk: Desk,
    now: Micros,
    coming: BinaryHeap<Reverse<(Micros, Coming)>>,
    waits: HashMap<EntryId, Waits>,
    /// Agents who are free and not known to be.
    unknown: usize,
    measures: bool,
    run: Run,
}

/// Runs the hotline until `callers` have come after the `warm_up`, in which it fills.
pub fn run(model: Model, router: Router, seed: u64, warm_up: u64, callers: u64) -> Run {
    let mut hotline = Hotline {
        router,
        desk: Desk::with(model.agents, BEGIN),
        now: 0,
        coming: BinaryHeap::new(),
        waits: HashMap::new(),
        unknown: 0,
        measures: false,
        run: Run::default(),
    };
    let mut ideal = Ideal::with(model.agents);
    if let Router::Polls(period) = router {
        hotline.coming.push(Reverse((period, Coming::Look)));
    }
    let mut begun = 0;
    for (number, caller) in (0_u64..).zip(Callers::of(model, seed)).take(usize::try_from(warm_up + callers).unwrap()) {
        hotline.until(caller.arrives);
        if number == warm_up {
            hotline.measures = true;
            begun = hotline.now;
        }
        let ideally = ideal.fate(&caller);
        hotline.arrives(caller, ideally);
    }
    hotline.run.length = hotline.now - begun;
    hotline.measures = false;
    // Nobody comes any more; who waits is served or gives up, and is counted.
    while !hotline.waits.is_empty() {
        hotline.next();
    }
    hotline.run
}

impl Hotline {
    fn moment(&self) -> OffsetDateTime {
        BEGIN + Duration::microseconds(self.now)
    }

    fn pass(&mut self, to: Micros) {
        if self.measures {
            let unmatched = self.desk.waiting().min(self.desk.idle() + self.unknown);
            self.run.unmatched += Micros::try_from(unmatched).unwrap() * (to - self.now);
        }
        self.now = to;
    }

    /// Everything that is to happen until then.
    fn until(&mut self, moment: Micros) {
        while self.coming.peek().is_some_and(|Reverse((at, _))| *at <= moment) {
            self.next();
        }
        self.pass(moment);
    }

    fn next(&mut self) {
        let Reverse((at, coming)) = self.coming.pop().expect("somebody waits, so something comes");
        self.pass(at);
        match coming {
            Coming::TalkEnds(entry) => {
                self.unknown += 1;
                match self.router {
                    Router::DeadTime(dead) => self.coming.push(Reverse((at + dead, Coming::EndIsKnown(entry)))),
                    Router::AtOnce | Router::Polls(_) => self.end_is_known(entry),
                }
            }
            Coming::EndIsKnown(entry) => self.end_is_known(entry),
            Coming::Look => {
                self.dispatch();
                if let Router::Polls(period) = self.router {
                    self.coming.push(Reverse((at + period, Coming::Look)));
                }
            }
            Coming::GivesUp(entry) => {
                if self.desk.is_waiting(entry) {
                    self.desk.hang_up(entry, self.moment());
                    self.judge(entry, Fate::GaveUp);
                }
            }
        }
    }

    fn end_is_known(&mut self, entry: EntryId) {
        self.unknown -= 1;
        self.desk.end_talk(entry, self.moment());
        self.wake();
    }

    fn arrives(&mut self, caller: Caller, ideally: Fate) {
        let entry = self.desk.join(self.moment());
        self.waits.insert(entry, Waits { caller, ideally, counts: self.measures });
        self.wake();
        if let Some(patience) = caller.patience.filter(|_| self.desk.is_waiting(entry)) {
            self.coming.push(Reverse((caller.arrives + patience, Coming::GivesUp(entry))));
        }
    }

    /// Something has happened that the dispatcher is told of.
    fn wake(&mut self) {
        match self.router {
            Router::AtOnce | Router::DeadTime(_) => self.dispatch(),
            Router::Polls(_) => {}
        }
    }

    fn dispatch(&mut self) {
        for entry in self.desk.dispatch(self.moment()) {
            let caller = self.judge(entry, Fate::Answered);
            self.coming.push(Reverse((self.now + caller.handling, Coming::TalkEnds(entry))));
        }
    }

    /// The caller's wait is over.
    fn judge(&mut self, entry: EntryId, became: fn(Micros) -> Fate) -> Caller {
        let Waits { caller, ideally, counts } = self.waits.remove(&entry).expect("whoever is served has waited");
        let fate = became(self.now - caller.arrives);
        if counts {
            self.run.product.count(fate, &caller);
            self.run.ideal.count(ideally, &caller);
            self.run.differing += u64::from(fate != ideally);
        }
        caller
    }
}
