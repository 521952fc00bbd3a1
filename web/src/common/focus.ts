/**
 * Focus follows the rendered state and never falls to `body`: when the element that had it is gone, it goes to the place
 * that the page marks with `data-home`.
 */
import { useEffect } from "preact/hooks";

/** Effects of the state move the focus first; only what they leave lying is picked up. */
const RESCUE_AFTER_MS = 50;

let last: Element | undefined;
let rescueDue: ReturnType<typeof setTimeout> | undefined;

export function watchFocus(): void {
    addEventListener("focusin", (event) => {
        last = event.target instanceof Element ? event.target : undefined;
    });
    new MutationObserver(() => {
        clearTimeout(rescueDue);
        rescueDue = setTimeout(rescue, RESCUE_AFTER_MS);
    }).observe(document.body, {
        childList: true,
        subtree: true,
        attributes: true,
        attributeFilter: ["hidden", "disabled", "open"],
    });
}

/** Only a focus that was lost is brought home; one that was never given, or taken off by a click, stays. */
function rescue(): void {
    const nowhere = document.activeElement === document.body || document.activeElement === null;
    if (nowhere && last !== undefined && (!last.isConnected || !(last as HTMLElement).checkVisibility())) {
        home();
    }
}

export function home(): void {
    focus(document.querySelector<HTMLElement>("[data-home]"));
}

export function focus(target: HTMLElement | null | undefined): void {
    target?.focus({ preventScroll: false });
}

/** Moves the focus to the element of this id once, when `when` turns to a new value that is not nothing. */
export function useFocusOn(id: string, when: unknown): void {
    useEffect(() => {
        if (when !== undefined && when !== null && when !== false) {
            focus(document.getElementById(id));
        }
    }, [id, when]);
}
