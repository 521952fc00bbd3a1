import { describe, expect, test } from "vitest";
import type { AgentRow, Board } from "../src/protocol";
import { count, initial, reduce, sorted, type WallState } from "../src/supervision/state";

const board: Board = {
    epoch_ms: 5_000,
    waiting: 1,
    longest_since_ms: 1,
    in_menu: 0,
    talking: 0,
    served_today: 0,
    abandoned_today: 0,
    booked_today: 0,
    agents_by_state: [{ state: "ready", agents: 3 }],
    agents: [],
    degraded: [],
};

const live: WallState = reduce(initial, { kind: "frame", frame: { t: "board", board } });

describe("the board", () => {
    test("is live with the first board, not with the greeting", () => {
        const greeted = reduce(initial, { kind: "frame", frame: { t: "hello", protocol: 1, epoch_ms: 1, heartbeat_ms: 500 } });
        expect(greeted.link).toBe("connecting");
        expect(live.link).toBe("live");
    });

    test("keeps its figures when it goes stale or breaks, and says so", () => {
        expect(reduce(live, { kind: "silent" })).toEqual({ link: "stale", board });
        const broken = reduce(live, { kind: "closed", code: 1006 });
        expect(broken).toEqual({ link: "broken", board });
        expect(reduce(broken, { kind: "connecting" }).link).toBe("broken");
        expect(reduce(broken, { kind: "frame", frame: { t: "board", board } }).link).toBe("live");
    });

    test("a state that is not named has nobody in it", () => {
        expect(count(board, "ready")).toBe(3);
        expect(count(board, "talking")).toBe(0);
    });

    test("agents who need a look come first, the longest first among them", () => {
        const agents: AgentRow[] = [
            { name: "ready", state: "ready", reason: null, since_ms: 0 },
            { name: "paused", state: "not_ready", reason: "break", since_ms: 20 },
            { name: "gone", state: "not_ready", reason: "no_answer", since_ms: 10 },
            { name: "talking", state: "talking", reason: null, since_ms: 0 },
        ];
        expect(sorted(agents).map(({ name }) => name)).toEqual(["gone", "paused", "talking", "ready"]);
    });
});
