/** The console in a real browser: an agent's working day, by keyboard, with everything that goes wrong in it. */
import { after, afterEach, before, test } from "node:test";
import assert from "node:assert/strict";
import {
    anAgent,
    focusedText,
    grip,
    inDays,
    launch,
    leave,
    logIn,
    open,
    PERSON,
    reservePair,
    scripted,
    takeCall,
    tidyUp,
    typeFamilyName,
    typePerson,
    url,
    waitForOffer,
    wantEmail,
    waitUntil,
    wrapUp,
} from "./browser.mjs";
import { look } from "./looks.mjs";
import { scriptedServer } from "./scripted.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
const stop = scriptedServer();
before(async () => {
    browser = await launch();
});
afterEach(tidyUp);
after(async () => {
    await browser.close();
    stop();
});

const onlyScripted = scripted ? false : "needs the scripted server";

test("console_keyboard_only_booking: log in, take a call, book, wrap up, without a mouse", async () => {
    /** @type {string[]} */
    const faults = [];
    const page = await open(browser, { faults });
    const agent = anAgent();
    await page.goto(url);
    await page.getByLabel("Anmeldename").waitFor();
    await look(page, "login", { dark: true });
    await logIn(page, agent);
    await page.locator("#presence").waitFor();
    await look(page, "console-not-ready", { focused: false });
    await waitForOffer(page);
    assert.match(await page.title(), /Anruf/);
    assert.match(await focusedText(page), /Annehmen/);
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

test("offer_focus_and_dead_time: an early key takes no caller, and the focus comes back", async () => {
    const page = await open(browser);
    await logIn(page, anAgent());
    await page.locator("#presence").waitFor();
    await page.locator("#settings").focus();
    // From inside the page, so that a slow machine does not let the half second pass.
    await page.evaluate(() => {
        new MutationObserver((_changes, observer) => {
            const accept = document.getElementById("accept");
            if (accept) {
                observer.disconnect();
                setTimeout(() => {
                    dispatchEvent(new KeyboardEvent("keydown", { key: "F2" }));
                    accept.click();
                }, 100);
            }
        }).observe(document.body, { childList: true, subtree: true });
    });
    await waitForOffer(page);
    await page.waitForTimeout(700);
    assert.ok(await page.locator("#accept").isVisible(), "an early key or click takes nobody");
    await waitUntil(async () => /Annehmen/.test(await focusedText(page)));
    await look(page, "console-offer", { dark: true });
    const declined = await page.locator(".offer").getAttribute("data-offer");
    await page.keyboard.press("Shift+F2");
    // The desk stays ready, and where many wait the next one follows at once: this one is gone all the same.
    await waitUntil(() => page.evaluate((shown) => document.querySelector(".offer")?.getAttribute("data-offer") !== shown, declined));
    await waitUntil(async () => (await page.evaluate(() => document.activeElement?.tagName)) !== "BODY");
    await leave(page);
});

test("form errors lead to their fields and keep what was typed", async () => {
    const page = await open(browser);
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

test("reconnect_keeps_call_and_draft: nothing typed is lost, booking is locked with its reason", async () => {
    const page = await open(browser);
    const network = await grip(page);
    await logIn(page, anAgent());
    await takeCall(page);
    await typeFamilyName(page, "Mül");
    await network.cut();
    await page.locator("#link-bar").waitFor();
    await typeFamilyName(page, "ler");
    await page.getByText("Ohne Verbindung kann nicht gebucht werden").waitFor();
    await look(page, "console-reconnecting");
    network.mode = "pass";
    await page.locator("#link-bar").waitFor({ state: "detached", timeout: 15_000 });
    await waitUntil(() => page.getByText("Entwurf gesichert").isVisible());
    assert.equal(await page.locator("#person-family_name").inputValue(), "Müller");
    await page.reload();
    await page.locator("#person").waitFor();
    assert.equal(await page.locator("#person-family_name").inputValue(), "Müller");
    await page.getByText("Im Gespräch").first().waitFor();
    await page.keyboard.press("F9");
    await wrapUp(page);
    await leave(page);
});

test("a page that hears nothing for six seconds says so", async () => {
    const page = await open(browser);
    const network = await grip(page);
    await logIn(page, anAgent());
    await page.locator("#presence").waitFor();
    await page.locator("#presence").focus();
    network.mode = "mute";
    await page.getByText("Keine neuen Daten").first().waitFor({ timeout: 10_000 });
    await look(page, "console-stale");
    network.mode = "pass";
    await page.getByText("Verbunden", { exact: true }).waitFor({ timeout: 10_000 });
    await leave(page);
});

test("before the first word of the server there is a shape, and no claim", async () => {
    const page = await open(browser);
    const network = await grip(page);
    network.mode = "mute";
    await logIn(page, anAgent());
    await page.locator(".skeleton").waitFor();
    await page.getByText("Verbindung wird aufgebaut").waitFor();
    await look(page, "console-connecting", { focused: false });
    network.mode = "pass";
    await page.locator("#presence").waitFor();
    await leave(page);
});

test("a log-in that is refused says so and keeps the name", async () => {
    const page = await open(browser);
    const { login } = anAgent();
    await page.goto(url);
    await page.getByLabel("Anmeldename").fill(login);
    await page.getByLabel("Passwort", { exact: true }).fill("falsch");
    await page.keyboard.press("Enter");
    await page.getByText("Anmeldename oder Passwort stimmen nicht.").first().waitFor();
    await look(page, "login-refused");
    assert.equal(await page.getByLabel("Anmeldename").inputValue(), login);
    await page.context().close();
});

test("ready with nobody waiting, and an offer that goes away, are said", { skip: onlyScripted }, async () => {
    const page = await open(browser);
    const agent = anAgent();
    await logIn(page, agent);
    await waitForOffer(page);
    await fetch(`${url}/fake/revoke?login=${agent.login}`);
    await page.getByText("hat aufgelegt, bevor Sie annehmen konnten").waitFor();
    await page.getByText("Niemand wartet").waitFor();
    await look(page, "console-offer-gone");
    await leave(page);
});

test("a dialog makes way for an offer", { skip: onlyScripted }, async () => {
    const page = await open(browser);
    const agent = anAgent();
    await logIn(page, agent);
    await page.locator("#settings").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Tasten" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await fetch(`${url}/fake/ready?login=${agent.login}`);
    await page.locator("#accept").waitFor();
    assert.equal(await page.locator("dialog[open]").count(), 0);
    await waitUntil(async () => /Annehmen/.test(await focusedText(page)));
    await leave(page);
});

test("an answer that does not come is said after three seconds, and the key can be pressed again", async () => {
    const page = await open(browser);
    const network = await grip(page);
    await logIn(page, anAgent());
    await page.locator("#presence").waitFor();
    await page.locator("#presence").focus();
    network.mode = "deaf";
    await page.keyboard.press("F9");
    await page.locator("#notice").waitFor({ timeout: 10_000 });
    await look(page, "console-no-answer");
    network.mode = "pass";
    await page.keyboard.press("F9");
    await page.locator("#notice").waitFor({ state: "detached" });
    await leave(page);
});

test("a cancellation that was begun for one caller is not asked of the next", { skip: onlyScripted }, async () => {
    const page = await open(browser);
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

test("proposals for another wish cannot be reserved", async () => {
    const page = await open(browser);
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

test("takeover_shows_full_call: the newest window has everything, the old one says so and can take it back", async () => {
    const agent = anAgent();
    const old = await open(browser);
    await logIn(old, agent);
    await takeCall(old);
    await typeFamilyName(old, "Dvořák");
    await waitUntil(() => old.getByText("Entwurf gesichert").isVisible());
    const young = await open(browser);
    await logIn(young, agent);
    await young.locator("#person").waitFor();
    assert.equal(await young.locator("#person-family_name").inputValue(), "Dvořák");
    await young.getByText("Im Gespräch").first().waitFor();
    await old.getByText("In einem anderen Fenster geöffnet").waitFor();
    await waitUntil(async () => /Hier weiterarbeiten/.test(await focusedText(old)));
    assert.equal(await old.getByText("Dvořák").count(), 0, "nothing of the caller stays on the old window");
    await look(old, "console-taken-over");
    await old.keyboard.press("Enter");
    await old.locator("#person").waitFor();
    assert.equal(await old.locator("#person-family_name").inputValue(), "Dvořák");
    await young.getByText("In einem anderen Fenster geöffnet").waitFor();
    await young.context().close();
    await old.keyboard.press("F9");
    await wrapUp(old);
    await leave(old);
});

test("next_state_last_click_wins: pause afterwards, or ready after all", async () => {
    const page = await open(browser);
    await logIn(page, anAgent());
    await takeCall(page);
    await page.keyboard.press("F9");
    await page.getByText("Danach: Pause").waitFor();
    await page.keyboard.press("F9");
    await page.getByText("Danach: Bereit").waitFor();
    await page.keyboard.press("F9");
    await page.getByText("Danach: Pause").waitFor();
    await wrapUp(page);
    await page.getByText("Nicht bereit: Pause").first().waitFor();
    await leave(page);
});

test("pair_conflict_offers_alternatives: in place, nothing else changes", { skip: onlyScripted }, async () => {
    const page = await open(browser);
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

test("hangup_before_confirm_still_books: the caller is gone, the booking is finished", { skip: onlyScripted }, async () => {
    const page = await open(browser);
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

test("a part that is down is named with its way round", { skip: onlyScripted }, async () => {
    const page = await open(browser);
    const agent = anAgent();
    await logIn(page, agent);
    await page.locator("#presence").waitFor();
    await page.locator("#presence").focus();
    await fetch(`${url}/fake/degraded?login=${agent.login}&parts=print,mail`);
    await page.getByText("Der Druck ist gestört").waitFor();
    await look(page, "console-degraded");
    await leave(page);
});

test("a booking is found by its reference and cancelled", { skip: onlyScripted }, async () => {
    const page = await open(browser);
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

test("a person is found and fills the form", { skip: onlyScripted }, async () => {
    const page = await open(browser);
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

test("the menu and the keys can be opened and left by keyboard", async () => {
    const page = await open(browser);
    await logIn(page, anAgent());
    await page.locator("#settings").focus();
    await page.keyboard.press("Enter");
    await page.locator("#settings-panel").waitFor();
    await look(page, "console-menu");
    await page.getByLabel("English").focus();
    await page.keyboard.press("Space");
    await page.getByRole("heading", { name: "Console" }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
    await look(page, "console-english");
    await page.getByRole("button", { name: "Keys" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await look(page, "console-keys");
    await page.keyboard.press("Escape");
    await waitUntil(async () => (await page.evaluate(() => document.activeElement?.tagName)) !== "BODY");
    await page.locator("#reasons").focus();
    await page.keyboard.press("Enter");
    await page.locator("#reasons-panel").waitFor();
    await look(page, "console-reasons");
    await page.keyboard.press("Escape");
    await waitUntil(async () => (await page.evaluate(() => document.activeElement?.id)) === "reasons");
    await page.reload();
    await page.getByRole("heading", { name: "Console" }).waitFor();
    await leave(page);
});
