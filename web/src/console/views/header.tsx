/** The bar at the top: who and in which state, ready or pause, the queue, the connection, the menu. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Badge, Button, Timer } from "../../common/elements";
import { Menu } from "../../common/menu";
import { t } from "../../common/texts";
import type { AgentState } from "../../protocol";
import { inCall, notReady, ready, toggleReady } from "../actions";
import { busy, desk, setup, state } from "../desk";
import { Lasting } from "./lasting";
import { reasonWord, stateWord } from "./words";
import { AgentMenu } from "./settings";

const TONES: Record<AgentState, [tone: "info" | "success" | "warning" | "danger" | "neutral", sign: string]> = {
    offline: ["danger", "danger"],
    ready: ["success", "success"],
    offered: ["warning", "phone"],
    connecting: ["info", "phone"],
    talking: ["info", "phone"],
    wrap_up: ["warning", "edit"],
    not_ready: ["neutral", "pause"],
};

export function Header() {
    return (
        <header class="bar">
            <h1 class="bar__title kern-title">{t("console-heading")}</h1>
            {desk.value ? <Presence /> : null}
            <span class="bar__gap" />
            {desk.value ? <Queue /> : null}
            <Connection />
            {desk.value ? <AgentMenu name={desk.value.agent.name} /> : null}
        </header>
    );
}

function Presence() {
    const agent = desk.value?.agent;
    if (!agent) {
        return null;
    }
    const [tone, sign] = TONES[agent.state];
    const afterwards = inCall.value || agent.state === "wrap_up";
    return (
        <div class="bar__group">
            <Badge tone={tone} sign={sign}>
                {stateWord(agent.state)}
                {agent.state === "not_ready" && agent.reason ? `: ${reasonWord(agent.reason)}` : null}{" "}
                {afterwards ? <Timer since={agent.since_ms} /> : <Lasting since={agent.since_ms} />}
            </Badge>
            {afterwards ? <Afterwards next={agent.next ?? "ready"} /> : <Switch state={agent.state} />}
            <Reasons />
        </div>
    );
}

function Switch({ state: now }: { state: AgentState }) {
    const isReady = now === "ready" || now === "offered";
    const pause = setup.value?.not_ready_reasons[0];
    return (
        <Button
            id="presence"
            rank={isReady ? "secondary" : "primary"}
            keys="F9"
            busy={busy("ready", "not_ready")}
            onPress={toggleReady}
        >
            {isReady ? (pause ? pause.label : t("presence-not-ready")) : t("presence-ready")}
        </Button>
    );
}

/** During a call: what comes afterwards, always visible, the last choice wins. */
function Afterwards({ next }: { next: string }) {
    return (
        <Button
            id="presence"
            keys="F9"
            pressed={next !== "ready"}
            busy={busy("ready", "not_ready")}
            onPress={toggleReady}
        >
            {t("presence-afterwards", { what: next === "ready" ? stateWord("ready") : reasonWord(next) })}
        </Button>
    );
}

function Reasons() {
    const choices = setup.value?.not_ready_reasons ?? [];
    return (
        <Menu id="reasons" label={t("presence-reasons")}>
            {(close) => (
                <ul class="menu__list">
                    {[{ code: "ready", label: t("presence-ready") }, ...choices].map(({ code, label }) => (
                        <li key={code}>
                            <Button
                                rank="tertiary"
                                onPress={() => {
                                    close();
                                    if (code === "ready") {
                                        ready();
                                    } else {
                                        notReady(code);
                                    }
                                }}
                            >
                                {label}
                            </Button>
                        </li>
                    ))}
                </ul>
            )}
        </Menu>
    );
}

function Queue() {
    const queue = desk.value?.queue;
    if (!queue) {
        return null;
    }
    const old = state.value.link !== "live";
    return (
        <p class={`bar__queue${old ? " is-old" : ""}`}>
            <span>
                {t("queue-waiting")} <b class="figures">{queue.waiting}</b>
            </span>
            <span>
                {t("queue-longest")}{" "}
                <b>{queue.longest_since_ms === null ? "–" : <Lasting since={queue.longest_since_ms} />}</b>
            </span>
        </p>
    );
}

function Connection() {
    const { link } = state.value;
    const patient = useSignal(false);
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
    useEffect(() => {
        // A quick start needs no words: nothing is said before 400 ms.
        timer.current = setTimeout(() => (patient.value = true), 400);
        return () => clearTimeout(timer.current);
    }, [patient]);
    switch (link) {
        case "live":
            return <Badge tone="success">{t("link-live")}</Badge>;
        case "stale":
            return <Badge tone="warning">{t("link-stale")}</Badge>;
        case "broken":
            return <Badge tone="warning">{t("link-broken")}</Badge>;
        case "superseded":
        case "logged_out":
            return <Badge tone="danger">{t("link-superseded")}</Badge>;
        case "connecting":
            return patient.value ? <Badge tone="neutral">{t("link-connecting")}</Badge> : null;
    }
}
