/** The line between desk and server in a real browser: cut, silent, deaf, taken over. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { anAgent, leave, logIn, takeCall, typeFamilyName, wrapUp } from "./agent.mjs";
import { focusedText, grip, open, PATIENCE_MS, waitUntil } from "./browser.mjs";
import { look } from "./looks.mjs";
import { prepared } from "./scripted.mjs";

const browser = prepared();

test("reconnect_keeps_call_and_draft: nothing typed is lost, booking is locked with its reason", async () => {
    const page = await open(browser());
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
    await page.locator("#link-bar").waitFor({ state: "detached", timeout: PATIENCE_MS });
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
    const page = await open(browser());
    const network = await grip(page);
    await logIn(page, anAgent());
    await page.locator("#presence").waitFor();
    await page.locator("#presence").focus();
    network.mode = "mute";
    await page.getByText("Keine neuen Daten").first().waitFor({ timeout: PATIENCE_MS });
    await look(page, "console-stale");
    network.mode = "pass";
    await page.getByText("Verbunden", { exact: true }).waitFor({ timeout: PATIENCE_MS });
    await leave(page);
});

test("an answer that does not come is said after three seconds, and the key can be pressed again", async () => {
    const page = await open(browser());
    const network = await grip(page);
    await logIn(page, anAgent());
    await page.locator("#presence").waitFor();
    await page.locator("#presence").focus();
    network.mode = "deaf";
    await page.keyboard.press("F9");
    await page.locator("#notice").waitFor({ timeout: PATIENCE_MS });
    await look(page, "console-no-answer");
    network.mode = "pass";
    await page.keyboard.press("F9");
    await page.locator("#notice").waitFor({ state: "detached" });
    await leave(page);
});

test("takeover_shows_full_call: the newest window has everything, the old one says so and can take it back", async () => {
    const agent = anAgent();
    const old = await open(browser());
    await logIn(old, agent);
    await takeCall(old);
    await typeFamilyName(old, "Dvořák");
    await waitUntil(() => old.getByText("Entwurf gesichert").isVisible());
    const young = await open(browser());
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

test("a window that was cut off does not take the desk back by itself", async () => {
    const agent = anAgent();
    const old = await open(browser());
    const network = await grip(old);
    await logIn(old, agent);
    await old.locator("#presence").waitFor();
    await network.cut();
    await old.locator("#link-bar").waitFor();
    const young = await open(browser());
    await logIn(young, agent);
    await young.locator("#presence").waitFor();
    network.mode = "pass";
    await old.getByText("In einem anderen Fenster geöffnet").waitFor({ timeout: PATIENCE_MS });
    // Its keys are nobody's, now and when it has the desk again.
    await old.keyboard.press("F9");
    await waitUntil(async () => /Hier weiterarbeiten/.test(await focusedText(old)));
    assert.ok(await young.getByText("Verbunden", { exact: true }).isVisible());
    await old.keyboard.press("Enter");
    await old.locator("#presence").waitFor();
    await young.getByText("In einem anderen Fenster geöffnet").waitFor();
    assert.ok(await old.getByText("Nicht bereit").first().isVisible());
    await young.context().close();
    await leave(old);
});
