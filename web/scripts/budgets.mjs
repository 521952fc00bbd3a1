/** What a page may weigh: an agent's PC behind a slow line must be usable within 2.5 s. Run after every build. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));

/** kB over the wire: scripts and styles compressed, fonts as they are. */
const BUDGETS = [
    { page: "console.html", js: 40, css: 25 },
    { page: "supervision.html", js: 40, css: 25 },
    { page: "index.html", js: 40, css: 25 },
];
const FONTS = 60;

/** @param {string} file */
const packed = (file) => gzipSync(readFileSync(join(DIST, file)), { level: 9 }).length / 1000;

/**
 * The assets that a page loads: those it names, and what its scripts import at once.
 * @param {string} page
 */
function assets(page) {
    const html = readFileSync(join(DIST, page), "utf8");
    const seen = new Set(Array.from(html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g), (found) => found[1] ?? ""));
    for (const file of seen) {
        if (file.endsWith(".js")) {
            const imports = readFileSync(join(DIST, file), "utf8").matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g);
            for (const [, name] of imports) {
                seen.add(`assets/${name}`);
            }
        }
    }
    return [...seen];
}

let over = false;

/**
 * @param {string} what
 * @param {number} size
 * @param {number} budget
 */
function weigh(what, size, budget) {
    over ||= size > budget;
    console.log(`${what.padEnd(24)} ${size.toFixed(1).padStart(6)} kB of ${budget}${size > budget ? "  TOO HEAVY" : ""}`);
}

for (const { page, js, css } of BUDGETS) {
    const files = assets(page);
    const sum = (/** @type {string} */ end) =>
        files.filter((file) => file.endsWith(end)).reduce((total, file) => total + packed(file), 0);
    weigh(`${page} js`, sum(".js"), js);
    weigh(`${page} css`, sum(".css"), css);
}
const fonts = readdirSync(join(DIST, "assets")).filter((file) => file.endsWith(".woff2"));
weigh("fonts, all", fonts.reduce((total, file) => total + statSync(join(DIST, "assets", file)).size / 1000, 0), FONTS);
process.exitCode = over ? 1 : 0;
