# Was der Arbeitsplatz sagt, auf Deutsch. Dieselben Schlüssel stehen in ../en.

## Seiten

title-console = Arbeitsplatz · Vaxline
title-offer = ☎ Anruf · Vaxline
console-heading = Arbeitsplatz

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
