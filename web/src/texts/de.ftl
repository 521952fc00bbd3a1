# Alle Texte der Seiten für Beschäftigte, auf Deutsch. Dieselben Schlüssel stehen in en.ftl.

## Seiten

title-login = Anmeldung · Vaxline
title-console = Arbeitsplatz · Vaxline
title-offer = ☎ Anruf · Vaxline
title-supervision = Leitstand · Vaxline
console-heading = Arbeitsplatz
supervision-heading = Leitstand
close = Schließen
bars = Meldungen
choose = Bitte wählen
optional = (freiwillig)
key-name-control = Strg

## Anmeldung

login-heading = Anmelden
login-product = Terminhotline der Impfkampagne
login-name = Anmeldename
login-password = Passwort
login-show = Passwort anzeigen
login-submit = Anmelden
login-missing-name = Geben Sie Ihren Anmeldenamen ein.
login-missing-password = Geben Sie Ihr Passwort ein.
login-licences = Lizenzen

## Zustände

agent-offline = Nicht verbunden
agent-ready = Bereit
agent-offered = Anruf kommt
agent-connecting = Wird verbunden
agent-talking = Im Gespräch
agent-wrap-up = Nachbearbeitung
agent-not-ready = Nicht bereit
reason-no-answer = keine Antwort
reason-page = Seite reagiert nicht
reason-link = Verbindung
reason-phone = Telefon nicht erreichbar
reason-signed-in = neu angemeldet
reason-break = Pause
reason-training = Schulung
reason-meeting = Besprechung
reason-technical = Technisches Problem
presence-ready = Bereit melden
presence-not-ready = Pause
presence-afterwards = Danach: { $what }
presence-reasons = Grund wählen
link-connecting = Verbindung wird aufgebaut
link-live = Verbunden
link-stale = Keine neuen Daten
link-broken = Unterbrochen
link-superseded = Übernommen
bar-broken = Verbindung unterbrochen. Das Gespräch läuft weiter, Eingaben bleiben erhalten.
bar-stale = Seit einigen Sekunden kommt nichts Neues vom Server. Stand { $time }.
degraded-print = Der Druck ist gestört: Briefe werden gedruckt, sobald er wieder läuft.
degraded-mail = Der E-Mail-Versand ist gestört: E-Mails werden nachgeholt, Briefe gehen hinaus.
degraded-provider = Die Telefonie meldet nichts: Beenden Sie Gespräche bitte am Telefon.
takeover-title = In einem anderen Fenster geöffnet
takeover-text = Ihr Arbeitsplatz läuft in einem anderen Fenster oder an einem anderen Rechner weiter. Anruf, Eingaben und reservierte Termine sind dort.
takeover-back = Hier weiterarbeiten

## Warteschlange

queue-waiting = Wartend
queue-longest = längste
queue-nobody = Niemand wartet.
queue-many =
    { $count ->
        [one] Eine Person wartet.
       *[other] { $count } Personen warten.
    }
queue-longest-sentence = Längste Wartezeit:
lobby-ready = Sie sind bereit
lobby-not-ready = Nicht bereit: { $reason }
lobby-ready-hint = Der nächste Anruf erscheint hier. Annehmen mit F2.

## Angebot

offer-title = Anruf für Sie
offer-callback = Rückruf für Sie
offer-callback-note = Die Person wartet nicht am Apparat. Wenn Sie annehmen, wird sie angerufen.
offer-topic = Anliegen
offer-language = Sprache
offer-waiting = Wartet seit
offer-left = Noch
offer-accept = Annehmen
offer-decline = Ablehnen
notification-title = Anruf wartet auf Sie
offer-gone-hung-up = Die Person hat aufgelegt, bevor Sie annehmen konnten.
offer-gone-expired = Das Angebot ist abgelaufen. Die Person ist wieder an ihrem Platz in der Warteschlange.
offer-gone-not-painted = Diese Seite hat den Anruf nicht rechtzeitig angezeigt. Er ging an die nächste freie Person.
offer-gone-unreached = Die Person war nicht zu erreichen und wird später noch einmal angerufen.
offer-gone-failed = Die Verbindung kam nicht zustande. Die Person ist wieder an ihrem Platz in der Warteschlange.
offer-gone-link = Ihre Verbindung war unterbrochen. Der Anruf ging an die nächste freie Person.
offer-gone-not-ready = Sie sind nicht mehr bereit. Der Anruf ging an die nächste freie Person.
topic-book = Termin buchen
topic-change = Termin ändern oder absagen
topic-information = Auskunft
language-de = Deutsch
language-en = Englisch
number-withheld = Nummer unterdrückt

