/** The supervisor's announcement and the figures of a day in a real browser. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { logIn, theSupervisor } from "./agent.mjs";
import { focusedText, open, scripted, waitUntil } from "./browser.mjs";
import { look } from "./looks.mjs";
import { prepared } from "./scripted.mjs";

/** @typedef {import("playwright-core").Page} Page */

const browser = prepared();

/**
 * @param {Page} page
 * @param {string} pane
 */
async function openPane(page, pane) {
    await logIn(page, theSupervisor());
    await page.locator("#tile-waiting").waitFor();
    await page.locator(`#${pane}`).focus();
    await page.keyboard.press("Enter");
}

/**
 * @param {Page} page
 * @param {string} id
 */
async function press(page, id) {
    await page.locator(id).focus();
    await page.keyboard.press("Enter");
}

test("the announcement: both texts, refused without loss, switched on, replaced, and off after a question", async () => {
    /** @type {string[]} */
    const faults = [];
    const page = await open(browser(), { faults });
    await openPane(page, "notice");
    await page.getByText("Ausgeschaltet", { exact: true }).waitFor();
    await look(page, "supervision-notice-off");
    await page.locator("#notice-de").focus();
    await page.keyboard.type("Heute schließt die Hotline um <b>16 Uhr</b>.");
    await press(page, "#notice-on");
    await page.getByText("Hier fehlt eine Angabe.").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), "notice-en");
    await page.keyboard.type("Today the hotline closes at 4 p.m.");
    await press(page, "#notice-on");
    await page.locator("#notice-de-error").waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), "notice-de");
    assert.equal(await page.locator("#notice-en").inputValue(), "Today the hotline closes at 4 p.m.");
    await look(page, "supervision-notice-refused", { dark: true });
    await page.locator("#notice-de").fill("Heute schließt die Hotline\num 16 Uhr.");
    await press(page, "#notice-on");
    await page.getByText("Eingeschaltet", { exact: true }).waitFor();
    await page.locator(".notice__heard").getByText("Heute schließt die Hotline um 16 Uhr.").waitFor();
    await look(page, "supervision-notice", { dark: true });
    await page.locator("#notice-en").fill("Closed from 4 p.m.");
    await press(page, "#notice-on");
    await page.locator(".notice__heard").getByText("Closed from 4 p.m.").waitFor();
    await press(page, "#notice-off");
    await page.getByText("Ansage ausschalten?").waitFor();
    await look(page, "supervision-notice-question");
    await page.keyboard.press("Escape");
    assert.equal(await page.getByText("Eingeschaltet", { exact: true }).count(), 1);
    await press(page, "#notice-off");
    await press(page, "#notice-off-yes");
    await page.getByText("Ausgeschaltet", { exact: true }).waitFor();
    // The button that had the focus is gone with the announcement.
    await waitUntil(async () => (await focusedText(page)) === "Einschalten");
    assert.equal(await page.locator("#notice-en").inputValue(), "Closed from 4 p.m.");
    assert.deepEqual(faults, []);
    await page.context().close();
});

test("an announcement that does not arrive stays in the fields, and the page says so", async () => {
    const page = await open(browser());
    await openPane(page, "notice");
    await page.locator("#notice-de").fill("Guten Tag");
    await page.locator("#notice-en").fill("Hello");
    await page.route("**/supervision/notice", (route) => route.abort());
    await press(page, "#notice-on");
    await page.locator("[role=alert]").getByText("Der Server ist nicht erreichbar.").waitFor();
    await press(page, "#notice");
    await press(page, "#notice");
    assert.equal(await page.locator("#notice-de").inputValue(), "Guten Tag");
    await page.context().close();
});

test("the figures of a day: tiles, bars and a table that say the same, for another day, and for a spreadsheet", async () => {
    /** @type {string[]} */
    const faults = [];
    const page = await open(browser(), { faults });
    await openPane(page, "statistics");
    await page.locator("#total-offered").waitFor();
    assert.equal(await page.locator("tbody tr").count() >= 23, true);
    if (scripted) {
        const day = page.locator("#day");
        await day.fill("2021-04-28");
        await page.getByText("Mittwoch, 28. April 2021").first().waitFor();
        await page.getByText("4.642").first().waitFor();
        await look(page, "supervision-statistics", { dark: true });
        await day.fill("2021-10-30");
        await page.getByText("Samstag, 30. Oktober 2021").first().waitFor();
        await day.fill("2021-10-31");
        await page.getByText("2 Uhr (Normalzeit)").waitFor();
        assert.equal(await page.locator("tbody tr").count(), 25);
        assert.match(await page.locator("#total-level dd").first().innerText(), /^–$/);
        await look(page, "supervision-statistics-none");
        await page.locator("#csv").focus();
        const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
        assert.equal(download.suggestedFilename(), "vaxline-statistics.csv");
    }
    await press(page, "#statistics");
    await page.locator("#tile-waiting").waitFor();
    await waitUntil(async () => (await page.locator(".chart").count()) === 0);
    assert.deepEqual(faults, []);
    await page.context().close();
});
