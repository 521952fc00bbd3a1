# All texts of the staff pages, in English. The same keys stand in de.ftl.

## Pages

title-login = Log in · Vaxline
title-console = Console · Vaxline
title-offer = ☎ Call · Vaxline
title-supervision = Supervision · Vaxline
console-heading = Console
supervision-heading = Supervision
close = Close
bars = Notices
choose = Please choose
optional = (optional)
key-name-control = Ctrl

## Log-in

login-heading = Log in
login-product = Appointment hotline of the vaccination campaign
login-name = Login
login-password = Password
login-show = Show password
login-submit = Log in
login-missing-name = Enter your login.
login-missing-password = Enter your password.
login-licences = Licences

## States

agent-offline = Not connected
agent-ready = Ready
agent-offered = Call coming
agent-connecting = Connecting
agent-talking = Talking
agent-wrap-up = Wrap-up
agent-not-ready = Not ready
reason-no-answer = no answer
reason-page = page does not respond
reason-link = connection
reason-phone = phone not reachable
reason-signed-in = just logged in
reason-break = Break
reason-training = Training
reason-meeting = Meeting
reason-technical = Technical problem
presence-ready = Go ready
presence-not-ready = Break
presence-afterwards = Afterwards: { $what }
presence-reasons = Choose reason
link-connecting = Connecting
link-live = Connected
link-stale = No new data
link-broken = Interrupted
link-superseded = Taken over
bar-broken = Connection interrupted. The call goes on, and what you typed is kept.
bar-stale = Nothing new from the server for some seconds. As of { $time }.
degraded-print = Printing is down: letters are printed as soon as it is back.
degraded-mail = E-mail is down: e-mails are sent later, letters go out.
degraded-provider = Telephony reports nothing: please end calls on the phone.
takeover-title = Opened in another window
takeover-text = Your console goes on in another window or on another computer. The call, what you typed and reserved appointments are there.
takeover-back = Continue here

## Queue

queue-waiting = Waiting
queue-longest = longest
queue-nobody = Nobody is waiting.
queue-many =
    { $count ->
        [one] One person is waiting.
       *[other] { $count } people are waiting.
    }
queue-longest-sentence = Longest wait:
lobby-ready = You are ready
lobby-not-ready = Not ready: { $reason }
lobby-ready-hint = The next call appears here. Accept it with F2.

## Offer

offer-title = A call for you
offer-callback = A callback for you
offer-callback-note = The caller does not wait on the line. When you accept, they are rung.
offer-topic = Request
offer-language = Language
offer-waiting = Waiting for
offer-left = Time left
offer-accept = Accept
offer-decline = Decline
notification-title = A call is waiting for you
offer-gone-hung-up = The caller hung up before you could accept.
offer-gone-expired = The offer has run out. The caller is back at their place in the queue.
offer-gone-not-painted = This page did not show the call in time. It went to the next free agent.
offer-gone-unreached = The caller could not be reached and will be rung again later.
offer-gone-failed = The connection failed. The caller is back at their place in the queue.
offer-gone-link = Your connection was interrupted. The call went to the next free agent.
offer-gone-not-ready = You are no longer ready. The call went to the next free agent.
topic-book = Book appointments
topic-change = Change or cancel appointments
topic-information = Information
language-de = German
language-en = English
number-withheld = Number withheld

## Call

call-from = Call from
call-ringing = Ringing the caller …
call-connecting = Connecting …
call-ended = Call ended
call-waited = waited { $span }
call-held = On hold.
call-held-until = Your phone rings in
call-hold = Hold
call-resume = Resume
call-hang-up = Hang up
call-hand-on = Hand on
transfer-title = Hand the call on
transfer-effect = The call keeps its place in the queue. What you have typed goes with it.
transfer-effect-pair = The call keeps its place in the queue. What you have typed goes with it; the reserved pair is given back.
transfer-to = To whom?
transfer-queue = Next free desk: { $label }
transfer-agent-free = { $name } (free)
transfer-agent-busy = { $name } (busy)
transfer-note = A word for the next agent (optional)
transfer-yes = Hand on
transfer-no = Cancel
handover-by = Handed on by { $name }:
wrap-up-heading = How did the call end?
wrap-up-unfinished = The caller has hung up. Finish the booking? The confirmation goes out all the same.
wrap-up-said = The call has ended. Wrap-up.
wrap-up-ends = ends in
wrap-up-extend = Extend ({ $left }×)
wrap-up-codes = Outcome of the call