## Gespräch

call-from = Anruf von
call-ringing = Die Person wird angerufen …
call-connecting = Wird verbunden …
call-ended = Gespräch beendet
call-waited = wartete { $span }
call-held = Gehalten.
call-held-until = Ihr Telefon klingelt in
call-hold = Halten
call-resume = Fortsetzen
call-hang-up = Auflegen
call-hand-on = Weitergeben
transfer-title = Anruf weitergeben
transfer-effect = Der Anruf behält seinen Platz in der Warteschlange. Ihre Eingaben gehen mit.
transfer-effect-pair = Der Anruf behält seinen Platz in der Warteschlange. Ihre Eingaben gehen mit; das reservierte Terminpaar wird frei.
transfer-to = An wen?
transfer-queue = Nächster freier Platz: { $label }
transfer-agent-free = { $name } (frei)
transfer-agent-busy = { $name } (beschäftigt)
transfer-note = Hinweis für die nächste Person (freiwillig)
transfer-yes = Weitergeben
transfer-no = Abbrechen
handover-by = Weitergegeben von { $name }:
wrap-up-heading = Wie ist das Gespräch ausgegangen?
wrap-up-unfinished = Anrufer hat aufgelegt. Buchung abschließen? Die Bestätigung geht trotzdem hinaus.
wrap-up-said = Das Gespräch ist beendet. Nachbearbeitung.
wrap-up-ends = endet in
wrap-up-extend = Verlängern ({ $left }×)
wrap-up-codes = Ergebnis des Gesprächs

## Person

person-heading = Person
person-family-name = Nachname
person-given-name = Vorname
person-born-on = Geburtsdatum
person-claim = Berechtigung
person-street = Straße und Hausnummer
person-postcode = PLZ
person-town = Ort
person-phone = Telefon
person-email = E-Mail
person-language = Sprache der Post
person-find = Suchen
hits-title =
    { $count ->
        [one] Eine Person gefunden
       *[other] { $count } Personen gefunden
    }
hits-none = Niemand gefunden. Nehmen Sie eine neue Person auf.
hits-new = Keine davon: neue Person aufnehmen
hits-booked = gebucht: { $reference }
papers-heading = Bestätigung
papers-letter = Brief
papers-email = E-Mail (Adresse vorgelesen)

## Termin

appointment-heading = Termin
wish-centre = Impfzentrum
wish-anywhere = egal wo
wish-from = Ab Tag
wish-part = Tageszeit
wish-part-any = egal
wish-part-morning = vormittags
wish-part-afternoon = nachmittags
wish-propose = Vorschlagen
proposals-how = Geburtsdatum und Berechtigung genügen für Vorschläge. Der Name kann danach kommen.
proposals-title = Vorgeschlagene Terminpaare
proposal-taken = gerade vergeben
proposal-fresh = neu
pair-taken = Dieses Terminpaar wurde gerade vergeben. Die nächsten freien stehen darunter.
reserved-until = Reserviert bis { $time } Uhr
reserved-keep = Verlängern
reserved-release = Zurückgeben
appointment-aloud = { $day }, { $time } Uhr
aloud-title = Gebucht. Bitte vorlesen:
aloud-cancelled = Abgesagt
aloud-vaccine = Impfstoff: { $vaccine }
aloud-reference = Vorgangsnummer
booked-title = In diesem Gespräch gebucht
booking-confirmed = gebucht
booking-cancelled = abgesagt
booking-completed = wahrgenommen
papers-none = Keine Bestätigung gewünscht.
letter-is = Brief: { $state }
letter-ordered = beauftragt
letter-available = bereit zum Druck
letter-leased = beim Druckdienst
letter-accepted = vom Druckdienst angenommen
letter-printed = gedruckt
letter-mailed = in der Post
letter-returned = zurückgekommen
letter-diverted = auf anderem Weg zugestellt
letter-superseded = durch neueren ersetzt
letter-held = angehalten
email-is = E-Mail: { $state }
email-ordered = beauftragt
email-sent = gesendet
email-failed = nicht zustellbar
email-in-doubt = vielleicht nicht angekommen
email-superseded = durch neuere ersetzt
state-other = in Bearbeitung

