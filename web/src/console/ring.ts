/** How an offer reaches an agent who looks elsewhere: a tone, the title of the window, and a notification if wanted. */
import { signal } from "@preact/signals";
import { t } from "../common/texts";

const KEPT_AS = "vaxline.sound";
/** The tone comes again after this long, as long as the offer is open. */
const EVERY_MS = 2_000;

export const sound = signal(read() !== "off");
/** `default` until the agent was asked; asked only by the agent's own click. */
export const permission = signal<NotificationPermission | "unsupported">(
    typeof Notification === "undefined" ? "unsupported" : Notification.permission,
);

let audio: AudioContext | undefined;
let repeat: ReturnType<typeof setInterval> | undefined;
let shown: Notification | undefined;

export function setSound(on: boolean): void {
    sound.value = on;
    try {
        localStorage.setItem(KEPT_AS, on ? "on" : "off");
    } catch {
        // Kept as long as the page, then.
    }
    if (on) {
        tone();
    }
}

export async function askPermission(): Promise<void> {
    permission.value = await Notification.requestPermission();
}

/** Browsers let a page make a sound only after the first key or click in it. */
export function unlock(): void {
    audio ??= typeof AudioContext === "undefined" ? undefined : new AudioContext();
    void audio?.resume();
}

/**
 * Rings for an offer. `seen` is called when a notification stands on the screen: a hidden window paints no frame, and the
 * notification is then what the agent sees.
 */
export function ring(text: string, seen: () => void): void {
    silence();
    document.title = t("title-offer");
    tone();
    repeat = setInterval(tone, EVERY_MS);
    if (permission.peek() === "granted" && document.hidden) {
        shown = new Notification(t("notification-title"), { body: text, tag: "vaxline-offer", requireInteraction: true });
        shown.onshow = seen;
        shown.onclick = () => {
            window.focus();
            shown?.close();
        };
    }
}

export function silence(): void {
    clearInterval(repeat);
    repeat = undefined;
    shown?.close();
    shown = undefined;
    document.title = t("title-console");
}

/** Two soft tones, a third apart: to be heard over a headset, not to startle. */
function tone(): void {
    if (!sound.peek() || audio?.state !== "running") {
        return;
    }
    const start = audio.currentTime;
    for (const [delay, pitch] of [
        [0, 660],
        [0.22, 830],
    ] as const) {
        const voice = audio.createOscillator();
        const volume = audio.createGain();
        voice.frequency.value = pitch;
        volume.gain.setValueAtTime(0, start + delay);
        volume.gain.linearRampToValueAtTime(0.15, start + delay + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.001, start + delay + 0.2);
        voice.connect(volume).connect(audio.destination);
        voice.start(start + delay);
        voice.stop(start + delay + 0.22);
    }
}

function read(): string | null {
    try {
        return localStorage.getItem(KEPT_AS);
    } catch {
        return null;
    }
}
