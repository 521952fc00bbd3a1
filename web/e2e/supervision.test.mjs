/** The supervisor's page in a real browser. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { logIn, theSupervisor } from "./agent.mjs";
import { grip, open, PATIENCE_MS, scripted, url, waitUntil } from "./browser.mjs";
import { look } from "./looks.mjs";
import { prepared } from "./scripted.mjs";

const browser = prepared();

test("the board is live and readable", async () => {
    /** @type {string[]} */
    const faults = [];
    const page = await open(browser(), { faults });
    await logIn(page, theSupervisor());
    await page.locator("#tile-waiting").waitFor();
    await page.getByText("Daten aktuell").waitFor();
    await look(page, "supervision", { focused: false, dark: true });
    const sum = await page.locator("tfoot td").innerText();
    const parts = await page.locator("tbody .kern-table__cell--numeric").allInnerTexts();
    assert.equal(Number(sum), parts.map(Number).reduce((total, part) => total + part, 0));
    assert.deepEqual(faults, []);
    await page.context().close();
});

test("board_stale_after_6s: old figures are grey, stand still and carry their time", async () => {
    const page = await open(browser());
    const network = await grip(page, "/supervision/ws");
    await logIn(page, theSupervisor());
    await page.getByText("Daten aktuell").waitFor();
    network.mode = "mute";
    await page.getByText(/^Stand \d\d:\d\d:\d\d$/).waitFor({ timeout: PATIENCE_MS });
    assert.match(await page.locator("#tile-longest dd").first().innerText(), /^(–|[\d:]+)$/);
    const longest = await page.locator("#tile-longest dd").first().innerText();
    await look(page, "supervision-stale", { focused: false });
    assert.equal(await page.locator("#tile-longest dd").first().innerText(), longest);
    network.mode = "pass";
    await waitUntil(() => page.getByText("Daten aktuell").isVisible());
    await network.cut();
    await page.getByText("Verbindung unterbrochen").first().waitFor();
    await look(page, "supervision-broken", { focused: false });
    await page.context().close();
});

test("before the shift the board is empty and readable, in English too", { skip: scripted ? false : "needs the scripted server" }, async () => {
    const page = await open(browser());
    await fetch(`${url}/fake/empty?on`);
    await logIn(page, theSupervisor());
    await page.locator("#tile-waiting").waitFor();
    await look(page, "supervision-empty", { focused: false });
    await page.getByRole("button", { name: "English" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("Waiting").first().waitFor();
    await look(page, "supervision-english");
    await fetch(`${url}/fake/empty`);
    await page.context().close();
});

test("why is nobody served: asked by a key, answered in sentences, and put away again", async () => {
    const page = await open(browser());
    await logIn(page, theSupervisor());
    await page.locator("#why").focus();
    await page.keyboard.press("Enter");
    if (scripted) {
        await page.getByText("Niemand am Arbeitsplatz kann, was gebraucht wird.").waitFor();
        assert.equal(await page.getByText(/^Wartet bis [\d:]+ auf Fischer, Tobias\.$/).count(), 1);
        await look(page, "supervision-why", { dark: true });
    } else {
        await page.locator(".why table").first().waitFor();
    }
    await page.keyboard.press("Enter");
    await waitUntil(async () => (await page.locator(".why table").count()) === 0);
    await page.context().close();
});