## Leitfaden und vorhandene Buchung

guide-heading = Leitfaden
guide-rules = Regeln, Stand { $version }
lookup-heading = Buchung finden oder absagen
lookup-reference = Vorgangsnummer
lookup-find = Buchung suchen
found-title = Gefundene Buchungen
found-none = Keine Buchung mit dieser Nummer und diesem Geburtsdatum.
found-close = Suche schließen
found-cancel = Beide Termine absagen
cancel-title = Termine absagen?
cancel-effect = Beide Termine von { $name } werden abgesagt, die Plätze sind sofort wieder frei. Das lässt sich nicht rückgängig machen.
cancel-yes = Ja, absagen
cancel-no = Nein, behalten

## Fußzeile

action-book = Verbindlich buchen
action-another = Weitere Person buchen
note = Notiz
draft-saving = Entwurf wird gesichert …
draft-waiting = Noch nicht gesichert
draft-saved = Entwurf gesichert
blocked-no-pair = Noch kein Terminpaar reserviert
blocked-connection = Ohne Verbindung kann nicht gebucht werden

## Fehler an Feldern

summary-title =
    { $count ->
        [one] Bitte noch eine Angabe prüfen
       *[other] Bitte noch { $count } Angaben prüfen
    }
missing-family-name = Nachnamen eintragen
missing-born-on = Geburtsdatum eintragen
wrong-date = Datum als Tag.Monat.Jahr eintragen, zum Beispiel 24.03.1939
missing-claim = Berechtigung wählen
missing-street = Straße und Hausnummer eintragen
wrong-postcode = PLZ: fünf Ziffern
missing-town = Ort eintragen
missing-email = E-Mail-Adresse eintragen oder nur den Brief wählen
wrong-email = E-Mail-Adresse prüfen, zum Beispiel name@example.org
missing-reference = Vorgangsnummer eintragen

## Absagen des Servers, nach ihrem Code

