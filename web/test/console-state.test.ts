import { beforeEach, describe, expect, test } from "vitest";
import type { AgentState, Command, Desk, DraftForm, PairView, Setup, ToPage } from "../src/protocol";
import { wishOf } from "../src/console/check";
import { freshForm } from "../src/console/draft";
import { type ConsoleState, initial, reduce, repeatable } from "../src/console/state";

const setup: Setup = {
    centres: [],
    not_ready_reasons: [{ code: "break", label: "Pause" }],
    wrap_up_codes: [],
    queues: [],
    claims: [],
    rules_version: "1",
    script: [],
    offer_ms: 15_000,
    post_days: 3,
};

function desk(state: AgentState = "ready"): Desk {
    return {
        agent: { name: "A", state, reason: null, since_ms: 0, until_ms: null, next: null, extensions_left: 0 },
        offer: null,
        call: null,
        draft: null,
        reservation: null,
        bookings: [],
        queue: { waiting: 0, longest_since_ms: null },
        degraded: [],
    };
}

const call = (entry: string): NonNullable<Desk["call"]> => ({
    entry,
    number: null,
    language: "de",
    topic: "book",
    state: "talking",
    waiting_since_ms: 0,
    talking_since_ms: 1,
    held_until_ms: null,
    handover: null,
});

const offer = (id: string): NonNullable<Desk["offer"]> => ({
    id,
    number_masked: null,
    language: "de",
    topic: "book",
    waiting_since_ms: 0,
    until_ms: 1,
    callback: false,
});

const pair = (token: string): PairView => ({
    token,
    centre: "dresden",
    vaccine: "Comirnaty",
    first: { day: "2021-05-14", time: "09:20" },
    second: null,
});

const reservation = (token: string) => ({ id: `of-${token}`, pair: pair(token), until_ms: 1 });

const wish: DraftForm = { ...freshForm(null), centre: "dresden" };

let state: ConsoleState;

function frame(...frames: ToPage[]): void {
    for (const each of frames) {
        state = reduce(state, { kind: "link", event: { kind: "frame", frame: each } });
    }
}

function asked(cmd: string, command: Command, entry: string | null = null): void {
    state = reduce(state, { kind: "asked", waiting: { cmd, command, entry, askedAt: 0, late: false } });
}

function snapshot(seq: number, at: Desk = desk()): ToPage {
    return { t: "snapshot", seq, desk: at, setup };
}

beforeEach(() => {
    state = initial;
    frame({ t: "hello", protocol: 1, epoch_ms: 1_000, heartbeat_ms: 2_000 }, snapshot(10));
});

describe("frames make the state", () => {
    test("a snapshot is the whole desk and means that the link is live", () => {
        expect(state.link).toBe("live");
        expect(state.desk?.agent.state).toBe("ready");
    });

    test("what a snapshot contains already is old news", () => {
        frame({ t: "offer", seq: 10, offer: offer("old") });
        expect(state.desk?.offer).toBeNull();
        frame({ t: "offer", seq: 11, offer: offer("new") });
        expect(state.desk?.offer?.id).toBe("new");
    });

    test("an offer that is revoked is gone, and another one is not touched", () => {
        frame({ t: "offer", seq: 11, offer: offer("a") }, { t: "offer_revoked", seq: 12, offer: "b", reason: "expired" });
        expect(state.desk?.offer?.id).toBe("a");
        frame({ t: "offer_revoked", seq: 13, offer: "a", reason: "hung_up" });
        expect(state.desk?.offer).toBeNull();
        expect(state.notice).toEqual({ kind: "offer_gone", reason: "hung_up" });
    });

    test("an agent who declined is not told so", () => {
        frame({ t: "offer", seq: 11, offer: offer("a") }, { t: "offer_revoked", seq: 12, offer: "a", reason: "declined" });
        expect(state.notice).toBeUndefined();
    });

    test("nothing of the last caller stays when the next one comes", () => {
        frame({ t: "call", seq: 11, call: call("one") }, { t: "reservation", seq: 12, reservation: reservation("x") });
        asked("k", { t: "find_persons", family_name: "A", born_on: "1939-03-24" }, "one");
        frame({ t: "ack", cmd: "k", ok: true, error: null, result: { kind: "persons", persons: [] } });
        expect(state.hits).toEqual([]);
        frame({ t: "call", seq: 13, call: call("two") });
        expect(state.hits).toBeUndefined();
        expect(state.desk?.reservation).toBeNull();
        expect(state.desk?.bookings).toEqual([]);
    });

    test("a change of the same call keeps what was found", () => {
        frame({ t: "call", seq: 11, call: call("one") });
        asked("k", { t: "find_persons", family_name: "A", born_on: "1939-03-24" }, "one");
        frame({ t: "ack", cmd: "k", ok: true, error: null, result: { kind: "persons", persons: [] } });
        frame({ t: "call", seq: 12, call: { ...call("one"), state: "ended" } });
        expect(state.hits).toEqual([]);
    });

    test("a frame of a newer server changes nothing", () => {
        const before = state;
        frame({ t: "confetti" } as unknown as ToPage);
        expect(state).toEqual(before);
    });
});

