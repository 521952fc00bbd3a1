/** What stands between the page and the truth, said at the top: a lost connection, a part that is down, a refusal. */
import { useEffect } from "preact/hooks";
import { say } from "../../common/announce";
import { Button, Icon } from "../../common/elements";
import { moment } from "../../common/format";
import { has, language, refusal, t } from "../../common/texts";
import { proposals } from "../actions";
import { desk, state, takeBack, tell } from "../desk";

export function Bars() {
    return (
        <section aria-label={t("bars")}>
            <LinkBar />
            <DegradedBar />
            <NoticeBar />
        </section>
    );
}

function LinkBar() {
    const { link, heardAt } = state.value;
    const text =
        link === "broken"
            ? t("bar-broken")
            : link === "stale"
              ? t("bar-stale", { time: heardAt === undefined ? "–" : moment(heardAt, language.value) })
              : undefined;
    useEffect(() => {
        if (text !== undefined) {
            say(t(link === "broken" ? "bar-broken" : "link-stale"), "assertive");
        }
    }, [link]);
    return text === undefined ? null : (
        <p class="strip strip--warning" id="link-bar">
            <Icon name="warning" size="small" /> <span>{text}</span>
        </p>
    );
}

function DegradedBar() {
    const parts = desk.value?.degraded ?? [];
    if (parts.length === 0) {
        return null;
    }
    return (
        <p class="strip strip--info">
            <Icon name="info" size="small" />
            <span>{parts.map((part) => (has(`degraded-${part}`) ? t(`degraded-${part}`) : part)).join(" ")}</span>
        </p>
    );
}

/** Refusals without a field, and answers that did not come. */
function NoticeBar() {
    const { notice } = state.value;
    // A pair that was taken is struck out where it stands, with others below it: no second word, nothing moves.
    const saidInPlace = notice?.kind === "refused" && notice.about === "reserve" && proposals.value?.some(({ taken }) => taken);
    const text =
        notice?.kind === "no_answer"
            ? t("notice-no-answer")
            : notice?.kind === "reservation_gone"
              ? t("notice-reservation-gone")
              : notice?.kind === "refused" && notice.error.field === null && !saidInPlace
                ? refusal(notice.error.code)
                : undefined;
    useEffect(() => {
        if (text !== undefined) {
            say(text, "assertive");
        }
    }, [notice]);
    return text === undefined ? null : (
        <div class="strip strip--danger" id="notice">
            <Icon name="danger" size="small" /> <span>{text}</span>
            <span class="bar__gap" />
            <Button rank="tertiary" onPress={() => tell({ kind: "forget", what: "notice" })}>
                {t("close")}
            </Button>
        </div>
    );
}

/** Another window has the desk. Nothing of the caller stays on this one. */
export function Superseded() {
    return (
        <section class="pane lobby__main takeover" aria-labelledby="takeover-title">
            <h2 class="lobby__title" id="takeover-title">
                {t("takeover-title")}
            </h2>
            <p>{t("takeover-text")}</p>
            <p>
                <Button id="take-back" rank="primary" onPress={takeBack} home>
                    {t("takeover-back")}
                </Button>
            </p>
        </section>
    );
}

/** Before the first snapshot: the shape of what comes, without a word. */
export function Skeleton() {
    return (
        <div class="lobby skeleton" aria-hidden="true">
            <div class="pane lobby__main">
                <span class="skeleton__line" />
                <span class="skeleton__line" />
            </div>
            <div class="lobby__side">
                <div class="pane">
                    <span class="skeleton__line" />
                    <span class="skeleton__line" />
                    <span class="skeleton__line" />
                </div>
            </div>
        </div>
    );
}
