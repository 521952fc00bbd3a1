/** The next hour of a Wednesday, for the supervisor's page: always the same one. */

const QUARTER_MS = 900_000;
const FROM = Date.parse("2021-04-28T10:15:00Z");
/** Callers of the quarters that are over; one more runs. */
const CAME = [28, 31, 37, 44, 52, 55, 51, 49, 53, 47, 44, 41];

/** @param {number} epochMs */
const utc = (epochMs) => new Date(epochMs).toISOString().replace(".000Z", "Z");

/**
 * What Erlang A says of 188.2 calls an hour of 300 s, with a patience of 180 s.
 * @type {[agents: number, occupancy: number, waiting: number, abandoned: number, wait: number, queue: number, answered: number][]}
 */
const FIGURES = [
    [10, 0.98, 0.897, 0.375, 67.5, 3.53, 0.162],
    [14, 0.925, 0.626, 0.174, 31.3, 1.64, 0.484],
    [16, 0.879, 0.447, 0.103, 18.5, 0.97, 0.661],
    [17, 0.853, 0.36, 0.076, 13.7, 0.71, 0.739],
    [18, 0.824, 0.279, 0.054, 9.8, 0.51, 0.807],
    [19, 0.795, 0.21, 0.037, 6.7, 0.35, 0.862],
    [20, 0.765, 0.152, 0.025, 4.5, 0.24, 0.905],
    [22, 0.706, 0.071, 0.01, 1.8, 0.1, 0.96],
    [27, 0.581, 0.006, 0.001, 0.1, 0.01, 0.998],
];

export const outlook = {
    goal: { percent: 80, seconds: 20 },
    at_work: 27,
    recent: CAME.map((arrivals, index) => ({ begins: utc(FROM + (index - CAME.length - 1) * QUARTER_MS), arrivals })),
    forecast: {
        from: utc(FROM), calls: 188.2, low: 150.1, high: 226.3, quarters: [46.1, 47.0, 48.2, 46.9], level: 1.12,
        basis: "same_weekday", days: 6,
    },
    needed_for_low: 15,
    needed_for_high: 21,
    plan: {
        load: { calls_per_hour: 188.2, handling_seconds: 300 },
        patience_seconds: 180,
        erlangs: 15.7,
        needed: 18,
        rows: FIGURES.map(([agents, occupancy, waiting, abandoned, mean_wait_seconds, mean_queue, answered]) => ({
            agents, outcome: "settles", waiting, abandoned, answered, mean_wait_seconds, mean_queue, occupancy,
        })),
    },
};