describe("the six states of the connection", () => {
    test("silence makes it stale, the next frame live again", () => {
        state = reduce(state, { kind: "link", event: { kind: "silent" } });
        expect(state.link).toBe("stale");
        frame({ t: "queue", epoch_ms: 2_000, queue: { waiting: 1, longest_since_ms: 1 } });
        expect(state.link).toBe("live");
        expect(state.heardAt).toBe(2_000);
    });

    test("a lost connection keeps the desk and is broken until the next snapshot", () => {
        state = reduce(state, { kind: "link", event: { kind: "closed", code: 1006 } });
        expect(state.link).toBe("broken");
        expect(state.desk).toBeDefined();
        state = reduce(state, { kind: "link", event: { kind: "connecting" } });
        expect(state.link).toBe("broken");
        frame({ t: "hello", protocol: 1, epoch_ms: 3_000, heartbeat_ms: 2_000 });
        expect(state.link).toBe("broken");
        frame(snapshot(20));
        expect(state.link).toBe("live");
    });

    test("a take-over ends it, whichever word comes first, and repeats nothing", () => {
        asked("k", { t: "ready" });
        frame({ t: "superseded" });
        state = reduce(state, { kind: "link", event: { kind: "closed", code: 4001 } });
        expect(state.link).toBe("superseded");
        expect(state.waiting).toEqual([]);
        expect(state.desk, "nothing of the desk stays").toBeUndefined();
    });

    test("logged out elsewhere is a state of its own", () => {
        state = reduce(state, { kind: "link", event: { kind: "closed", code: 4003 } });
        expect(state.link).toBe("logged_out");
    });

    test("a part that is down is named until it is back", () => {
        frame({ t: "degraded", parts: ["print"] });
        expect(state.desk?.degraded).toEqual(["print"]);
        frame({ t: "degraded", parts: [] });
        expect(state.desk?.degraded).toEqual([]);
    });
});

describe("commands", () => {
    test("an answer ends the waiting; an answer to nothing is ignored", () => {
        asked("k", { t: "ready" });
        frame({ t: "ack", cmd: "other", ok: false, error: { code: "x", field: null, detail: "" }, result: null });
        expect(state.waiting).toHaveLength(1);
        expect(state.notice).toBeUndefined();
        frame({ t: "ack", cmd: "k", ok: true, error: null, result: null });
        expect(state.waiting).toEqual([]);
    });

    test("no answer in time is said, and taken back by the answer", () => {
        asked("k", { t: "ready" });
        state = reduce(state, { kind: "late", cmd: "k" });
        expect(state.notice).toEqual({ kind: "no_answer", about: "ready" });
        expect(state.waiting[0]?.late).toBe(true);
        frame({ t: "ack", cmd: "k", ok: true, error: null, result: null });
        expect(state.notice).toBeUndefined();
    });

    test("a late draft bothers nobody", () => {
        asked("k", { t: "save_draft", form: {} as never });
        state = reduce(state, { kind: "late", cmd: "k" });
        expect(state.notice).toBeUndefined();
    });

    test("of drafts only the newest waits", () => {
        asked("one", { t: "save_draft", form: { note: "a" } as never });
        asked("two", { t: "save_draft", form: { note: "b" } as never });
        expect(state.waiting.map(({ cmd }) => cmd)).toEqual(["two"]);
    });

    test("after a snapshot what is unanswered goes out again, but not into another call and not after a minute", () => {
        frame({ t: "call", seq: 11, call: call("one") });
        asked("a", { t: "hang_up" }, "one");
        asked("b", { t: "release", reservation: "r" }, "one");
        expect(repeatable(state, 1_000).again.map(({ cmd }) => cmd)).toEqual(["a", "b"]);
        expect(repeatable(state, 61_000)).toEqual({ again: [], let_go: ["a", "b"] });
        frame(snapshot(20, { ...desk("talking"), call: call("two") }));
        expect(repeatable(state, 1_000)).toEqual({ again: [], let_go: ["a", "b"] });
    });
});

