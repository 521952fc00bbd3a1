/** When and where: wishes, proposals, the reserved pair, and after the booking what is read aloud. */
import { useEffect } from "preact/hooks";
import { say } from "../../common/announce";
import { Badge, Button, Icon, PaneTitle, Timer } from "../../common/elements";
import { focus } from "../../common/focus";
import { fours, moment } from "../../common/format";
import { seconds, serverNow } from "../../common/clock";
import { language, t } from "../../common/texts";
import type { BookingView, ReservationView } from "../../protocol";
import { proposals, propose, reading, release, reserve } from "../actions";
import { busy, desk, setup } from "../desk";
import { edit, form, keep } from "../draft";
import { arrows } from "../keys";
import type { Proposal } from "../state";
import { Field, Select } from "./fields";
import { centrePlace, fully, paperWord, shortly } from "./words";

/** From here on the agent is asked whether the pair is still wanted. */
const ENDING_MS = 120_000;

export function Appointment() {
    const bookings = desk.value?.bookings ?? [];
    const [newest, ...older] = bookings;
    return (
        <section class="pane" id="appointment" aria-labelledby="appointment-title">
            <PaneTitle id="appointment-title" keys="Alt+2">
                {t("appointment-heading")}
            </PaneTitle>
            {reading.value && newest ? (
                <ReadAloud booking={newest} />
            ) : (
                <>
                    <Wishes />
                    {desk.value?.reservation ? <Reserved reservation={desk.value.reservation} /> : null}
                    <Proposals />
                </>
            )}
            <Booked bookings={reading.value ? older : bookings} />
        </section>
    );
}

function Wishes() {
    const { centre, from_day, day_part } = form.value;
    const centres = setup.value?.centres ?? [];
    return (
        <form
            class="pane__form"
            onSubmit={(event) => {
                event.preventDefault();
                propose();
            }}
        >
            <div class="grid">
                <Select
                    className="grid__full"
                    id="wish-centre"
                    label={t("wish-centre")}
                    value={centre ?? ""}
                    options={[["", t("wish-anywhere")], ...centres.map(({ code, name }) => [code, name] as const)]}
                    onChoose={(value) => edit({ ...form.peek(), centre: value === "" ? null : value })}
                    onEnter={propose}
                    entrance
                />
                <Field
                    className="grid__third"
                    field="from_day"
                    label={t("wish-from")}
                    value={from_day ?? ""}
                    onEdit={(value) => edit({ ...form.peek(), from_day: value === "" ? null : value })}
                    inputMode="numeric"
                    maxLength={10}
                />
                <Select
                    className="grid__third"
                    id="wish-part"
                    label={t("wish-part")}
                    value={day_part}
                    options={[
                        ["any", t("wish-part-any")],
                        ["morning", t("wish-part-morning")],
                        ["afternoon", t("wish-part-afternoon")],
                    ]}
                    onChoose={(value) => edit({ ...form.peek(), day_part: value })}
                    onEnter={propose}
                />
                <div class="grid__third grid__button">
                    <button
                        type="submit"
                        class={`kern-btn kern-btn--secondary kern-btn--block ${busy("propose") ? "is-busy" : ""}`}
                        aria-disabled={busy("propose") ? "true" : undefined}
                    >
                        <Icon name="calendar-today" size="small" />
                        <span class="kern-label">{t("wish-propose")}</span>
                    </button>
                </div>
            </div>
        </form>
    );
}

function Reserved({ reservation }: { reservation: ReservationView }) {
    void seconds.value;
    const { pair, until_ms: until } = reservation;
    const ending = until - serverNow() < ENDING_MS;
    return (
        <div class={`reserved ${ending ? "is-ending" : ""}`} id="reserved">
            <Icon name={ending ? "warning" : "success"} />
            <div class="reserved__text">
                <p class="reserved__pair figures">
                    {shortly(pair.first)}
                    {pair.second ? ` + ${shortly(pair.second)}` : null}
                </p>
                <p>
                    {centrePlace(pair.centre)} · {t("reserved-until", { time: moment(until, language.value, false) })} (
                    <Timer until={until} />)
                </p>
            </div>
            {ending ? (
                <Button onPress={keep} busy={busy("save_draft")}>
                    {t("reserved-keep")}
                </Button>
            ) : null}
            <Button onPress={release} busy={busy("release")} rank="tertiary">
                {t("reserved-release")}
            </Button>
        </div>
    );
}

