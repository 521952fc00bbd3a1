/** The log-in. The role decides which page comes next. */
import "../styles/login.scss";
import { effect, useSignal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../common/elements";
import { focus } from "../common/focus";
import { logIn, pageOf, whoAmI } from "../common/session";
import { choose, language, refusal, speak, t } from "../common/texts";
import { restoreTheme } from "../common/theme";
import german from "../texts/de/login.ftl?raw";

interface Errors {
    login?: string;
    password?: string;
    refused?: string;
}

function Page() {
    const login = useSignal("");
    const password = useSignal("");
    const visible = useSignal(false);
    const busy = useSignal(false);
    const errors = useSignal<Errors>({});
    const { login: loginError, password: passwordError, refused } = errors.value;

    useEffect(() => {
        if (refused !== undefined) {
            focus(document.getElementById("refused"));
        } else if (loginError !== undefined || passwordError !== undefined) {
            focus(document.getElementById(loginError === undefined ? "password" : "login"));
        }
    }, [errors.value]);

    async function submit(): Promise<void> {
        const missing: Errors = {
            ...(login.value.trim() === "" ? { login: t("login-missing-name") } : {}),
            ...(password.value === "" ? { password: t("login-missing-password") } : {}),
        };
        errors.value = missing;
        if (Object.keys(missing).length > 0 || busy.value) {
            return;
        }
        busy.value = true;
        const code = await logIn(login.value.trim(), password.value);
        if (code === undefined) {
            await goOn();
        } else {
            errors.value = { refused: refusal(code) };
        }
        busy.value = false;
    }

    return (
        <>
            <header class="bar">
                <p class="bar__title kern-title">Vaxline</p>
                <span class="bar__gap" />
                <nav class="bar__group" aria-label={t("menu-language")}>
                    <button
                        type="button"
                        class="kern-btn kern-btn--tertiary"
                        lang={language.value === "de" ? "en" : "de"}
                        onClick={() => void choose(language.value === "de" ? "en" : "de")}
                    >
                        <span class="kern-label">{language.value === "de" ? "English" : "Deutsch"}</span>
                    </button>
                </nav>
            </header>
            <main class="login">
                <form
                    class="pane login__form"
                    noValidate
                    aria-labelledby="heading"
                    onSubmit={(event) => {
                        event.preventDefault();
                        void submit();
                    }}
                >
                    <p class="login__product">{t("login-product")}</p>
                    <h1 class="login__heading" id="heading">
                        {t("login-heading")}
                    </h1>
                    {refused === undefined ? null : (
                        <p class="strip strip--danger" id="refused" tabIndex={-1} role="alert">
                            <Icon name="danger" size="small" /> <span>{refused}</span>
                        </p>
                    )}
                    <Entry
                        id="login"
                        label={t("login-name")}
                        type="text"
                        autocomplete="username"
                        value={login.value}
                        error={loginError}
                        onEdit={(value) => (login.value = value)}
                    />
                    <Entry
                        id="password"
                        label={t("login-password")}
                        type={visible.value ? "text" : "password"}
                        autocomplete="current-password"
                        value={password.value}
                        error={passwordError}
                        onEdit={(value) => (password.value = value)}
                    />
                    <div class="kern-form-check">
                        <input
                            class="kern-form-check__checkbox"
                            type="checkbox"
                            id="show"
                            checked={visible.value}
                            onChange={(event) => (visible.value = event.currentTarget.checked)}
                        />
                        <label class="kern-label" for="show">
                            {t("login-show")}
                        </label>
                    </div>
                    <button
                        type="submit"
                        class={`kern-btn kern-btn--primary kern-btn--block ${busy.value ? "is-busy" : ""}`}
                        aria-disabled={busy.value ? "true" : undefined}
                    >
                        <span class="kern-label">{t("login-submit")}</span>
                    </button>
                </form>
            </main>
            <footer class="login__foot">
                <a class="kern-link kern-link--small kern-link--no-visited-state" href="/licences.txt">
                    {t("login-licences")}
                </a>
            </footer>
        </>
    );
}

interface EntryProps {
    id: string;
    label: string;
    type: "text" | "password";
    autocomplete: string;
    value: string;
    error: string | undefined;
    onEdit: (value: string) => void;
}

function Entry({ id, label, type, autocomplete, value, error, onEdit }: EntryProps) {
    return (
        <div class={`kern-form-input ${error ? "kern-form-input--error" : ""}`}>
            <label class="kern-label" for={id}>
                {label}
            </label>
            <input
                class={`kern-form-input__input ${error ? "kern-form-input__input--error" : ""}`}
                id={id}
                name={id}
                // Preact's types want one literal here; both are plain text fields to it.
                type={type as "text"}
                autocomplete={autocomplete}
                autocapitalize="none"
                spellcheck={false}
                value={value}
                aria-invalid={error ? "true" : undefined}
                aria-describedby={error ? `${id}-error` : undefined}
                onInput={(event) => onEdit(event.currentTarget.value)}
            />
            {error ? (
                <p class="kern-error" id={`${id}-error`}>
                    <Icon name="danger" size="small" />
                    <span class="kern-body">{error}</span>
                </p>
            ) : null}
        </div>
    );
}

/** On to the page of the role, if somebody is logged in. */
async function goOn(): Promise<void> {
    const asked = await whoAmI();
    if (asked.kind === "me") {
        location.replace(pageOf(asked.me));
    }
}

restoreTheme();
await speak({ de: german, en: () => import("../texts/en/login.ftl?raw") });
effect(() => {
    document.documentElement.lang = language.value;
    document.title = t("title-login");
});
const root = document.getElementById("app");
if (root) {
    render(<Page />, root);
    focus(document.getElementById("login"));
}
void goOn();
