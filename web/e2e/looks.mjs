/** What every state of every screen must hold, and the picture of it for people to look at. */
import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { SCREEN } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
/** With `UPDATE` the committed pictures are made anew; else they go where nobody commits them. */
const PICTURES = process.env["UPDATE"]
    ? fileURLToPath(new URL("../../docs/screens", import.meta.url))
    : join(tmpdir(), `vaxline-screens-${process.pid}`);
mkdirSync(PICTURES, { recursive: true });

/** @type {[name: string, media: { colorScheme: "light" | "dark"; forcedColors: "active" | "none" }][]} */
const APPEARANCES = [
    ["light", { colorScheme: "light", forcedColors: "none" }],
    ["dark", { colorScheme: "dark", forcedColors: "none" }],
    ["forced", { colorScheme: "dark", forcedColors: "active" }],
];

/**
 * Looks at the page as it is now.
 * @param {Page} page
 * @param {string} state
 * @param {{ focused?: boolean; fits?: boolean; dark?: boolean }} [expected]
 */
export async function look(page, state, { focused = true, fits = true, dark = false } = {}) {
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    await page.screenshot({ path: `${PICTURES}/${state}.png` });
    if (focused) {
        assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), "BODY", `${state}: focus is on body`);
    }
    assert.deepEqual(await seenThoughHidden(page), [], `${state}: hidden elements that are visible`);
    if (fits) {
        const { scroll, height } = await page.evaluate(() => ({
            scroll: document.documentElement.scrollHeight,
            height: innerHeight,
        }));
        assert.ok(scroll <= height, `${state}: the page scrolls at ${SCREEN.width} × ${SCREEN.height} (${scroll} px)`);
    }
    await page.evaluate(AXE);
    for (const [name, media] of APPEARANCES) {
        await page.emulateMedia(media);
        assert.deepEqual(await violations(page), [], `${state}, ${name}: axe`);
        if (dark && name !== "light") {
            await page.screenshot({ path: `${PICTURES}/${state}-${name}.png` });
        }
    }
    await page.emulateMedia({ colorScheme: "light", forcedColors: "none" });
    for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: SCREEN.height });
        const { scroll, inner, beyond } = await page.evaluate(() => ({
            scroll: document.documentElement.scrollWidth,
            inner: innerWidth,
            // What a clipped page would hide without a scrollbar; inside a scrolling box it can be reached.
            beyond: Array.from(document.querySelectorAll("body *"))
                .filter((element) => element.checkVisibility() && element.closest(".scroll") === null)
                .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
                .map((element) => `${element.tagName}.${element.className}`)
                .slice(0, 5),
        }));
        assert.ok(scroll <= inner, `${state}: ${scroll} px wide at ${width} px`);
        assert.deepEqual(beyond, [], `${state}: beyond the right edge at ${width} px`);
    }
    await page.setViewportSize(SCREEN);
}

/** @param {Page} page */
async function violations(page) {
    return page.evaluate(async (tags) => {
        const { axe } = /** @type {any} */ (window);
        const result = await axe.run(document, { runOnly: { type: "tag", values: tags } });
        return result.violations.map((/** @type {any} */ violation) => ({
            rule: violation.id,
            help: violation.help,
            nodes: violation.nodes.slice(0, 3).map((/** @type {any} */ node) => `${node.target}: ${node.failureSummary}`),
        }));
    }, TAGS);
}

/**
 * Elements with `hidden` that can be seen all the same: KERN's buttons once could.
 * @param {Page} page
 */
function seenThoughHidden(page) {
    return page.evaluate(() =>
        Array.from(document.querySelectorAll("[hidden]"))
            .filter((element) => element.checkVisibility())
            .map((element) => element.outerHTML.slice(0, 120)),
    );
}
