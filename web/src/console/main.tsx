/** The console of an agent. */
import "../styles/console.scss";
import { render } from "preact";
import { effect } from "@preact/signals";
import { watchFocus } from "../common/focus";
import { pageOf, whoAmI } from "../common/session";
import { language, speak, t } from "../common/texts";
import { restoreTheme } from "../common/theme";
import german from "../texts/de/console.ftl?raw";
import * as desk from "./desk";
import * as draft from "./draft";
import * as keys from "./keys";
import { unlock } from "./ring";
import { App } from "./views/app";

restoreTheme();
await speak({ de: german, en: () => import("../texts/en/console.ftl?raw") });
effect(() => {
    document.documentElement.lang = language.value;
    document.title = t("title-console");
});
const root = document.getElementById("app");
if (root) {
    render(<App />, root);
}
watchFocus();
draft.follow();
keys.listen();
for (const gesture of ["pointerdown", "keydown"]) {
    addEventListener(gesture, unlock, { once: true });
}
// What is typed in the last half second before the window closes is still sent.
addEventListener("pagehide", draft.save);

void whoAmI().then((asked) => {
    if (asked.kind === "nobody") {
        location.replace("/");
    } else if (asked.kind === "me" && asked.me.role !== "agent") {
        location.replace(pageOf(asked.me));
    } else {
        desk.start();
    }
});