function Proposals() {
    const made = proposals.value;
    const reserved = desk.value?.reservation?.pair.token;
    const taken = made?.filter((proposal) => proposal.taken).length ?? 0;
    const first = made?.[0]?.pair.token;
    useEffect(() => {
        // New proposals take the focus, so that ↓ and Enter reserve; alternatives come in place and move nothing.
        if (first !== undefined && made?.every((proposal) => !proposal.taken)) {
            focus(document.querySelector<HTMLElement>("#proposals button"));
        }
    }, [first, made?.length]);
    useEffect(() => {
        if (taken > 0) {
            say(t("pair-taken"), "assertive");
            focus(document.querySelector<HTMLElement>("#proposals .is-fresh button"));
        }
    }, [taken]);
    if (!made) {
        return <p class="note">{t("proposals-how")}</p>;
    }
    return (
        <ul class="choices proposals" id="proposals" aria-label={t("proposals-title")} onKeyDown={arrows}>
            {made.map((proposal, index) => (
                <li
                    key={proposal.pair.token}
                    class={`${proposal.taken ? "is-taken" : ""} ${proposal.fresh ? "is-fresh" : ""}`}
                >
                    <ProposalButton
                        proposal={proposal}
                        reserved={proposal.pair.token === reserved}
                        entrance={index === 0}
                    />
                </li>
            ))}
        </ul>
    );
}

interface ProposalProps {
    proposal: Proposal;
    reserved: boolean;
    entrance: boolean;
}

function ProposalButton({ proposal: { pair, taken, fresh }, reserved, entrance }: ProposalProps) {
    const content = (
        <>
            <Icon name={taken ? "close" : reserved ? "check" : "calendar-today"} size="small" />
            <span class="choice__main figures">
                {shortly(pair.first)}
                {pair.second ? ` + ${shortly(pair.second)}` : null}
            </span>
            <span class="choice__more">
                {fresh ? `${t("proposal-fresh")} · ` : null}
                {taken ? t("proposal-taken") : `${centrePlace(pair.centre)} · ${pair.vaccine}`}
            </span>
        </>
    );
    if (taken) {
        return <p class="choice">{content}</p>;
    }
    return (
        <button
            type="button"
            class={`kern-btn kern-btn--tertiary choice ${reserved ? "is-reserved" : ""}`}
            aria-pressed={reserved}
            data-entrance={entrance ? "" : undefined}
            onClick={() => reserve(pair.token)}
        >
            {content}
        </button>
    );
}

/** Big and plain, to be read to the caller as it stands. */
function ReadAloud({ booking }: { booking: BookingView }) {
    const { pair, state: now } = booking;
    const centre = setup.value?.centres.find(({ code }) => code === pair.centre);
    useEffect(() => focus(document.getElementById("read-aloud")), [booking.reference]);
    return (
        <div class="aloud">
            <h3 class="aloud__title" id="read-aloud" tabIndex={-1} data-entrance="">
                <Icon name={now === "confirmed" ? "success" : "danger"} />{" "}
                {t(now === "confirmed" ? "aloud-title" : "aloud-cancelled")}
            </h3>
            <p class="aloud__name">{booking.name}</p>
            <ol class="aloud__days">
                <li>{fully(pair.first)}</li>
                {pair.second ? <li>{fully(pair.second)}</li> : null}
            </ol>
            <p>
                <b>{centre?.name ?? pair.centre}</b>
                {centre ? `, ${centre.street}, ${centre.town}` : null}
            </p>
            <p>{t("aloud-vaccine", { vaccine: pair.vaccine })}</p>
            <p class="aloud__label">{t("aloud-reference")}</p>
            <p class="aloud__reference">
                {fours(booking.reference).map((group) => (
                    <span key={group}>{group}</span>
                ))}
            </p>
            <Papers booking={booking} />
        </div>
    );
}

type Tone = "success" | "warning" | "danger";
/** Where a paper has arrived, or somebody must see to it; on its way it has the tone of news. */
const LETTER_TONES: Record<string, Tone> = { mailed: "success", held: "danger", returned: "danger", diverted: "warning" };
const EMAIL_TONES: Record<string, Tone> = { sent: "success", failed: "danger", in_doubt: "warning" };

/** What became of the letter and the mail, live. */
export function Papers({ booking }: { booking: BookingView }) {
    const { letter, email } = booking;
    return (
        <p class="papers-state">
            {letter === null ? null : (
                <Badge tone={LETTER_TONES[letter] ?? "info"} sign="draft">
                    {t("letter-is", { state: paperWord("letter", letter) })}
                </Badge>
            )}
            {email === null ? null : (
                <Badge tone={EMAIL_TONES[email] ?? "info"} sign="mail">
                    {t("email-is", { state: paperWord("email", email) })}
                </Badge>
            )}
            {letter === null && email === null ? t("papers-none") : null}
        </p>
    );
}

/** Others that were booked in this call. */
function Booked({ bookings }: { bookings: BookingView[] }) {
    if (bookings.length === 0) {
        return null;
    }
    return (
        <div class="booked">
            <h3 class="kern-label" id="booked-title">
                {t("booked-title")}
            </h3>
            <ul aria-labelledby="booked-title">
                {bookings.map((booking) => (
                    <li key={booking.reference}>
                        <b>{booking.name}</b> · {shortly(booking.pair.first)} ·{" "}
                        <span class="figures">{fours(booking.reference).join(" ")}</span>
                        {booking.state === "cancelled" ? ` · ${t("booking-cancelled")}` : null}
                    </li>
                ))}
            </ul>
        </div>
    );
}
