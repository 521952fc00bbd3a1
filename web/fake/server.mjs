/**
 * A scripted server for developing the pages and for trying them in a browser without the rest of the house. It is not
 * Vaxline: nothing is kept, callers come by themselves, every password is right. `npm run fake`, then http://127.0.0.1:4173
 */
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { Agent } from "./agent.mjs";
import { board, why } from "./board.mjs";
import { outlook } from "./forecast.mjs";
import { answerNotice } from "./notice.mjs";
import { csv, report } from "./statistics.mjs";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const TYPES = /** @type {Record<string, string>} */ ({
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8",
});
const CSP =
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
const PAGES = /** @type {Record<string, string>} */ ({
    "/": "index.html", "/console": "console.html", "/supervision": "supervision.html",
});

/** @type {Map<string, Agent>} */
const agents = new Map();

/** Before the shift begins: nobody works, and nobody rings. */
let nobody = false;

/** @param {string} login */
function agentOf(login) {
    const agent = agents.get(login) ?? new Agent("Yıldız, Tülay");
    agents.set(login, agent);
    return agent;
}

/** @param {import("node:http").IncomingMessage} request */
function loginOf(request) {
    return /vaxline_session=([\w.-]+)/.exec(request.headers.cookie ?? "")?.[1];
}

/** @param {import("node:http").IncomingMessage} request */
async function bodyOf(request) {
    let text = "";
    for await (const part of request) {
        text += part;
    }
    return /** @type {{ login: string; password: string }} */ (JSON.parse(text));
}

export const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake");
    if (pathname === "/login") {
        const { login, password } = await bodyOf(request);
        if (password === "falsch") {
            response.writeHead(401, { "content-type": "application/problem+json" });
            response.end(JSON.stringify({ code: "wrong_credentials", status: 401 }));
            return;
        }
        response.writeHead(204, { "set-cookie": `vaxline_session=${login}; HttpOnly; SameSite=Strict; Path=/` }).end();
    } else if (pathname === "/logout") {
        response.writeHead(204, { "set-cookie": "vaxline_session=; Max-Age=0; Path=/" }).end();
    } else if (pathname === "/me") {
        const login = loginOf(request);
        const role = login?.startsWith("leit") ? "supervisor" : "agent";
        response.writeHead(login ? 200 : 401, { "content-type": "application/json" });
        response.end(login ? JSON.stringify({ login, display_name: "Yıldız, Tülay", role }) : "{}");
    } else if (pathname === "/supervision/why") {
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(why(nobody)));
    } else if (pathname === "/supervision/forecast") {
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(outlook));
    } else if (pathname === "/supervision/notice") {
        await answerNotice(request.method, () => bodyOf(request), response);
    } else if (pathname === "/supervision/statistics" || pathname === "/supervision/statistics.csv") {
        figures(pathname.endsWith(".csv"), searchParams, response);
    } else if (pathname === "/fake/hang-up") {
        agentOf(searchParams.get("login") ?? "").hangUp();
        response.writeHead(204).end();
    } else if (pathname === "/fake/ready") {
        agentOf(searchParams.get("login") ?? "").become("ready");
        response.writeHead(204).end();
    } else if (pathname === "/fake/finish") {
        agentOf(searchParams.get("login") ?? "").finish();
        response.writeHead(204).end();
    } else if (pathname === "/fake/revoke") {
        const agent = agentOf(searchParams.get("login") ?? "");
        agent.quiet = true;
        agent.revoke("hung_up");
        agent.become("ready");
        response.writeHead(204).end();
    } else if (pathname === "/fake/empty") {
        nobody = searchParams.has("on");
        response.writeHead(204).end();
    } else if (pathname === "/fake/degraded") {
        const agent = agentOf(searchParams.get("login") ?? "");
        agent.desk.degraded = (searchParams.get("parts") ?? "").split(",").filter(Boolean);
        agent.send({ t: "degraded", parts: agent.desk.degraded });
        response.writeHead(204).end();
    } else {
        await file(pathname, response);
    }
});

/**
 * @param {boolean} forSpreadsheets
 * @param {URLSearchParams} asked
 * @param {import("node:http").ServerResponse} response
 */
function figures(forSpreadsheets, asked, response) {
    const told = report(asked);
    if (!told) {
        response.writeHead(422, { "content-type": "application/problem+json" });
        response.end(JSON.stringify({ code: "unreadable_moment", status: 422, detail: "a range begins and ends with a day" }));
    } else if (forSpreadsheets) {
        const headers = { "content-type": "text/csv; charset=utf-8", "content-disposition": 'attachment; filename="vaxline-statistics.csv"' };
        response.writeHead(200, headers).end(csv(told));
    } else {
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(told));
    }
}

/**
 * @param {string} pathname
 * @param {import("node:http").ServerResponse} response
 */
async function file(pathname, response) {
    const name = normalize(PAGES[pathname] ?? pathname).replace(/^(\.\.[/\\])+/, "");
    try {
        const bytes = await readFile(join(DIST, name));
        response.writeHead(200, {
            "content-type": TYPES[extname(name)] ?? "application/octet-stream",
            "content-security-policy": CSP,
        });
        response.end(bytes);
    } catch {
        response.writeHead(404).end();
    }
}

const sockets = new WebSocketServer({ noServer: true });
server.on("upgrade", (request, socket, head) => {
    const login = loginOf(request);
    if (!login) {
        socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
        return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => {
        const { pathname, searchParams } = new URL(request.url ?? "/", "http://fake");
        if (pathname === "/supervision/ws") {
            ws.send(JSON.stringify({ t: "hello", protocol: 1, epoch_ms: Date.now(), heartbeat_ms: 500 }));
            const beat = setInterval(() => ws.send(JSON.stringify({ t: "board", board: board(nobody) })), 500);
            ws.on("close", () => clearInterval(beat));
        } else {
            agentOf(login).attach(ws, searchParams);
        }
    });
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    if (process.env["UNTIL_INPUT_ENDS"]) {
        process.stdin.resume().on("end", () => process.exit());
    }
    const port = Number(process.env["PORT"] ?? 4173);
    server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${port} (agent: any login, supervisor: leitung)`));
}
