/** The desk of this page: the state, the socket that feeds it, and the way to ask the server for something. */
import { computed, signal } from "@preact/signals";
import * as clock from "../common/clock";
import { whoAmI } from "../common/session";
import { type Link, type LinkEvent, link } from "../common/link";
import { greeted } from "../common/renew";
import type { Command, FromPage, ToPage } from "../protocol";
import { type ConsoleEvent, type ConsoleState, initial, reduce, repeatable } from "./state";

/** A button is free again after this long without an answer. */
const ANSWER_WITHIN_MS = 3_000;

export const state = signal<ConsoleState>(initial);
export const desk = computed(() => state.value.desk);
export const setup = computed(() => state.value.setup);
/** Whether commands reach the server at this moment. */
export const connected = computed(() => state.value.link === "live" || state.value.link === "stale");

/** Names this window for as long as it is open: the server tells by it who comes back and who comes new. */
const WINDOW = key();

let socket: Link | undefined;

export function start(): void {
    clock.start();
    socket = link<ToPage>((byItself) => `/console/ws?window=${WINDOW}&by_itself=${byItself}`, heard);
}

export function tell(event: ConsoleEvent): void {
    state.value = reduce(state.peek(), event);
}

/**
 * Asks the server. What is still unanswered is not asked twice: the same command goes out again under its key. A window
 * that has lost the desk asks nothing: it would be carried out when it gets the desk back.
 */
export function ask(command: Command): void {
    const { link: connection } = state.peek();
    if (connection === "superseded" || connection === "logged_out") {
        return;
    }
    const known = state.peek().waiting.find(({ command: other }) => JSON.stringify(other) === JSON.stringify(command));
    if (known && !known.late) {
        return;
    }
    const cmd = known?.cmd ?? key();
    const entry = desk.peek()?.call?.entry ?? null;
    tell({ kind: "asked", waiting: { cmd, command, entry, askedAt: performance.now(), late: false } });
    send(cmd, command);
}

/** Whether an answer to such a command is awaited: its button is busy. */
export function busy(...kinds: Command["t"][]): boolean {
    return state.value.waiting.some(({ command, late }) => !late && kinds.includes(command.t));
}

/** Takes the desk back from the window that took it over. */
export function takeBack(): void {
    socket?.reopen();
}

function send(cmd: string, command: Command): void {
    const frame: FromPage = { cmd, do: command };
    // Without a connection nothing is lost: what waits is repeated after the next snapshot.
    socket?.send(JSON.stringify(frame));
    setTimeout(() => tell({ kind: "late", cmd }), ANSWER_WITHIN_MS);
}

function heard(event: LinkEvent<ToPage>): void {
    if (event.kind === "frame") {
        if (event.frame.t === "hello") {
            greeted(event.frame.protocol);
            socket?.expect(event.frame.heartbeat_ms);
            clock.heard(event.frame.epoch_ms);
        } else if (event.frame.t === "queue") {
            clock.heard(event.frame.epoch_ms);
        }
    }
    tell({ kind: "link", event });
    if (event.kind === "frame" && event.frame.t === "snapshot") {
        const { again, let_go } = repeatable(state.peek(), performance.now());
        tell({ kind: "dropped", cmds: let_go });
        for (const { cmd, command } of again) {
            send(cmd, command);
        }
    }
    if (state.peek().link === "logged_out") {
        location.assign("/");
    }
    if (event.kind === "closed" && state.peek().link === "broken") {
        void expired();
    }
}

/** A socket that is refused says nothing about why: ask whether the session still holds. */
async function expired(): Promise<void> {
    const asked = await whoAmI();
    if (asked.kind === "nobody") {
        location.assign("/");
    }
}

/** A new key, for a command or a window: 128 bits of chance. `randomUUID` would need HTTPS. */
function key(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
