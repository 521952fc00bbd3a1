import { describe, expect, test } from "vitest";
import { waitBefore } from "../src/common/backoff";
import { dateOf, day, dotted, fours, moment, phone, span } from "../src/common/format";

describe("times and dates", () => {
    test("a span counts up to hours and is never negative", () => {
        expect(span(0)).toBe("0:00");
        expect(span(187_999)).toBe("3:07");
        expect(span(3_729_000)).toBe("1:02:09");
        expect(span(-5_000)).toBe("0:00");
    });

    test("a moment is the wall clock of the campaign, in winter and in summer", () => {
        expect(moment(Date.UTC(2021, 0, 15, 13, 3, 12), "de")).toBe("14:03:12");
        expect(moment(Date.UTC(2021, 6, 15, 13, 3, 12), "de")).toBe("15:03:12");
        expect(moment(Date.UTC(2021, 6, 15, 13, 3, 12), "en", false)).toBe("15:03");
    });

    test("a local date stays its own day", () => {
        expect(day("2021-05-14", "de", "short")).toBe("Fr, 14.05.");
        expect(day("2021-05-14", "de", "long")).toBe("Freitag, 14. Mai 2021");
        expect(day("2021-05-14", "en", "long")).toMatch(/^Friday,? 14 May 2021$/);
        expect(day("irgendwann", "de", "long")).toBe("irgendwann");
    });

    test("birth dates are understood as people say them", () => {
        for (const typed of ["24.03.1939", "24.3.1939", " 24. 3. 1939 ", "24/3/1939", "24031939", "1939-03-24"]) {
            expect(dateOf(typed), typed).toBe("1939-03-24");
        }
    });

    test("a date that does not exist, or hides its century, is none", () => {
        for (const typed of ["", "24.03.39", "31.02.1939", "29.02.1900", "00.05.1939", "24.13.1939", "gestern"]) {
            expect(dateOf(typed), typed).toBeUndefined();
        }
        expect(dateOf("29.02.2000")).toBe("2000-02-29");
    });

    test("a date is shown as it was typed", () => {
        expect(dotted("1939-03-24")).toBe("24.03.1939");
        expect(dotted("24.3.19")).toBe("24.3.19");
    });
});

describe("numbers that are read aloud", () => {
    test("a reference falls into groups of four, however it was spaced", () => {
        expect(fours("H4XK9MPT2R7C")).toEqual(["H4XK", "9MPT", "2R7C"]);
        expect(fours("h4xk-9mpt 2r")).toEqual(["h4xk", "9mpt", "2r"]);
        expect(fours("")).toEqual([]);
    });

    test("a telephone number falls into area and groups; others stay as they are", () => {
        expect(phone("+4935155504711")).toBe("+49 351 5550 4711");
        expect(phone("+4915112345678")).toBe("+49 151 1234 5678");
        expect(phone("+493726123")).toBe("+49 3726 123");
        expect(phone("+420123456789")).toBe("+420123456789");
        expect(phone("")).toBe("");
    });
});

describe("coming back", () => {
    test("waits double from a quarter of a second to ten, half as long to half as long again", () => {
        expect([0, 1, 2, 3].map((attempt) => waitBefore(attempt, 0.5))).toEqual([250, 500, 1000, 2000]);
        expect(waitBefore(0, 0)).toBe(125);
        expect(waitBefore(0, 0.999)).toBeLessThanOrEqual(375);
        expect(waitBefore(30, 0.5)).toBe(10_000);
    });

    test("three hundred consoles do not come back in the same second", () => {
        // A generator of its own: the test is the same every time.
        let seed = 1;
        const chance = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
        const waits = Array.from({ length: 300 }, () => waitBefore(5, chance()));
        const busiest = Math.max(...Array.from({ length: 16 }, (_, second) => waits.filter((ms) => Math.floor(ms / 1000) === second).length));
        expect(busiest).toBeLessThan(75);
    });
});
