// Made from src/hotline/console/wire.rs and src/hotline/supervision/{wire,why}.rs: do not edit, run
// `UPDATE=1 cargo test protocol_ts_is_current`.

export const PROTOCOL = 1;

/**
 * One agent.
 */
export type AgentRow = {
/**
 * Display name.
 */
name: string,
/**
 * The state.
 */
state: AgentState,
/**
 * Why not ready.
 */
reason: string | null,
/**
 * Since when.
 */
since_ms: number, };

/**
 * The states of an agent.
 */
export type AgentState = "offline" | "ready" | "offered" | "connecting" | "talking" | "wrap_up" | "not_ready";

/**
 * The agent's state.
 */
export type AgentView = {
/**
 * Display name.
 */
name: string,
/**
 * The state.
 */
state: AgentState,
/**
 * Why not ready: a code of the setup, or `no_answer`, `link`.
 */
reason: string | null,
/**
 * Since when.
 */
since_ms: number,
/**
 * When this state ends by itself (wrap-up).
 */
until_ms: number | null,
/**
 * What comes after this call: `ready`, or a not-ready reason.
 */
next: string | null,
/**
 * How often wrap-up may still be extended.
 */
extensions_left: number, };

/**
 * What a command that asks for something is answered.
 */
export type Answer = { "kind": "persons",
/**
 * The hits.
 */
persons: Array<PersonHit>, } | { "kind": "pairs",
/**
 * The proposals, best first.
 */
pairs: Array<PairView>, } | { "kind": "reserved",
/**
 * The reservation.
 */
reservation: ReservationView, } | { "kind": "booking",
/**
 * The booking.
 */
booking: BookingView, } | { "kind": "bookings",
/**
 * Newest first, cancelled ones too.
 */
bookings: Array<BookingView>, } | { "kind": "colleagues",
/**
 * The colleagues, a hundred at most.
 */
colleagues: Array<ColleagueView>, } | { "kind": "draft",
/**
 * The version now stored.
 */
version: number, };

/**
 * One appointment.
 */
export type AppointmentView = {
/**
 * Local date.
 */
day: string,
/**
 * Local time, `09:20`.
 */
time: string, };

/**
 * The state of the hotline at one moment. Every figure can be recomputed from the event log.
 */
export type Board = {
/**
 * The moment.
 */
epoch_ms: number,
/**
 * Entries that wait: waiting and offered.
 */
waiting: number,
/**
 * Since when the longest of them waits.
 */
longest_since_ms: number | null,
/**
 * Calls that are still in the menu.
 */
in_menu: number,
/**
 * Callers who talk with an agent.
 */
talking: number,
/**
 * Entries served since local midnight.
 */
served_today: number,
/**
 * Callers who hung up while waiting since local midnight, those that came back excepted.
 */
abandoned_today: number,
/**
 * Bookings confirmed since local midnight.
 */
booked_today: number,
/**
 * Agents by state, every state present.
 */
agents_by_state: Array<StateCount>,
/**
 * The agents who are not offline.
 */
agents: Array<AgentRow>,
/**
 * Parts of the system that are down.
 */
degraded: Array<string>, };

/**
 * A booking with what became of its papers.
 */
export type BookingView = {
/**
 * The reference that people read aloud, in groups of four.
 */
reference: string,
/**
 * Given and family name, for reading back.
 */
name: string,
/**
 * The pair.
 */
pair: PairView,
/**
 * `confirmed` or `cancelled`.
 */
state: string,
/**
 * What became of the letter: `ordered`, `available`, `leased`, `accepted`, `printed`, `mailed`, `superseded`, `held`.
 */
letter: string | null,
/**
 * What became of the e-mail: `ordered`, `sent`, `failed`.
 */
email: string | null, };

/**
 * The caller's state, as the provider reports it.
 */
export type CallState = "ringing" | "connecting" | "talking" | "held" | "ended";

/**
 * The caller on the line.
 */
export type CallView = {
/**
 * Id of the place in line that is being served.
 */
entry: string,
/**
 * The caller's number; empty when withheld.
 */
number: string | null,
/**
 * `de` or `en`.
 */
language: string,
/**
 * What the caller chose.
 */
topic: string,
/**
 * The caller's state.
 */
state: CallState,
/**
 * When the caller joined the queue.
 */
waiting_since_ms: number,
/**
 * When the talk began.
 */
talking_since_ms: number | null,
/**
 * When the agent's phone is rung for a caller on hold, asked for or not.
 */
held_until_ms: number | null,
/**
 * What the agent before has left, when the caller was handed on.
 */
handover: HandoverView | null, };

