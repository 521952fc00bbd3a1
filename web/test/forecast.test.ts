import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { describe, expect, test } from "vitest";
import { axisTop, piecesOf } from "../src/supervision/columns";
import {
    columnsOf,
    counted,
    hourOf,
    length,
    levelOf,
    nearest,
    ordered,
    quartersOf,
    reached,
    verdictOf,
    type Outlook,
    type Row,
} from "../src/supervision/outlook";

const QUARTER_MS = 900_000;

function forecastOf(from: string, quarters = [46.1, 47.0, 48.2, 46.9]): Outlook["forecast"] {
    return { from, calls: 188.2, low: 150.1, high: 226.3, quarters, level: 1.12, basis: "same_weekday", days: 6 };
}

/** So many quarters that are over, each with one call more than the one before. */
function recentUntil(end: string, count: number): Outlook["recent"] {
    const begins = (index: number) => new Date(Date.parse(end) + (index - count) * QUARTER_MS).toISOString();
    return Array.from({ length: count }, (_, index) => ({ begins: begins(index), arrivals: 40 + index }));
}

function settled(agents: number): Row {
    return { agents, outcome: "settles", waiting: 0.3, abandoned: 0.05, answered: 0.8, mean_wait_seconds: 10, occupancy: 0.8 };
}

function growing(agents: number): Row {
    return { agents, outcome: "grows_without_end", callers_per_hour: 34 };
}

describe("the quarters", () => {
    const from = "2021-04-28T10:15:00Z";

    test("those that are over, the one that runs, and four that are expected, by the clock of the hotline", () => {
        const quarters = quartersOf({ recent: recentUntil("2021-04-28T10:00:00Z", 12), forecast: forecastOf(from) }, "de");
        expect(quarters).toHaveLength(17);
        expect(quarters[0]).toEqual({ time: "09:00", twin: undefined, came: 40, expected: null });
        expect(quarters[12]).toEqual({ time: "12:00", twin: undefined, came: null, expected: null });
        expect(quarters[13]).toEqual({ time: "12:15", twin: undefined, came: null, expected: 46 });
        expect(quarters[16]).toEqual({ time: "13:00", twin: undefined, came: null, expected: 47 });
    });

    test("none runs when the forecast begins where the past ends", () => {
        const quarters = quartersOf({ recent: recentUntil(from, 2), forecast: forecastOf(from) }, "de");
        expect(quarters.map(({ came, expected }) => came ?? expected)).toEqual([40, 41, 46, 47, 48, 47]);
    });

    test("with nothing behind them only those that are expected", () => {
        expect(quartersOf({ recent: [], forecast: forecastOf(from) }, "en").map(({ time }) => time)).toEqual([
            "12:15",
            "12:30",
            "12:45",
            "13:00",
        ]);
    });

    test("no more than four hours of the past, whatever is told", () => {
        const recent = [{ begins: "2021-04-01T10:00:00Z", arrivals: 1 }];
        expect(quartersOf({ recent, forecast: forecastOf(from) }, "de")).toHaveLength(20);
    });

    test("of an hour without calls stand on an axis all the same", () => {
        const quarters = quartersOf({ recent: [], forecast: forecastOf(from, [0, 0.2, 0.4, 0]) }, "de");
        const columns = columnsOf(quarters, "de");
        expect(columns.map(({ under }) => under)).toEqual(["0", "0", "0", "0"]);
        expect(axisTop(columns)).toBe(4);
        expect(columns.flatMap(({ shares }) => piecesOf(shares, 4, 100))).toEqual([]);
    });

    test("become columns of what came or is expected, and a dash where neither is known", () => {
        const quarters = quartersOf({ recent: recentUntil("2021-04-28T10:00:00Z", 1), forecast: forecastOf(from, [1_234.4]) }, "de");
        expect(columnsOf(quarters, "de")).toEqual([
            { label: "11:45", under: "40", shares: [{ part: "came", count: 40 }, { part: "expected", count: 0 }] },
            { label: "12:00", under: "–", shares: [{ part: "came", count: 0 }, { part: "expected", count: 0 }] },
            { label: "12:15", under: "1.234", shares: [{ part: "came", count: 0 }, { part: "expected", count: 1_234 }] },
        ]);
        expect(counted(1_234, "en")).toBe("1,234");
    });

    test("of the hour that happens twice are told apart", () => {
        const autumn = "2021-10-31T01:00:00Z";
        const quarters = quartersOf({ recent: recentUntil(autumn, 4), forecast: forecastOf(autumn) }, "de");
        expect(columnsOf(quarters, "de").map(({ label }) => label)).toEqual([
            "02:00 A", "02:15 A", "02:30 A", "02:45 A", "02:00 B", "02:15 B", "02:30 B", "02:45 B",
        ]);
    });

    test("of the hour that does not happen are left out", () => {
        const spring = "2021-03-28T01:00:00Z";
        const quarters = quartersOf({ recent: recentUntil(spring, 2), forecast: forecastOf(spring) }, "de");
        expect(quarters.map(({ time }) => time)).toEqual(["01:30", "01:45", "03:00", "03:15", "03:30", "03:45"]);
    });
});

