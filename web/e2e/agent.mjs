/** What an agent does all day, by keyboard, in the words of the tests. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { focusedText, opened, PATIENCE_MS, scripted, url, waitUntil } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** Who may log in: `login:password`, several with commas. */
const { VAXLINE_AGENTS, VAXLINE_SUPERVISOR } = process.env;
const agents = (VAXLINE_AGENTS ?? Array.from({ length: 20 }, (_, index) => `agent${index}:geheim`).join(",")).split(",");
const supervisor = VAXLINE_SUPERVISOR ?? "leitung:geheim";
/** A caller comes within this time. With real callers it takes as long as it takes. */
const CALLER_WITHIN_MS = scripted ? PATIENCE_MS : 120_000;

let next = 0;

/** Each test takes the next agent, so that none finds another's desk. */
export function anAgent() {
    const [login = "", password = ""] = (agents[next % agents.length] ?? "").split(":");
    next += 1;
    return { login, password };
}

export function theSupervisor() {
    const [login = "", password = ""] = supervisor.split(":");
    return { login, password };
}

/**
 * Logs in by keyboard alone.
 * @param {Page} page
 * @param {{ login: string; password: string }} who
 */
export async function logIn(page, { login, password }) {
    await page.goto(url);
    await page.getByLabel("Anmeldename").waitFor();
    await page.keyboard.type(login);
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.waitForURL(/console|supervision/);
}

/**
 * Ready with F9, until a caller is offered.
 * @param {Page} page
 */
export async function waitForOffer(page) {
    await page.locator("#presence").waitFor();
    // On a loaded machine a page may paint an offer too late and be taken out: then it reports ready again.
    await waitUntil(async () => {
        if (await page.locator("#accept, #person").first().isVisible()) {
            return true;
        }
        if (await page.locator("#presence:not([aria-busy])").getByText("Bereit melden").isVisible()) {
            await page.keyboard.press("F9");
        }
        return false;
    }, CALLER_WITHIN_MS);
}

/**
 * Takes a caller with F2. Keys in the first half second take nobody, and a real caller hangs up when it pleases: so the
 * key is pressed until somebody is on the line.
 * @param {Page} page
 */
export async function takeCall(page) {
    await waitForOffer(page);
    await waitUntil(async () => {
        if (await page.getByText("Im Gespräch").first().isVisible()) {
            return true;
        }
        if (await page.locator("#person").isVisible()) {
            return false;
        }
        await waitForOffer(page);
        await page.keyboard.press("F2");
        await page.waitForTimeout(300);
        return false;
    }, CALLER_WITHIN_MS);
    await page.locator("#person").waitFor();
}

/**
 * Types a family name, behind what is there already. Not every wish of a caller begins at this field.
 * @param {Page} page
 * @param {string} name
 */
export async function typeFamilyName(page, name) {
    await page.locator("#person-family_name").focus();
    await page.keyboard.press("End");
    await page.keyboard.type(name);
}

/**
 * Types a person into the form, from field to field with Tab as an agent does.
 * @param {Page} page
 * @param {{ family: string; given: string; born: string; street: string; postcode: string; town: string }} person
 */
export async function typePerson(page, { family, given, born, street, postcode, town }) {
    await page.locator("#person-family_name").focus();
    const { keyboard } = page;
    await keyboard.type(family);
    await keyboard.press("Tab");
    await keyboard.type(given);
    await keyboard.press("Tab");
    await keyboard.type(born);
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    // The first claim of the list.
    await keyboard.press("ArrowDown");
    await keyboard.press("Tab");
    await keyboard.type(street);
    await keyboard.press("Tab");
    await keyboard.type(postcode);
    await keyboard.press("Tab");
    await keyboard.type(town);
}

/**
 * Asks for the confirmation by e-mail as well, on the way from the town to the wishes.
 * @param {Page} page
 * @param {string} address
 */
export async function wantEmail(page, address) {
    const { keyboard } = page;
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    await keyboard.type(address);
    await keyboard.press("Tab");
    await keyboard.press("Tab");
    await keyboard.press("Space");
    await waitUntil(() => page.locator("#wants-email").isChecked());
}

export const PERSON = {
    family: "Łukasik",
    given: "Jürgen",
    born: "24.03.1939",
    street: "Königsbrücker Straße 12",
    postcode: "01099",
    town: "Dresden",
};

/** A day after so many, as it is typed. */
export function inDays(/** @type {number} */ days) {
    const day = new Date(Date.now() + days * 86_400_000);
    return day.toLocaleDateString("de-DE", { day: "2-digit", month: "2-digit", year: "numeric" });
}

/**
 * Proposes and reserves the first pair, by keyboard.
 * @param {Page} page
 * @param {string} [from] the first day that suits
 */
export async function reservePair(page, from) {
    await page.keyboard.press("Alt+2");
    if (from !== undefined) {
        await page.keyboard.press("Tab");
        await page.keyboard.type(from);
    }
    await page.keyboard.press("Enter");
    await page.locator("#proposals button").first().waitFor();
    await waitUntil(async () => (await focusedText(page)).length > 0 && (await page.evaluate(() => document.activeElement?.closest("#proposals") !== null)));
    await page.keyboard.press("Enter");
    await page.locator("#reserved").waitFor();
}

/**
 * Ends the call if there is one, so that the next test finds a free desk.
 * @param {Page} page
 */
export async function wrapUp(page) {
    if (await page.getByRole("button", { name: "Auflegen" }).isVisible()) {
        await page.keyboard.press("Shift+F9");
    }
    const code = page.locator(".codes button").first();
    await code.waitFor();
    await code.focus();
    await page.keyboard.press("Enter");
    await page.locator(".lobby").waitFor();
}

/**
 * Not ready, so that no caller comes to a page that is about to close, nor to the next test's.
 * @param {Page} page
 */
export async function leave(page) {
    const badge = page.locator(".bar__group .kern-badge").first();
    await waitUntil(async () => {
        if (/^(Nicht bereit|Not ready)/.test((await badge.innerText()).trim())) {
            return true;
        }
        if ((await page.locator("#presence:not([aria-busy])").count()) > 0) {
            await page.keyboard.press("F9");
            // The state is the server's: it is looked at again, not assumed.
            await page.waitForTimeout(200);
        }
        return false;
    });
    await page.context().close();
}

/**
 * After a test: a page that is still open has failed it. What it showed is kept to be looked at, and its desk is left free
 * for the next test, which may have the same agent.
 */
export async function tidyUp() {
    for (const page of opened) {
        const picture = join(tmpdir(), `vaxline-failed-${process.pid}-${Date.now()}.png`);
        await page.screenshot({ path: picture }).catch(() => {});
        console.error(`a test left ${page.url()} open; it looked like ${picture}`);
        page.setDefaultTimeout(3_000);
        const free = async () => {
            const back = page.getByRole("button", { name: "Hier weiterarbeiten" });
            if (await back.isVisible()) {
                await back.click();
            }
            if (await page.locator("#accept").isVisible()) {
                await page.keyboard.press("F9");
            }
            if (await page.locator("#person").isVisible()) {
                await wrapUp(page);
            }
            await leave(page);
        };
        await free().catch(() => page.context().close());
    }
}
