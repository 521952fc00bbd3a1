/**
 * The keys of the console. Function keys only: no letters, nothing that German AltGr, screen readers or the browser need.
 */
import * as actions from "./actions";
import { desk } from "./desk";
import { focus } from "../common/focus";

/** For the list under "Tasten": the key and the text that says what it does. */
export const KEYS: readonly (readonly [string, string])[] = [
    ["F2", "key-accept"],
    ["Shift+F2", "key-decline"],
    ["F9", "key-ready"],
    ["Shift+F9", "key-hang-up"],
    ["F4", "key-hold"],
    ["Shift+F8", "key-transfer"],
    ["Shift+F4", "key-extend"],
    ["Control+Enter", "key-book"],
    ["Alt+1", "key-person"],
    ["Alt+2", "key-appointment"],
    ["Alt+3", "key-guide"],
];

const PANES: Record<string, string> = { Digit1: "person", Digit2: "appointment", Digit3: "guide" };

export function listen(): void {
    addEventListener("keydown", (event) => {
        if (event.repeat || document.querySelector("dialog[open]")) {
            return;
        }
        const action = actionOf(event);
        if (action) {
            event.preventDefault();
            action();
        }
    });
}

function actionOf(event: KeyboardEvent): (() => void) | undefined {
    const { shiftKey, ctrlKey, altKey, metaKey, key, code } = event;
    const plain = !ctrlKey && !altKey && !metaKey;
    if (plain && key === "F2" && desk.peek()?.offer) {
        return shiftKey ? actions.decline : actions.accept;
    }
    if (plain && key === "F9") {
        return shiftKey ? actions.hangUp : actions.toggleReady;
    }
    if (plain && shiftKey && key === "F8") {
        return actions.handOn;
    }
    if (plain && key === "F4") {
        return shiftKey ? actions.extend : actions.holdOrResume;
    }
    if (ctrlKey && !altKey && key === "Enter" && actions.inCall.peek()) {
        return actions.book;
    }
    const pane = PANES[code];
    if (altKey && !ctrlKey && !shiftKey && pane && actions.inCall.peek()) {
        return () => enter(pane);
    }
    return undefined;
}

/** Into a pane: to the place in it that is marked as its entrance. */
function enter(pane: string): void {
    const section = document.getElementById(pane);
    const entrances = section?.querySelectorAll<HTMLElement>("[data-entrance]") ?? [];
    focus(Array.from(entrances).find((entrance) => entrance.checkVisibility()));
}

/** ↑ and ↓ inside a list of buttons; Home and End to its ends. */
export function arrows(event: KeyboardEvent): void {
    const list = event.currentTarget as HTMLElement;
    const items = Array.from(list.querySelectorAll<HTMLElement>("button"));
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to =
        event.key === "ArrowDown" || event.key === "ArrowRight"
            ? Math.min(at + 1, items.length - 1)
            : event.key === "ArrowUp" || event.key === "ArrowLeft"
              ? Math.max(at - 1, 0)
              : event.key === "Home"
                ? 0
                : event.key === "End"
                  ? items.length - 1
                  : undefined;
    if (at >= 0 && to !== undefined) {
        event.preventDefault();
        focus(items[to]);
    }
}
