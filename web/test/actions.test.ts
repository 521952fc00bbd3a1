import { beforeEach, describe, expect, test, vi } from "vitest";
import { clear, cancelling, lookup, take, toggleReady } from "../src/console/actions";
import { state, tell } from "../src/console/desk";
import { emptyPerson, form, freshForm } from "../src/console/draft";
import type { BookingView, Desk, Setup } from "../src/protocol";

const setup = { not_ready_reasons: [{ code: "break", label: "Pause" }] } as Setup;
const desk = { agent: { state: "ready" }, call: null, reservation: null } as Desk;

beforeEach(() => {
    vi.useFakeTimers();
    form.value = freshForm(null);
    tell({ kind: "link", event: { kind: "frame", frame: { t: "snapshot", seq: 1, desk, setup } } });
});

describe("a person that was found", () => {
    const found = { ...emptyPerson("de"), id: "p", family_name: "Dvořák", street: "Messering 6" };

    test("leaves what was typed where the register knows nothing", () => {
        const typed = { ...emptyPerson("de"), family_name: "dvorak", claim: "age-80", phone: "0351 1", email: "a@b.de" };
        form.value = { ...freshForm(null), person: typed };
        take({ person: found, booked: null });
        expect(form.value.person).toEqual({ ...found, claim: "age-80", phone: "0351 1", email: "a@b.de" });
    });

    test("wins where the register knows something", () => {
        form.value = { ...freshForm(null), person: { ...emptyPerson("de"), phone: "0351 1", street: "Irgendwo 1" } };
        take({ person: { ...found, phone: "0351 2" }, booked: null });
        expect(form.value.person).toMatchObject({ phone: "0351 2", street: "Messering 6" });
    });
});

test("what was begun for one caller is not there for the next", () => {
    cancelling.value = { reference: "K7MX" } as BookingView;
    lookup.value = { reference: "K7MX", born_on: "11.02.1938" };
    clear();
    expect([cancelling.value, lookup.value]).toEqual([undefined, { reference: "", born_on: "" }]);
});

test("keys of a window that was taken over ask nothing, now or later", () => {
    toggleReady();
    expect(state.value.waiting.length, "the control: a window with the desk asks").toBe(1);
    tell({ kind: "link", event: { kind: "closed", code: 4001 } });
    toggleReady();
    expect(state.value.waiting).toEqual([]);
    tell({ kind: "link", event: { kind: "closed", code: 4003 } });
    toggleReady();
    expect(state.value.waiting).toEqual([]);
});
