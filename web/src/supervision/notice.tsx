/** What every caller hears before the menu: read by all supervisors, switched by each of them. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { say } from "../common/announce";
import { Dialog } from "../common/dialog";
import { Badge, Button, Icon } from "../common/elements";
import { focus } from "../common/focus";
import { refusal, t } from "../common/texts";
import { change, watch, type Problem } from "./ask";
import { missing, refused, spoken, TONGUES, type Tongue, type Words, type Wrong } from "./words";

const PATH = "/supervision/notice";
/** Another supervisor may switch it as well. */
const ASK_AGAIN_MS = 5_000;

/** What callers hear now: `null` is nothing, and `undefined` is not known yet. */
const notice = signal<Words | null | undefined>(undefined);
/** The last answer did not come: what is shown may be old. */
const unsure = signal<Problem | undefined>(undefined);
/** What is typed stays when the pane is put away: a half-written text is work. */
const draft = signal<Words | undefined>(undefined);
const wrong = signal<Wrong>({});
const problem = signal<Problem | undefined>(undefined);
const busy = signal<"on" | "off" | undefined>(undefined);
const asksOff = signal(false);
/** Counts the switching: an answer that was asked for before is older than what was switched. */
let switched = 0;

function typed(): Words {
    return draft.value ?? notice.value ?? { de: "", en: "" };
}

function show(found: Wrong, other: Problem | undefined): void {
    wrong.value = found;
    problem.value = other;
    const first = TONGUES.find((tongue) => found[tongue] !== undefined);
    focus(document.getElementById(first ? `notice-${first}` : ""));
}

async function switchOn(): Promise<void> {
    const words = spoken(typed());
    const empty = missing(words);
    show(empty, undefined);
    if (Object.keys(empty).length > 0) {
        return;
    }
    busy.value = "on";
    const refusedBy = await change("PUT", PATH, words);
    busy.value = undefined;
    if (refusedBy) {
        const found = refused(refusedBy);
        show(found, Object.keys(found).length > 0 ? undefined : refusedBy);
        return;
    }
    switched += 1;
    notice.value = words;
    draft.value = undefined;
    say(t("notice-is-on"));
}

async function switchOff(): Promise<void> {
    asksOff.value = false;
    show({}, undefined);
    busy.value = "off";
    const refusedBy = await change("DELETE", PATH);
    busy.value = undefined;
    if (refusedBy) {
        problem.value = refusedBy;
        return;
    }
    switched += 1;
    // The words stay in the fields: whoever switches off by mistake switches on again.
    draft.value = typed();
    notice.value = null;
    say(t("notice-is-off"));
}

export function NoticePane() {
    useEffect(() => {
        const stop = new AbortController();
        let before = switched;
        void watch<Words | null>(PATH, ASK_AGAIN_MS, stop.signal, (answer) => {
            unsure.value = "problem" in answer ? answer.problem : undefined;
            if ("ok" in answer && before === switched && busy.peek() === undefined) {
                notice.value = answer.ok;
            }
            before = switched;
        });
        return () => {
            stop.abort();
            notice.value = undefined;
            show({}, undefined);
        };
    }, []);
    return (
        <div class="notice" aria-busy={notice.value === undefined && !unsure.value ? "true" : undefined}>
            <Heard />
            <Form />
            <Off />
        </div>
    );
}

/** What callers hear now. */
function Heard() {
    const heard = notice.value;
    return (
        <section class="pane" aria-labelledby="notice-title">
            <h2 class="pane__title" id="notice-title">
                {t("notice-now")}
            </h2>
            {unsure.value ? <p class="note">{refusal(unsure.value.code)}</p> : null}
            {heard === undefined ? null : heard === null ? (
                <>
                    <Badge tone="neutral">{t("notice-off-state")}</Badge>
                    <p class="notice__heard note">{t("notice-nothing")}</p>
                </>
            ) : (
                <>
                    <Badge tone="warning">{t("notice-on-state")}</Badge>
                    <dl class="notice__heard">
                        {TONGUES.map((tongue) => (
                            <div key={tongue}>
                                <dt class="kern-label">{t(`language-${tongue}`)}</dt>
                                <dd lang={tongue}>{heard[tongue]}</dd>
                            </div>
                        ))}
                    </dl>
                </>
            )}
        </section>
    );
}

function Form() {
    const on = Boolean(notice.value);
    return (
        <section class="pane" aria-labelledby="notice-form-title">
            <h2 class="pane__title" id="notice-form-title">
                {t(on ? "notice-other" : "notice-new")}
            </h2>
            <div class="notice__fields">
                {TONGUES.map((tongue) => (
                    <Text tongue={tongue} key={tongue} />
                ))}
            </div>
            {problem.value ? (
                <p class="strip strip--danger" role="alert">
                    <Icon name="danger" size="small" /> <span>{refusal(problem.value.code)}</span>
                </p>
            ) : null}
            <div class="notice__buttons">
                <Button id="notice-on" rank="primary" busy={busy.value === "on"} onPress={() => void switchOn()} home>
                    {t(on ? "notice-replace" : "notice-on")}
                </Button>
                {on ? (
                    <Button id="notice-off" busy={busy.value === "off"} onPress={() => (asksOff.value = true)}>
                        {t("notice-off")}
                    </Button>
                ) : null}
                <p class="note">{t("notice-how")}</p>
            </div>
        </section>
    );
}

function Text({ tongue }: { tongue: Tongue }) {
    const id = `notice-${tongue}`;
    const code = wrong.value[tongue];
    return (
        <div class={`kern-form-input ${code ? "kern-form-input--error" : ""}`}>
            <label class="kern-label" for={id}>
                {t(`language-${tongue}`)}
            </label>
            <textarea
                class={`kern-form-input__input ${code ? "kern-form-input__input--error" : ""}`}
                id={id}
                lang={tongue}
                rows={3}
                value={typed()[tongue]}
                aria-required="true"
                aria-invalid={code ? "true" : undefined}
                aria-describedby={code ? `${id}-error` : undefined}
                onInput={(event) => {
                    draft.value = { ...typed(), [tongue]: event.currentTarget.value };
                    wrong.value = { ...wrong.value, [tongue]: undefined } as Wrong;
                }}
            />
            {code ? (
                <p class="kern-error" id={`${id}-error`}>
                    <Icon name="danger" size="small" />
                    <span class="kern-body">{refusal(code)}</span>
                </p>
            ) : null}
        </div>
    );
}

/** Asked once: from the next call on nobody hears it any more. */
function Off() {
    return (
        <Dialog
            id="notice-off-dialog"
            title={t("notice-off-title")}
            open={asksOff.value}
            onClose={() => (asksOff.value = false)}
            buttons={
                <>
                    <Button onPress={() => (asksOff.value = false)}>{t("notice-off-no")}</Button>
                    <Button rank="primary" id="notice-off-yes" onPress={() => void switchOff()}>
                        {t("notice-off")}
                    </Button>
                </>
            }
        >
            <p class="kern-body">{t("notice-off-effect")}</p>
        </Dialog>
    );
}
