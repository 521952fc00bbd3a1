/**
 * What the agent types. Nothing typed is lost: it goes to the server half a second after the last key and whenever a
 * field is left, and comes back from there after a reload, a crash or on another machine.
 */
import { effect, signal } from "@preact/signals";
import type { CallView, DraftForm, PersonForm } from "../protocol";
import { phone } from "../common/format";
import { ask, desk, state } from "./desk";

const SAVE_AFTER_MS = 500;

export function emptyPerson(language: string): PersonForm {
    return {
        id: null,
        family_name: "",
        given_name: "",
        born_on: "",
        street: "",
        postcode: "",
        town: "",
        phone: "",
        email: "",
        claim: "",
        language,
    };
}

/** A fresh form for this caller: what the call says already need not be typed. */
export function freshForm(call: CallView | null): DraftForm {
    const person = emptyPerson(call?.language === "en" ? "en" : "de");
    return {
        person: { ...person, phone: phone(call?.number ?? "") },
        centre: null,
        from_day: null,
        day_part: "any",
        // The letter is the rule; an e-mail only if the caller was asked for the address aloud.
        letter: true,
        email: false,
        note: "",
    };
}

/** The form as it stands on the screen. */
export const form = signal<DraftForm>(freshForm(null));
/** Typed and not yet sent. */
export const unsaved = signal(false);

let timer: ReturnType<typeof setTimeout> | undefined;

export function editPerson(field: keyof PersonForm, value: string): void {
    edit({ ...form.peek(), person: { ...form.peek().person, [field]: value } });
}

export function edit(next: DraftForm): void {
    form.value = next;
    unsaved.value = true;
    clearTimeout(timer);
    timer = setTimeout(save, SAVE_AFTER_MS);
}

/** Sends what is typed. Saving also renews the reservation: a caller who spells a name does not lose the pair. */
export function save(): void {
    clearTimeout(timer);
    if (!unsaved.peek() || !desk.peek()?.call) {
        return;
    }
    unsaved.value = false;
    ask({ t: "save_draft", form: form.peek() });
}

/** Saves although nothing was typed, to keep the reservation. */
export function keep(): void {
    unsaved.value = true;
    save();
}

/** The next person of the same household: address and contact stay, the person is new. */
export function another(): void {
    const { street, postcode, town, phone, email, language } = form.peek().person;
    const person = { ...emptyPerson(language), street, postcode, town, phone, email };
    edit({ ...form.peek(), person });
}

/** Follows the server: a new caller means an empty form, a snapshot brings back what was typed. */
export function follow(): void {
    let entry: string | null = null;
    let snapshots = 0;
    effect(() => {
        const { desk: current, snapshots: count, waiting } = state.value;
        const call = current?.call ?? null;
        const newCaller = (call?.entry ?? null) !== entry;
        const newSnapshot = count !== snapshots;
        if (!newCaller && !newSnapshot) {
            return;
        }
        entry = call?.entry ?? null;
        snapshots = count;
        // What was typed while the connection was down is newer than what the server has.
        const underWay = waiting.some(({ command }) => command.t === "save_draft");
        if (!newCaller && (unsaved.peek() || underWay)) {
            save();
            return;
        }
        if (newCaller) {
            clearTimeout(timer);
            unsaved.value = false;
        }
        // What the agent before has typed, until this one types.
        const left = newCaller ? call?.handover?.form : undefined;
        const stored = current?.draft?.form ?? left;
        if (stored) {
            form.value = stored;
        } else if (newCaller) {
            form.value = freshForm(call);
        }
    });
}
