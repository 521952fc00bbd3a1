/** What callers hear before the menu: refused like the real one, as far as a page can tell. */

const LONGEST = 900;

/** @type {{ de: string; en: string } | null} */
let notice = null;

/** @param {{ de: string; en: string }} texts */
function wrongWith({ de, en }) {
    const findings = Object.entries({ de, en }).flatMap(([language, text]) => [
        ...(text.trim() === "" ? [`${language}: missing`] : []),
        ...(text.length > LONGEST ? [`${language}: longer than ${LONGEST} characters`] : []),
        ...(/[<>\p{Cc}]/u.test(text) ? [`${language}: control characters and markup cannot be spoken`] : []),
    ]);
    return findings.join("; ");
}

/**
 * @param {string | undefined} method
 * @param {() => Promise<unknown>} body
 * @param {import("node:http").ServerResponse} response
 */
export async function answerNotice(method, body, response) {
    if (method === "GET") {
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(notice));
        return;
    }
    const texts = method === "PUT" ? /** @type {{ de: string; en: string }} */ (await body()) : null;
    const detail = texts ? wrongWith(texts) : "";
    if (detail) {
        response.writeHead(422, { "content-type": "application/problem+json" });
        response.end(JSON.stringify({ type: "urn:vaxline:problem:bad_text", status: 422, code: "bad_text", detail }));
        return;
    }
    notice = texts;
    response.writeHead(204).end();
}