/**
 * A centre.
 */
export type CentreView = {
/**
 * Stable code.
 */
code: string,
/**
 * Its name.
 */
name: string,
/**
 * Street and house number or site.
 */
street: string,
/**
 * Postcode and town.
 */
town: string, };

/**
 * A code with its German label.
 */
export type Choice = {
/**
 * Stable code.
 */
code: string,
/**
 * What people read.
 */
label: string, };

/**
 * A colleague who is at work.
 */
export type ColleagueView = {
/**
 * Id.
 */
id: string,
/**
 * Display name.
 */
name: string,
/**
 * What they do.
 */
state: AgentState, };

/**
 * What a page can ask for.
 */
export type Command = { "t": "painted",
/**
 * Which one.
 */
offer: string, } | { "t": "accept",
/**
 * Which one.
 */
offer: string, } | { "t": "decline",
/**
 * Which one.
 */
offer: string, } | { "t": "ready" } | { "t": "not_ready",
/**
 * A code of the setup.
 */
reason: string, } | { "t": "hang_up" } | { "t": "hold" } | { "t": "resume" } | { "t": "colleagues" } | { "t": "transfer",
/**
 * To whom.
 */
to: TransferTo,
/**
 * A word to the next agent, 200 characters at most; may be empty.
 */
note: string, } | { "t": "extend_wrap_up" } | { "t": "finish_wrap_up",
/**
 * A code of the setup.
 */
code: string, } | { "t": "save_draft",
/**
 * The whole form.
 */
form: DraftForm, } | { "t": "find_persons",
/**
 * Family name.
 */
family_name: string,
/**
 * Birth date.
 */
born_on: string, } | { "t": "find_booking",
/**
 * The reference, any spacing.
 */
reference: string,
/**
 * The second factor.
 */
born_on: string, } | { "t": "propose",
/**
 * The form.
 */
form: DraftForm, } | { "t": "reserve",
/**
 * The pair's token.
 */
token: string,
/**
 * The form.
 */
form: DraftForm, } | { "t": "release",
/**
 * Which one.
 */
reservation: string, } | { "t": "confirm",
/**
 * Which one.
 */
reservation: string,
/**
 * The form.
 */
form: DraftForm, } | { "t": "cancel",
/**
 * The reference.
 */
reference: string,
/**
 * The second factor.
 */
born_on: string, };

/**
 * Everything on an agent's desk.
 */
export type Desk = {
/**
 * The agent.
 */
agent: AgentView,
/**
 * An open offer.
 */
offer: OfferView | null,
/**
 * The caller on the line or in wrap-up.
 */
call: CallView | null,
/**
 * What was typed.
 */
draft: DraftView | null,
/**
 * The reserved pair.
 */
reservation: ReservationView | null,
/**
 * What was booked in this call.
 */
bookings: Array<BookingView>,
/**
 * The queue.
 */
queue: QueueView,
/**
 * Parts of the system that are down.
 */
degraded: Array<string>, };

/**
 * The form of a booking. Every field may be empty while it is typed.
 */
export type DraftForm = {
/**
 * The person.
 */
person: PersonForm,
/**
 * Where, or anywhere.
 */
centre: string | null,
/**
 * Not before this local date (`2021-05-14`).
 */
from_day: string | null,
/**
 * `any`, `morning`, `afternoon`.
 */
day_part: string,
/**
 * Whether a letter is wanted. Pairs are proposed on days that it reaches.
 */
letter: boolean,
/**
 * Whether an e-mail is wanted (and was asked for aloud).
 */
email: boolean,
/**
 * A note for the wrap-up; not kept after the call.
 */
note: string, };

/**
 * What an agent has typed, kept on the server.
 */
export type DraftView = {
/**
 * Grows with every save.
 */
version: number,
/**
 * The form as the page sent it.
 */
form: DraftForm, };

/**
 * A command from the page. `cmd` is a key of the page's choice, new for every command and repeated when the command is:
 * the same key is carried out once.
 */
export type FromPage = {
/**
 * The command's key, 1 to 64 characters.
 */
cmd: string,
/**
 * What is to be done.
 */
do: Command, };

/**
 * What the agent before has left.
 */
