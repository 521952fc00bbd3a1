/**
 * What people read: what every page says, and what the page itself adds. German comes with the page; English is complete
 * too, a test proves it, and comes when it is chosen.
 */
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { computed, signal } from "@preact/signals";
import everywhere from "../texts/de/common.ftl?raw";

export type Language = "de" | "en";

const KEPT_AS = "vaxline.language";

/** The texts of one page beside those of every page. */
export interface Own {
    de: string;
    en: () => Promise<{ default: string }>;
}

function add(bundle: FluentBundle, source: string): FluentBundle {
    const errors = bundle.addResource(new FluentResource(source));
    if (errors.length > 0) {
        throw new Error(`texts of ${bundle.locales.join()}: ${errors.map(String).join("; ")}`);
    }
    return bundle;
}

function bundleOf(language: Language, sources: string[]): FluentBundle {
    // Isolation marks are for texts that mix directions; ours do not, and they would be read and copied along.
    return sources.reduce(add, new FluentBundle(language, { useIsolating: false }));
}

const german = bundleOf("de", [everywhere]);
const bundles: Partial<Record<Language, FluentBundle>> = { de: german };

/** The language of the page; the agent's choice stays on this machine. */
export const language = signal<Language>("de");
const bundle = computed(() => bundles[language.value] ?? german);

let own: Own | null = null;

async function english(): Promise<string[]> {
    const files = await Promise.all([import("../texts/en/common.ftl?raw"), own?.en()]);
    return files.flatMap((file) => file?.default ?? []);
}

export async function choose(next: Language): Promise<void> {
    bundles[next] ??= bundleOf(next, await english());
    language.value = next;
    try {
        localStorage.setItem(KEPT_AS, next);
    } catch {
        // A browser without storage: the choice lasts as long as the page.
    }
}

/** Gives the page its own texts, and speaks the language that was chosen last. A page that cannot load it speaks German. */
export async function speak(texts: Own): Promise<void> {
    own = texts;
    add(german, texts.de);
    try {
        if (localStorage.getItem(KEPT_AS) === "en") {
            await choose("en");
        }
    } catch {
        // German is here.
    }
}

/** The text of this key. A key without text shows itself: it is a fault that a person can name. */
export function t(key: string, args?: Record<string, FluentVariable>): string {
    const message = bundle.value.getMessage(key);
    if (!message?.value) {
        return key;
    }
    return bundle.value.formatPattern(message.value, args ?? null);
}

/** Whether there is a text for this key. */
export function has(key: string): boolean {
    return Boolean(bundle.value.getMessage(key)?.value);
}

/** The text of a refusal, by its code. */
export function refusal(code: string): string {
    const key = `error-${code.replaceAll("_", "-")}`;
    return has(key) ? t(key) : t("error-unknown", { code });
}
