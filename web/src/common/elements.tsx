/** The few elements that all pages share: KERN's markup in the compact size. */
import type { ComponentChildren } from "preact";
import { span } from "./format";
import { seconds, serverNow } from "./clock";
import { t } from "./texts";

export function Icon({ name, size }: { name: string; size?: "small" | "large" }) {
    return <span class={`kern-icon kern-icon--${name}${size ? ` kern-icon--${size}` : ""}`} aria-hidden="true" />;
}

type Tone = "info" | "success" | "warning" | "danger" | "neutral";

const SIGNS: Record<Tone, string> = {
    info: "info",
    success: "success",
    warning: "warning",
    danger: "danger",
    neutral: "pause",
};

/** A state in a word, with a sign: never colour alone. */
export function Badge({ tone, sign, children }: { tone: Tone; sign?: string; children: ComponentChildren }) {
    return (
        <span class={`kern-badge kern-badge--small kern-badge--${tone}`}>
            <Icon name={sign ?? SIGNS[tone]} size="small" />
            <span class="kern-label kern-label--small">{children}</span>
        </span>
    );
}

interface ButtonProps {
    children: ComponentChildren;
    onPress: () => void;
    rank?: "primary" | "secondary" | "tertiary";
    id?: string;
    /** As ARIA names it (`Shift+F9`); the key itself is listened to in one place. */
    keys?: string;
    /** The command is under way: the button shows it and takes no second press. */
    busy?: boolean;
    /** Why it cannot be pressed now: the id of the element that says so. */
    blockedBy?: string | false | undefined;
    pressed?: boolean;
    expanded?: boolean;
    controls?: string;
    describedBy?: string;
    name?: string;
    home?: boolean;
    tabIndex?: number;
    className?: string;
    lang?: string;
}

/** A button that is never `disabled`: that would throw the focus away and hide the reason. */
export function Button(props: ButtonProps) {
    const blocked = Boolean(props.busy) || Boolean(props.blockedBy);
    const classes = [
        "kern-btn",
        `kern-btn--${props.rank ?? "secondary"}`,
        props.busy ? "is-busy" : "",
        props.className ?? "",
    ];
    return (
        <button
            type="button"
            id={props.id}
            class={classes.filter(Boolean).join(" ")}
            aria-disabled={blocked ? "true" : undefined}
            aria-busy={props.busy ? "true" : undefined}
            aria-pressed={props.pressed}
            aria-expanded={props.expanded}
            aria-controls={props.controls}
            aria-label={props.name}
            aria-keyshortcuts={props.keys}
            aria-describedby={props.blockedBy || props.describedBy || undefined}
            data-home={props.home ? "" : undefined}
            tabIndex={props.tabIndex}
            lang={props.lang}
            onClick={() => {
                if (!blocked) {
                    props.onPress();
                }
            }}
        >
            <span class="kern-label">{props.children}</span>
            {props.keys ? <Key keys={props.keys} hidden /> : null}
        </button>
    );
}

/** A key as it is printed on the keyboard. On a button readers hear it from `aria-keyshortcuts` instead. */
export function Key({ keys, hidden }: { keys: string; hidden?: boolean }) {
    const printed = keys.replace("Shift+", "⇧").replace("Control+", `${t("key-name-control")}+`);
    return (
        <kbd class="key" aria-hidden={hidden ? "true" : undefined}>
            {printed}
        </kbd>
    );
}

/** The title of a pane, with the key that leads into it. */
export function PaneTitle({ id, keys, children }: { id: string; keys: string; children: ComponentChildren }) {
    return (
        <div class="pane__head">
            <h2 class="pane__title" id={id}>
                {children}
            </h2>
            <Key keys={keys} hidden />
        </div>
    );
}

/** Counts up from a moment of the server, or down to one. Only its own text changes each second. */
export function Timer({ since, until }: { since?: number; until?: number }) {
    // Reading the tick makes the text follow it; the exact time is the server's.
    void seconds.value;
    const now = serverNow();
    const ms = since !== undefined ? now - since : until !== undefined ? until - now + 500 : 0;
    return <span class="figures">{Number.isNaN(now) ? "–" : span(ms)}</span>;
}