export type HandoverView = {
/**
 * Display name of the agent who has handed the caller on.
 */
by: string,
/**
 * A word of theirs; may be empty.
 */
note: string,
/**
 * What they had typed.
 */
form: DraftForm | null, };

/**
 * A caller on offer.
 */
export type OfferView = {
/**
 * Id of the offer.
 */
id: string,
/**
 * The caller's number with its middle masked; empty when withheld.
 */
number_masked: string | null,
/**
 * `de` or `en`.
 */
language: string,
/**
 * What the caller chose: `book`, `change`, `information`.
 */
topic: string,
/**
 * When the caller joined the queue.
 */
waiting_since_ms: number,
/**
 * When the offer ends.
 */
until_ms: number,
/**
 * Whether the caller does not wait on the line, and is rung when the offer is accepted.
 */
callback: boolean, };

/**
 * Two appointments that belong together.
 */
export type PairView = {
/**
 * What `reserve` is given.
 */
token: string,
/**
 * The centre's code.
 */
centre: string,
/**
 * The vaccine as it is named on that day.
 */
vaccine: string,
/**
 * The first appointment, in the centre's local time.
 */
first: AppointmentView,
/**
 * The second; empty for a vaccine of one dose.
 */
second: AppointmentView | null, };

/**
 * A person as typed.
 */
export type PersonForm = {
/**
 * Id of a person that was found, empty for a new one.
 */
id: string | null,
/**
 * Family name.
 */
family_name: string,
/**
 * Given names.
 */
given_name: string,
/**
 * Birth date, `1939-03-24` (or as people say it, `24.03.1939`).
 */
born_on: string,
/**
 * Street and house number.
 */
street: string,
/**
 * Postcode, text with leading zeros.
 */
postcode: string,
/**
 * Town.
 */
town: string,
/**
 * Telephone.
 */
phone: string,
/**
 * E-mail; always optional.
 */
email: string,
/**
 * The claim of entitlement, a code of the setup.
 */
claim: string,
/**
 * `de` or `en`: the language of letters.
 */
language: string, };

/**
 * A person found by search.
 */
export type PersonHit = {
/**
 * The person, filled in.
 */
person: PersonForm,
/**
 * The reference of an active booking.
 */
booked: string | null, };

/**
 * The queue at a glance.
 */
export type QueueView = {
/**
 * How many wait.
 */
waiting: number,
/**
 * Since when the longest waits.
 */
longest_since_ms: number | null, };

/**
 * A refusal, with its stable code.
 */
export type Refused = {
/**
 * Stable code, e.g. `reservation_lost`, `not_eligible`, `sold_out`.
 */
code: string,
/**
 * The field of the form that it is about, when there is one (`person.born_on`).
 */
field: string | null,
/**
 * English words for the log and for developers; the page has its own texts by code.
 */
detail: string, };

/**
 * A reserved pair.
 */
export type ReservationView = {
/**
 * Id of the reservation.
 */
id: string,
/**
 * The pair.
 */
pair: PairView,
/**
 * When it lapses.
 */
until_ms: number, };

/**
 * What does not change while connected.
 */
export type Setup = {
/**
 * The centres of the campaign.
 */
centres: Array<CentreView>,
/**
 * Why an agent may be not ready.
 */
not_ready_reasons: Array<Choice>,
/**
 * How a call may end.
 */
wrap_up_codes: Array<Choice>,
/**
 * The queues to which a caller can be handed on.
 */
queues: Array<Choice>,
/**
 * The claims of entitlement, as the rules of today name them.
 */
claims: Array<Choice>,
/**
 * The version of the rules.
 */
rules_version: string,
/**
 * The script for the agent, one step a line, by language (`de`, `en`).
 */
script: Array<string>,
/**
 * How long an offer is left open, for the countdown.
 */
offer_ms: number,
/**
 * The longest a letter needs, in working days.
 */
post_days: number, };

/**
 * How many agents are in a state.
 */
export type StateCount = {
/**
 * The state.
 */
state: AgentState,
/**
 * How many.
 */
agents: number, };

/**
 * Frames from the server to the page.
 */
