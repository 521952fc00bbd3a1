# Was der Leitstand sagt, auf Deutsch. Dieselben Schlüssel stehen in ../en.

## Seiten

title-supervision = Leitstand · Vaxline
supervision-heading = Leitstand

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
error-goal-out-of-reach = Dieses Ziel erreicht keine Zahl von Arbeitsplätzen.