notice-no-answer = Keine Antwort vom Server. Versuchen Sie es noch einmal: Es wird nichts doppelt ausgeführt.
notice-reservation-gone = Die Reservierung ist abgelaufen. Bitte ein Terminpaar neu wählen; alle Eingaben sind noch da.
error-unknown = Das ging nicht ({ $code }). Bitte noch einmal versuchen.
error-fault = Das ging gerade nicht. Bitte noch einmal versuchen: Es wird nichts doppelt ausgeführt.
error-unreachable = Der Server ist nicht erreichbar. Bitte gleich noch einmal versuchen.
error-wrong-credentials = Anmeldename oder Passwort stimmen nicht.
error-too-many-attempts = Zu viele Versuche. Bitte warten Sie einige Minuten.
error-not-logged-in = Sie sind nicht mehr angemeldet.
error-not-allowed = Dazu fehlt Ihnen die Berechtigung.
error-foreign-origin = Diese Adresse ist nicht für die Anmeldung eingerichtet. Bitte die gewohnte Adresse öffnen.
error-busy = Der Server ist gerade ausgelastet. Bitte gleich noch einmal versuchen.
error-superseded = Ihr Arbeitsplatz ist in einem anderen Fenster geöffnet.
error-key-misused = Das ging nicht. Bitte die Seite neu laden: Eingaben bleiben erhalten.
error-bad-command = Diese Seite passt nicht zum Server. Bitte neu laden: Eingaben bleiben erhalten.
error-unknown-code = Diese Auswahl gibt es nicht mehr. Bitte die Seite neu laden.
error-no-caller = Es ist gerade niemand am Apparat.
error-too-many-searches = Zu viele Suchen hintereinander. Bitte kurz warten.
error-offer-gone = Dieser Anruf ist nicht mehr für Sie da.
error-not-free = Das geht in diesem Zustand nicht.
error-not-redeemable = Dieser Platz in der Warteschlange besteht nicht mehr.
error-occupied = Während eines Gesprächs geht das nicht.
error-no-call = Es gibt gerade kein Gespräch.
error-hold-off = Halten ist hier ausgeschaltet.
error-not-held = Der Anruf wird gerade nicht gehalten.
error-nobody-there = Dort kann gerade niemand übernehmen. Bitte ein anderes Ziel wählen.
error-unfit = Diese Person kann diesen Anruf nicht übernehmen. Bitte ein anderes Ziel wählen.
error-note-too-long = Der Hinweis ist zu lang: höchstens 200 Zeichen.
error-no-wrap-up = Die Nachbearbeitung ist schon zu Ende.
error-no-extension = Die Nachbearbeitung lässt sich nicht weiter verlängern.
error-signed-out = Sie sind abgemeldet.
error-not-open-yet = Für diese Tage können noch keine Termine gebucht werden.
error-unknown-centre = Dieses Impfzentrum gibt es nicht mehr. Bitte ein anderes wählen.
error-sold-out = Zurzeit ist dort kein Terminpaar frei. Fragen Sie nach einem anderen Zentrum oder einem späteren Tag.
error-pair-taken = Dieses Terminpaar wurde gerade vergeben. Bitte ein anderes wählen.
error-bad-token = Dieser Vorschlag ist veraltet. Bitte neu vorschlagen lassen.
error-reservation-lost = Die Reservierung ist abgelaufen. Bitte ein Terminpaar neu wählen; alle Eingaben sind noch da.
error-has-appointments = Diese Person hat schon Termine. Suchen Sie die vorhandene Buchung.
error-letter-too-late = Der Brief käme nach dem ersten Termin an. Bestätigen Sie per E-Mail, oder wählen Sie einen späteren Termin.
error-no-postal-address = Für den Brief fehlt die Anschrift.
error-no-email = E-Mail-Adresse eintragen oder nur den Brief wählen.
error-unknown-person = Die gefundene Person hat sich geändert. Bitte noch einmal suchen.
error-person-exists = Eine Person mit diesem Namen, Geburtsdatum und Wohnort ist schon aufgenommen. Bitte suchen und auswählen.
error-unknown-reference = Keine Buchung mit dieser Nummer und diesem Geburtsdatum.
error-already-begun = Der erste Termin hat schon begonnen. Ändern kann ihn nur noch das Impfzentrum.
error-claim-unknown = Diese Berechtigung gilt nicht mehr. Bitte eine andere wählen.
error-group-not-open = Diese Gruppe ist noch nicht an der Reihe.
error-channel-closed = Diese Gruppe wird nicht über die Hotline gebucht.
error-other-vaccine = Für diese Person kommt ein anderer Impfstoff infrage.
error-vaccine-not-offered = Dieser Impfstoff wird dort nicht angeboten.
error-too-young = Für diese Berechtigung zu jung: bitte Geburtsdatum prüfen.
error-too-old = Für diese Berechtigung zu alt: bitte Geburtsdatum prüfen.
error-interval = Der Abstand der beiden Termine passt nicht. Bitte neu vorschlagen lassen.
error-bad-text = Dieser Text lässt sich nicht vorlesen: Er ist zu lang, oder er enthält Zeichen wie < oder >.
error-unreadable-moment = Diesen Tag gibt es nicht.
error-range-too-full = Das ist zu viel auf einmal.
error-required = Hier fehlt eine Angabe.
error-too-long = Diese Angabe ist zu lang.
error-too-wide = Diese Zeile passt nicht in das Fenster des Briefumschlags. Bitte kürzer schreiben.
error-control-character = Hier steht ein unsichtbares Zeichen. Bitte neu eintippen.
error-characters = Hier stehen Zeichen, die nicht in einen Brief passen.
error-date = Dieses Datum gibt es nicht. Bitte als Tag.Monat.Jahr eintragen.
error-date-incomplete = Tag und Monat fehlen. Fragen Sie nach dem vollen Datum im Ausweis.
error-postcode = PLZ: fünf Ziffern
error-email = E-Mail-Adresse prüfen, zum Beispiel name@example.org
error-language = Sprache der Post wählen.
error-id = Die gefundene Person hat sich geändert. Bitte noch einmal suchen.
error-phone-withheld = Telefonnummer eintragen oder das Feld leeren.
error-phone-not-a-number = Das ist keine Telefonnummer.
error-phone-no-area-code = Die Vorwahl fehlt.
error-phone-too-short = Die Telefonnummer ist zu kurz.
error-phone-too-long = Die Telefonnummer ist zu lang.

