/** How long to wait before the next try: 250 ms, doubled to 10 s, each half as long to half as long again. */
const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** `attempt` counts from 0; `chance` is in [0, 1). Three hundred consoles must not come back in the same second. */
export function waitBefore(attempt: number, chance: number): number {
    const middle = Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt);
    return Math.round(middle * (0.5 + chance));
}