## Person

person-heading = Person
person-family-name = Family name
person-given-name = Given name
person-born-on = Date of birth
person-claim = Entitlement
person-street = Street and number
person-postcode = Postcode
person-town = Town
person-phone = Telephone
person-email = E-mail
person-language = Language of post
person-find = Search
hits-title =
    { $count ->
        [one] One person found
       *[other] { $count } people found
    }
hits-none = Nobody found. Enter a new person.
hits-new = None of these: enter a new person
hits-booked = booked: { $reference }
papers-heading = Confirmation
papers-letter = Letter
papers-email = E-mail (address read back)

## Appointment

appointment-heading = Appointment
wish-centre = Vaccination centre
wish-anywhere = anywhere
wish-from = From day
wish-part = Time of day
wish-part-any = any
wish-part-morning = morning
wish-part-afternoon = afternoon
wish-propose = Propose
proposals-how = Date of birth and entitlement are enough for proposals. The name can come later.
proposals-title = Proposed pairs of appointments
proposal-taken = just taken
proposal-fresh = new
pair-taken = This pair has just been taken. The nearest free ones are below it.
reserved-until = Reserved until { $time }
reserved-keep = Extend
reserved-release = Give back
appointment-aloud = { $day }, { $time }
aloud-title = Booked. Please read out:
aloud-cancelled = Cancelled
aloud-vaccine = Vaccine: { $vaccine }
aloud-reference = Reference
booked-title = Booked in this call
booking-confirmed = booked
booking-cancelled = cancelled
booking-completed = completed
papers-none = No confirmation wanted.
letter-is = Letter: { $state }
letter-ordered = ordered
letter-available = ready to print
letter-leased = with the print service
letter-accepted = accepted by the print service
letter-printed = printed
letter-mailed = in the post
letter-returned = came back
letter-diverted = delivered another way
letter-superseded = replaced by a newer one
letter-held = held back
email-is = E-mail: { $state }
email-ordered = ordered
email-sent = sent
email-failed = could not be delivered
email-in-doubt = may not have arrived
email-superseded = replaced by a newer one
state-other = in progress

## Guide and existing bookings

guide-heading = Guide
guide-rules = Rules as of { $version }
lookup-heading = Find or cancel a booking
lookup-reference = Reference
lookup-find = Find booking
found-title = Bookings found
found-none = No booking with this reference and this date of birth.
found-close = Close search
found-cancel = Cancel both appointments
cancel-title = Cancel the appointments?
cancel-effect = Both appointments of { $name } are cancelled, and the places are free again at once. This cannot be undone.
cancel-yes = Yes, cancel
cancel-no = No, keep

## Footer

action-book = Book
action-another = Book another person
note = Note
draft-saving = Saving draft …
draft-waiting = Not saved yet
draft-saved = Draft saved
blocked-no-pair = No pair of appointments reserved yet
blocked-connection = Booking needs the connection

## Errors at fields

summary-title =
    { $count ->
        [one] Please check one more entry
       *[other] Please check { $count } more entries
    }
missing-family-name = Enter the family name
missing-born-on = Enter the date of birth
wrong-date = Enter the date as day.month.year, for example 24.03.1939
missing-claim = Choose the entitlement
missing-street = Enter street and number
wrong-postcode = Postcode: five digits
missing-town = Enter the town
missing-email = Enter the e-mail address or choose the letter only
wrong-email = Check the e-mail address, for example name@example.org
missing-reference = Enter the reference

## Refusals of the server, by their code

