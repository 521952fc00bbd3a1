/** The script for the agent, and the way to an existing booking. */
import { useEffect } from "preact/hooks";
import { Dialog } from "../../common/dialog";
import { Badge, Button, Icon, PaneTitle } from "../../common/elements";
import { focus } from "../../common/focus";
import { fours } from "../../common/format";
import { t } from "../../common/texts";
import type { BookingView } from "../../protocol";
import { cancel, cancelling, findBooking, lookup } from "../actions";
import { busy, setup, state, tell } from "../desk";
import { Papers } from "./appointment";
import { Field, Summary } from "./fields";
import { bookingWord, centreName, fully, shortly } from "./words";

export function Guide() {
    return (
        <section class="pane" id="guide" aria-labelledby="guide-title">
            <PaneTitle id="guide-title" keys="Alt+3">
                {t("guide-heading")}
            </PaneTitle>
            {state.value.found ? null : <Script />}
            <Lookup />
            <CancelDialog />
        </section>
    );
}

export function Script() {
    const { value } = setup;
    if (!value) {
        return null;
    }
    return (
        <>
            <ol class="script">
                {value.script.map((step) => (
                    <li key={step}>{step}</li>
                ))}
            </ol>
            <p class="note">{t("guide-rules", { version: value.rules_version })}</p>
        </>
    );
}

function Lookup() {
    const { found } = state.value;
    const { reference, born_on } = lookup.value;
    return (
        <div class={found ? "lookup" : "lookup lookup--below"}>
            <h3 class="pane__subtitle" id="lookup-title">
                {t("lookup-heading")}
            </h3>
            <Summary fields="lookup" />
            <form
                class="pane__form"
                aria-labelledby="lookup-title"
                onSubmit={(event) => {
                    event.preventDefault();
                    findBooking();
                }}
            >
                <div class="grid">
                    <Field
                        className="grid__half"
                        field="lookup.reference"
                        label={t("lookup-reference")}
                        value={reference}
                        onEdit={(value) => (lookup.value = { ...lookup.value, reference: value })}
                        maxLength={24}
                        entrance
                    />
                    <Field
                        className="grid__half"
                        field="lookup.born_on"
                        label={t("person-born-on")}
                        value={born_on}
                        onEdit={(value) => (lookup.value = { ...lookup.value, born_on: value })}
                        inputMode="numeric"
                        maxLength={10}
                    />
                    <div class="grid__full grid__button">
                        <button
                            type="submit"
                            class={`kern-btn kern-btn--secondary kern-btn--block ${busy("find_booking") ? "is-busy" : ""}`}
                            aria-disabled={busy("find_booking") ? "true" : undefined}
                        >
                            <Icon name="search" size="small" />
                            <span class="kern-label">{t("lookup-find")}</span>
                        </button>
                    </div>
                </div>
            </form>
            {found ? <Found bookings={found} /> : null}
        </div>
    );
}

function Found({ bookings }: { bookings: BookingView[] }) {
    const first = bookings[0]?.reference;
    useEffect(() => focus(document.getElementById("found")), [first]);
    return (
        <div id="found" tabIndex={-1} role="group" aria-label={t("found-title")}>
            {bookings.length === 0 ? (
                <p class="note">
                    <Icon name="info" size="small" /> {t("found-none")}
                </p>
            ) : (
                bookings.map((booking) => <FoundBooking key={booking.reference} booking={booking} />)
            )}
            <Button
                rank="tertiary"
                onPress={() => {
                    focus(document.getElementById("lookup-reference"));
                    tell({ kind: "forget", what: "found" });
                }}
            >
                {t("found-close")}
            </Button>
        </div>
    );
}

function FoundBooking({ booking }: { booking: BookingView }) {
    const { pair } = booking;
    const active = booking.state === "confirmed";
    return (
        <div class="found">
            <p class="found__head">
                <b>{booking.name}</b>
                <Badge tone={active ? "success" : "neutral"} sign={active ? "success" : "close"}>
                    {bookingWord(booking.state)}
                </Badge>
            </p>
            <p class="figures">
                {shortly(pair.first)}
                {pair.second ? ` + ${shortly(pair.second)}` : null}
            </p>
            <p>
                {centreName(pair.centre)} · {pair.vaccine}
            </p>
            <p class="figures">{fours(booking.reference).join(" ")}</p>
            <Papers booking={booking} />
            {active ? (
                <Button busy={busy("cancel")} onPress={() => (cancelling.value = booking)}>
                    {t("found-cancel")}
                </Button>
            ) : null}
        </div>
    );
}

/** A cancellation cannot be taken back: the effect is said in words first. */
function CancelDialog() {
    const booking = cancelling.value;
    return (
        <Dialog
            id="cancel"
            title={t("cancel-title")}
            open={booking !== undefined}
            onClose={() => (cancelling.value = undefined)}
            buttons={
                <>
                    <Button onPress={() => (cancelling.value = undefined)}>{t("cancel-no")}</Button>
                    <Button rank="primary" onPress={() => booking && cancel(booking)}>
                        {t("cancel-yes")}
                    </Button>
                </>
            }
        >
            {booking ? (
                <>
                    <p class="kern-body">{t("cancel-effect", { name: booking.name })}</p>
                    <ul class="cancel__days">
                        <li>{fully(booking.pair.first)}</li>
                        {booking.pair.second ? <li>{fully(booking.pair.second)}</li> : null}
                    </ul>
                </>
            ) : null}
        </Dialog>
    );
}
