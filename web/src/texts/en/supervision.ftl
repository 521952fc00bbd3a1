# What the supervisors' page says, in English. The same keys stand in ../de.

## Pages

title-supervision = Supervision · Vaxline
supervision-heading = Supervision

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
error-goal-out-of-reach = No number of consoles reaches this goal.