notice-no-answer = No answer from the server. Try again: nothing is carried out twice.
notice-reservation-gone = The reservation has run out. Please choose a pair again; everything you typed is still here.
error-unknown = That did not work ({ $code }). Please try again.
error-fault = That did not work just now. Please try again: nothing is carried out twice.
error-unreachable = The server cannot be reached. Please try again in a moment.
error-wrong-credentials = Login or password is wrong.
error-too-many-attempts = Too many attempts. Please wait some minutes.
error-not-logged-in = You are no longer logged in.
error-not-allowed = You are not allowed to do this.
error-foreign-origin = This address is not set up for logging in. Please open the usual one.
error-busy = The server is busy. Please try again in a moment.
error-superseded = Your console is open in another window.
error-key-misused = That did not work. Please reload the page: what you typed is kept.
error-bad-command = This page does not fit the server. Please reload it: what you typed is kept.
error-unknown-code = This choice no longer exists. Please reload the page.
error-no-caller = There is no caller at the moment.
error-too-many-searches = Too many searches in a row. Please wait a moment.
error-offer-gone = This call is no longer there for you.
error-not-free = That cannot be done in this state.
error-not-redeemable = This place in the queue no longer exists.
error-occupied = That cannot be done during a call.
error-no-call = There is no call at the moment.
error-hold-off = Hold is switched off here.
error-not-held = The call is not on hold.
error-nobody-there = Nobody can take the call there now. Please choose another target.
error-unfit = This colleague cannot take this call. Please choose another target.
error-note-too-long = The note is too long: 200 characters at most.
error-no-wrap-up = The wrap-up is over already.
error-no-extension = The wrap-up cannot be extended any more.
error-signed-out = You are logged out.
error-not-open-yet = Appointments for these days cannot be booked yet.
error-unknown-centre = This centre no longer exists. Please choose another.
error-sold-out = No pair of appointments is free there at present. Ask for another centre or a later day.
error-pair-taken = This pair has just been taken. Please choose another.
error-bad-token = This proposal is out of date. Please ask for new proposals.
error-reservation-lost = The reservation has run out. Please choose a pair again; everything you typed is still here.
error-has-appointments = This person has appointments already. Find the existing booking.
error-letter-too-late = The letter would arrive after the first appointment. Confirm by e-mail, or choose a later appointment.
error-no-postal-address = The letter needs a postal address.
error-no-email = Enter the e-mail address or choose the letter only.
error-unknown-person = The person that was found has changed. Please search again.
error-person-exists = A person with this name, date of birth and town is known already. Please search and choose.
error-unknown-reference = No booking with this reference and this date of birth.
error-already-begun = The first appointment has begun. Only the centre can change it now.
error-claim-unknown = This entitlement no longer applies. Please choose another.
error-group-not-open = This group has not been called up yet.
error-channel-closed = This group is not booked by the hotline.
error-other-vaccine = This person needs another vaccine.
error-vaccine-not-offered = This vaccine is not offered there.
error-too-young = Too young for this entitlement: please check the date of birth.
error-too-old = Too old for this entitlement: please check the date of birth.
error-interval = The interval between the two is not allowed. Please ask for new proposals.
error-bad-text = This text cannot be spoken: it is too long, or has signs like < or >.
error-unreadable-moment = There is no such day.
error-range-too-full = That is too much at once.
error-required = Something is missing here.
error-too-long = This entry is too long.
error-too-wide = This line does not fit into the window of the envelope. Please shorten it.
error-control-character = There is an invisible character here. Please type it again.
error-characters = There are characters here that cannot stand in a letter.
error-date = There is no such date. Enter it as day.month.year.
error-date-incomplete = Day and month are missing. Ask for the full date on the identity card.
error-postcode = Postcode: five digits
error-email = Check the e-mail address, for example name@example.org
error-language = Choose the language of post.
error-id = The person that was found has changed. Please search again.
error-phone-withheld = Enter the telephone number or empty the field.
error-phone-not-a-number = This is not a telephone number.
error-phone-no-area-code = The area code is missing.
error-phone-too-short = The telephone number is too short.
error-phone-too-long = The telephone number is too long.

## Keys