## Tasten

key-accept = Anruf annehmen
key-decline = Anruf ablehnen
key-ready = Bereit oder Pause; im Gespräch: danach
key-hang-up = Auflegen
key-hold = Anruf halten und fortsetzen
key-transfer = Anruf weitergeben
key-extend = Nachbearbeitung verlängern
key-book = Verbindlich buchen
key-person = Zur Person
key-appointment = Zum Termin
key-guide = Zur Buchungssuche

## Menü

menu-of = Menü von { $name }
menu-language = Sprache
menu-theme = Darstellung
menu-theme-system = System
menu-theme-light = hell
menu-theme-dark = dunkel
menu-sound = Anrufton
menu-sound-on = an
menu-sound-off = aus
menu-notifications-ask = Benachrichtigungen einschalten
menu-notifications-on = Benachrichtigungen sind eingeschaltet
menu-notifications-denied = Benachrichtigungen sind im Browser gesperrt
menu-keys = Tasten
menu-log-out = Abmelden

## Leitstand

board-current = Daten aktuell
board-stale = Stand { $time }
board-waiting = Wartend
board-waiting-how = Plätze in der Warteschlange: wartend und gerade angeboten
board-longest = Längste Wartezeit
board-longest-how = seit dem Eintritt der Person, die am längsten wartet
board-in-menu = Im Menü
board-in-menu-how = Anrufe, die noch wählen oder zuhören
board-talking = Im Gespräch
board-talking-how = Gespräche mit einer Person am Arbeitsplatz
board-served = Bedient
board-served-how = Gespräche, die heute zu Ende gegangen sind
board-abandoned = Verloren
board-abandoned-how = heute aufgelegt beim Warten und nicht wiedergekommen
board-booked = Gebucht
board-booked-how = heute bestätigt; je Person alle ihre Termine
board-ready = Bereit
board-ready-how = Arbeitsplätze, die sofort annehmen können
board-states = Arbeitsplätze nach Zustand
board-agents = Arbeitsplätze
board-agents-none = Kein Arbeitsplatz ist besetzt.
board-state = Zustand
board-count = Plätze
board-name = Name
board-reason = Grund
board-since = Seit
board-today = heute
board-sum = Summe
board-broken = Verbindung unterbrochen. Die Werte sind von { $time }.
why-heading = Warum geht es nicht weiter?
why-unreachable = Die Antwort kam nicht an. Es wird weiter gefragt.
why-entries = Wartende ({ $shown } von { $waiting })
why-entries-none = Niemand wartet.
why-place = Platz
why-since = Wartet
why-reason = Warum nicht jetzt
why-able = Wer es kann
why-skills = Fähigkeiten
why-changes = Ab { $time } dürfen mehr Arbeitsplätze annehmen.
why-lacks = Es fehlt: { $skills }.
why-does-idle = bereit
why-does-unlinked = ohne Verbindung
why-does-busy = beschäftigt
why-does-wrap-up = in Nacharbeit
why-does-not-ready = in Pause
why-entry-next = Wird gerade angeboten.
why-entry-others-first = Andere stehen davor.
why-entry-all-busy = Alle, die es können, sind beschäftigt.
why-entry-nobody-can = Niemand am Arbeitsplatz kann, was gebraucht wird.
why-entry-kept-apart = Wer frei ist, hat den Anruf abgelehnt; bis { $until } wird er dort nicht wieder angeboten.
why-entry-waits-for-agent = Wartet bis { $until } auf { $agent }.
why-entry-paused = Rückruf: war nicht zu erreichen, nächster Versuch ab { $until }.
why-entry-nobody-dispatches = Kein Prozess verteilt Anrufe.
why-entry-nobody-publishes = Kein Prozess verschickt Ereignisse: Angebote kämen nicht an.
why-agent-next = Bekommt gerade ein Angebot.
why-agent-others-first = Andere sind länger frei.
why-agent-nobody-waits = Niemand wartet.
why-agent-nobody-fits = Niemand, der wartet, passt zu den Fähigkeiten.
why-agent-kept-apart = Wer passt, wartet auf jemand anderen oder wurde abgelehnt.
why-agent-unlinked = Bereit, aber die Seite ist nicht verbunden.
why-agent-busy = Beschäftigt.
why-agent-wrap-up = In Nacharbeit.
why-agent-not-ready = Nicht bereit.
why-agent-nobody-dispatches = Kein Prozess verteilt Anrufe.
why-agent-nobody-publishes = Kein Prozess verschickt Ereignisse: Angebote kämen nicht an.

