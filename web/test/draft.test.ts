import { beforeEach, describe, expect, test } from "vitest";
import { proposals } from "../src/console/actions";
import { state, tell } from "../src/console/desk";
import { edit, follow, form, save } from "../src/console/draft";
import type { Desk, PairView, Setup } from "../src/protocol";

const setup: Setup = {
    centres: [],
    not_ready_reasons: [],
    wrap_up_codes: [],
    queues: [],
    claims: [],
    rules_version: "1",
    script: [],
    offer_ms: 15_000,
    post_days: 3,
};

const pair: PairView = {
    token: "a",
    centre: "dresden",
    vaccine: "Comirnaty",
    first: { day: "2021-05-14", time: "09:20" },
    second: null,
};

function talking(draft: Desk["draft"]): Desk {
    return {
        agent: { name: "A", state: "talking", reason: null, since_ms: 0, until_ms: null, next: null, extensions_left: 0 },
        offer: null,
        call: {
            entry: "one",
            number: null,
            language: "de",
            topic: "book",
            state: "talking",
            waiting_since_ms: 0,
            talking_since_ms: 1,
            held_until_ms: null,
            handover: null,
        },
        draft,
        reservation: null,
        bookings: [],
        queue: { waiting: 0, longest_since_ms: null },
        degraded: [],
    };
}

const connect = (seq: number, draft: Desk["draft"]) =>
    tell({ kind: "link", event: { kind: "frame", frame: { t: "snapshot", seq, desk: talking(draft), setup } } });
const drafts = () => state.value.waiting.flatMap(({ command }) => (command.t === "save_draft" ? [command.form] : []));

describe("the papers that are wanted", () => {
    follow();

    beforeEach(() => {
        tell({ kind: "dropped", cmds: state.value.waiting.map(({ cmd }) => cmd) });
    });

    test("are part of the draft, and come back with it", () => {
        connect(10, null);
        expect([form.value.letter, form.value.email]).toEqual([true, false]);
        edit({ ...form.value, letter: false });
        save();
        expect(drafts().map(({ letter }) => letter)).toEqual([false]);

        tell({ kind: "dropped", cmds: state.value.waiting.map(({ cmd }) => cmd) });
        connect(11, { version: 2, form: { ...form.value, letter: true, email: true } });
        expect([form.value.letter, form.value.email]).toEqual([true, true]);
    });

    test("what the agent before has typed is there until this one types", () => {
        const left = { ...form.value, person: { ...form.value.person, family_name: "Beispiel" } };
        const handed = talking(null);
        const call = handed.call && { ...handed.call, entry: "handed on", handover: { by: "B", note: "", form: left } };
        tell({
            kind: "link",
            event: { kind: "frame", frame: { t: "snapshot", seq: 15, desk: { ...handed, call }, setup } },
        });
        expect(form.value.person.family_name).toBe("Beispiel");
        edit({ ...form.value, person: { ...form.value.person, family_name: "Muster" } });
        tell({ kind: "link", event: { kind: "frame", frame: { t: "call", seq: 16, call } } });
        expect(form.value.person.family_name).toBe("Muster");
    });

    test("another wish takes away what was proposed for the old one", () => {
        connect(20, null);
        tell({
            kind: "asked",
            waiting: { cmd: "p", command: { t: "propose", form: form.value }, entry: "one", askedAt: 0, late: false },
        });
        tell({
            kind: "link",
            event: {
                kind: "frame",
                frame: { t: "ack", cmd: "p", ok: true, error: null, result: { kind: "pairs", pairs: [pair] } },
            },
        });
        expect(proposals.value).toHaveLength(1);
        const { letter } = form.value;
        edit({ ...form.value, letter: !letter });
        expect(proposals.value).toBeUndefined();
        edit({ ...form.value, letter });
        expect(proposals.value, "the first wish again").toHaveLength(1);
    });
});
