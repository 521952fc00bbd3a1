/**
 * The server's time. A page never takes its own clock for a duration: it may be minutes off. The server names its time
 * in `hello` and with every heartbeat; between them the monotonic clock of the page counts on.
 */
import { signal } from "@preact/signals";

/** Server's epoch in ms minus the page's monotonic clock. */
let offset = Number.NaN;

/** Ticks each second while there is a time; timers on the screen hang on it. */
export const seconds = signal(0);

export function heard(epochMs: number): void {
    offset = epochMs - performance.now();
    tick();
}

/** The server's time now, in ms; `NaN` before the first frame. */
export function serverNow(): number {
    return performance.now() + offset;
}

function tick(): void {
    const now = Math.floor(serverNow() / 1000);
    if (!Number.isNaN(now)) {
        seconds.value = now;
    }
}

/** Starts the ticking; once a page. Four looks a second keep the figures within 250 ms of the truth. */
export function start(): void {
    setInterval(tick, 250);
}