## Leitstand: Ansage vor dem Menü

notice-heading = Ansage
notice-now = Ansage vor dem Menü
notice-on-state = Eingeschaltet
notice-off-state = Ausgeschaltet
notice-nothing = Anrufende hören gleich das Menü.
notice-new = Neue Ansage
notice-other = Ansage ersetzen
notice-how = Gilt für alle Anrufe, die von jetzt an kommen. Beide Texte werden gebraucht.
notice-on = Einschalten
notice-replace = Ersetzen
notice-off = Ausschalten
notice-off-title = Ansage ausschalten?
notice-off-effect = Wer von jetzt an anruft, hört gleich das Menü. Der Text bleibt hier in den Feldern stehen.
notice-off-no = Abbrechen
notice-is-on = Die Ansage ist eingeschaltet.
notice-is-off = Die Ansage ist ausgeschaltet.

## Leitstand: Zahlen eines Tages

statistics-heading = Zahlen
statistics-day = Tag
statistics-csv = Als Tabelle herunterladen (CSV)
statistics-chart = Anrufe je Stunde, { $title }. Dieselben Zahlen stehen in der Tabelle darunter.
statistics-hours = Stunde für Stunde
statistics-hour = Stunde
statistics-hour-from =
    { $twin ->
        [first] { $hour } Uhr (Sommerzeit)
        [second] { $hour } Uhr (Normalzeit)
       *[none] { $hour } Uhr
    }
statistics-offered = Anrufe
statistics-offered-how = in die Warteschlange
statistics-answered = Angenommen
statistics-answered-how = mit jemandem gesprochen
statistics-abandoned = Aufgelegt
statistics-abandoned-how = und nicht wiedergekommen
statistics-other = Sonstige
statistics-other-how = wartend oder abgebrochen
statistics-level = Servicelevel
statistics-level-how = angenommen in { $seconds } s
statistics-level-under = unter der Stunde: Servicelevel
statistics-wait = Wartezeit
statistics-wait-how = Mittel der Angenommenen
statistics-talk = Gespräch
statistics-talk-how = mittlere Dauer

## Leitstand: Vorschau auf die nächste Stunde

forecast-heading = Vorschau
forecast-next = Die nächste Stunde
forecast-time =
    { $twin ->
        [first] { $time } (Sommerzeit)
        [second] { $time } (Normalzeit)
       *[none] { $time }
    }
