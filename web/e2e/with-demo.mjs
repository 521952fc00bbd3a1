/**
 * Runs the browser's tests against the real program: `vaxline demo` without simulated agents, so that the agent in the
 * browser takes the callers; its bookings must leave the house as a printed letter and a mail.
 * usage: node e2e/with-demo.mjs PROGRAM
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PATIENCE_MS = 90_000;
const program = process.argv[2] ?? fileURLToPath(new URL("../../target/debug/vaxline", import.meta.url));

/** A port that is free now. */
async function freePort() {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    server.close();
    await once(server, "close");
    return port;
}

/**
 * Fails when something does not come in time.
 * @template T
 * @param {string} what
 * @param {Promise<T>} coming
 * @returns {Promise<T>}
 */
async function inTime(what, coming) {
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const late = new Promise((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`not within ${PATIENCE_MS / 1000} s: ${what}`)), PATIENCE_MS);
    });
    try {
        return await /** @type {Promise<T>} */ (Promise.race([coming, late]));
    } finally {
        clearTimeout(timer);
    }
}

const folder = mkdtempSync(join(tmpdir(), "vaxline-browser-"));
// The database may run under an account of its own, which must get in.
chmodSync(folder, 0o755);
const [hooks, staff] = [await freePort(), await freePort()];
const address = `http://127.0.0.1:${staff}`;
const demo = spawn(program, ["demo", "--agents", "0", "--callers", "6", "--every", "8", "--speed", "2", "--folder", join(folder, "demo")], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
        ...process.env,
        VAXLINE__HOOKS__LISTEN: `127.0.0.1:${hooks}`,
        VAXLINE__HOOKS__PUBLIC_URL: `http://127.0.0.1:${hooks}`,
        VAXLINE__STAFF__LISTEN: `127.0.0.1:${staff}`,
        VAXLINE__STAFF__PUBLIC_URL: address,
        VAXLINE__ACCOUNTS__ALLOWED_ORIGINS: JSON.stringify([address]),
        // An agent is quick; a browser that is looked at with axe on a loaded machine is not, and must not be taken out.
        VAXLINE__QUEUE__OFFER_SECONDS: "90",
        VAXLINE__QUEUE__PAINT_MILLISECONDS: "30000",
        VAXLINE__QUEUE__CONNECT_SECONDS: "60",
        VAXLINE__QUEUE__WRAP_UP_SECONDS: "180",
        VAXLINE__QUEUE__BACK_OFF_SECONDS: "5",
    },
});
const ended = once(demo, "exit");

/** The log-ins, as the demo tells a person. */
async function logIns() {
    /** @type {Record<string, string>} */
    const found = {};
    for await (const line of createInterface({ input: demo.stdout })) {
        const [, page, login, password] = /\/(console|supervision)\s+(\S+) \/ (\S+)$/.exec(line) ?? [];
        if (page !== undefined) {
            found[page] = `${login}:${password}`;
        }
        if (found["console"] !== undefined && found["supervision"] !== undefined) {
            demo.stdout.resume();
            return found;
        }
    }
    throw new Error("the demo ended before it had told who may log in");
}

/**
 * Files of a kind in a folder of the demo.
 * @param {string} name
 * @param {string} ending
 */
function files(name, ending) {
    const path = join(folder, "demo", name);
    return (existsSync(path) ? readdirSync(path) : []).filter((file) => file.endsWith(ending)).map((file) => join(path, file));
}

/** Tells what left the house, as the print house and the mail server have it. */
function tell() {
    for (const letter of files("letters", ".pdf")) {
        console.log(`printed: ${basename(letter)}, ${statSync(letter).size} bytes`);
    }
    for (const mail of files("mails", ".eml")) {
        const headers = readFileSync(mail, "utf8").split(/\r?\n\r?\n/)[0] ?? "";
        const header = (/** @type {string} */ name) => new RegExp(`^${name}: *(.*)$`, "im").exec(headers)?.[1] ?? "?";
        console.log(`mailed: ${basename(mail)} to ${header("to")}: ${header("subject")}`);
    }
}

/** What was booked in the browser is printed and mailed. */
async function leftTheHouse() {
    while (files("letters", ".pdf").length === 0 || files("mails", ".eml").length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
}

let code = 1;
try {
    const found = await inTime("the demo is at work", logIns());
    const tests = spawn("npm", ["run", "--silent", "e2e"], {
        cwd: fileURLToPath(new URL("..", import.meta.url)),
        stdio: "inherit",
        env: {
            ...process.env,
            VAXLINE_URL: address,
            VAXLINE_AGENTS: found["console"],
            VAXLINE_SUPERVISOR: found["supervision"],
        },
    });
    [code] = await once(tests, "exit");
    if (code === 0) {
        await inTime("a booking of the browser is printed and mailed", leftTheHouse());
    }
} finally {
    tell();
    demo.kill("SIGINT");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 15_000))]);
    demo.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
}
process.exitCode = code ?? 1;