describe("the hour", () => {
    const words = (from: string) => {
        const { from: begins, to } = hourOf(forecastOf(from), "de");
        return [begins, to].map(({ time, twin }) => `${time} ${twin ?? ""}`.trim());
    };

    test("is named by its beginning and its end, over midnight too", () => {
        expect(words("2021-04-28T10:00:00Z")).toEqual(["12:00", "13:00"]);
        expect(words("2021-04-28T21:30:00Z")).toEqual(["23:30", "00:30"]);
    });

    test("says which of two it is when the clocks go back", () => {
        expect(words("2021-10-31T00:00:00Z")).toEqual(["02:00 first", "02:00 second"]);
        expect(words("2021-10-31T01:30:00Z")).toEqual(["02:30 second", "03:30"]);
    });
});

describe("whether there are agents enough", () => {
    const verdict = (at_work: number) => {
        const plan: Outlook["plan"] = { load: { handling_seconds: 300 }, patience_seconds: null, needed: 18, rows: [] };
        return verdictOf({ at_work, needed_for_high: 22, plan });
    };

    test("missing, enough as long as few call, and enough", () => {
        expect(verdict(0)).toEqual({ kind: "missing", missing: 18 });
        expect(verdict(17)).toEqual({ kind: "missing", missing: 1 });
        expect(verdict(18)).toEqual({ kind: "tight", missing: 4 });
        expect(verdict(22)).toEqual({ kind: "enough", missing: 0 });
    });
});

describe("the rows", () => {
    const rows = [settled(20), growing(9), settled(18), settled(24)];

    test("go from few agents to many, those that grow without end among them", () => {
        expect(ordered(rows).map(({ agents }) => agents)).toEqual([9, 18, 20, 24]);
        expect(rows[0]?.agents).toBe(20);
    });

    test("the one nearest to those who are there is marked, unless they are beyond all of them", () => {
        expect([8, 9, 10, 18, 21, 23, 24, 25, 0].map((atWork) => nearest(rows, atWork)?.agents)).toEqual([
            undefined, 9, 9, 18, 20, 24, 24, undefined, undefined,
        ]);
        expect(nearest([], 0)).toBeUndefined();
    });

    test("a share that misses the goal does not read as if it met it", () => {
        expect([0.7999, 0.8, 0.29, 1, 0, null].map(reached)).toEqual([0.79, 0.8, 0.29, 1, 0, null]);
    });
});

describe("figures in words", () => {
    test("today beside an ordinary day, by what is shown", () => {
        expect(levelOf(1.12)).toEqual({ than: "more", percent: 12 });
        expect(levelOf(0.9)).toEqual({ than: "fewer", percent: 10 });
        expect([1, 1.004, 0.996].map((level) => levelOf(level).than)).toEqual(["same", "same", "same"]);
    });

    test("lengths of time as people say them", () => {
        expect([45, 60, 270, 300].map((seconds) => length(seconds, "de"))).toEqual([
            "45 Sekunden", "1 Minute", "4,5 Minuten", "5 Minuten",
        ]);
        expect(length(270, "en")).toBe("4.5 minutes");
    });

    test("numbers of one and none are bent as German bends them", () => {
        const bundle = new FluentBundle("de", { useIsolating: false });
        bundle.addResource(new FluentResource(readFileSync(join(import.meta.dirname, "../src/texts/de/supervision.ftl"), "utf8")));
        const say = (key: string, args: Record<string, FluentVariable>) =>
            bundle.formatPattern(bundle.getMessage(key)?.value ?? "", args);
        const hour = { from: "12:00", to: "13:00", low: 0, high: 2 };
        expect(say("forecast-calls", { ...hour, calls: 0 })).toBe("Von 12:00 bis 13:00 werden keine Anrufe erwartet (0 bis 2).");
        expect(say("forecast-calls", { ...hour, calls: 1 })).toBe("Von 12:00 bis 13:00 wird ein Anruf erwartet (0 bis 2).");
        expect(say("forecast-needed", { needed: 1 })).toBe("Dafür wird ein Arbeitsplatz gebraucht;");
        expect([0, 1, 27].map((there) => say("forecast-there", { there }))).toEqual([
            "keiner ist besetzt.", "einer ist besetzt.", "27 sind besetzt.",
        ]);
        expect([1, 4].map((missing) => say("forecast-verdict-missing", { missing }))).toEqual([
            "Ein Arbeitsplatz fehlt", "4 Arbeitsplätze fehlen",
        ]);
        expect(say("forecast-basis", { basis: "same_weekday", days: 1 })).toBe("Berechnet aus einem Tag mit gleichem Wochentag.");
        expect(say("forecast-time", { time: "02:00", twin: "first" })).toBe("02:00 (Sommerzeit)");
    });
});
