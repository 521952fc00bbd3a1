import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** A compressed copy beside every text, so that the program only has to choose. */
function gzipped(): Plugin {
    return {
        name: "gzipped",
        apply: "build",
        enforce: "post",
        generateBundle: {
            order: "post",
            handler(_options, bundle) {
                for (const [name, output] of Object.entries(bundle)) {
                    if (!/\.(html|js|css|svg)$/.test(name)) {
                        continue;
                    }
                    const text = output.type === "chunk" ? output.code : output.source;
                    this.emitFile({ type: "asset", fileName: `${name}.gz`, source: gzipSync(text, { level: 9 }) });
                }
            },
        },
    };
}

/** The licences of what the pages carry, as one text beside them. */
function licences(): Plugin {
    return {
        name: "licences",
        apply: "build",
        generateBundle() {
            const parts = [
                ["KERN UX (EUPL-1.2)", "../LICENSE"],
                ["Fira Sans (SIL OFL 1.1)", "src/fonts/OFL.txt"],
                ["Preact (MIT)", "node_modules/preact/LICENSE"],
                ["@preact/signals (MIT)", "node_modules/@preact/signals/LICENSE"],
                ["@fluent/bundle (Apache-2.0)", "src/texts/fluent-notice.txt"],
            ] as const;
            const text = parts.map(([title, path]) => `${title}\n${"=".repeat(title.length)}\n\n${readFileSync(path, "utf8")}`);
            this.emitFile({ type: "asset", fileName: "licences.txt", source: text.join("\n\n") });
        },
    };
}

export default defineConfig({
    plugins: [gzipped(), licences()],
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    // KERN's own deprecations are KERN's to mend.
    css: { preprocessorOptions: { scss: { quietDeps: true } } },
    test: { include: ["test/**/*.test.ts"] },
    build: {
        target: "es2023",
        // Fonts stay files: inlined they would be loaded whether a name needs them or not, and the CSP forbids them.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        rolldownOptions: { checks: { pluginTimings: false }, input: ["index.html", "console.html", "supervision.html"] },
    },
});
