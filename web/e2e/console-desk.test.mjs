/** The desk in a real browser: log-in, offers, breaks, menus. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { anAgent, leave, logIn, takeCall, waitForOffer, wrapUp } from "./agent.mjs";
import { focusedText, grip, open, scripted, url, waitUntil } from "./browser.mjs";
import { look } from "./looks.mjs";
import { prepared } from "./scripted.mjs";

const browser = prepared();
const onlyScripted = scripted ? false : "needs the scripted server";

test("a log-in that is refused says so and keeps the name", async () => {
    const page = await open(browser());
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

test("before the first word of the server there is a shape, and no claim", async () => {
    const page = await open(browser());
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

test("offer_focus_and_dead_time: an early key takes no caller, and the focus comes back", async () => {
    const page = await open(browser());
    await logIn(page, anAgent());
    await page.locator("#presence").waitFor();
    await page.locator("#settings").focus();
    // From inside the page and as soon as the offer has the focus, so that a slow machine does not let the half second pass.
    await page.evaluate(() => {
        const early = () => {
            const accept = document.getElementById("accept");
            if (accept && document.activeElement === accept) {
                removeEventListener("focusin", early);
                accept.dataset["early"] = "tried";
                dispatchEvent(new KeyboardEvent("keydown", { key: "F2" }));
                accept.click();
            }
        };
        addEventListener("focusin", early);
    });
    await waitForOffer(page);
    await page.waitForTimeout(700);
    assert.ok(await page.locator("#accept[data-early]").isVisible(), "an early key or click takes nobody");
    await waitUntil(async () => /Annehmen/.test(await focusedText(page)));
    await look(page, "console-offer", { dark: true });
    const declined = await page.locator(".offer").getAttribute("data-offer");
    await page.keyboard.press("Shift+F2");
    // The desk stays ready, and where many wait the next one follows at once: this one is gone all the same.
    await waitUntil(() => page.evaluate((shown) => document.querySelector(".offer")?.getAttribute("data-offer") !== shown, declined));
    await waitUntil(async () => (await page.evaluate(() => document.activeElement?.tagName)) !== "BODY");
    await leave(page);
});

test("ready with nobody waiting, and an offer that goes away, are said", { skip: onlyScripted }, async () => {
    const page = await open(browser());
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
    const page = await open(browser());
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

test("hold_and_resume: F4 leaves the caller in music, and comes back to what was typed", async () => {
    const page = await open(browser());
    await logIn(page, anAgent());
    await takeCall(page);
    await page.getByLabel("Nachname").first().fill("Halteprobe");
    await page.keyboard.press("F4");
    await page.getByText("Ihr Telefon klingelt in").waitFor();
    await page.locator("[aria-live=polite]", { hasText: "Gehalten." }).waitFor({ state: "attached" });
    await look(page, "console-held");
    await page.keyboard.press("F4");
    await page.getByRole("button", { name: "Halten" }).waitFor();
    assert.equal(await page.getByLabel("Nachname").first().inputValue(), "Halteprobe");
    await wrapUp(page);
    await leave(page);
});

test("next_state_last_click_wins: pause afterwards, or ready after all", async () => {
    const page = await open(browser());
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

test("a part that is down is named with its way round", { skip: onlyScripted }, async () => {
    const page = await open(browser());
    const agent = anAgent();
    await logIn(page, agent);
    await page.locator("#presence").waitFor();
    await page.locator("#presence").focus();
    await fetch(`${url}/fake/degraded?login=${agent.login}&parts=print,mail`);
    await page.getByText("Der Druck ist gestört").waitFor();
    await look(page, "console-degraded");
    await leave(page);
});

test("the menu and the keys can be opened and left by keyboard", async () => {
    const page = await open(browser());
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

test("a caller is handed on with a word, and the desk goes on to the wrap-up", async () => {
    const page = await open(browser());
    await logIn(page, anAgent());
    await takeCall(page);
    await page.keyboard.press("Shift+F8");
    const dialog = page.getByRole("dialog", { name: "Anruf weitergeben" });
    await dialog.waitFor();
    await dialog.getByLabel("An wen?").selectOption({ index: 0 });
    await dialog.getByLabel(/Hinweis/).fill("Möchte mit dem Ehemann zusammen geimpft werden.");
    await look(page, "console-hand-on");
    await dialog.getByRole("button", { name: "Weitergeben" }).click();
    await page.getByText("Gespräch beendet").waitFor();
    assert.equal(await dialog.isVisible(), false);
    await wrapUp(page);
    await leave(page);
});
