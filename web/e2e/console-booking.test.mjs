/** Booking in a real browser: by keyboard alone, and with everything that goes wrong between two people and two dates. */
import { test } from "node:test";
import assert from "node:assert/strict";
import {
    anAgent,
    inDays,
    leave,
    logIn,
    PERSON,
    reservePair,
    takeCall,
    typePerson,
    waitForOffer,
    wantEmail,
    wrapUp,
} from "./agent.mjs";
import { focusedText, open, scripted, url, waitUntil } from "./browser.mjs";
import { look } from "./looks.mjs";
import { prepared } from "./scripted.mjs";

const browser = prepared();
const onlyScripted = scripted ? false : "needs the scripted server";

test("console_keyboard_only_booking: log in, take a call, book, wrap up, without a mouse", async () => {
    /** @type {string[]} */
    const faults = [];
    const page = await open(browser(), { faults });
    const agent = anAgent();
    await page.goto(url);
    await page.getByLabel("Anmeldename").waitFor();
    await look(page, "login", { dark: true });
    await logIn(page, agent);
    await page.locator("#presence").waitFor();
    await look(page, "console-not-ready", { focused: false });
    await waitForOffer(page);
    await waitUntil(async () => /Anruf/.test(await page.title()));
    await waitUntil(async () => /Annehmen/.test(await focusedText(page)));
    await takeCall(page);
    if (scripted) {
        // Every scripted caller wants to book; real ones may want something else, and begin elsewhere.
        await waitUntil(async () => (await page.evaluate(() => document.activeElement?.id)) === "person-family_name");
    }
    await typePerson(page, PERSON);
    await wantEmail(page, "juergen.lukasik@example.org");
    await waitUntil(() => page.getByText("Entwurf gesichert").isVisible());
    await look(page, "console-call", { dark: true });
    // Late enough for the letter to come before the appointment.
    await reservePair(page, inDays(14));
    await look(page, "console-reserved");
    await page.keyboard.press("Control+Enter");
    await page.locator("#read-aloud").waitFor();
    await waitUntil(async () => (await page.evaluate(() => document.activeElement?.id)) === "read-aloud");
    assert.match(await page.locator(".aloud").innerText(), /Jürgen Łukasik/);
    assert.equal(await page.locator(".aloud__reference span").count(), 3);
    await page.locator(".papers-state").getByText("Brief").waitFor();
    await look(page, "console-booked", { dark: true });
    await page.keyboard.press("Shift+F9");
    await page.locator(".codes button").first().waitFor();
    await look(page, "console-wrap-up");
    // Not ready afterwards, so that the day of this agent ends here.
    await page.keyboard.press("F9");
    await page.getByText("Danach: Pause").waitFor();
    await wrapUp(page);
    await page.getByText("Nicht bereit").first().waitFor();
    assert.deepEqual(faults, []);
    await leave(page);
});

test("form errors lead to their fields and keep what was typed", async () => {
    const page = await open(browser());
    await logIn(page, anAgent());
    await takeCall(page);
    await page.locator("#person-born_on").focus();
    await page.keyboard.type("24.03.1939");
    await page.locator("#person-claim").focus();
    await page.keyboard.press("ArrowDown");
    await reservePair(page);
    await page.keyboard.press("Control+Enter");
    await page.locator("#summary-form").waitFor();
    await waitUntil(async () => (await page.evaluate(() => document.activeElement?.id)) === "summary-form");
    await look(page, "console-errors", { dark: true });
    assert.equal(await page.locator("#person-family_name").getAttribute("aria-invalid"), "true");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await waitUntil(async () => (await page.evaluate(() => document.activeElement?.id)) === "person-family_name");
    await page.keyboard.type("Müller");
    assert.equal(await page.locator("#person-family_name").getAttribute("aria-invalid"), null);
    assert.equal(await page.locator("#person-born_on").inputValue(), "24.03.1939");
    await page.keyboard.press("F9");
    await wrapUp(page);
    await leave(page);
});

