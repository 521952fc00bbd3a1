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