forecast-calls =
    { $calls ->
        [0] Von { $from } bis { $to } werden keine Anrufe erwartet ({ $low } bis { $high }).
        [one] Von { $from } bis { $to } wird ein Anruf erwartet ({ $low } bis { $high }).
       *[other] Von { $from } bis { $to } werden { $calls } Anrufe erwartet ({ $low } bis { $high }).
    }
forecast-needed =
    { $needed ->
        [one] Dafür wird ein Arbeitsplatz gebraucht;
       *[other] Dafür werden { $needed } Arbeitsplätze gebraucht;
    }
forecast-there =
    { $there ->
        [0] keiner ist besetzt.
        [one] einer ist besetzt.
       *[other] { $there } sind besetzt.
    }
forecast-verdict-missing =
    { $missing ->
        [one] Ein Arbeitsplatz fehlt
       *[other] { $missing } Arbeitsplätze fehlen
    }
forecast-verdict-tight =
    { $missing ->
        [one] Reicht, aber bei vielen Anrufen fehlt einer
       *[other] Reicht, aber bei vielen Anrufen fehlen { $missing }
    }
forecast-verdict-enough = Reicht, auch bei vielen Anrufen
forecast-range = Bei wenigen Anrufen ({ $low }) sind es { $few }, bei vielen ({ $high }) { $many }. Acht von zehn solchen Stunden liegen dazwischen.
forecast-pauses = Wer angemeldet ist, zählt als besetzt, auch in Pause. Gebraucht werden Arbeitsplätze, die Anrufe annehmen.
forecast-quarters = Anrufe je Viertelstunde
forecast-chart = Anrufe je Viertelstunde, gekommene und erwartete. Dieselben Zahlen stehen in der Tabelle darunter.
forecast-came = Gekommen
forecast-expected = Erwartet
forecast-under = unter der Uhrzeit: Anrufe
forecast-figures = Viertelstunde für Viertelstunde
forecast-begins = Beginn
forecast-runs = läuft noch
forecast-rows = Mit mehr oder weniger Arbeitsplätzen (Ziel: { $percent } % in { $seconds } s angenommen)
forecast-agents = Arbeitsplätze
forecast-column-occupied = Auslastung
forecast-column-waiting = Müssen warten
forecast-column-abandoned = Legen auf
forecast-column-wait = Mittlere Wartezeit
forecast-within = In { $seconds } s angenommen
forecast-is-needed = gebraucht
forecast-is-now = jetzt besetzt
forecast-is-nearly-now = am nächsten an jetzt ({ $there })
forecast-grows =
    { $calls ->
        [one] Die Warteschlange wächst ohne Ende, jede Stunde um einen Anruf.
       *[other] Die Warteschlange wächst ohne Ende, jede Stunde um { $calls } Anrufe.
    }
forecast-basis =
    { $basis ->
        [same_weekday] { $days ->
            [one] Berechnet aus einem Tag mit gleichem Wochentag.
           *[other] Berechnet aus { $days } Tagen mit gleichem Wochentag.
        }
        [last_hour] Berechnet nur aus der letzten Stunde, Älteres ist nicht bekannt.
       *[all_days] { $days ->
            [one] Berechnet aus einem Tag mit anderem Wochentag.
           *[other] Berechnet aus { $days } Tagen mit anderem Wochentag.
        }
    }
forecast-level =
    { $than ->
        [more] Heute rufen { $percent } % mehr an als sonst.
        [fewer] Heute rufen { $percent } % weniger an als sonst.
       *[same] Heute rufen so viele an wie sonst.
    }
forecast-handling = Je Anruf im Mittel { $length } mit Nachbearbeitung.
forecast-patience = Wer wartet, legt im Mittel nach { $length } auf.
forecast-patient = Gerechnet ist, als legte niemand auf.
forecast-old = Die Vorschau ist von { $time }.
forecast-nothing-known = Noch keine Vorschau: Dafür muss die Hotline mindestens eine ganze Stunde lang Anrufe gehabt haben. Danach erscheint sie hier von selbst.
