/**
 * What people read. German is complete and first, English is complete too; a test proves that both have the same keys.
 */
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { computed, signal } from "@preact/signals";
import de from "../texts/de.ftl?raw";
import en from "../texts/en.ftl?raw";

export type Language = "de" | "en";

const KEPT_AS = "vaxline.language";
const SOURCES: Record<Language, string> = { de, en };

function bundleOf(language: Language): FluentBundle {
    // Isolation marks are for texts that mix directions; ours do not, and they would be read and copied along.
    const bundle = new FluentBundle(language, { useIsolating: false });
    const errors = bundle.addResource(new FluentResource(SOURCES[language]));
    if (errors.length > 0) {
        throw new Error(`texts of ${language}: ${errors.map(String).join("; ")}`);
    }
    return bundle;
}

/** The language of the page; the agent's choice stays on this machine. */
export const language = signal<Language>(kept() ?? "de");
const bundle = computed(() => bundleOf(language.value));

export function choose(next: Language): void {
    language.value = next;
    try {
        localStorage.setItem(KEPT_AS, next);
    } catch {
        // A browser without storage: the choice lasts as long as the page.
    }
}

function kept(): Language | undefined {
    try {
        const found = localStorage.getItem(KEPT_AS);
        return found === "de" || found === "en" ? found : undefined;
    } catch {
        return undefined;
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
