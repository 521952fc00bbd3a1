/** The whole page: what stands where, depending on the state alone. */
import { useEffect } from "preact/hooks";
import { Announcer } from "../../common/announce";
import { Button, Icon } from "../../common/elements";
import { focus, useFocusOn } from "../../common/focus";
import { t } from "../../common/texts";
import { adding, book, bookingBlocked, clear, inCall, nextPerson, reading } from "../actions";
import { busy, connected, desk, state } from "../desk";
import { edit, form, save, unsaved } from "../draft";
import { Appointment } from "./appointment";
import { Bars, Skeleton, Superseded } from "./bars";
import { CallBar } from "./call";
import { Guide } from "./guide";
import { Header } from "./header";
import { Lobby } from "./lobby";
import { Person } from "./person";

export function App() {
    const { link } = state.value;
    return (
        <>
            <Announcer />
            <Header />
            {link === "superseded" ? null : <Bars />}
            <Main />
        </>
    );
}

function Main() {
    const { link } = state.value;
    useFocusOn("take-back", link === "superseded");
    if (link === "superseded") {
        return (
            <main class="main">
                <Superseded />
            </main>
        );
    }
    if (!desk.value) {
        return (
            <main class="main" aria-busy="true">
                <Skeleton />
            </main>
        );
    }
    if (!inCall.value) {
        return (
            <main class="main">
                <Lobby />
            </main>
        );
    }
    return <Workspace />;
}

function Workspace() {
    const call = desk.value?.call;
    const bookings = desk.value?.bookings.length ?? 0;
    useEffect(() => {
        // A new caller: an empty desk, and the focus where the caller's wish begins.
        clear();
        focus(document.getElementById(call?.topic === "change" ? "lookup-reference" : "person-family_name"));
        return clear;
    }, [call?.entry]);
    useEffect(() => {
        adding.value = false;
    }, [bookings]);
    useEffect(() => {
        if (adding.value) {
            focus(document.getElementById("person-family_name"));
        }
    }, [adding.value]);
    return (
        <>
            <main class="main workspace">
                <CallBar />
                <div class="panes">
                    <Person />
                    <Appointment />
                    <Guide />
                </div>
            </main>
            <Actions />
        </>
    );
}

function Actions() {
    const blocked = bookingBlocked.value;
    return (
        <footer class="actions">
            {reading.value ? (
                <Button rank="primary" onPress={nextPerson}>
                    {t("action-another")}
                </Button>
            ) : (
                <>
                    <Button
                        id="book"
                        rank="primary"
                        keys="Control+Enter"
                        busy={busy("confirm")}
                        blockedBy={blocked === undefined ? undefined : "book-blocked"}
                        onPress={book}
                    >
                        {t("action-book")}
                    </Button>
                    <span class="actions__reason" id="book-blocked">
                        {blocked === undefined ? null : t(blocked)}
                    </span>
                </>
            )}
            <span class="bar__gap" />
            <label class="kern-label" for="note">
                {t("note")}
            </label>
            <input
                class="kern-form-input__input actions__note"
                id="note"
                type="text"
                autocomplete="off"
                maxLength={500}
                value={form.value.note}
                onInput={(event) => edit({ ...form.peek(), note: event.currentTarget.value })}
                onBlur={save}
            />
            <Saved />
        </footer>
    );
}

/** Whether what is typed is on the server. Quiet: no live region. */
function Saved() {
    const { saved } = state.value;
    const underWay = unsaved.value || state.value.waiting.some(({ command }) => command.t === "save_draft");
    return (
        <span class="actions__saved">
            {underWay ? (
                t(connected.value ? "draft-saving" : "draft-waiting")
            ) : saved === undefined ? null : (
                <>
                    <Icon name="check" size="small" /> {t("draft-saved")}
                </>
            )}
        </span>
    );
}
