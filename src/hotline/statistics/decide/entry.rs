//! What an entry hears, and what it contributes to the sums.

use crate::foundation::ids::OfferId;
use crate::hotline::statistics::model::{
    Answer, Cell, End, EntryCard, Hour, News, OfferCard, OfferNews, Offers, Place, Shift, Sums, Talk, Tally, hour_of,
};
use time::{Duration, OffsetDateTime};

impl EntryCard {
    /// An entry that joins.
    pub(super) fn joined(queue: &str, language: &str, topic: &str, at: OffsetDateTime) -> Self {
        let cell =
            Cell { hour: hour_of(at), queue: queue.to_owned(), language: language.to_owned(), topic: topic.to_owned() };
        Self {
            cell,
            joined_at: at,
            place: Place::Waiting,
            was_offered: false,
            is_redeemed: false,
            is_callback: false,
            offer: None,
            answer: None,
            held: None,
            earlier: Vec::new(),
        }
    }

    /// Takes news in; false when it does not fit.
    pub(super) fn hear(&mut self, news: News, at: OffsetDateTime, sums: &mut Sums) -> bool {
        match news {
            News::Redeemed => match self.place {
                Place::Ended { how, .. } => {
                    match how {
                        // The provider says that there was no talk: nobody has left, and nobody came back.
                        End::Served => self.answer = None,
                        End::Abandoned | End::Lost | End::Merged | End::Unreached => self.is_redeemed = true,
                    }
                    self.place = Place::Waiting;
                }
                Place::Waiting | Place::Connecting | Place::Talking => return false,
            },
            News::Callback => self.is_callback = true,
            News::Connecting => self.place = Place::Connecting,
            // They talk on.
            News::Talking if self.held.is_some() => {}
            News::Talking => {
                self.place = Place::Talking;
                self.answer = Some(Answer { at, is_known: true, talk_ms: None, wrap_up_ms: None });
            }
            News::Resumed(id) => {
                let Some(talk) = self.talk_until(at) else { return false };
                self.held = Some(talk);
                self.offer = Some(OfferCard { id, ..talk.offer });
            }
            News::Transferred => {
                let Some(talk) = self.talk_until(at) else { return false };
                self.back_in_line(Some(talk));
            }
            News::Ended(how) => {
                self.place = Place::Ended { how, at };
                match how {
                    End::Served => {
                        let silent = Answer { at, is_known: false, talk_ms: None, wrap_up_ms: None };
                        let answer = self.answer.get_or_insert(silent);
                        answer.talk_ms = answer.is_known.then(|| ms_between(answer.at, at));
                    }
                    End::Abandoned | End::Lost | End::Merged | End::Unreached => self.answer = None,
                }
            }
            News::Offer(id, OfferNews::Made(agent)) => {
                let offer = OfferCard { id, agent, made_at: at, painted_at: None, accepted_at: None };
                if !self.was_offered {
                    self.was_offered = true;
                    sums.hour(&self.cell).times.joined_to_offered.note(at - self.joined_at);
                }
                self.offer = Some(offer);
                self.count_offer(&offer, OfferNews::Made(agent), sums);
            }
            News::Offer(id, news) => return self.hear_of_offer(id, news, at, sums),
        }
        true
    }

    /// The talk as it is, if it ended at this moment.
    fn talk_until(&self, at: OffsetDateTime) -> Option<Talk> {
        let (Place::Talking, Some(offer), Some(answer)) = (self.place, self.offer, self.answer) else { return None };
        Some(Talk { offer, answer: Answer { talk_ms: Some(ms_between(answer.at, at)), ..answer } })
    }

    /// The caller waits again, after a talk or without one.
    fn back_in_line(&mut self, after: Option<Talk>) {
        self.earlier.extend(after);
        (self.place, self.offer, self.answer, self.held) = (Place::Waiting, None, None, None);
    }

    fn hear_of_offer(&mut self, id: OfferId, news: OfferNews, at: OffsetDateTime, sums: &mut Sums) -> bool {
        let Some(mut offer) = self.offer.filter(|offer| offer.id == id) else { return false };
        let times = &mut sums.hour(&self.cell).times;
        match news {
            OfferNews::Painted => {
                offer.painted_at = Some(at);
                times.offered_to_painted.note(at - offer.made_at);
                self.offer = Some(offer);
            }
            OfferNews::Accepted => {
                offer.accepted_at = Some(at);
                if let Some(painted_at) = offer.painted_at {
                    times.painted_to_accepted.note(at - painted_at);
                }
                self.offer = Some(offer);
            }
            // Nobody was offered anything: the agent only came back in vain.
            OfferNews::Failed if self.held.is_some() => {
                let talk = self.held;
                self.back_in_line(talk);
                return true;
            }
            OfferNews::Declined | OfferNews::Expired | OfferNews::Withdrawn | OfferNews::Failed => {
                self.offer = None;
                if let Place::Connecting | Place::Talking = self.place {
                    self.back_in_line(None);
                }
            }
            OfferNews::Made(_) => return false,
        }
        self.count_offer(&offer, news, sums);
        true
    }

