/**
 * What the console shows, as a pure fold over what the server said and what was asked of it: `reduce(state, event)`.
 * No clock, no socket, no screen. The server's frames are the state; the page adds only what it still waits for.
 */
import type {
    BookingView,
    ColleagueView,
    Command,
    Desk,
    PairView,
    PersonHit,
    Refused,
    Setup,
    ToPage,
} from "../protocol";
import { wishOf } from "./check";
import { CLOSED_LOGGED_OUT, CLOSED_SUPERSEDED, type LinkEvent } from "../common/link";

/** How the page stands to the server. That a part is down is not here: `desk.degraded` says it. */
export type LinkState = "connecting" | "live" | "stale" | "broken" | "superseded" | "logged_out";

/** A command without an answer yet. */
export interface Waiting {
    cmd: string;
    command: Command;
    /** The call it was meant for: a command is not repeated into another one. */
    entry: string | null;
    /** The page's monotonic clock. */
    askedAt: number;
    /** No answer in time: the button is free again, and the next press repeats the same command. */
    late: boolean;
}

/** A proposed pair, and what became of it. */
export interface Proposal {
    pair: PairView;
    /** Somebody else has it. */
    taken: boolean;
    /** Came in place of one that was taken. */
    fresh: boolean;
}

/** What the agent must be told beside the state. */
export type Notice =
    | { kind: "refused"; about: Command["t"]; error: Refused }
    | { kind: "no_answer"; about: Command["t"] }
    | { kind: "reservation_gone" }
    | { kind: "offer_gone"; reason: string };

export interface ConsoleState {
    link: LinkState;
    /** The server's time of the last frame that named one. */
    heardAt: number | undefined;
    /** Of the last snapshot: what is not newer is old news. */
    seq: number;
    /** Counts the snapshots: each is a fresh start for whoever holds typed text. */
    snapshots: number;
    desk: Desk | undefined;
    setup: Setup | undefined;
    waiting: Waiting[];
    hits: PersonHit[] | undefined;
    found: BookingView[] | undefined;
    /** Who could be handed the caller. */
    colleagues: ColleagueView[] | undefined;
    proposals: Proposal[] | undefined;
    /** What the proposals were made for: for another wish they are worth nothing. */
    proposedFor: string | undefined;
    notice: Notice | undefined;
    /** The version of the draft that the server has acknowledged. */
    saved: number | undefined;
}

export const initial: ConsoleState = {
    link: "connecting",
    heardAt: undefined,
    seq: -1,
    snapshots: 0,
    desk: undefined,
    setup: undefined,
    waiting: [],
    hits: undefined,
    found: undefined,
    colleagues: undefined,
    proposals: undefined,
    proposedFor: undefined,
    notice: undefined,
    saved: undefined,
};

export type ConsoleEvent =
    | { kind: "link"; event: LinkEvent<ToPage> }
    | { kind: "asked"; waiting: Waiting }
    | { kind: "late"; cmd: string }
    | { kind: "dropped"; cmds: string[] }
    | { kind: "forget"; what: "notice" | "hits" | "found" | "proposals" };

export function reduce(state: ConsoleState, event: ConsoleEvent): ConsoleState {
    switch (event.kind) {
        case "link":
            return linked(state, event.event);
        case "asked":
            return asked(state, event.waiting);
        case "late":
            return late(state, event.cmd);
        case "dropped":
            return { ...state, waiting: state.waiting.filter(({ cmd }) => !event.cmds.includes(cmd)) };
        case "forget":
            return { ...state, [event.what]: undefined };
    }
}

function linked(state: ConsoleState, event: LinkEvent<ToPage>): ConsoleState {
    switch (event.kind) {
        case "connecting":
            // A lost connection stays `broken` on the screen until the new one has delivered.
            return state.link === "broken" ? state : { ...state, link: "connecting" };
        case "silent":
            return state.link === "live" ? { ...state, link: "stale" } : state;
        case "closed":
            if (event.code === CLOSED_SUPERSEDED) {
                return superseded(state);
            }
            if (event.code === CLOSED_LOGGED_OUT) {
                return { ...state, link: "logged_out", waiting: [] };
            }
            return state.link === "superseded" ? state : { ...state, link: "broken" };
        case "frame":
            return framed(state, event.frame);
    }
}

function framed(before: ConsoleState, frame: ToPage): ConsoleState {
    const state: ConsoleState = before.link === "stale" ? { ...before, link: "live" } : before;
    if ("seq" in frame && frame.t !== "snapshot" && frame.seq <= state.seq) {
        return state;
    }
    switch (frame.t) {
        case "hello":
            return { ...state, heardAt: frame.epoch_ms };
        case "snapshot":
            return snapshot(state, frame.seq, frame.desk, frame.setup);
        case "superseded":
            return superseded(state);
        case "ack":
            return answered(state, frame);
        case "agent":
        case "offer":
        case "offer_revoked":
        case "call":
        case "reservation":
        case "bookings":
        case "queue":
        case "degraded":
            return state.desk ? changed(state, state.desk, frame) : state;
        default:
            // A frame that this page does not know: a newer server says it to newer pages.
            return state;
    }
}

