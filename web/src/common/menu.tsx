/** A button that opens a small panel under it. Esc, a click beside it or leaving it closes it. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "./elements";
import { focus } from "./focus";

interface Props {
    id: string;
    label: string;
    /** What is read instead of the label, where the label alone says too little. */
    name?: string;
    /** The panel hangs from the right edge of the button, for one at the right edge of the page. */
    right?: boolean;
    children: (close: () => void) => ComponentChildren;
}

export function Menu({ id, label, name, right, children }: Props) {
    const open = useSignal(false);
    const box = useRef<HTMLDivElement>(null);
    const button = useRef<HTMLButtonElement>(null);

    const close = () => {
        // The focus goes back first, or it would fall with the panel.
        if (box.current?.contains(document.activeElement)) {
            focus(button.current);
        }
        open.value = false;
    };

    useEffect(() => {
        if (!open.value) {
            return;
        }
        const outside = (event: Event) => {
            if (event.target instanceof Node && !box.current?.contains(event.target)) {
                open.value = false;
            }
        };
        document.addEventListener("pointerdown", outside);
        document.addEventListener("focusin", outside);
        return () => {
            document.removeEventListener("pointerdown", outside);
            document.removeEventListener("focusin", outside);
        };
    }, [open.value, open]);

    return (
        <div
            class={right ? "menu menu--right" : "menu"}
            ref={box}
            onKeyDown={(event) => {
                if (event.key === "Escape" && open.value) {
                    event.stopPropagation();
                    close();
                }
            }}
        >
            <button
                type="button"
                ref={button}
                id={id}
                class="kern-btn kern-btn--tertiary menu__button"
                aria-expanded={open.value}
                aria-controls={`${id}-panel`}
                aria-label={name}
                onClick={() => (open.value = !open.value)}
            >
                <span class="kern-label">{label}</span>
                <Icon name="arrow-down" size="small" />
            </button>
            <div class="menu__panel" id={`${id}-panel`} hidden={!open.value}>
                {open.value ? children(close) : null}
            </div>
        </div>
    );
}