describe("pairs and reservations", () => {
    beforeEach(() => {
        frame({ t: "call", seq: 11, call: call("one") });
        asked("p", { t: "propose", form: wish }, "one");
        const pairs = [pair("a"), pair("b"), pair("c")];
        frame({ t: "ack", cmd: "p", ok: true, error: null, result: { kind: "pairs", pairs } });
    });

    test("a pair that is taken is struck out, its alternatives stand below it, the rest stays", () => {
        asked("r", { t: "reserve", token: "b", form: wish }, "one");
        const pairs = [pair("x"), pair("c"), pair("y")];
        const error = { code: "pair_taken", field: null, detail: "" };
        frame({ t: "ack", cmd: "r", ok: false, error, result: { kind: "pairs", pairs } });
        expect(state.proposals?.map(({ pair: { token }, taken, fresh }) => [token, taken, fresh])).toEqual([
            ["a", false, false],
            ["b", true, false],
            ["x", false, true],
            ["y", false, true],
            ["c", false, false],
        ]);
    });

    test("proposals are for the wish they were made for, whatever is typed meanwhile", () => {
        expect(state.proposedFor).toBe(wishOf(wish));
        expect(wishOf({ ...wish, note: "ruft wieder an", person: { ...wish.person, town: "Riesa" } })).toBe(state.proposedFor);
        for (const other of [{ centre: "riesa" }, { from_day: "20.05.2021" }, { day_part: "morning" }, { letter: false }]) {
            expect(wishOf({ ...wish, ...other })).not.toBe(state.proposedFor);
        }
        expect(wishOf({ ...wish, person: { ...wish.person, born_on: "24.03.1939" } })).not.toBe(state.proposedFor);
    });

    test("a reservation that lapses is said, one that is given back or booked is not", () => {
        frame({ t: "reservation", seq: 12, reservation: reservation("a") });
        frame({ t: "reservation", seq: 13, reservation: null });
        expect(state.notice).toEqual({ kind: "reservation_gone" });
        expect(state.proposals?.[0]?.taken).toBe(true);

        frame({ t: "reservation", seq: 14, reservation: reservation("c") });
        state = reduce(state, { kind: "forget", what: "notice" });
        asked("g", { t: "release", reservation: "of-c" }, "one");
        frame({ t: "reservation", seq: 15, reservation: null });
        expect(state.notice).toBeUndefined();
    });

    test("the answer to a release may overtake its frame", () => {
        frame({ t: "reservation", seq: 12, reservation: reservation("a") });
        asked("g", { t: "release", reservation: "of-a" }, "one");
        frame({ t: "ack", cmd: "g", ok: true, error: null, result: null });
        expect(state.desk?.reservation).toBeNull();
        frame({ t: "reservation", seq: 13, reservation: null });
        expect(state.notice).toBeUndefined();
    });

    test("a confirmed booking is on the desk, whether its frame or its answer comes first", () => {
        const booking = {
            reference: "R",
            name: "N",
            pair: pair("a"),
            state: "confirmed",
            letter: "ordered",
            email: null,
        };
        frame({ t: "reservation", seq: 12, reservation: reservation("a") });
        asked("c", { t: "confirm", reservation: "of-a", form: wish }, "one");
        frame({ t: "bookings", seq: 13, bookings: [{ ...booking, letter: "available" }] });
        frame({ t: "ack", cmd: "c", ok: true, error: null, result: { kind: "booking", booking } });
        expect(state.desk?.bookings).toHaveLength(1);
        expect(state.desk?.reservation).toBeNull();
        frame({ t: "bookings", seq: 14, bookings: [{ ...booking, letter: "leased" }] });
        expect(state.desk?.bookings[0]?.letter).toBe("leased");
    });

    test("a found booking follows what becomes of it", () => {
        asked("f", { t: "find_booking", reference: "R", born_on: "1939-03-24" }, "one");
        const booking = { reference: "R", name: "N", pair: pair("a"), state: "confirmed", letter: null, email: null };
        frame({ t: "ack", cmd: "f", ok: true, error: null, result: { kind: "booking", booking } });
        expect(state.found).toHaveLength(1);
        asked("x", { t: "cancel", reference: "R", born_on: "1939-03-24" }, "one");
        const cancelled = { ...booking, state: "cancelled" };
        frame({ t: "ack", cmd: "x", ok: true, error: null, result: { kind: "booking", booking: cancelled } });
        expect(state.found?.[0]?.state).toBe("cancelled");
        expect(state.desk?.bookings).toEqual([]);
    });
});