/** Another window has the desk: here nothing of it stays, and nothing that was asked is asked again. */
function superseded(state: ConsoleState): ConsoleState {
    return { ...cleared(state), link: "superseded", desk: undefined, waiting: [], notice: undefined };
}

function snapshot(state: ConsoleState, seq: number, desk: Desk, setup: Setup): ConsoleState {
    const same = state.desk?.call?.entry === desk.call?.entry;
    const kept = same ? state : cleared(state);
    return {
        ...kept,
        link: "live",
        seq,
        snapshots: state.snapshots + 1,
        desk,
        setup,
        saved: desk.draft?.version,
        notice: same ? state.notice : undefined,
    };
}

type Change = Extract<
    ToPage,
    { t: "agent" | "offer" | "offer_revoked" | "call" | "reservation" | "bookings" | "queue" | "degraded" }
>;

function changed(state: ConsoleState, desk: Desk, frame: Change): ConsoleState {
    switch (frame.t) {
        case "agent":
            return { ...state, desk: { ...desk, agent: frame.agent } };
        case "offer":
            return { ...state, desk: { ...desk, offer: frame.offer }, notice: undefined };
        case "offer_revoked": {
            if (desk.offer?.id !== frame.offer) {
                return state;
            }
            const own = frame.reason === "accepted" || frame.reason === "declined";
            const notice: Notice | undefined = own ? state.notice : { kind: "offer_gone", reason: frame.reason };
            return { ...state, desk: { ...desk, offer: null }, notice };
        }
        case "call": {
            const next: ConsoleState = { ...state, desk: { ...desk, call: frame.call } };
            if (desk.call?.entry === frame.call?.entry) {
                return next;
            }
            return {
                ...cleared(next),
                desk: { ...desk, call: frame.call, draft: null, reservation: null, bookings: [] },
                notice: frame.call ? undefined : state.notice,
            };
        }
        case "reservation": {
            const gone = desk.reservation !== null && frame.reservation === null && !givenUp(state);
            return {
                ...state,
                desk: { ...desk, reservation: frame.reservation },
                notice: gone ? { kind: "reservation_gone" } : state.notice,
                proposals: gone ? struck(state.proposals, desk.reservation?.pair.token, undefined) : state.proposals,
            };
        }
        case "bookings":
            return { ...state, desk: { ...desk, bookings: frame.bookings }, found: refreshed(state.found, frame.bookings) };
        case "queue":
            return { ...state, heardAt: frame.epoch_ms, desk: { ...desk, queue: frame.queue } };
        case "degraded":
            return { ...state, desk: { ...desk, degraded: frame.parts } };
    }
}

/** Whether the reservation goes because this desk wanted it: booked, given back or exchanged. */
function givenUp(state: ConsoleState): boolean {
    const wanted = state.waiting.some(({ command }) => ["confirm", "release", "reserve", "transfer"].includes(command.t));
    return wanted || state.desk?.call == null;
}

function asked(state: ConsoleState, waiting: Waiting): ConsoleState {
    // Of drafts only the newest matters: an older one must not be repeated after it.
    const others = state.waiting.filter(
        ({ cmd, command }) => cmd !== waiting.cmd && !(waiting.command.t === "save_draft" && command.t === "save_draft"),
    );
    const quiet = waiting.command.t === "save_draft" || waiting.command.t === "painted";
    return { ...state, waiting: [...others, waiting], notice: quiet ? state.notice : undefined };
}

function late(state: ConsoleState, cmd: string): ConsoleState {
    const found = state.waiting.find((waiting) => waiting.cmd === cmd);
    if (!found || found.late) {
        return state;
    }
    const quiet = found.command.t === "save_draft" || found.command.t === "painted";
    return {
        ...state,
        waiting: state.waiting.map((waiting) => (waiting.cmd === cmd ? { ...waiting, late: true } : waiting)),
        // While the connection is down the bar says so already; the command is repeated when it is back.
        notice: quiet || state.link !== "live" ? state.notice : { kind: "no_answer", about: found.command.t },
    };
}

