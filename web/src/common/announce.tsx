/**
 * What a screen reader says without being asked: one polite region, one assertive, text only. Never timers, never
 * counts: during a call an agent hears the caller and the reader at once.
 */
import { signal } from "@preact/signals";

const polite = signal("");
const assertive = signal("");

export function say(text: string, urgency: "polite" | "assertive" = "polite"): void {
    const region = urgency === "polite" ? polite : assertive;
    // The same words twice are two messages: a reader speaks only what changes.
    region.value = region.peek() === text ? `${text}\u00a0` : text;
}

export function Announcer() {
    return (
        <>
            <div class="kern-sr-only" aria-live="polite" aria-atomic="true">
                {polite}
            </div>
            <div class="kern-sr-only" aria-live="assertive" aria-atomic="true">
                {assertive}
            </div>
        </>
    );
}
