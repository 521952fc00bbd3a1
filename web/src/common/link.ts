/**
 * The socket to the server: opens, counts what is heard, comes back by itself. It knows nothing of what the frames say.
 */
import { waitBefore } from "./backoff";

/** The server's closing codes. */
export const CLOSED_SUPERSEDED = 4001;
export const CLOSED_LOGGED_OUT = 4003;
/** As browsers name the end of a connection that nobody has closed. */
const CLOSED_ABNORMALLY = 1006;

export type LinkEvent<Frame> =
    | { kind: "connecting" }
    | { kind: "frame"; frame: Frame }
    | { kind: "silent" }
    | { kind: "closed"; code: number };

/** The page shows old news after this long without a frame, and takes the socket for dead after that long. */
const SILENT_AFTER_MS = 6_000;
const DEAD_AFTER_MS = 15_000;
/** ... or after so many heartbeats that did not come, where the server has promised rarer ones. */
const SILENT_AFTER_BEATS = 3;
const DEAD_AFTER_BEATS = 7;
/** A socket that does not open within this time is given up. */
const OPEN_WITHIN_MS = 8_000;

export interface Link {
    /** Sends if the socket is open; says whether it did. */
    send(text: string): boolean;
    /** Opens again at once because somebody wants it, e.g. to take the desk back. */
    reopen(): void;
    /** How often the server has promised to be heard. */
    expect(everyMs: number): void;
}

/**
 * `path` is told whether the page comes back by itself: it was connected, and nobody has asked for the new connection.
 */
export function link<Frame>(path: (byItself: boolean) => string, tell: (event: LinkEvent<Frame>) => void): Link {
    let socket: WebSocket | undefined;
    let attempt = 0;
    let wanted = true;
    let everyMs = 0;
    let again: ReturnType<typeof setTimeout> | undefined;
    let silence: ReturnType<typeof setTimeout> | undefined;
    let death: ReturnType<typeof setTimeout> | undefined;

    function listen(): void {
        deafen();
        silence = setTimeout(() => tell({ kind: "silent" }), Math.max(SILENT_AFTER_MS, everyMs * SILENT_AFTER_BEATS));
        death = setTimeout(lost, Math.max(DEAD_AFTER_MS, everyMs * DEAD_AFTER_BEATS));
    }

    function deafen(): void {
        clearTimeout(silence);
        clearTimeout(death);
    }

    /** A dead line closes whenever it pleases; a page that waited for that would be deaf till then. */
    function lost(): void {
        const old = socket;
        socket = undefined;
        old?.close();
        closed(CLOSED_ABNORMALLY);
    }

    function closed(code: number): void {
        deafen();
        tell({ kind: "closed", code });
        if (code !== CLOSED_SUPERSEDED && code !== CLOSED_LOGGED_OUT) {
            again = setTimeout(open, waitBefore(attempt, Math.random()));
            attempt += 1;
        }
    }

    function open(): void {
        clearTimeout(again);
        again = undefined;
        tell({ kind: "connecting" });
        const url = new URL(path(!wanted), location.href);
        url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
        const mine = new WebSocket(url);
        socket = mine;
        const tooLong = setTimeout(() => mine.close(), OPEN_WITHIN_MS);
        mine.onopen = () => {
            clearTimeout(tooLong);
            if (mine === socket) {
                listen();
            }
        };
        mine.onmessage = (message: MessageEvent<unknown>) => {
            if (mine !== socket || typeof message.data !== "string") {
                return;
            }
            attempt = 0;
            wanted = false;
            listen();
            tell({ kind: "frame", frame: JSON.parse(message.data) as Frame });
        };
        mine.onclose = (event) => {
            clearTimeout(tooLong);
            if (mine !== socket) {
                return;
            }
            socket = undefined;
            closed(event.code);
        };
    }

    // The network is back: no reason to sit the wait out.
    addEventListener("online", () => {
        if (again !== undefined) {
            open();
        }
    });
    open();

    return {
        send(text) {
            if (socket?.readyState !== WebSocket.OPEN) {
                return false;
            }
            socket.send(text);
            return true;
        },
        reopen() {
            const old = socket;
            socket = undefined;
            old?.close();
            deafen();
            attempt = 0;
            wanted = true;
            open();
        },
        expect(promisedMs) {
            everyMs = promisedMs;
        },
    };
}
