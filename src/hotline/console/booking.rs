//! What a desk does with appointments: find, propose, reserve, confirm, cancel. Scheduling decides; here is only which
//! caller it is for, and what the page is answered.

use super::Console;
use super::commands::Kept;
use super::error::ConsoleError;
use super::wire::{Answer, Command, DraftForm};
use super::words;
use crate::correspondence;
use crate::foundation::db::Tx;
use crate::foundation::fault::Fault;
use crate::foundation::ids::{EntryId, ReservationId, SeriesId, UserId};
use crate::scheduling::model::{Actor, Booking, Channel, Holder, SchedulingError, Wanted};
use crate::scheduling::{commands as scheduling, persons};
use time::Date;

/// A desk with the caller who is served.
#[derive(Clone, Copy, Debug)]
pub(super) struct Serving {
    agent: UserId,
    entry: EntryId,
}

impl Serving {
    pub(super) const fn new(agent: UserId, entry: EntryId) -> Self {
        Self { agent, entry }
    }

    /// Whose reservation it is.
    pub(super) const fn holder(self) -> Holder {
        Holder { user: self.agent, entry: Some(self.entry) }
    }

    /// Who looks at people's data, and why.
    pub(super) const fn actor(self) -> Actor {
        Actor::agent(self.agent, self.entry)
    }
}

/// Answers a command that changes nothing.
pub(super) async fn look(
    tx: &mut Tx,
    console: &Console,
    serving: Serving,
    command: &Command,
) -> Result<Option<Answer>, ConsoleError> {
    let (campaign, actor) = (&*console.campaign, serving.actor());
    Ok(Some(match command {
        Command::FindPersons { family_name, born_on } => {
            let found = scheduling::find_persons(tx, campaign, family_name, date(born_on)?, &actor).await?;
            Answer::Persons { persons: found.iter().map(words::hit).collect() }
        }
        Command::FindBooking { reference, born_on } => {
            let found = scheduling::find_booking(tx, campaign, reference, date(born_on)?, &actor).await?;
            let papers = correspondence::store::papers(tx.conn(), &series(&found)).await?;
            Answer::Bookings { bookings: found.iter().map(|booking| words::booking(booking, &papers)).collect() }
        }
        Command::Propose { form } => {
            let (applicant, wish) = (words::applicant(form)?, words::wish(form)?);
            let pairs = scheduling::propose(tx, campaign, &applicant, &wish, Channel::Phone).await?;
            Answer::Pairs { pairs: pairs.iter().map(words::pair).collect() }
        }
        Command::Painted { .. }
        | Command::Accept { .. }
        | Command::Decline { .. }
        | Command::Ready
        | Command::NotReady { .. }
        | Command::HangUp
        | Command::Hold
        | Command::Resume
        | Command::Colleagues
        | Command::Transfer { .. }
        | Command::ExtendWrapUp
        | Command::FinishWrapUp { .. }
        | Command::SaveDraft { .. }
        | Command::Reserve { .. }
        | Command::Release { .. }
        | Command::Confirm { .. }
        | Command::Cancel { .. } => return Ok(None),
    }))
}

/// Carries a command out that changes appointments; `None` when it is another one.
pub(super) async fn deed(
    tx: &mut Tx,
    console: &Console,
    serving: Serving,
    command: &Command,
) -> Result<Option<(Kept, Option<Answer>)>, ConsoleError> {
    let (campaign, holder) = (&*console.campaign, serving.holder());
    Ok(Some(match command {
        Command::Reserve { token, form } => {
            let applicant = words::applicant(form)?;
            let reservation = scheduling::reserve(tx, campaign, token, &applicant, &holder).await?;
            let answer = Answer::Reserved { reservation: words::reservation(&reservation) };
            (Kept::Reserved(reservation.id), Some(answer))
        }
        Command::Release { reservation } => {
            scheduling::release(tx, id(reservation)?, &holder).await?;
            (Kept::Done, None)
        }
        Command::Confirm { reservation, form } => {
            let booking = confirm(tx, console, serving, id(reservation)?, form).await?;
            let kept = Kept::Booked { entry: serving.entry, series: booking.series };
            (kept, Some(shown(tx, &booking).await?))
        }
        Command::Cancel { .. } => (Kept::Cancelled, Some(cancel(tx, console, serving, command).await?)),
        Command::Painted { .. }
        | Command::Accept { .. }
        | Command::Decline { .. }
        | Command::Ready
        | Command::NotReady { .. }
        | Command::HangUp
        | Command::Hold
        | Command::Resume
        | Command::Colleagues
        | Command::Transfer { .. }
        | Command::ExtendWrapUp
        | Command::FinishWrapUp { .. }
        | Command::SaveDraft { .. }
        | Command::FindPersons { .. }
        | Command::FindBooking { .. }
        | Command::Propose { .. } => return Ok(None),
    }))
}