    /// Counts what happened to an offer, for the entry's cell and for the agent.
    fn count_offer(&self, offer: &OfferCard, news: OfferNews, sums: &mut Sums) {
        sums.hour(&self.cell).counts.offers.count(news);
        sums.shift(offer.made_at, offer.agent).offers.count(news);
    }

    /// Adds what is true of the entry now to the sums; `times` is minus one to take it back.
    pub(super) fn contribute(&self, sums: &mut Sums, times: i64) {
        let mut hour = Hour::default();
        if let Place::Ended { how: End::Merged, .. } = self.place {
            // The caller is counted with the older entry.
            hour.counts.merged = 1;
            sums.hour(&self.cell).add(&hour, times);
            return;
        }
        hour.counts.offered = 1;
        hour.counts.redeemed = i64::from(self.is_redeemed);
        hour.counts.callbacks = i64::from(self.is_callback);
        hour.counts.transferred = i64::try_from(self.earlier.len()).unwrap_or(i64::MAX);
        match self.place {
            Place::Ended { how: End::Served, .. } => hour.counts.served = 1,
            // Whoever has talked with an agent was answered, however it ended after that.
            Place::Ended { how: End::Abandoned | End::Lost | End::Unreached, .. } if !self.earlier.is_empty() => {}
            Place::Ended { how: End::Abandoned, at } => {
                hour.counts.abandoned = 1;
                if !self.is_callback {
                    hour.times.wait_abandoned.note(at - self.joined_at);
                    hour.times.early_abandoned.note(at - self.joined_at);
                }
            }
            Place::Ended { how: End::Lost, .. } => hour.counts.lost = 1,
            Place::Ended { how: End::Unreached, .. } => hour.counts.unreached = 1,
            Place::Ended { how: End::Merged, .. } | Place::Waiting | Place::Connecting | Place::Talking => {}
        }
        let latest = self.answer.map(|answer| (self.offer, answer));
        let talks = self.earlier.iter().map(|talk| (Some(talk.offer), talk.answer)).chain(latest);
        for (number, (offer, answer)) in talks.enumerate() {
            if number == 0 {
                // The first talk is the answer; a caller who is handed on has not waited for one, and a caller who was
                // rung has not waited on the line.
                hour.counts.answered = 1;
                if !self.is_callback {
                    hour.times.wait_answered.note(answer.at - self.joined_at);
                    hour.times.early_answered.note(answer.at - self.joined_at);
                }
            }
            let shift = talked(offer, &answer, &mut hour);
            if let Some(offer) = offer {
                sums.shift(offer.made_at, offer.agent).add(&shift, times);
            }
        }
        sums.hour(&self.cell).add(&hour, times);
    }
}

/// What a talk adds: its times to the hour, and what its agent has done.
fn talked(offer: Option<OfferCard>, answer: &Answer, hour: &mut Hour) -> Shift {
    let mut shift = Shift { answered: 1, ..Shift::default() };
    if let Some(accepted_at) = offer.and_then(|offer| offer.accepted_at).filter(|_| answer.is_known) {
        hour.times.accepted_to_talking.note(answer.at - accepted_at);
    }
    if let Some(talk_ms) = answer.talk_ms {
        hour.times.talk.note(Duration::milliseconds(talk_ms));
    }
    if let Some(wrap_up_ms) = answer.wrap_up_ms {
        hour.times.wrap_up.note(Duration::milliseconds(wrap_up_ms));
    }
    if let (Some(talk_ms), Some(wrap_up_ms)) = (answer.talk_ms, answer.wrap_up_ms) {
        hour.times.handling.note(Duration::milliseconds(talk_ms + wrap_up_ms));
        shift.handled = 1;
        shift.handling_ms = talk_ms + wrap_up_ms;
    }
    shift
}

impl Offers {
    fn count(&mut self, news: OfferNews) {
        let counted = match news {
            OfferNews::Made(_) => &mut self.made,
            OfferNews::Painted => return,
            OfferNews::Accepted => &mut self.accepted,
            OfferNews::Declined => &mut self.declined,
            OfferNews::Expired => &mut self.expired,
            OfferNews::Withdrawn => &mut self.withdrawn,
            OfferNews::Failed => &mut self.failed,
        };
        *counted += 1;
    }
}

/// Milliseconds from one moment to another, none when the other is earlier. Differences of whole milliseconds add up.
pub(super) fn ms_between(from: OffsetDateTime, to: OffsetDateTime) -> i64 {
    let ms = |at: OffsetDateTime| at.unix_timestamp_nanos().div_euclid(1_000_000);
    i64::try_from((ms(to) - ms(from)).max(0)).unwrap_or(i64::MAX)
}
