/**
 * The socket to the server: opens, counts what is heard, comes back by itself. It knows nothing of what the frames say.
 */
import { waitBefore } from "./backoff";

/** The server's closing codes. */
export const CLOSED_SUPERSEDED = 4001;
export const CLOSED_LOGGED_OUT = 4003;

export type LinkEvent<Frame> =
    | { kind: "connecting" }
    | { kind: "frame"; frame: Frame }
    | { kind: "silent" }
    | { kind: "closed"; code: number };

/** The page shows old news after this long without a frame. */
const SILENT_AFTER_MS = 6_000;
/** A socket that does not open within this time is given up. */
const OPEN_WITHIN_MS = 8_000;

export interface Link {
    /** Sends if the socket is open; says whether it did. */
    send(text: string): boolean;
    /** Opens again at once, e.g. after a take-over. */
    reopen(): void;
}

export function link<Frame>(path: string, tell: (event: LinkEvent<Frame>) => void): Link {
    let socket: WebSocket | undefined;
    let attempt = 0;
    let again: ReturnType<typeof setTimeout> | undefined;
    let silence: ReturnType<typeof setTimeout> | undefined;

    function listen(): void {
        clearTimeout(silence);
        silence = setTimeout(() => tell({ kind: "silent" }), SILENT_AFTER_MS);
    }

    function open(): void {
        clearTimeout(again);
        again = undefined;
        tell({ kind: "connecting" });
        const url = new URL(path, location.href);
        url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
        const mine = new WebSocket(url);
        socket = mine;
        const tooLong = setTimeout(() => mine.close(), OPEN_WITHIN_MS);
        mine.onopen = () => clearTimeout(tooLong);
        mine.onmessage = (message: MessageEvent<unknown>) => {
            if (mine !== socket || typeof message.data !== "string") {
                return;
            }
            attempt = 0;
            listen();
            tell({ kind: "frame", frame: JSON.parse(message.data) as Frame });
        };
        mine.onclose = (event) => {
            clearTimeout(tooLong);
            if (mine !== socket) {
                return;
            }
            clearTimeout(silence);
            socket = undefined;
            tell({ kind: "closed", code: event.code });
            if (event.code !== CLOSED_SUPERSEDED && event.code !== CLOSED_LOGGED_OUT) {
                again = setTimeout(open, waitBefore(attempt, Math.random()));
                attempt += 1;
            }
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
            attempt = 0;
            open();
        },
    };
}
