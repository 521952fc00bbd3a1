# What every staff page says, in English. The same keys stand in ../de.

## Pages

close = Close
bars = Notices
choose = Please choose
optional = (optional)
key-name-control = Ctrl
note = Note

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

## Languages

language-de = German
language-en = English

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
