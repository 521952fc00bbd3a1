/** What the next hour brings and needs, as the server tells it, in the form in which it is shown. */
import { moment } from "../common/format";
import type { Language } from "../common/texts";
import type { Column } from "./columns";
import { letterOf, twinOf, type Twin } from "./report";

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;
/** More than the server tells: whatever it tells, the chart stays readable. */
const MOST_PAST_MS = 4 * HOUR_MS;

export type Basis = "same_weekday" | "all_days" | "last_hour";

export interface Settled {
    agents: number;
    outcome: "settles";
    waiting: number | null;
    abandoned: number | null;
    answered: number | null;
    mean_wait_seconds: number | null;
    occupancy: number | null;
}

export interface Growing {
    agents: number;
    outcome: "grows_without_end";
    callers_per_hour: number;
}

/** What so many agents achieve. */
export type Row = Settled | Growing;

export interface Outlook {
    goal: { percent: number; seconds: number };
    /** Those who pause are among them. */
    at_work: number;
    recent: { begins: string; arrivals: number }[];
    forecast: {
        from: string;
        calls: number;
        low: number;
        high: number;
        quarters: number[];
        level: number;
        basis: Basis;
        days: number;
    };
    needed_for_low: number;
    needed_for_high: number;
    plan: {
        load: { handling_seconds: number };
        /** Nothing: it is reckoned that nobody gives up. */
        patience_seconds: number | null;
        needed: number;
        rows: Row[];
    };
}

/** A moment by the clock. */
export interface Time {
    time: string;
    twin: Twin;
}

/** A quarter of an hour; in the one that runs, callers are neither counted nor expected. */
export interface Quarter extends Time {
    came: number | null;
    expected: number | null;
}

export function timeOf(epochMs: number, language: Language): Time {
    return { time: moment(epochMs, language, false), twin: twinOf(epochMs) };
}

export function hourOf({ from }: Outlook["forecast"], language: Language): { from: Time; to: Time } {
    const begins = Date.parse(from);
    return { from: timeOf(begins, language), to: timeOf(begins + HOUR_MS, language) };
}

/** The quarters that are over, the one that runs, and those that are expected: whole calls, without a gap. */
export function quartersOf({ recent, forecast }: Pick<Outlook, "recent" | "forecast">, language: Language): Quarter[] {
    const from = Date.parse(forecast.from);
    const came = new Map(recent.map(({ begins, arrivals }) => [Date.parse(begins), arrivals]));
    const first = Math.max(Math.min(from, ...came.keys()), from - MOST_PAST_MS);
    const quarters: Quarter[] = [];
    for (let at = first; at < from; at += QUARTER_MS) {
        quarters.push({ ...timeOf(at, language), came: came.get(at) ?? null, expected: null });
    }
    const next = forecast.quarters.map((calls, index) => ({
        ...timeOf(from + index * QUARTER_MS, language),
        came: null,
        expected: Math.round(calls),
    }));
    return [...quarters, ...next];
}

export type Coming = "came" | "expected";

export const COMING: readonly Coming[] = ["came", "expected"];

/** A count, or a dash where nothing was counted. */
export function counted(count: number | null, language: Language): string {
    return count === null ? "–" : count.toLocaleString(language);
}

export function columnsOf(quarters: readonly Quarter[], language: Language): Column[] {
    return quarters.map((quarter) => ({
        label: [quarter.time, letterOf(quarter.twin)].filter(Boolean).join(" "),
        under: counted(quarter.came ?? quarter.expected, language),
        shares: COMING.map((part) => ({ part, count: quarter[part] ?? 0 })),
    }));
}

/** Whether there are agents enough, and how many are missing: now, or when many call. */
export interface Verdict {
    kind: "missing" | "tight" | "enough";
    missing: number;
}

export function verdictOf({ at_work, needed_for_high, plan }: Pick<Outlook, "at_work" | "needed_for_high" | "plan">): Verdict {
    if (at_work < plan.needed) {
        return { kind: "missing", missing: plan.needed - at_work };
    }
    return at_work < needed_for_high
        ? { kind: "tight", missing: needed_for_high - at_work }
        : { kind: "enough", missing: 0 };
}

/** Today beside an ordinary day, by the percentage that is shown. */
export function levelOf(level: number): { than: "more" | "fewer" | "same"; percent: number } {
    const percent = Math.round(level * 100) - 100;
    return { than: percent > 0 ? "more" : percent < 0 ? "fewer" : "same", percent: Math.abs(percent) };
}

/** The row that comes nearest to those who are there; none when they are beyond all rows. */
export function nearest(rows: readonly Row[], atWork: number): Row | undefined {
    const numbers = rows.map(({ agents }) => agents);
    if (atWork < Math.min(...numbers) || Math.max(...numbers) < atWork) {
        return undefined;
    }
    const distance = ({ agents }: Row) => Math.abs(agents - atWork);
    return rows.reduce((best, row) => (distance(row) < distance(best) ? row : best));
}

/** From few agents to many, however they were told. */
export function ordered(rows: readonly Row[]): Row[] {
    return [...rows].sort((one, other) => one.agents - other.agents);
}

/** In whole percent, rounded down: a share that misses the goal must not read as if it met it. */
export function reached(ratio: number | null): number | null {
    // The smallest of steps up, since 0.29 times 100 is a little less than 29.
    return ratio === null ? null : Math.floor(ratio * 100 + 1e-9) / 100;
}

/** `45 Sekunden`, `4,5 Minuten`. */
export function length(seconds: number, language: Language): string {
    const [value, unit, digits] = seconds < 60 ? [seconds, "second", 0] : [seconds / 60, "minute", 1];
    return value.toLocaleString(language, { style: "unit", unit, unitDisplay: "long", maximumFractionDigits: digits });
}
