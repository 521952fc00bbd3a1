/** A board of a busy morning, for the supervisor's page. */

/** @typedef {import("../src/protocol").Board} Board */
/** @typedef {import("../src/protocol").AgentState} AgentState */

const NAMES = ["Albrecht, Ines", "Böhme, Karsten", "Çelik, Ayşe", "Dvořák, Petr", "Engel, Susanne", "Fischer, Tobias",
    "Große, Maren", "Hoffmann, Uwe", "İnal, Deniz", "Jahn, Birgit", "Köhler, Sven", "Łukasik, Ewa"];
const STATES = /** @type {AgentState[]} */ (["talking", "talking", "wrap_up", "ready", "not_ready", "talking"]);
const BEGIN = Date.now();

/**
 * @param {boolean} empty
 * @returns {Board}
 */
export function board(empty) {
    const now = Date.now();
    if (empty) {
        return {
            epoch_ms: now, waiting: 0, longest_since_ms: null, in_menu: 0, talking: 0, served_today: 0,
            abandoned_today: 0, booked_today: 0, agents_by_state: [{ state: "offline", agents: 300 }], agents: [], degraded: [],
        };
    }
    const agents = NAMES.map((name, index) => {
        const state = STATES[index % STATES.length] ?? "ready";
        return {
            name, state,
            reason: state === "not_ready" ? (index % 4 === 0 ? "no_answer" : "break") : null,
            since_ms: BEGIN - index * 37_000,
        };
    });
    /** @type {AgentState[]} */
    const all = ["offline", "ready", "offered", "connecting", "talking", "wrap_up", "not_ready"];
    const elsewhere = /** @type {Partial<Record<AgentState, number>>} */ ({ talking: 231, offline: 11, not_ready: 22, wrap_up: 24 });
    return {
        epoch_ms: now,
        waiting: 18, longest_since_ms: now - 125_000, in_menu: 41, talking: 237,
        served_today: 4_812, abandoned_today: 206, booked_today: 3_977,
        agents_by_state: all.map((state) => ({
            state,
            agents: agents.filter((agent) => agent.state === state).length + (elsewhere[state] ?? 0),
        })),
        agents,
        degraded: [],
    };
}

/**
 * Why the callers of that morning wait.
 * @param {boolean} empty
 * @returns {import("../src/protocol").Why}
 */
export function why(empty) {
    const now = Date.now();
    /** @type {import("../src/protocol").WhyThisEntry} */
    const usual = {
        entry: "", queue: "hotline", joined_ms: now - 125_000, ahead: 0, why: "all_busy", agent: null, until_ms: null,
        able: { busy: 231, wrap_up: 24, not_ready: 22 }, lacking: {}, changes_ms: null,
    };
    const entries = [
        { ...usual, entry: "1" },
        { ...usual, entry: "2", why: "nobody_can", able: {}, lacking: { en: 289 }, changes_ms: now + 115_000 },
        { ...usual, entry: "3", why: "waits_for_agent", agent: NAMES[5] ?? "", until_ms: now + 18_000 },
        { ...usual, entry: "4", why: "kept_apart", until_ms: now + 42_000, able: { idle: 1, busy: 231 } },
    ];
    const agents = NAMES.slice(0, 6).map((name, index) => ({
        name, why: ["nobody_fits", "busy", "wrap_up", "not_ready", "kept_apart", "unlinked"][index] ?? "busy",
        skills: index % 2 ? "en:3" : "", may_take: 0, lacks: /** @type {Record<string, number>} */ (index ? {} : { en: 1 }),
    }));
    return {
        epoch_ms: now, waiting: empty ? 0 : 18,
        entries: empty ? [] : entries.map((entry, ahead) => ({ ...entry, ahead })),
        agents: empty ? [] : agents,
    };
}
