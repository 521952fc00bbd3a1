/** What every file of tests needs: a browser, and the scripted server unless `VAXLINE_URL` names a real one. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { after, afterEach, before } from "node:test";
import { tidyUp } from "./agent.mjs";
import { launch, PATIENCE_MS, scripted, url } from "./browser.mjs";

/** @returns {() => import("playwright-core").Browser} the browser, once the tests run */
export function prepared() {
    /** @type {import("playwright-core").Browser} */
    let browser;
    const stop = scriptedServer();
    before(async () => {
        browser = await launch();
    });
    afterEach(tidyUp);
    after(async () => {
        await browser.close();
        stop();
    });
    return () => browser;
}

/** @returns {() => void} stops what was started */
function scriptedServer() {
    if (!scripted) {
        return () => {};
    }
    const server = spawn(process.execPath, [fileURLToPath(new URL("../fake/server.mjs", import.meta.url))], {
        // Its input is our end of a pipe: when this process dies, however it dies, the server sees the end and goes too.
        stdio: ["pipe", "inherit", "inherit"],
        env: { ...process.env, PORT: new URL(url).port, UNTIL_INPUT_ENDS: "1" },
    });
    before(async () => {
        const deadline = performance.now() + PATIENCE_MS;
        while (!(await fetch(url).then(() => true, () => false))) {
            if (performance.now() > deadline) {
                throw new Error("the scripted server did not start");
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    });
    return () => server.kill();
}
