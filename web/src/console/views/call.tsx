/** The caller on the line: who, why, how long; and after the call the wrap-up. */
import { useEffect } from "preact/hooks";
import { say } from "../../common/announce";
import { Badge, Button, Icon, Timer } from "../../common/elements";
import { focus } from "../../common/focus";
import { phone, span } from "../../common/format";
import { t } from "../../common/texts";
import type { AgentView, CallView } from "../../protocol";
import { canHandOn, extend, finish, handOn, hangUp, holdOrResume, recentCodes } from "../actions";
import { busy, desk, setup } from "../desk";
import { arrows } from "../keys";
import { Handover, TransferDialog } from "./transfer";
import { languageWord, topicWord } from "./words";

export function CallBar() {
    const { agent, call } = desk.value ?? {};
    if (!agent || !call) {
        return null;
    }
    return (
        <section class={`callbar callbar--${call.state}`} aria-labelledby="call-title">
            <div class="callbar__line">
                <h2 class="callbar__title" id="call-title" tabIndex={-1} data-home="">
                    <Icon name="phone" />
                    <span class="kern-sr-only">{t("call-from")} </span>
                    <span class="figures">{call.number === null ? t("number-withheld") : phone(call.number)}</span>
                </h2>
                <CallState call={call} />
                <Facts call={call} />
                <span class="bar__gap" />
                {canHandOn(call) ? (
                    <>
                        <Button keys="F4" busy={busy("hold") || busy("resume")} onPress={holdOrResume}>
                            {t(call.state === "held" ? "call-resume" : "call-hold")}
                        </Button>
                        <Button keys="Shift+F8" busy={busy("transfer")} onPress={handOn}>
                            {t("call-hand-on")}
                        </Button>
                    </>
                ) : null}
                {call.state === "ended" ? null : (
                    <Button keys="Shift+F9" busy={busy("hang_up")} onPress={hangUp}>
                        {t("call-hang-up")}
                    </Button>
                )}
            </div>
            {call.handover ? <Handover handover={call.handover} /> : null}
            <TransferDialog />
            {agent.state === "wrap_up" ? <WrapUp agent={agent} call={call} /> : null}
        </section>
    );
}

/** That the two talk is in the header, with the time; here only what is not so. */
function CallState({ call }: { call: CallView }) {
    switch (call.state) {
        case "ringing":
            return (
                <Badge tone="info" sign="phone">
                    {t("call-ringing")}
                </Badge>
            );
        case "connecting":
            return (
                <Badge tone="info" sign="phone">
                    {t("call-connecting")}
                </Badge>
            );
        case "talking":
            return null;
        case "held":
            return <Held until={call.held_until_ms} />;
        case "ended":
            return (
                <Badge tone="warning" sign="close">
                    {t("call-ended")}
                </Badge>
            );
    }
}

function Held({ until }: { until: number | null }) {
    // The agent hears nothing any more: whether the caller is held or gone must be said.
    useEffect(() => say(t("call-held")), []);
    return (
        <Badge tone="warning" sign="pause">
            {t("call-held")}{" "}
            {until === null ? null : (
                <>
                    {t("call-held-until")} <Timer until={until} />
                </>
            )}
        </Badge>
    );
}

function Facts({ call }: { call: CallView }) {
    const waited = call.talking_since_ms === null ? undefined : span(call.talking_since_ms - call.waiting_since_ms);
    return (
        <ul class="facts">
            <li>{topicWord(call.topic)}</li>
            <li>{languageWord(call.language)}</li>
            {waited === undefined ? null : <li class="figures">{t("call-waited", { span: waited })}</li>}
        </ul>
    );
}

function WrapUp({ agent, call }: { agent: AgentView; call: CallView }) {
    const current = desk.value;
    const open = current?.reservation !== null;
    const hasBooked = (current?.bookings.length ?? 0) > 0;
    const codes = sorted(setup.value?.wrap_up_codes ?? []);
    useEffect(() => {
        // Who is typing goes on typing; who has booked goes on to the code.
        if (open) {
            say(t("wrap-up-unfinished"), "assertive");
        } else if (hasBooked) {
            focus(document.getElementById("wrap-up-title"));
        } else {
            say(t("wrap-up-said"), "assertive");
        }
    }, [call.entry]);
    return (
        <div class="wrap-up">
            <div class="wrap-up__head">
                <h3 class="kern-label" id="wrap-up-title" tabIndex={-1}>
                    {t(open ? "wrap-up-unfinished" : "wrap-up-heading")}
                </h3>
                {agent.until_ms === null ? null : (
                    <Badge tone="warning" sign="edit">
                        {t("wrap-up-ends")} <Timer until={agent.until_ms} />
                    </Badge>
                )}
                {agent.extensions_left > 0 ? (
                    <Button keys="Shift+F4" busy={busy("extend_wrap_up")} onPress={extend}>
                        {t("wrap-up-extend", { left: agent.extensions_left })}
                    </Button>
                ) : null}
            </div>
            <ul class="codes" aria-label={t("wrap-up-codes")} onKeyDown={arrows}>
                {codes.map(({ code, label }) => (
                    <li key={code}>
                        <Button busy={busy("finish_wrap_up")} onPress={() => finish(code)}>
                            {label}
                        </Button>
                    </li>
                ))}
            </ul>
        </div>
    );
}

/** The codes used last come first, the others keep the order of the set-up. */
function sorted<C extends { code: string }>(codes: C[]): C[] {
    const recent = recentCodes();
    const rank = ({ code }: C) => (recent.includes(code) ? recent.indexOf(code) : recent.length);
    return [...codes].sort((one, other) => rank(one) - rank(other));
}
