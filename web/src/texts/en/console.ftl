# What the console says, in English. The same keys stand in ../de.

## Pages

title-console = Console · Vaxline
title-offer = ☎ Call · Vaxline
console-heading = Console

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