export type ToPage = { "t": "hello",
/**
 * The version of the frames.
 */
protocol: number,
/**
 * The server's time: pages compute timers from it, never from their own clock.
 */
epoch_ms: number,
/**
 * How often the server sends something, at the latest; a page that hears nothing for longer shows `veraltet`.
 */
heartbeat_ms: number, } | { "t": "snapshot",
/**
 * The position in the event log that this state contains.
 */
seq: number,
/**
 * The whole desk.
 */
desk: Desk,
/**
 * What does not change while connected.
 */
setup: Setup, } | { "t": "agent",
/**
 * Position in the event log.
 */
seq: number,
/**
 * The new state.
 */
agent: AgentView, } | { "t": "offer",
/**
 * Position in the event log.
 */
seq: number,
/**
 * The offer.
 */
offer: OfferView, } | { "t": "offer_revoked",
/**
 * Position in the event log.
 */
seq: number,
/**
 * Which one.
 */
offer: string,
/**
 * `hung_up`, `expired`, `not_painted`, `declined`, `accepted`, `not_ready`.
 */
reason: string, } | { "t": "call",
/**
 * Position in the event log.
 */
seq: number,
/**
 * The call; empty when the desk is clear.
 */
call: CallView | null, } | { "t": "reservation",
/**
 * Position in the event log.
 */
seq: number,
/**
 * The reservation.
 */
reservation: ReservationView | null, } | { "t": "bookings",
/**
 * Position in the event log.
 */
seq: number,
/**
 * Newest first.
 */
bookings: Array<BookingView>, } | { "t": "queue",
/**
 * The server's time.
 */
epoch_ms: number,
/**
 * The queue.
 */
queue: QueueView, } | { "t": "ack",
/**
 * The command's key.
 */
cmd: string,
/**
 * Whether it was carried out.
 */
ok: boolean,
/**
 * Why not.
 */
error: Refused | null,
/**
 * What was asked for.
 */
result: Answer | null, } | { "t": "degraded",
/**
 * The parts.
 */
parts: Array<string>, } | { "t": "superseded" };

/**
 * Frames from the server to the page.
 */
export type ToWall = { "t": "hello",
/**
 * The version of the frames, as of the console.
 */
protocol: number,
/**
 * The server's time.
 */
epoch_ms: number,
/**
 * How often a board comes, at the latest.
 */
heartbeat_ms: number, } | { "t": "board",
/**
 * The board.
 */
board: Board, };

/**
 * To whom a caller is handed on.
 */
export type TransferTo = { "kind": "queue",
/**
 * A code of the setup.
 */
code: string, } | { "kind": "agent",
/**
 * Whom.
 */
id: string, };

/**
 * Why callers wait and agents are idle.
 */
export type Why = {
/**
 * The moment.
 */
epoch_ms: number,
/**
 * How many wait in all.
 */
waiting: number,
/**
 * Callers from the front of the line.
 */
entries: Array<WhyThisEntry>,
/**
 * Every agent who is signed in, the longest idle first.
 */
agents: Array<WhyThisAgent>, };

/**
 * Why one agent is not offered anybody now.
 */
export type WhyThisAgent = {
/**
 * Display name.
 */
name: string,
/**
 * `next`, `others_first`, `nobody_waits`, `nobody_fits`, `kept_apart`, `unlinked`, `busy`, `wrap_up`, `not_ready`,
 * `nobody_dispatches` or `nobody_publishes`.
 */
why: string,
/**
 * What they can do: `de:5,en:2`.
 */
skills: string,
/**
 * How many of those who wait they may take.
 */
may_take: number,
/**
 * How many of those who wait need a skill that they lack, by skill.
 */
lacks: { [key in string]: number }, };

/**
 * Why one caller is not served now.
 */
export type WhyThisEntry = {
/**
 * The place.
 */
entry: string,
/**
 * The queue.
 */
queue: string,
/**
 * When the caller joined.
 */
joined_ms: number,
/**
 * How many wait before it.
 */
ahead: number,
/**
 * `next`, `others_first`, `all_busy`, `nobody_can`, `kept_apart`, `waits_for_agent`, `paused`, `nobody_dispatches`
 * or `nobody_publishes`.
 */
why: string,
/**
 * The agent it waits for alone.
 */
agent: string | null,
/**
 * Until when that holds.
 */
until_ms: number | null,
/**
 * Those who can do what it needs, by what they do: `idle`, `unlinked`, `busy`, `wrap_up`, `not_ready`.
 */
able: { [key in string]: number },
/**
 * How many lack a skill that it needs, by skill.
 */
lacking: { [key in string]: number },
/**
 * When more agents may take it than now.
 */
changes_ms: number | null, };