key-accept = Accept the call
key-decline = Decline the call
key-ready = Ready or break; during a call: afterwards
key-hang-up = Hang up
key-hold = Hold and resume the call
key-transfer = Hand the call on
key-extend = Extend the wrap-up
key-book = Book
key-person = To the person
key-appointment = To the appointment
key-guide = To the booking search

## Menu

menu-of = Menu of { $name }
menu-language = Language
menu-theme = Appearance
menu-theme-system = system
menu-theme-light = light
menu-theme-dark = dark
menu-sound = Ring tone
menu-sound-on = on
menu-sound-off = off
menu-notifications-ask = Switch notifications on
menu-notifications-on = Notifications are on
menu-notifications-denied = Notifications are blocked in the browser
menu-keys = Keys
menu-log-out = Log out

## Supervision

board-current = Up to date
board-stale = As of { $time }
board-waiting = Waiting
board-waiting-how = places in the queue: waiting and on offer
board-longest = Longest wait
board-longest-how = since the person joined who has waited longest
board-in-menu = In the menu
board-in-menu-how = calls that still choose or listen
board-talking = Talking
board-talking-how = callers with an agent
board-served = Served
board-served-how = calls that ended today after an agent answered
board-abandoned = Lost
board-abandoned-how = hung up while waiting today and did not come back
board-booked = Booked
board-booked-how = confirmed today; all appointments of a person are one
board-ready = Ready
board-ready-how = agents who can take a call at once
board-states = Agents by state
board-agents = Agents
board-agents-none = No agent is logged in.
board-state = State
board-count = Agents
board-name = Name
board-reason = Reason
board-since = For
board-today = today
board-sum = Total
board-broken = Connection interrupted. The figures are of { $time }.
why-heading = Why is nobody being served?
why-unreachable = No answer arrived. Asking again.
why-entries = Waiting ({ $shown } of { $waiting })
why-entries-none = Nobody is waiting.
why-place = Place
why-since = Waiting for
why-reason = Why not now
why-able = Who could
why-skills = Skills
why-changes = From { $time } on more agents may take it.
why-lacks = Missing: { $skills }.
why-does-idle = ready
why-does-unlinked = without a connection
why-does-busy = busy
why-does-wrap-up = in wrap-up
why-does-not-ready = not ready
why-entry-next = Is being offered.
why-entry-others-first = Others come first.
why-entry-all-busy = Everybody who could is busy.
why-entry-nobody-can = Nobody at work can do what is needed.
why-entry-kept-apart = Those who are free declined it; it is not offered to them again before { $until }.
why-entry-waits-for-agent = Waits for { $agent } until { $until }.
why-entry-paused = Callback: could not be reached, next try after { $until }.
why-entry-nobody-dispatches = No process distributes calls.
why-entry-nobody-publishes = No process publishes events: offers would not arrive.
why-agent-next = Is being offered a caller.
why-agent-others-first = Others have been free for longer.
why-agent-nobody-waits = Nobody is waiting.
why-agent-nobody-fits = Nobody who waits fits the skills.
why-agent-kept-apart = Those who fit wait for somebody else, or were declined.
why-agent-unlinked = Ready, but the page is not connected.
why-agent-busy = Busy.
why-agent-wrap-up = In wrap-up.
why-agent-not-ready = Not ready.
why-agent-nobody-dispatches = No process distributes calls.
why-agent-nobody-publishes = No process publishes events: offers would not arrive.

## The supervisor's page: announcement before the menu

notice-heading = Announcement
notice-now = Announcement before the menu
notice-on-state = Switched on
notice-off-state = Switched off
notice-nothing = Callers hear the menu at once.
notice-new = New announcement
notice-other = Replace the announcement
notice-how = Holds for all calls that arrive from now on. Both texts are needed.
notice-on = Switch on
notice-replace = Replace
notice-off = Switch off
notice-off-title = Switch the announcement off?
notice-off-effect = Whoever calls from now on hears the menu at once. The text stays here in the fields.
notice-off-no = Cancel
notice-is-on = The announcement is on.
notice-is-off = The announcement is off.

## The supervisor's page: figures of a day

