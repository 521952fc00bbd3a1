/** What an agent can do, the same for keys and buttons. Each says what is missing instead of doing nothing. */
import { computed, signal } from "@preact/signals";
import { dateOf } from "../common/format";
import { has, refusal, t } from "../common/texts";
import type { BookingView, CallView, PersonHit, TransferTo } from "../protocol";
import { type Field, type FieldError, missingForBooking, missingForProposal, tidied, wishOf } from "./check";
import { ask, busy, connected, desk, setup, state, tell } from "./desk";
import { another, edit, form, save } from "./draft";

/** Keys and clicks meant for what was there before must not take a caller: so long an offer takes none. */
export const OFFER_DEAD_MS = 500;

/** What the page itself found missing; the attempt it belongs to is counted, so that the summary takes the focus once. */
export const missing = signal<{ errors: FieldError[]; attempt: number }>({ errors: [], attempt: 0 });
/** The next person of this call is being entered. */
export const adding = signal(false);
/** The lookup of an existing booking: what was typed. */
export const lookup = signal({ reference: "", born_on: "" });
/** The booking whose cancellation is to be confirmed. */
export const cancelling = signal<BookingView | undefined>(undefined);
/** The caller is about to be handed on. */
export const handing = signal(false);
/** The offer on the screen, and since when by the page's clock. */
let shown = { id: "", at: 0 };

/** The proposals, as long as they are for what the form says now. */
export const proposals = computed(() => {
    const { proposals: made, proposedFor } = state.value;
    return proposedFor === wishOf(form.value) ? made : undefined;
});

/** Nothing of the last caller stays: what was begun for one must not be finished for the next. */
export function clear(): void {
    adding.value = false;
    cancelling.value = undefined;
    handing.value = false;
    missing.value = { errors: [], attempt: 0 };
    lookup.value = { reference: "", born_on: "" };
}

/** All errors at fields: the page's own, and the server's for the last command. */
export const fieldErrors = computed<FieldError[]>(() => {
    const { errors } = missing.value;
    const { notice } = state.value;
    if (notice?.kind === "refused" && notice.error.field !== null) {
        const field = fieldOf(notice.about, notice.error.field);
        const others = errors.filter((error) => error.field !== field);
        return [...others, { field, text: `error-${notice.error.code.replaceAll("_", "-")}` }];
    }
    return errors;
});

export function errorText({ text }: FieldError): string {
    return has(text) ? t(text) : refusal(text.replace(/^error-/, "").replaceAll("-", "_"));
}

export const inCall = computed(() => desk.value?.call != null);
/** A booking stands on the screen to be read aloud. */
export const reading = computed(() => (desk.value?.bookings.length ?? 0) > 0 && !adding.value);

export function offerShown(id: string): void {
    shown = { id, at: performance.now() };
}

function offerIsDead(id: string): boolean {
    return shown.id !== id || performance.now() - shown.at < OFFER_DEAD_MS;
}

export function accept(): void {
    const offer = desk.peek()?.offer;
    if (offer && !offerIsDead(offer.id) && !busy("accept", "decline")) {
        ask({ t: "accept", offer: offer.id });
    }
}

export function decline(): void {
    const offer = desk.peek()?.offer;
    if (offer && !offerIsDead(offer.id) && !busy("accept", "decline")) {
        ask({ t: "decline", offer: offer.id });
    }
}

/** F9: ready or pause; while there is a caller, what comes afterwards. The last choice wins. */
export function toggleReady(): void {
    const agent = desk.peek()?.agent;
    if (!agent) {
        return;
    }
    const awaits = inCall.peek() || agent.state === "wrap_up";
    const willBeReady = awaits ? (agent.next ?? "ready") === "ready" : agent.state === "ready" || agent.state === "offered";
    if (willBeReady) {
        const reason = setup.peek()?.not_ready_reasons[0];
        if (reason) {
            notReady(reason.code);
        }
    } else {
        ready();
    }
}

export function ready(): void {
    ask({ t: "ready" });
}

export function notReady(reason: string): void {
    ask({ t: "not_ready", reason });
}

export function hangUp(): void {
    const call = desk.peek()?.call;
    if (call && call.state !== "ended") {
        ask({ t: "hang_up" });
    }
}

/** Leaves the caller in music, or comes back: the phone rings for it. */
export function holdOrResume(): void {
    const state = desk.peek()?.call?.state;
    if (state === "talking") {
        ask({ t: "hold" });
    } else if (state === "held") {
        ask({ t: "resume" });
    }
}

/** Asks to whom: the colleagues are asked for anew, those of some minutes ago may have gone. */
export function handOn(): void {
    if (canHandOn(desk.peek()?.call)) {
        handing.value = true;
        ask({ t: "colleagues" });
    }
}

/** Whether the caller can be handed on: who is on hold too, after a word with the colleague. */
export function canHandOn(call: CallView | null | undefined): boolean {
    return call?.state === "talking" || call?.state === "held";
}

/** Hands the caller on, with everything typed up to now. */
export function transfer(to: TransferTo, note: string): void {
    save();
    handing.value = false;
    ask({ t: "transfer", to, note: note.trim() });
}

export function extend(): void {
    const agent = desk.peek()?.agent;
    if (agent?.state === "wrap_up" && agent.extensions_left > 0) {
        ask({ t: "extend_wrap_up" });
    }
}

