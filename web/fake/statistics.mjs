/** Figures of a day, for the supervisor's page: the same for the same day. */

/** @typedef {import("../src/supervision/report").Report} Report */
/** @typedef {import("../src/supervision/report").ReportFigures} ReportFigures */

const HOUR_MS = 3_600_000;
/** Calls of each hour of a working day, from six in the morning. */
const CALLS = [12, 96, 412, 538, 604, 571, 420, 388, 463, 441, 362, 208, 96, 31];

/**
 * Local midnight, by looking for it: Berlin is one or two hours ahead.
 * @param {string} day
 */
function midnight(day) {
    const utc = Date.parse(`${day}T00:00:00Z`);
    const name = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin" });
    const ahead = name.format(utc - 2 * HOUR_MS) === day ? 2 : 1;
    return utc - ahead * HOUR_MS;
}

/** @param {number} epochMs */
const utc = (epochMs) => new Date(epochMs).toISOString().replace(".000Z", "Z");

/**
 * @param {number} offered
 * @param {number} hour
 * @returns {ReportFigures}
 */
function figures(offered, hour) {
    const abandoned = Math.floor(offered * (offered > 500 ? 0.12 : 0.04));
    const other = hour % 3 === 0 ? Math.ceil(offered * 0.02) : 0;
    return {
        offered, abandoned, answered: offered - abandoned - other,
        service_level_of_offered: offered === 0 ? null : offered > 500 ? 0.6131 : 0.8702,
        wait_answered_mean_seconds: offered === 0 ? null : offered / 5 + 3.25,
        talk_mean_seconds: offered === 0 ? null : 241.5,
    };
}

/**
 * The report, or nothing for what is no range of days. Sundays are quiet: nobody calls.
 * @param {URLSearchParams} asked
 * @returns {Report | undefined}
 */
export function report(asked) {
    const [first, next] = [asked.get("from") ?? "", asked.get("to") ?? ""];
    const [from, to] = [midnight(first), midnight(next)];
    if (!(to > from) || asked.get("by") !== "hour") {
        return undefined;
    }
    const quiet = new Date(`${first}T12:00:00Z`).getUTCDay() === 0;
    const rows = quiet ? [] : CALLS.map((calls, index) => ({ from_utc: utc(from + (6 + index) * HOUR_MS), ...figures(calls, index) }));
    const sum = (/** @type {"offered" | "answered" | "abandoned"} */ name) => rows.reduce((total, row) => total + row[name], 0);
    return {
        from_utc: utc(from), to_utc: utc(to), service_level_seconds: 20,
        total: { ...figures(quiet ? 0 : 300, 1), offered: sum("offered"), answered: sum("answered"), abandoned: sum("abandoned") },
        rows,
    };
}

/**
 * @param {Report} told
 * @returns {string}
 */
export function csv(told) {
    const lines = told.rows.map((row) => [row.from_utc, row.offered, row.answered, row.abandoned].join(","));
    return ["from_utc,offered,answered,abandoned", ...lines, ""].join("\r\n");
}
