/** Light, dark, or as the system says. KERN follows `data-kern-theme`. */
import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
const KEPT_AS = "vaxline.theme";

export const theme = signal<Theme>("system");

export function chooseTheme(next: Theme): void {
    theme.value = next;
    if (next === "system") {
        delete document.documentElement.dataset["kernTheme"];
    } else {
        document.documentElement.dataset["kernTheme"] = next;
    }
    try {
        localStorage.setItem(KEPT_AS, next);
    } catch {
        // Kept as long as the page, then.
    }
}

export function restoreTheme(): void {
    try {
        const kept = localStorage.getItem(KEPT_AS);
        if (kept === "light" || kept === "dark") {
            chooseTheme(kept);
        }
    } catch {
        // Without storage the system decides.
    }
}
