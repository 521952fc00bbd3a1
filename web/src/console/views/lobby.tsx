/** The desk without a caller: ready, on a break, or with an offer to take. */
import { useEffect, useRef } from "preact/hooks";
import { Button, Icon, Timer } from "../../common/elements";
import { focus } from "../../common/focus";
import { serverNow } from "../../common/clock";
import { has, t } from "../../common/texts";
import type { AgentView, OfferView } from "../../protocol";
import { accept, decline, offerShown, toggleReady } from "../actions";
import { ask, busy, desk, setup, state } from "../desk";
import { ring, silence } from "../ring";
import { Script } from "./guide";
import { KeyList } from "./settings";
import { Lasting } from "./lasting";
import { languageWord, reasonWord, topicWord } from "./words";

export function Lobby() {
    const { agent, offer } = desk.value ?? {};
    if (!agent) {
        return null;
    }
    return (
        <div class="lobby">
            {offer ? <Offer offer={offer} key={offer.id} /> : <Status agent={agent} />}
            <div class="lobby__side">
                <section class="pane" aria-labelledby="lobby-guide-title">
                    <h2 class="pane__title" id="lobby-guide-title">
                        {t("guide-heading")}
                    </h2>
                    <Script />
                </section>
                <section class="pane" aria-labelledby="lobby-keys-title">
                    <h2 class="pane__title" id="lobby-keys-title">
                        {t("menu-keys")}
                    </h2>
                    <KeyList />
                </section>
            </div>
        </div>
    );
}

function Status({ agent }: { agent: AgentView }) {
    const queue = desk.value?.queue;
    const { notice, link } = state.value;
    const old = link === "live" ? "" : " is-old";
    return (
        <section class="pane lobby__main" aria-labelledby="lobby-title">
            <h2 class="lobby__title" id="lobby-title" tabIndex={-1} data-home="">
                {title(agent)}
            </h2>
            <p class={`lobby__since${old}`}>
                <Lasting since={agent.since_ms} />
            </p>
            <p class={`lobby__queue${old}`}>
                {!queue || queue.waiting === 0 ? (
                    t("queue-nobody")
                ) : (
                    <>
                        {t("queue-many", { count: queue.waiting })}{" "}
                        {queue.longest_since_ms === null ? null : (
                            <>
                                {t("queue-longest-sentence")} <Lasting since={queue.longest_since_ms} />
                            </>
                        )}
                    </>
                )}
            </p>
            {notice?.kind === "offer_gone" ? (
                <p class="note lobby__note">
                    <Icon name="info" size="small" /> {offerGone(notice.reason)}
                </p>
            ) : null}
            {agent.state === "not_ready" || agent.state === "offline" ? (
                <p>
                    <Button rank="primary" keys="F9" busy={busy("ready", "not_ready")} onPress={toggleReady}>
                        {t("presence-ready")}
                    </Button>
                </p>
            ) : (
                <p class="note">{t("lobby-ready-hint")}</p>
            )}
        </section>
    );
}

function offerGone(reason: string): string {
    const key = `offer-gone-${reason.replaceAll("_", "-")}`;
    return t(has(key) ? key : "offer-gone-expired");
}

function title(agent: AgentView): string {
    switch (agent.state) {
        case "ready":
        case "offered":
            return t("lobby-ready");
        case "offline":
            return t("agent-offline");
        case "connecting":
        case "talking":
        case "wrap_up":
            return t(`agent-${agent.state.replace("_", "-")}`);
        case "not_ready":
            return agent.reason === null
                ? t("agent-not-ready")
                : t("lobby-not-ready", { reason: reasonWord(agent.reason) });
    }
}

function Offer({ offer }: { offer: OfferView }) {
    const before = useRef<Element | null>(null);
    const text = [offer.number_masked ?? t("number-withheld"), topicWord(offer.topic), languageWord(offer.language)];
    useEffect(() => {
        // A dialog would lie over the offer, and take the keys.
        for (const dialog of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) {
            dialog.close();
        }
        before.current = document.activeElement;
        offerShown(offer.id);
        focus(document.getElementById("accept"));
        let said = false;
        const painted = () => {
            if (!said) {
                said = true;
                ask({ t: "painted", offer: offer.id });
            }
        };
        // The second frame begins when the first is on the screen.
        requestAnimationFrame(() => requestAnimationFrame(painted));
        ring((offer.callback ? [t("offer-callback"), ...text] : text).join(" · "), painted);
        return () => {
            said = true;
            silence();
            if (before.current instanceof HTMLElement && before.current.isConnected) {
                focus(before.current);
            }
        };
    }, [offer.id]);
    return (
        <section class="pane lobby__main offer" aria-labelledby="offer-title" data-offer={offer.id}>
            <h2 class="offer__title" id="offer-title">
                <Icon name="phone" size="large" /> {t(offer.callback ? "offer-callback" : "offer-title")}
            </h2>
            {offer.callback ? <p class="note">{t("offer-callback-note")}</p> : null}
            <div id="offer-facts">
                <p class="offer__number figures">{offer.number_masked ?? t("number-withheld")}</p>
                <dl class="offer__facts">
                    <dt>{t("offer-topic")}</dt>
                    <dd>{topicWord(offer.topic)}</dd>
                    <dt>{t("offer-language")}</dt>
                    <dd>{languageWord(offer.language)}</dd>
                </dl>
            </div>
            <dl class="offer__facts">
                <dt>{t("offer-waiting")}</dt>
                <dd>
                    <Timer since={offer.waiting_since_ms} />
                </dd>
                <dt>{t("offer-left")}</dt>
                <dd>
                    <Timer until={offer.until_ms} />
                    <Left offer={offer} />
                </dd>
            </dl>
            <p class="offer__buttons">
                <Button
                    id="accept"
                    rank="primary"
                    keys="F2"
                    busy={busy("accept")}
                    describedBy="offer-facts"
                    onPress={accept}
                    home
                >
                    {t("offer-accept")}
                </Button>
                <Button id="decline" keys="Shift+F2" busy={busy("decline")} onPress={decline}>
                    {t("offer-decline")}
                </Button>
            </p>
        </section>
    );
}

/** How much of the offer's time is left, as a bar; the figures beside it say the same. */
function Left({ offer }: { offer: OfferView }) {
    const length = setup.value?.offer_ms ?? 1;
    const left = Math.max(0, offer.until_ms - serverNow());
    return <progress class="offer__left" max={length} value={left} aria-hidden="true" />;
}
