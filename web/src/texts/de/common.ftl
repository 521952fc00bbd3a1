# Was jede Seite für Beschäftigte sagt, auf Deutsch. Dieselben Schlüssel stehen in ../en.

## Seiten

close = Schließen
bars = Meldungen
choose = Bitte wählen
optional = (freiwillig)
key-name-control = Strg
note = Notiz

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

## Sprachen

language-de = Deutsch
language-en = Englisch

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
