/** The supervisor's announcement, the figures of a day and the next hour in a real browser. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { outlook } from "../fake/forecast.mjs";
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
    // A browser tells of the end of a dialog a moment after it: nobody clicks as fast as a test.
    await page.locator("dialog[open]").waitFor({ state: "detached" });
    assert.equal(await page.getByText("Eingeschaltet", { exact: true }).count(), 1);
    await press(page, "#notice-off");
    await page.getByText("Ansage ausschalten?").waitFor();
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

/**
 * What the server answers from now on instead of the forecast.
 * @param {Page} page
 * @param {number} status
 * @param {object} json
 */
async function answerForecast(page, status, json) {
    await page.unroute("**/supervision/forecast");
    await page.route("**/supervision/forecast", (route) => route.fulfill({ status, json }));
}

const scriptedOnly = { skip: scripted ? false : "needs the scripted server" };

test("the next hour: a sentence, bars and tables that say the same, and what it rests on", async () => {
    /** @type {string[]} */
    const faults = [];
    const page = await open(browser(), { faults });
    await openPane(page, "forecast");
    // A real hotline may be too young for a forecast.
    await page.locator("#forecast-sentence, .wall > .note").first().waitFor();
    if (scripted) {
        const sentence = await page.locator("#forecast-sentence").innerText();
        assert.match(sentence, /^Von 12:15 bis 13:15 werden 188 Anrufe erwartet \(150 bis 226\)\./);
        assert.match(sentence, /Dafür werden 18 Arbeitsplätze gebraucht; 27 sind besetzt\.$/);
        await page.getByText("Reicht, auch bei vielen Anrufen").waitFor();
        assert.match(await page.locator("tr", { hasText: "gebraucht" }).innerText(), /^18\s.*80\s%$/s);
        assert.match(await page.locator("tr", { hasText: "jetzt besetzt" }).innerText(), /^27\s/);
        assert.equal(await page.locator(".part--came").count(), 1 + 12);
        assert.equal(await page.locator(".part--expected").count(), 1 + 4);
        assert.equal(await page.locator("tr", { hasText: "läuft noch" }).count(), 1);
        // The rows that matter are in sight without scrolling.
        for (const row of ["12:15", "gebraucht"]) {
            await waitUntil(() => page.locator("tr", { hasText: row }).isVisible());
            assert.equal(await inSight(page, row), true, row);
        }
        await page.getByText("Daten aktuell").waitFor();
        await look(page, "supervision-forecast", { dark: true });
    }
    await press(page, "#forecast");
    await page.locator("#tile-waiting").waitFor();
    await waitUntil(async () => (await page.locator(".chart").count()) === 0);
    assert.deepEqual(faults, []);
    await page.context().close();
});

/**
 * Whether a row is not scrolled away within its box.
 * @param {Page} page
 * @param {string} text
 */
function inSight(page, text) {
    return page.locator("tr", { hasText: text }).evaluate((row) => {
        const [inner, outer] = [row, row.closest(".scroll") ?? row].map((element) => element.getBoundingClientRect());
        return inner !== undefined && outer !== undefined && outer.top <= inner.top && inner.bottom <= outer.bottom;
    });
}

test("the next hour with too few agents, a queue that grows without end, and little that is known", scriptedOnly, async () => {
    const page = await open(browser());
    const { plan, forecast } = outlook;
    const growing = { agents: 14, outcome: "grows_without_end", callers_per_hour: 20.2 };
    await answerForecast(page, 200, {
        ...outlook,
        at_work: 15,
        recent: [],
        forecast: { ...forecast, basis: "last_hour", days: 0, level: 1 },
        plan: { ...plan, patience_seconds: null, rows: [growing, ...plan.rows.slice(2)] },
    });
    await openPane(page, "forecast");
    await page.locator(".kern-badge--danger").getByText("3 Arbeitsplätze fehlen").waitFor();
    await page.getByText("Die Warteschlange wächst ohne Ende, jede Stunde um 20 Anrufe.").waitFor();
    await page.getByText("am nächsten an jetzt (15)").waitFor();
    const basis = await page.locator("#forecast-basis").innerText();
    assert.match(basis, /^Berechnet nur aus der letzten Stunde, .*Gerechnet ist, als legte niemand auf\.$/);
    assert.doesNotMatch(basis, /Heute/);
    await look(page, "supervision-forecast-missing", { dark: true });
    await answerForecast(page, 200, { ...outlook, at_work: 19 });
    await press(page, "#forecast");
    await press(page, "#forecast");
    await page.locator(".kern-badge--warning").getByText("Reicht, aber bei vielen Anrufen fehlen 2").waitFor();
    await look(page, "supervision-forecast-tight");
    await page.context().close();
});

test("the next hour of which nothing is known, then known, then not to be had, and known again", scriptedOnly, async () => {
    const page = await open(browser());
    // A minute is long for a test: its clock goes forward.
    await page.clock.install();
    await answerForecast(page, 404, { type: "urn:vaxline:problem:nothing_known", status: 404, code: "nothing_known" });
    await openPane(page, "forecast");
    await page.getByText("Noch keine Vorschau").waitFor();
    assert.equal(await page.locator("[role=alert]").count(), 0);
    await look(page, "supervision-forecast-nothing");
    await page.unroute("**/supervision/forecast");
    await page.clock.fastForward(60_000);
    await page.locator("#forecast-sentence").waitFor();
    await answerForecast(page, 503, { status: 503, code: "busy" });
    await page.clock.fastForward(60_000);
    await page.locator("[role=alert]").getByText(/^Der Server ist gerade ausgelastet\..* Die Vorschau ist von \d\d:\d\d\.$/).waitFor();
    assert.equal(await page.locator("#forecast-sentence").count(), 1);
    await look(page, "supervision-forecast-old", { fits: false });
    await page.unroute("**/supervision/forecast");
    await page.clock.fastForward(60_000);
    await waitUntil(async () => (await page.locator(".strip--danger").count()) === 0);
    assert.equal(await page.locator("#forecast-sentence").count(), 1);
    await page.context().close();
});