/// Answers a command that was carried out before, as it was answered then. What is about a person is not kept with the
/// key, but read again.
pub(super) async fn again(
    tx: &mut Tx,
    console: &Console,
    agent: UserId,
    serving: Result<Serving, ConsoleError>,
    kept: Kept,
    command: &Command,
) -> Result<Option<Answer>, ConsoleError> {
    match kept {
        Kept::Done => Ok(None),
        Kept::Reserved(id) => {
            // Renewed meanwhile, or gone: a page must not be shown a pair that nobody keeps for it.
            let kept = scheduling::reservation_of(tx, &serving?.holder()).await?.filter(|kept| kept.id == id);
            let kept = kept.ok_or(SchedulingError::ReservationLost)?;
            Ok(Some(Answer::Reserved { reservation: words::reservation(&kept) }))
        }
        Kept::Booked { entry, series } => {
            // The caller may have gone meanwhile; the booking was made while this entry was served.
            let made = scheduling::bookings_made_in(tx, entry, &Actor::agent(agent, entry)).await?;
            match made.iter().find(|booking| booking.series == series) {
                Some(booking) => Ok(Some(shown(tx, booking).await?)),
                None => Err(Fault::plain(format!("read series {series} again")).into()),
            }
        }
        // Cancelling again changes nothing and answers the same.
        Kept::Cancelled => Ok(Some(cancel(tx, console, serving?, command).await?)),
    }
}

/// While somebody types, the reservation does not run out.
pub(super) async fn keep_reservation(tx: &mut Tx, console: &Console, serving: Serving) -> Result<(), ConsoleError> {
    let (campaign, holder, now) = (&*console.campaign, serving.holder(), tx.now());
    let half = campaign.settings.reservation() / 2;
    if let Some(reservation) = scheduling::reservation_of(tx, &holder).await?
        && reservation.expires_at < now + half
    {
        scheduling::renew(tx, campaign, &holder).await?;
    }
    Ok(())
}

/// Whether a pair is kept for the caller who is served.
pub(super) async fn keeps_a_pair(tx: &mut Tx, serving: Serving) -> Result<bool, ConsoleError> {
    Ok(scheduling::reservation_of(tx, &serving.holder()).await?.is_some())
}

/// The call is done with: what was reserved for it and not booked is for others.
pub(super) async fn give_up_reservation(tx: &mut Tx, serving: Serving) -> Result<(), ConsoleError> {
    Ok(scheduling::give_back(tx, serving.entry).await?)
}

async fn confirm(
    tx: &mut Tx,
    console: &Console,
    serving: Serving,
    reservation: ReservationId,
    form: &DraftForm,
) -> Result<Booking, ConsoleError> {
    let person = persons::parse(&words::raw(&form.person)).map_err(SchedulingError::from)?;
    let wanted = Wanted { letter: form.letter, email: form.email };
    let (holder, actor) = (serving.holder(), serving.actor());
    Ok(scheduling::confirm(tx, &console.campaign, reservation, &holder, &person, wanted, &actor).await?)
}

/// Cancels. A pair of reference and birth date that fits nothing finds nothing: a refusal would take back the note that
/// it was tried.
async fn cancel(tx: &mut Tx, console: &Console, serving: Serving, command: &Command) -> Result<Answer, ConsoleError> {
    let Command::Cancel { reference, born_on } = command else { return Err(ConsoleError::KeyMisused) };
    match scheduling::cancel(tx, &console.campaign, reference, date(born_on)?, &serving.actor()).await? {
        Some(booking) => shown(tx, &booking).await,
        None => Ok(Answer::Bookings { bookings: Vec::new() }),
    }
}

async fn shown(tx: &mut Tx, booking: &Booking) -> Result<Answer, ConsoleError> {
    let papers = correspondence::store::papers(tx.conn(), &[booking.series]).await?;
    Ok(Answer::Booking { booking: words::booking(booking, &papers) })
}

fn series(bookings: &[Booking]) -> Vec<SeriesId> {
    bookings.iter().map(|booking| booking.series).collect()
}

fn date(text: &str) -> Result<Date, ConsoleError> {
    Ok(persons::parse_date(text).map_err(SchedulingError::from)?)
}

fn id(text: &str) -> Result<ReservationId, ConsoleError> {
    text.parse().map_err(|_| SchedulingError::ReservationLost.into())
}