export function finish(code: string): void {
    remember(code);
    save();
    ask({ t: "finish_wrap_up", code });
}

export function findPersons(): void {
    const { family_name, born_on } = form.peek().person;
    const errors: FieldError[] = [];
    if (family_name.trim() === "") {
        errors.push({ field: "person.family_name", text: "missing-family-name" });
    }
    const born = dateOf(born_on);
    if (born === undefined) {
        errors.push({ field: "person.born_on", text: born_on.trim() === "" ? "missing-born-on" : "wrong-date" });
    }
    if (complain(errors) || born === undefined) {
        return;
    }
    ask({ t: "find_persons", family_name: family_name.trim(), born_on: born });
}

/** Takes a person that was found into the form. Where the register knows nothing, what was typed stays. */
export function take({ person }: PersonHit): void {
    const typed = form.peek().person;
    const { claim, phone, email } = person;
    const contact = { claim: claim || typed.claim, phone: phone || typed.phone, email: email || typed.email };
    edit({ ...form.peek(), person: { ...person, ...contact } });
    tell({ kind: "forget", what: "hits" });
    missing.value = { errors: [], attempt: missing.peek().attempt };
}

export function findBooking(): void {
    const { reference, born_on } = lookup.peek();
    const errors: FieldError[] = [];
    if (reference.trim() === "") {
        errors.push({ field: "lookup.reference", text: "missing-reference" });
    }
    const born = dateOf(born_on);
    if (born === undefined) {
        errors.push({ field: "lookup.born_on", text: born_on.trim() === "" ? "missing-born-on" : "wrong-date" });
    }
    if (complain(errors) || born === undefined) {
        return;
    }
    tell({ kind: "forget", what: "found" });
    ask({ t: "find_booking", reference: reference.trim(), born_on: born });
}

/** The booking is named once more with the second factor that opened it. */
export function cancel(booking: BookingView): void {
    const born = dateOf(lookup.peek().born_on) ?? dateOf(form.peek().person.born_on);
    cancelling.value = undefined;
    if (born === undefined) {
        complain([{ field: "lookup.born_on", text: "missing-born-on" }]);
        return;
    }
    ask({ t: "cancel", reference: booking.reference, born_on: born });
}

export function propose(): void {
    if (complain(missingForProposal(form.peek()))) {
        return;
    }
    save();
    ask({ t: "propose", form: tidied(form.peek()) });
}

export function reserve(token: string): void {
    if (desk.peek()?.reservation?.pair.token === token) {
        return;
    }
    save();
    ask({ t: "reserve", token, form: tidied(form.peek()) });
}

export function release(): void {
    const reservation = desk.peek()?.reservation;
    if (reservation) {
        ask({ t: "release", reservation: reservation.id });
    }
}

/** Why a booking cannot be made now: the key of a text, or nothing. */
export const bookingBlocked = computed<string | undefined>(() => {
    if (!connected.value) {
        return "blocked-connection";
    }
    return desk.value?.reservation ? undefined : "blocked-no-pair";
});

export function book(): void {
    const reservation = desk.peek()?.reservation;
    if (reading.peek() || bookingBlocked.peek() !== undefined || !reservation) {
        return;
    }
    if (complain(missingForBooking(form.peek()))) {
        return;
    }
    save();
    ask({ t: "confirm", reservation: reservation.id, form: tidied(form.peek()) });
}

export function nextPerson(): void {
    adding.value = true;
    another();
    tell({ kind: "forget", what: "hits" });
    tell({ kind: "forget", what: "proposals" });
    missing.value = { errors: [], attempt: missing.peek().attempt };
}

/** A corrected field is no longer named as wrong. */
export function corrected(field: Field): void {
    const { errors, attempt } = missing.peek();
    if (errors.some((error) => error.field === field)) {
        missing.value = { errors: errors.filter((error) => error.field !== field), attempt };
    }
    const { notice } = state.peek();
    if (notice?.kind === "refused" && notice.error.field !== null && fieldOf(notice.about, notice.error.field) === field) {
        tell({ kind: "forget", what: "notice" });
    }
}

/** Shows what is missing; says whether anything is. */
function complain(errors: FieldError[]): boolean {
    tell({ kind: "forget", what: "notice" });
    missing.value = { errors, attempt: missing.peek().attempt + (errors.length > 0 ? 1 : 0) };
    return errors.length > 0;
}

/** The server names fields of the form; in the lookup the same names mean the lookup's own fields. */
function fieldOf(about: string, field: string): Field {
    const inLookup = about === "find_booking" || about === "cancel";
    const name = field.replace(/^person\./, "");
    if (inLookup) {
        return name === "born_on" ? "lookup.born_on" : "lookup.reference";
    }
    return (name === "from_day" ? name : `person.${name}`) as Field;
}

const RECENT_KEPT_AS = "vaxline.codes";

/** The codes that this agent used last, newest first. */
export function recentCodes(): string[] {
    try {
        return (localStorage.getItem(RECENT_KEPT_AS) ?? "").split(" ").filter(Boolean);
    } catch {
        return [];
    }
}

function remember(code: string): void {
    try {
        const others = recentCodes().filter((other) => other !== code);
        localStorage.setItem(RECENT_KEPT_AS, [code, ...others].slice(0, 5).join(" "));
    } catch {
        // The order of the setup will do.
    }
}
