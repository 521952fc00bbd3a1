/** A real Chromium, and the small language that the tests speak to the pages in. */
import { chromium } from "playwright-core";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Browser} Browser */

/** Where Vaxline runs, and who may log in: `login:password`, several with commas. */
const { VAXLINE_URL, VAXLINE_AGENTS, VAXLINE_SUPERVISOR, CHROMIUM } = process.env;
export const url = VAXLINE_URL ?? `http://127.0.0.1:${20_000 + (process.pid % 10_000)}`;
/** The scripted server can do on request what a real one does when callers please. */
export const scripted = VAXLINE_URL === undefined;
const agents = (VAXLINE_AGENTS ?? Array.from({ length: 20 }, (_, index) => `agent${index}:geheim`).join(",")).split(",");
const supervisor = VAXLINE_SUPERVISOR ?? "leitung:geheim";
/** A caller comes within this time. With real callers it takes as long as it takes. */
export const CALLER_WITHIN_MS = scripted ? 10_000 : 120_000;

export const SCREEN = { width: 1366, height: 768 };

/** Without these, Chromium looks for its maker's services, which a closed network refuses many times a second. */
const FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/** @returns {Promise<Browser>} */
export function launch() {
    return chromium.launch({ executablePath: CHROMIUM ?? "/usr/bin/chromium", headless: true, args: FLAGS });
}

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
 * A page of its own browser profile. Faults of the page are faults of the test.
 * @param {Browser} browser
 * @param {{ faults?: string[] }} [options]
 */
export async function open(browser, { faults = [] } = {}) {
    const context = await browser.newContext({ viewport: SCREEN, locale: "de-DE", colorScheme: "light" });
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(`${error.name}: ${error.message}`));
    page.on("console", (message) => {
        // Lost connections are part of the tests; Chromium says so in red.
        if (message.type() === "error" && !/WebSocket|net::ERR|401|Failed to load resource/.test(message.text())) {
            faults.push(message.text());
        }
    });
    return page;
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
 * The network between the page and the server, in the test's hands: `pass`, `mute` (nothing arrives), `cut`.
 * @param {Page} page
 * @param {string} path
 */
export async function grip(page, path = "/console/ws") {
    /** @type {{ mode: "pass" | "mute" | "cut"; cut: () => Promise<void> }} */
    const network = {
        mode: "pass",
        async cut() {
            network.mode = "cut";
            for (const route of routes) {
                await route.close({ code: 4999 }).catch(() => {});
            }
            routes.clear();
        },
    };
    /** @type {Set<import("playwright-core").WebSocketRoute>} */
    const routes = new Set();
    await page.routeWebSocket(new RegExp(path), (route) => {
        if (network.mode === "cut") {
            void route.close({ code: 4999 });
            return;
        }
        routes.add(route);
        const server = route.connectToServer();
        route.onMessage((message) => {
            if (network.mode !== "cut") {
                server.send(message);
            }
        });
        server.onMessage((message) => {
            if (network.mode === "pass") {
                route.send(message);
            }
        });
        server.onClose((code, reason) => {
            routes.delete(route);
            void route.close({ code: code ?? 1000, reason: reason ?? "" });
        });
        route.onClose((code, reason) => {
            routes.delete(route);
            void server.close({ code: code ?? 1000, reason: reason ?? "" });
        });
    });
    return network;
}

/**
 * Ready with F9, until a caller is offered.
 * @param {Page} page
 */
export async function waitForOffer(page) {
    await page.locator("#presence").waitFor();
    // On a loaded machine a page may paint an offer too late and be taken out: then it reports ready again.
    await waitUntil(async () => {
        if (await page.locator("#accept").isVisible()) {
            return true;
        }
        if (await page.locator("#presence:not([aria-busy])").getByText("Bereit melden").isVisible()) {
            await page.keyboard.press("F9");
        }
        return false;
    }, CALLER_WITHIN_MS);
}

/**
 * Takes a caller with F2, after the half second in which no key counts.
 * @param {Page} page
 */
export async function takeCall(page) {
    await waitForOffer(page);
    await page.waitForTimeout(600);
    await page.keyboard.press("F2");
    await page.locator("#person").waitFor();
    await page.getByText("Im Gespräch").first().waitFor({ timeout: CALLER_WITHIN_MS });
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

export const PERSON = {
    family: "Łukasik",
    given: "Jürgen",
    born: "24.03.1939",
    street: "Königsbrücker Straße 12",
    postcode: "01099",
    town: "Dresden",
};

/**
 * Proposes and reserves the first pair, by keyboard.
 * @param {Page} page
 */
export async function reservePair(page) {
    await page.keyboard.press("Alt+2");
    await page.keyboard.press("Enter");
    await page.locator("#proposals button").first().waitFor();
    await waitUntil(async () => (await focusedText(page)).length > 0 && (await page.evaluate(() => document.activeElement?.closest("#proposals") !== null)));
    await page.keyboard.press("Enter");
    await page.locator("#reserved").waitFor();
}

/** @param {Page} page */
export function focusedText(page) {
    return page.evaluate(() => document.activeElement?.textContent ?? "");
}

/**
 * Polls a condition, with a deadline.
 * @param {() => Promise<boolean>} holds
 * @param {number} withinMs
 */
export async function waitUntil(holds, withinMs = 5_000) {
    const deadline = performance.now() + withinMs;
    while (!(await holds())) {
        if (performance.now() > deadline) {
            throw new Error(`not within ${withinMs} ms: ${holds}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
    }
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
 * Not ready, so that no caller comes to a page that is about to close.
 * @param {Page} page
 */
export async function leave(page) {
    if (await page.locator(".lobby").isVisible()) {
        const ready = await page.getByText("Sie sind bereit").isVisible();
        if (ready) {
            await page.keyboard.press("F9");
            await page.getByText("Nicht bereit").first().waitFor();
        }
    }
    await page.context().close();
}
