import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { FluentBundle, FluentResource } from "@fluent/bundle";
import { describe, expect, test } from "vitest";

const SRC = join(import.meta.dirname, "../src");
const RUST = join(import.meta.dirname, "../../src");

const PAGES = ["login", "console", "supervision"];

function messages(language: string, files = ["common", ...PAGES]): Map<string, string> {
    const bundle = new FluentBundle(language);
    for (const file of files) {
        const source = readFileSync(join(SRC, "texts", language, `${file}.ftl`), "utf8");
        // A key that stands in two files is an error here.
        expect(bundle.addResource(new FluentResource(source)), file).toEqual([]);
    }
    return new Map(Array.from(bundle._messages, ([key, message]) => [key, JSON.stringify(message.value)]));
}

/** The names of the variables in a text. */
function variables(text: string | undefined): string[] {
    return Array.from(text?.matchAll(/"type":"var","name":"(\w+)"/g) ?? [], (found) => found[1] ?? "").sort();
}

function sources(folder: string): string[] {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

/** The modules that a page is made of. */
function modulesOf(page: string): string[] {
    const found = new Set([join(SRC, page, "main.tsx")]);
    for (const file of found) {
        for (const [, path] of readFileSync(file, "utf8").matchAll(/ from "(\.[^"?]+)"/g)) {
            const ends = [".ts", ".tsx"].map((end) => join(dirname(file), `${path}${end}`)).filter((name) => existsSync(name));
            ends.forEach((name) => found.add(name));
        }
    }
    return [...found];
}

function keysNamedIn(sources: string[]): string[] {
    const patterns = [/\bt\(\s*"([a-z0-9-]+)"/g, /text: "([a-z0-9-]+)"/g, /"(blocked-[a-z-]+|key-[a-z-]+)"/g];
    return sources.flatMap((source) => patterns.flatMap((pattern) => Array.from(source.matchAll(pattern), (found) => found[1] ?? "")));
}

describe("texts_de_en_complete", () => {
    const de = messages("de");
    const en = messages("en");

    test("both languages have the same keys, in the same order", () => {
        expect([...en.keys()]).toEqual([...de.keys()]);
    });

    test("a text names the same variables in both languages", () => {
        for (const [key, text] of de) {
            expect(variables(en.get(key)), key).toEqual(variables(text));
        }
    });

    test("every key that a page names has a text", () => {
        const named = keysNamedIn(sources(SRC));
        expect(named.length).toBeGreaterThan(100);
        expect(named.filter((key) => !de.has(key))).toEqual([]);
    });

    test.each(PAGES)("the page %s carries every text that it names, and no other page's", (page) => {
        const carried = messages("de", ["common", page]);
        const modules = modulesOf(page).map((file) => readFileSync(file, "utf8"));
        expect(keysNamedIn(modules).filter((key) => !carried.has(key))).toEqual([]);
        const others = [...messages("de", PAGES.filter((other) => other !== page)).keys()];
        expect(others.filter((key) => modules.some((source) => source.includes(`"${key}"`)))).toEqual([]);
    });

    test("every text is named by a page", () => {
        const all = sources(SRC).join("\n");
        // Keys that are put together from a state or a code.
        const families = /^(agent|reason|topic|language|letter|email|booking|degraded|offer-gone|error|board|person|aloud|why-entry|why-agent|why-does|statistics|forecast)-|-heading$/;
        const idle = [...de.keys()].filter((key) => !families.test(key) && !all.includes(`"${key}"`));
        expect(idle).toEqual([]);
    });

    test("every state of a booking and its papers has a text", () => {
        const states = { letter: "0050_correspondence", email: "0050_correspondence", series: "0040_scheduling" };
        for (const [table, migration] of Object.entries(states)) {
            const sql = readFileSync(join(RUST, "../migrations", `${migration}.sql`), "utf8");
            const check = new RegExp(`create table ${table} \\([^;]*?\\bstate +text[^;]*?check \\(state in\\s*\\(([^)]+)\\)`);
            const named = Array.from(check.exec(sql)?.[1]?.matchAll(/'([a-z_]+)'/g) ?? [], (found) => found[1] ?? "");
            expect(named.length, table).toBeGreaterThan(2);
            const family = table === "series" ? "booking" : table;
            expect(named.filter((state) => !de.has(`${family}-${state.replaceAll("_", "-")}`)), table).toEqual([]);
        }
    });

    test("every reason why nobody is served has a text", () => {
        const source = readFileSync(join(RUST, "hotline/supervision/why.rs"), "utf8");
        const codes = (name: string) => {
            const body = new RegExp(`const fn ${name}[^]*?\\n}`).exec(source)?.[0] ?? "";
            return Array.from(body.matchAll(/=> \(?"([a-z_]+)"/g), (found) => (found[1] ?? "").replaceAll("_", "-"));
        };
        const [halted, does] = [codes("halted_code"), codes("does_code")];
        const whys = {
            does,
            entry: [...codes("entry_code"), ...halted],
            agent: [...codes("agent_code"), ...halted, ...does.filter((code) => code !== "idle")],
        };
        for (const [family, all] of Object.entries(whys)) {
            expect(all.length, family).toBeGreaterThan(4);
            expect(all.filter((code) => !de.has(`why-${family}-${code}`)), family).toEqual([]);
        }
    });

    test("every refusal that a page can be told has a text", () => {
        const files = [
            "accounts/model.rs",
            "foundation/phone.rs",
            "hotline/console/error.rs",
            "hotline/ivr/commands.rs",
            "hotline/queue/decide/react/mod.rs",
            "hotline/statistics/model/asked.rs",
            "scheduling/error.rs",
            "scheduling/eligibility/decide/mod.rs",
            "scheduling/persons/parse.rs",
        ];
        // Said to administrators at the terminal, to other programs or to the dispatcher, never to a page.
        const elsewhere = new Set([
            "bad_secret",
            "login_taken",
            "client_taken",
            "unknown_user",
            "unknown_client",
            "bad_login",
            "bad_name",
            "bad_role",
            "bad_phone_user",
            "weak_password",
            "not_waiting",
            "unfit",
            "agent",
            "supervisor",
            // A page asks for whole days by the hour; these are said to other programs, and the last four are no refusals.
            "unknown_group",
            "not_whole_hours",
            "range_backwards",
            "range_too_long",
            "hour",
            "queue",
            "language",
            "topic",
        ]);
        for (const file of files.map((name) => join(RUST, name))) {
            const source = readFileSync(file, "utf8");
            const codes = [
                ...Array.from(source.matchAll(/Self::\w+(?:\(_\)|(?: \{ \.\. \}))? => "([a-z_]+)"/g), (found) => found[1] ?? ""),
                ...Array.from(source.matchAll(/\bcode: "([a-z_]+)"|\brefuse\("([a-z_]+)"\)/g), (found) => found[1] ?? found[2] ?? ""),
            ];
            expect(codes.length, file).toBeGreaterThan(0);
            const silent = codes.filter((code) => !elsewhere.has(code) && !de.has(`error-${code.replaceAll("_", "-")}`));
            expect(silent, file).toEqual([]);
        }
    });
});