function answered(state: ConsoleState, ack: Extract<ToPage, { t: "ack" }>): ConsoleState {
    const question = state.waiting.find(({ cmd }) => cmd === ack.cmd)?.command;
    if (!question) {
        return state;
    }
    const rest: ConsoleState = { ...state, waiting: state.waiting.filter(({ cmd }) => cmd !== ack.cmd) };
    if (!ack.ok) {
        const error = ack.error ?? { code: "unknown", field: null, detail: "" };
        return refused(rest, question, error, ack.result?.kind === "pairs" ? ack.result.pairs : undefined);
    }
    const settled: ConsoleState =
        rest.notice?.kind === "no_answer" && rest.notice.about === question.t ? { ...rest, notice: undefined } : rest;
    switch (ack.result?.kind) {
        case "persons":
            return { ...settled, hits: ack.result.persons };
        case "pairs":
            return {
                ...settled,
                proposals: ack.result.pairs.map((pair) => ({ pair, taken: false, fresh: false })),
                proposedFor: "form" in question ? wishOf(question.form) : undefined,
            };
        case "reserved":
            return settled.desk
                ? { ...settled, desk: { ...settled.desk, reservation: ack.result.reservation } }
                : settled;
        case "booking":
            return booked(settled, question, ack.result.booking);
        case "bookings":
            return { ...settled, found: ack.result.bookings };
        case "colleagues":
            return { ...settled, colleagues: ack.result.colleagues };
        case "draft":
            return { ...settled, saved: ack.result.version };
        case undefined:
            // Given back: known here before the frame comes that says so too.
            return question.t === "release" && settled.desk?.reservation?.id === question.reservation
                ? { ...settled, desk: { ...settled.desk, reservation: null } }
                : settled;
    }
}

function refused(state: ConsoleState, question: Command, error: Refused, instead: PairView[] | undefined): ConsoleState {
    // A page that could not say `painted` in time has lost the offer already, and says that.
    if (question.t === "painted") {
        return state;
    }
    const lost =
        question.t === "reserve"
            ? instead || error.code === "pair_taken"
                ? question.token
                : undefined
            : question.t === "confirm" && (instead || error.code.startsWith("reservation_"))
              ? state.desk?.reservation?.pair.token
              : undefined;
    return {
        ...state,
        notice: { kind: "refused", about: question.t, error },
        proposals: lost === undefined ? state.proposals : struck(state.proposals, lost, instead),
        proposedFor: instead && "form" in question ? wishOf(question.form) : state.proposedFor,
    };
}

/** Strikes the pair out and puts the others in its place; everything else stays where it is. */
function struck(
    proposals: Proposal[] | undefined,
    token: string | undefined,
    instead: PairView[] | undefined,
): Proposal[] | undefined {
    const known = new Set(proposals?.map(({ pair }) => pair.token));
    const fresh: Proposal[] = (instead ?? [])
        .filter((pair) => !known.has(pair.token))
        .map((pair) => ({ pair, taken: false, fresh: true }));
    if (!proposals?.some(({ pair }) => pair.token === token)) {
        return fresh.length > 0 ? [...fresh, ...(proposals ?? [])] : proposals;
    }
    return proposals.flatMap((proposal) =>
        proposal.pair.token === token ? [{ ...proposal, taken: true, fresh: false }, ...fresh] : [proposal],
    );
}

function booked(state: ConsoleState, question: Command, booking: BookingView): ConsoleState {
    if (!state.desk || question.t === "find_booking") {
        return { ...state, found: [booking] };
    }
    const others = state.desk.bookings.filter(({ reference }) => reference !== booking.reference);
    const own = question.t === "confirm" || others.length < state.desk.bookings.length;
    return {
        ...state,
        found: refreshed(state.found, [booking]),
        proposals: question.t === "confirm" ? undefined : state.proposals,
        desk: {
            ...state.desk,
            bookings: own ? [booking, ...others] : state.desk.bookings,
            reservation: question.t === "confirm" ? null : state.desk.reservation,
        },
    };
}

/** The found bookings, with what is newer known about them. */
function refreshed(found: BookingView[] | undefined, news: BookingView[]): BookingView[] | undefined {
    return found?.map((old) => news.find(({ reference }) => reference === old.reference) ?? old);
}

/** Nothing of the last caller stays on the desk. */
function cleared(state: ConsoleState): ConsoleState {
    return { ...state, hits: undefined, found: undefined, colleagues: undefined, proposals: undefined, proposedFor: undefined, saved: undefined };
}

/** Which of the unanswered commands are repeated after a snapshot, and which are let go. */
export function repeatable(state: ConsoleState, now: number): { again: Waiting[]; let_go: string[] } {
    const entry = state.desk?.call?.entry ?? null;
    const again = state.waiting.filter(
        (waiting) => now - waiting.askedAt < REPEAT_WITHIN_MS && (waiting.entry === entry || waiting.command.t === "accept"),
    );
    const kept = new Set(again.map(({ cmd }) => cmd));
    return { again, let_go: state.waiting.map(({ cmd }) => cmd).filter((cmd) => !kept.has(cmd)) };
}

/** What was asked longer ago is no longer what the agent wants. */
const REPEAT_WITHIN_MS = 60_000;