test("pair_conflict_offers_alternatives: in place, nothing else changes", { skip: onlyScripted }, async () => {
    const page = await open(browser());
    await logIn(page, anAgent());
    await takeCall(page);
    await typePerson(page, PERSON);
    await page.keyboard.press("Alt+2");
    await page.keyboard.press("Enter");
    await page.locator("#proposals button").first().waitFor();
    await waitUntil(() => page.evaluate(() => document.activeElement?.closest("#proposals") !== null));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator("#proposals .is-taken").waitFor();
    await waitUntil(() => page.evaluate(() => document.activeElement?.closest(".is-fresh") !== null));
    assert.equal(await page.locator("#proposals .is-fresh").count(), 3);
    assert.equal(await page.locator("#person-family_name").inputValue(), PERSON.family);
    await look(page, "console-pair-taken");
    await page.keyboard.press("Enter");
    await page.locator("#reserved").waitFor();
    await page.keyboard.press("F9");
    await wrapUp(page);
    await leave(page);
});

test("proposals for another wish cannot be reserved", async () => {
    const page = await open(browser());
    await logIn(page, anAgent());
    await takeCall(page);
    await typePerson(page, PERSON);
    await page.keyboard.press("Alt+2");
    await page.keyboard.press("Enter");
    await page.locator("#proposals button").first().waitFor();
    await page.locator("#person-born_on").fill("25.03.1939");
    await page.locator("#proposals").waitFor({ state: "detached" });
    await page.keyboard.press("F9");
    await wrapUp(page);
    await leave(page);
});

test("hangup_before_confirm_still_books: the caller is gone, the booking is finished", { skip: onlyScripted }, async () => {
    const page = await open(browser());
    const agent = anAgent();
    await logIn(page, agent);
    await takeCall(page);
    await typePerson(page, PERSON);
    await reservePair(page);
    await fetch(`${url}/fake/hang-up?login=${agent.login}`);
    await page.getByText("Buchung abschließen?").first().waitFor();
    await look(page, "console-hung-up");
    await page.keyboard.press("Shift+F4");
    await page.getByText("Verlängern (1×)").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.locator("#read-aloud").waitFor();
    await page.keyboard.press("F9");
    await wrapUp(page);
    await leave(page);
});

test("a person is found and fills the form", { skip: onlyScripted }, async () => {
    const page = await open(browser());
    await logIn(page, anAgent());
    await takeCall(page);
    await page.keyboard.type("Dvořák");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("11.2.1938");
    await page.keyboard.press("Enter");
    await page.locator("#hits button").first().waitFor();
    await waitUntil(() => page.evaluate(() => document.activeElement?.closest("#hits") !== null));
    await look(page, "console-hits");
    await page.keyboard.press("Enter");
    await waitUntil(async () => (await page.locator("#person-street").inputValue()) === "Königsbrücker Straße 12");
    await page.keyboard.press("F9");
    await wrapUp(page);
    await leave(page);
});

test("a booking is found by its reference and cancelled", { skip: onlyScripted }, async () => {
    const page = await open(browser());
    await logIn(page, anAgent());
    await takeCall(page);
    await page.keyboard.press("Alt+3");
    await page.keyboard.type("k7mx q2pr 9t4a");
    await page.keyboard.press("Tab");
    await page.keyboard.type("11.02.1938");
    await page.keyboard.press("Enter");
    await page.locator(".found").waitFor();
    await page.getByRole("button", { name: "Beide Termine absagen" }).focus();
    await look(page, "console-found");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await look(page, "console-cancel");
    await page.getByRole("button", { name: "Ja, absagen" }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".found").getByText("abgesagt").waitFor();
    await look(page, "console-cancelled");
    await page.keyboard.press("F9");
    await wrapUp(page);
    await leave(page);
});

test("a cancellation that was begun for one caller is not asked of the next", { skip: onlyScripted }, async () => {
    const page = await open(browser());
    const agent = anAgent();
    await logIn(page, agent);
    await takeCall(page);
    await page.keyboard.press("Alt+3");
    await page.keyboard.type("k7mx q2pr 9t4a");
    await page.keyboard.press("Tab");
    await page.keyboard.type("11.02.1938");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Beide Termine absagen" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await fetch(`${url}/fake/hang-up?login=${agent.login}`);
    await fetch(`${url}/fake/finish?login=${agent.login}`);
    await takeCall(page);
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.keyboard.press("F9");
    await wrapUp(page);
    await leave(page);
});
