/** The words of an announcement before they are sent, and what the server finds wrong with them. */
export type Tongue = "de" | "en";

export const TONGUES: readonly Tongue[] = ["de", "en"];

export type Words = Record<Tongue, string>;

/** A code for each text that something is wrong with. */
export type Wrong = Partial<Record<Tongue, string>>;

/** As one line: a voice takes a line break for a sign that it cannot speak. */
export function spoken(words: Words): Words {
    const line = (text: string) => text.trim().replace(/\s+/g, " ");
    return { de: line(words.de), en: line(words.en) };
}

export function missing(words: Words): Wrong {
    return Object.fromEntries(TONGUES.filter((tongue) => words[tongue] === "").map((tongue) => [tongue, "required"]));
}

/** Of `de: longer than 2000 characters; en: missing` the texts that are meant; none when it names none. */
export function refused({ code, detail }: { code: string; detail: string }): Wrong {
    const named = TONGUES.filter((tongue) => detail.split("; ").some((finding) => finding.startsWith(`${tongue}: `)));
    return code === "bad_text" ? Object.fromEntries(named.map((tongue) => [tongue, code])) : {};
}
