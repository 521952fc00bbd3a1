/** What the supervisor's page shows: the last board, and whether it is still news. */
import { CLOSED_LOGGED_OUT, type LinkEvent } from "../common/link";
import type { AgentRow, AgentState, Board, ToWall } from "../protocol";

export interface WallState {
    link: "connecting" | "live" | "stale" | "broken" | "logged_out";
    board: Board | undefined;
}

export const initial: WallState = { link: "connecting", board: undefined };

export function reduce(state: WallState, event: LinkEvent<ToWall>): WallState {
    switch (event.kind) {
        case "connecting":
            return state.link === "broken" ? state : { ...state, link: "connecting" };
        case "silent":
            return state.link === "live" ? { ...state, link: "stale" } : state;
        case "closed":
            return { ...state, link: event.code === CLOSED_LOGGED_OUT ? "logged_out" : "broken" };
        case "frame":
            return event.frame.t === "board" ? { link: "live", board: event.frame.board } : state;
    }
}

/** The order of the table: who needs a look first. */
const ORDER: readonly AgentState[] = ["not_ready", "wrap_up", "offered", "connecting", "talking", "ready", "offline"];

export function sorted(agents: readonly AgentRow[]): AgentRow[] {
    const rank = ({ state }: AgentRow) => ORDER.indexOf(state);
    return [...agents].sort((one, other) => rank(one) - rank(other) || one.since_ms - other.since_ms);
}

/** The states in the order of the working day, with their counts. */
export const STATES: readonly AgentState[] = ["ready", "offered", "connecting", "talking", "wrap_up", "not_ready", "offline"];

export function count(board: Board, state: AgentState): number {
    return board.agents_by_state.find((entry) => entry.state === state)?.agents ?? 0;
}
