/** From a report of the statistics to bars and figures: a day, hour by hour. */
import { span } from "../common/format";
import type { Language } from "../common/texts";
import type { Column } from "./columns";

const ZONE = "Europe/Berlin";
const HOUR_MS = 3_600_000;

/** What of the figures is shown; where there is nothing to divide by, a figure is `null`. */
export interface ReportFigures {
    offered: number;
    answered: number;
    abandoned: number;
    service_level_of_offered: number | null;
    wait_answered_mean_seconds: number | null;
    talk_mean_seconds: number | null;
}

export interface ReportRow extends ReportFigures {
    from_utc: string;
}

export interface Report {
    from_utc: string;
    to_utc: string;
    service_level_seconds: number;
    total: ReportFigures;
    /** Only those hours of which there is something to tell. */
    rows: ReportRow[];
}

/** When clocks go back one name means two hours. */
export type Twin = "first" | "second" | undefined;

/** An hour by the clock. */
export interface Hour {
    begins: number;
    twin: Twin;
}

/** One hour: `answered + abandoned + other = offered`. */
export interface Bar extends Hour {
    offered: number;
    answered: number;
    abandoned: number;
    other: number;
    serviceLevel: number | null;
    waitSeconds: number | null;
}

/** The day that it is where the hotline is. */
export function dayOf(epochMs: number): string {
    // Swedes write dates as machines do.
    return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE }).format(epochMs);
}

/** What is asked for one day, from its midnight to the next. */
export function queryOf(day: string): string {
    const next = new Date(`${day}T00:00:00Z`);
    next.setUTCDate(next.getUTCDate() + 1);
    return `from=${day}&to=${next.toISOString().slice(0, 10)}&by=hour`;
}

function clockHour(epochMs: number): number {
    return Number(new Intl.DateTimeFormat("en-GB", { hour: "2-digit", hourCycle: "h23", timeZone: ZONE }).format(epochMs));
}

/** Which of two hours of the same name this moment falls into, if there are two. */
export function twinOf(epochMs: number): Twin {
    const hour = clockHour(epochMs);
    return clockHour(epochMs + HOUR_MS) === hour ? "first" : clockHour(epochMs - HOUR_MS) === hour ? "second" : undefined;
}

/** The hours of the report: all of them, also those without a row, and 23 or 25 when the clocks change. */
export function barsOf(report: Report): Bar[] {
    const rows = new Map(report.rows.map((row) => [Date.parse(row.from_utc), row]));
    const [from, to] = [Date.parse(report.from_utc), Date.parse(report.to_utc)];
    return Array.from({ length: Math.round((to - from) / HOUR_MS) }, (_, index) => barOf(from + index * HOUR_MS, rows));
}

function barOf(at: number, rows: ReadonlyMap<number, ReportRow>): Bar {
    const row = rows.get(at);
    const { offered = 0, answered = 0, abandoned = 0 } = row ?? {};
    return {
        begins: clockHour(at),
        twin: twinOf(at),
        offered,
        answered,
        abandoned,
        other: otherOf({ offered, answered, abandoned }),
        serviceLevel: row?.service_level_of_offered ?? null,
        waitSeconds: row?.wait_answered_mean_seconds ?? null,
    };
}

/** Those who were cut off, could not be reached, or wait still. */
export function otherOf({ offered, answered, abandoned }: Pick<ReportFigures, "offered" | "answered" | "abandoned">): number {
    return Math.max(0, offered - answered - abandoned);
}

/** `2A` and `2B`, as timetables call the hour that happens twice. */
export function letterOf(twin: Twin): string {
    return twin === "first" ? "A" : twin === "second" ? "B" : "";
}

export function shortHour({ begins, twin }: Hour): string {
    return `${begins}${letterOf(twin)}`;
}

export type Part = "answered" | "abandoned" | "other";

/** The order from the ground up, which is also that of the words beside it. */
export const PARTS: readonly Part[] = ["answered", "abandoned", "other"];

/** The bars as they are drawn, with the service level under each. */
export function columnsOf(bars: readonly Bar[], language: Language): Column[] {
    return bars.map((bar) => ({
        label: shortHour(bar),
        under: percent(bar.serviceLevel, language),
        shares: PARTS.map((part) => ({ part, count: bar[part] })),
    }));
}

export function percent(ratio: number | null, language: Language): string {
    return ratio === null ? "–" : ratio.toLocaleString(language, { style: "percent", maximumFractionDigits: 0 });
}

export function lasted(seconds: number | null): string {
    return seconds === null ? "–" : span(seconds * 1000);
}
