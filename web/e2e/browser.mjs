/** A real Chromium, and the small language that the tests speak to the pages in. */
import { chromium } from "playwright-core";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Browser} Browser */

/** Where Vaxline runs. */
const { VAXLINE_URL, CHROMIUM } = process.env;
export const url = VAXLINE_URL ?? `http://127.0.0.1:${20_000 + (process.pid % 10_000)}`;
/** The scripted server can do on request what a real one does when callers please. */
export const scripted = VAXLINE_URL === undefined;

/** How long a test waits for what must happen. When it happens this costs nothing, and a busy machine may need it. */
export const PATIENCE_MS = 60_000;

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

/** Pages that are still open. @type {Set<Page>} */
export const opened = new Set();

/**
 * A page of its own browser profile. Faults of the page are faults of the test.
 * @param {Browser} browser
 * @param {{ faults?: string[] }} [options]
 */
export async function open(browser, { faults = [] } = {}) {
    const context = await browser.newContext({ viewport: SCREEN, locale: "de-DE", colorScheme: "light" });
    const page = await context.newPage();
    opened.add(page);
    page.on("close", () => opened.delete(page));
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
 * The network between the page and the server, in the test's hands: `pass`, `mute` (nothing arrives at the page), `deaf`
 * (nothing arrives at the server), `cut`.
 * @param {Page} page
 * @param {string} path
 */
export async function grip(page, path = "/console/ws") {
    /** @type {{ mode: "pass" | "mute" | "deaf" | "cut"; cut: () => Promise<void> }} */
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
        /** What could not arrive yet: a slow network keeps the order and loses nothing.
         * @type {(string | Buffer)[]} */
        const held = [];
        route.onMessage((message) => {
            if (network.mode === "pass" || network.mode === "mute") {
                server.send(message);
            }
        });
        server.onMessage((message) => {
            held.push(message);
            if (network.mode === "pass" || network.mode === "deaf") {
                held.splice(0).forEach((late) => route.send(late));
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

/** @param {Page} page */
export function focusedText(page) {
    return page.evaluate(() => document.activeElement?.textContent ?? "");
}

/**
 * Polls a condition, with a deadline.
 * @param {() => Promise<boolean>} holds
 * @param {number} withinMs
 */
export async function waitUntil(holds, withinMs = PATIENCE_MS) {
    const deadline = performance.now() + withinMs;
    while (!(await holds())) {
        if (performance.now() > deadline) {
            throw new Error(`not within ${withinMs} ms: ${holds}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 25));
    }
}

