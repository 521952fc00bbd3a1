import { describe, expect, test } from "vitest";
import { axisTop, piecesOf } from "../src/supervision/columns";
import {
    barsOf,
    columnsOf,
    dayOf,
    lasted,
    otherOf,
    percent,
    queryOf,
    shortHour,
    type Bar,
    type Report,
    type ReportFigures,
} from "../src/supervision/report";

const nothing: ReportFigures = {
    offered: 0,
    answered: 0,
    abandoned: 0,
    service_level_of_offered: null,
    wait_answered_mean_seconds: null,
    talk_mean_seconds: null,
};

function reportOf(from_utc: string, to_utc: string, rows: Report["rows"] = []): Report {
    return { from_utc, to_utc, service_level_seconds: 20, total: nothing, rows };
}

const empty: Bar = { begins: 8, twin: undefined, offered: 0, answered: 0, abandoned: 0, other: 0, serviceLevel: null, waitSeconds: null };

describe("a day of figures", () => {
    test("is asked for from its midnight to the next, over the end of a month too", () => {
        expect(queryOf("2021-04-30")).toBe("from=2021-04-30&to=2021-05-01&by=hour");
        expect(queryOf("2021-12-31")).toBe("from=2021-12-31&to=2022-01-01&by=hour");
    });

    test("is the day where the hotline is", () => {
        expect(dayOf(Date.UTC(2021, 3, 28, 21, 59))).toBe("2021-04-28");
        expect(dayOf(Date.UTC(2021, 3, 28, 22, 0))).toBe("2021-04-29");
    });

    test("has all its hours, also those of which there is nothing to tell", () => {
        const row = { ...nothing, from_utc: "2021-04-28T06:00:00Z", offered: 10, answered: 7, abandoned: 2, service_level_of_offered: 0.7 };
        const bars = barsOf(reportOf("2021-04-27T22:00:00Z", "2021-04-28T22:00:00Z", [row]));
        expect(bars.map(({ begins }) => begins)).toEqual(Array.from({ length: 24 }, (_, hour) => hour));
        expect(bars[8]).toEqual({ ...empty, offered: 10, answered: 7, abandoned: 2, other: 1, serviceLevel: 0.7 });
        expect(bars[9]).toEqual({ ...empty, begins: 9 });
        expect(bars.some(({ twin }) => twin)).toBe(false);
    });

    test("has 23 hours when clocks go forward", () => {
        const hours = barsOf(reportOf("2021-03-27T23:00:00Z", "2021-03-28T22:00:00Z")).map(shortHour);
        expect(hours).toHaveLength(23);
        expect(hours.slice(0, 4)).toEqual(["0", "1", "3", "4"]);
    });

    test("has 25 hours when clocks go back, and tells the twins apart", () => {
        const row = { ...nothing, from_utc: "2021-10-31T01:00:00Z", offered: 3, answered: 3 };
        const bars = barsOf(reportOf("2021-10-30T22:00:00Z", "2021-10-31T23:00:00Z", [row]));
        expect(bars).toHaveLength(25);
        expect(bars.map(shortHour).slice(0, 5)).toEqual(["0", "1", "2A", "2B", "3"]);
        expect([bars[2]?.offered, bars[3]?.offered]).toEqual([0, 3]);
    });
});

describe("bars", () => {
    test("what is neither answered nor hung up is other, and never negative", () => {
        expect(otherOf({ offered: 10, answered: 6, abandoned: 1 })).toBe(3);
        expect(otherOf({ offered: 1, answered: 2, abandoned: 0 })).toBe(0);
    });

    test("the axis ends above the highest bar, at a number with a whole half", () => {
        const top = (offered: number) => axisTop(columnsOf([{ ...empty, offered, answered: offered }], "de"));
        expect([0, 3, 4, 5, 9, 11, 41, 100, 101, 604, 999].map(top)).toEqual([4, 4, 4, 6, 10, 20, 50, 100, 200, 800, 1000]);
        expect(axisTop([])).toBe(4);
    });

    test("the parts stand on each other and fill the bar", () => {
        const [column] = columnsOf([{ ...empty, offered: 10, answered: 5, abandoned: 0, other: 5, serviceLevel: 0.5 }], "en");
        expect([column?.label, column?.under]).toEqual(["8", "50%"]);
        const pieces = piecesOf(column?.shares ?? [], 20, 100);
        expect(pieces).toEqual([
            { part: "answered", y: 75, height: 25 },
            { part: "other", y: 50, height: 25 },
        ]);
        expect(piecesOf([{ part: "answered", count: 0 }], 4, 100)).toEqual([]);
    });
});

describe("figures", () => {
    test("are written as people write them, and what is missing is a dash", () => {
        expect(percent(0.8702, "de").replace(/\s/g, " ")).toBe("87 %");
        expect(percent(0, "en")).toBe("0%");
        expect(lasted(123.9)).toBe("2:03");
        expect([percent(null, "de"), lasted(null)]).toEqual(["–", "–"]);
    });
});