statistics-heading = Figures
statistics-day = Day
statistics-csv = Download as a table (CSV)
statistics-chart = Calls by hour, { $title }. The same figures stand in the table below.
statistics-hours = Hour by hour
statistics-hour = Hour
statistics-hour-from =
    { $twin ->
        [first] { $hour }:00 (summer time)
        [second] { $hour }:00 (standard time)
       *[none] { $hour }:00
    }
statistics-offered = Calls
statistics-offered-how = joined the queue
statistics-answered = Answered
statistics-answered-how = talked with an agent
statistics-abandoned = Hung up
statistics-abandoned-how = and did not come back
statistics-other = Other
statistics-other-how = waiting or cut off
statistics-level = Service level
statistics-level-how = answered within { $seconds } s
statistics-level-under = below the hour: service level
statistics-wait = Wait
statistics-wait-how = mean of those answered
statistics-talk = Talk
statistics-talk-how = mean length

## Supervision: forecast of the next hour

forecast-heading = Forecast
forecast-next = The next hour
forecast-time =
    { $twin ->
        [first] { $time } (summer time)
        [second] { $time } (standard time)
       *[none] { $time }
    }
forecast-calls =
    { $calls ->
        [0] No calls are expected from { $from } to { $to } ({ $low } to { $high }).
        [one] One call is expected from { $from } to { $to } ({ $low } to { $high }).
       *[other] { $calls } calls are expected from { $from } to { $to } ({ $low } to { $high }).
    }
forecast-needed =
    { $needed ->
        [one] That needs one agent;
       *[other] That needs { $needed } agents;
    }
forecast-there =
    { $there ->
        [0] none is logged in.
        [one] one is logged in.
       *[other] { $there } are logged in.
    }
forecast-verdict-missing =
    { $missing ->
        [one] One agent is missing
       *[other] { $missing } agents are missing
    }
forecast-verdict-tight =
    { $missing ->
        [one] Enough, but one short if many call
       *[other] Enough, but { $missing } short if many call
    }
forecast-verdict-enough = Enough, even if many call
forecast-range = Few calls ({ $low }) need { $few }, many ({ $high }) need { $many }. Eight of ten such hours lie between.
forecast-pauses = Agents who pause are logged in too. Needed are agents who take calls.
forecast-quarters = Calls by quarter of an hour
forecast-chart = Calls by quarter of an hour, those that came and those expected. The same figures stand in the table below.
forecast-came = Came
forecast-expected = Expected
forecast-under = below the time: calls
forecast-figures = Quarter by quarter
forecast-begins = Begins
forecast-runs = not over yet
forecast-rows = With more or fewer agents (goal: { $percent }% answered within { $seconds } s)
forecast-agents = Agents
forecast-column-occupied = Occupied
forecast-column-waiting = Have to wait
forecast-column-abandoned = Hang up
forecast-column-wait = Mean wait
forecast-within = Answered within { $seconds } s
forecast-is-needed = needed
forecast-is-now = now
forecast-is-nearly-now = nearest to now ({ $there })
forecast-grows =
    { $calls ->
        [one] The queue grows without end, by one call every hour.
       *[other] The queue grows without end, by { $calls } calls every hour.
    }
forecast-basis =
    { $basis ->
        [same_weekday] { $days ->
            [one] Reckoned from one day of the same weekday.
           *[other] Reckoned from { $days } days of the same weekday.
        }
        [last_hour] Reckoned from the last hour alone: nothing older is known.
       *[all_days] { $days ->
            [one] Reckoned from one day of another weekday.
           *[other] Reckoned from { $days } days of other weekdays.
        }
    }
forecast-level =
    { $than ->
        [more] Today { $percent }% more call than usual.
        [fewer] Today { $percent }% fewer call than usual.
       *[same] Today as many call as usual.
    }
forecast-handling = Each call takes { $length } on average, with wrap-up.
forecast-patience = Who waits hangs up after { $length } on average.
forecast-patient = It is reckoned as if nobody hung up.
forecast-old = The forecast is of { $time }.
forecast-nothing-known = No forecast yet: the hotline must have had calls for at least one whole hour. Then it appears here by itself.
