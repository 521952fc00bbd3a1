/** The supervisor's page: is it fine, at a glance; and if not, where. */
import "../styles/supervision.scss";
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { Announcer, say } from "../common/announce";
import * as clock from "../common/clock";
import { Badge, Icon, Timer } from "../common/elements";
import { watchFocus } from "../common/focus";
import { moment, span } from "../common/format";
import { link } from "../common/link";
import { greeted } from "../common/renew";
import { logOut, pageOf, whoAmI } from "../common/session";
import { choose, has, language, speak, t } from "../common/texts";
import { restoreTheme } from "../common/theme";
import type { AgentState, Board, ToWall } from "../protocol";
import german from "../texts/de/supervision.ftl?raw";
import { ForecastPanes } from "./forecast";
import { NoticePane } from "./notice";
import { opened, PaneButton } from "./panes";
import { count, initial, reduce, sorted, STATES } from "./state";
import { StatisticsPanes } from "./statistics";
import { Tile } from "./tile";
import { WhyPanes } from "./why";

const state = signal(initial);

function Page() {
    const { link: connection, board } = state.value;
    const old = connection === "stale" || connection === "broken";
    // Figures of a day or of the next hour do not come with the board: both at once would be taken for each other.
    const apart = opened.value === "statistics" || opened.value === "forecast";
    useEffect(() => {
        if (old) {
            say(t("link-stale"), "assertive");
        }
    }, [old]);
    return (
        <>
            <Announcer />
            <header class="bar">
                <h1 class="bar__title kern-title">{t("supervision-heading")}</h1>
                <span class="bar__gap" />
                <Connection />
                <div class="bar__group">
                    <PaneButton pane="why" />
                    <PaneButton pane="notice" />
                    <PaneButton pane="statistics" />
                    <PaneButton pane="forecast" />
                    <button
                        type="button"
                        class="kern-btn kern-btn--tertiary"
                        lang={language.value === "de" ? "en" : "de"}
                        onClick={() => void choose(language.value === "de" ? "en" : "de")}
                    >
                        <span class="kern-label">{language.value === "de" ? "English" : "Deutsch"}</span>
                    </button>
                    <button type="button" class="kern-btn kern-btn--tertiary" onClick={() => void logOut()}>
                        <span class="kern-label">{t("menu-log-out")}</span>
                    </button>
                </div>
            </header>
            <section aria-label={t("bars")}>
            {connection === "broken" && board ? (
                <p class="strip strip--warning">
                    <Icon name="warning" size="small" />
                    <span>{t("board-broken", { time: moment(board.epoch_ms, language.value) })}</span>
                </p>
            ) : null}
            {board && board.degraded.length > 0 ? (
                <p class="strip strip--info">
                    <Icon name="info" size="small" />
                    <span>{board.degraded.map((part) => (has(`degraded-${part}`) ? t(`degraded-${part}`) : part)).join(" ")}</span>
                </p>
            ) : null}
            </section>
            <main class={`wall ${old && !apart ? "is-old" : ""}`} aria-busy={board || apart ? undefined : "true"}>
                {apart ? <Apart /> : board ? <Figures board={board} old={old} /> : null}
            </main>
        </>
    );
}

function Connection() {
    const { link: connection, board } = state.value;
    const time = board ? moment(board.epoch_ms, language.value) : "–";
    switch (connection) {
        case "live":
            return <Badge tone="success">{t("board-current")}</Badge>;
        case "stale":
        case "broken":
            return <Badge tone="warning">{t("board-stale", { time })}</Badge>;
        case "connecting":
        case "logged_out":
            return <Badge tone="neutral">{t("link-connecting")}</Badge>;
    }
}

function Figures({ board, old }: { board: Board; old: boolean }) {
    const longest = board.longest_since_ms === null ? "–" : <Since ms={board.longest_since_ms} board={board} old={old} />;
    return (
        <>
            <dl class="tiles">
                <BoardTile name="waiting" value={board.waiting} />
                <BoardTile name="longest" value={longest} />
                <BoardTile name="in-menu" value={board.in_menu} />
                <BoardTile name="talking" value={board.talking} />
                <BoardTile name="ready" value={count(board, "ready")} />
                <BoardTile name="served" value={board.served_today} today />
                <BoardTile name="abandoned" value={board.abandoned_today} today />
                <BoardTile name="booked" value={board.booked_today} today />
            </dl>
            <Below board={board} old={old} />
        </>
    );
}

/** What stands in place of the board. */
function Apart() {
    return opened.value === "forecast" ? <ForecastPanes /> : <StatisticsPanes />;
}

/** What stands below the tiles. */
function Below({ board, old }: { board: Board; old: boolean }) {
    switch (opened.value) {
        case "why":
            return <WhyPanes />;
        case "notice":
            return <NoticePane />;
        default:
            return (
                <div class="tables">
                    <States board={board} />
                    <Agents board={board} old={old} />
                </div>
            );
    }
}

function BoardTile({ name, value, today }: { name: string; value: preact.ComponentChild; today?: boolean }) {
    return <Tile id={`tile-${name}`} label={t(`board-${name}`)} how={t(`board-${name}-how`)} value={value} today={today} />;
}

function States({ board }: { board: Board }) {
    const all = board.agents_by_state.reduce((sum, { agents }) => sum + agents, 0);
    return (
        <section class="pane" aria-labelledby="states-title">
            <h2 class="pane__title" id="states-title">
                {t("board-states")}
            </h2>
            <table class="kern-table kern-table--small">
                <thead class="kern-table__head">
                    <tr class="kern-table__row">
                        <th class="kern-table__header" scope="col">
                            {t("board-state")}
                        </th>
                        <th class="kern-table__header kern-table__header--numeric" scope="col">
                            {t("board-count")}
                        </th>
                    </tr>
                </thead>
                <tbody class="kern-table__body">
                    {STATES.map((name) => (
                        <tr class="kern-table__row" key={name}>
                            <th class="kern-table__header" scope="row">
                                {stateWord(name)}
                            </th>
                            <td class="kern-table__cell kern-table__cell--numeric figures">{count(board, name)}</td>
                        </tr>
                    ))}
                </tbody>
                <tfoot class="kern-table__footer">
                    <tr class="kern-table__row">
                        <th class="kern-table__header" scope="row">
                            {t("board-sum")}
                        </th>
                        <td class="kern-table__cell kern-table__cell--numeric figures">{all}</td>
                    </tr>
                </tfoot>
            </table>
        </section>
    );
}

/** How long something has lasted. On a dead screen it stands still: a wait that grows would look like life. */
function Since({ ms, board, old }: { ms: number; board: Board; old: boolean }) {
    return old ? <span class="figures">{span(board.epoch_ms - ms)}</span> : <Timer since={ms} />;
}

function Agents({ board, old }: { board: Board; old: boolean }) {
    const { agents } = board;
    return (
        <div class="pane">
            <h2 class="pane__title" id="agents-title">
                {t("board-agents")}
            </h2>
            {agents.length === 0 ? (
                <p class="note">{t("board-agents-none")}</p>
            ) : (
                <div class="scroll" tabIndex={0} role="region" aria-labelledby="agents-title">
                    <table class="kern-table kern-table--small">
                        <thead class="kern-table__head">
                            <tr class="kern-table__row">
                                {["name", "state", "reason", "since"].map((column) => (
                                    <th class="kern-table__header" scope="col" key={column}>
                                        {t(`board-${column}`)}
                                    </th>
                                ))}
                            </tr>
                        </thead>
                        <tbody class="kern-table__body">
                            {sorted(agents).map((agent) => (
                                <tr class="kern-table__row" key={agent.name}>
                                    <th class="kern-table__header" scope="row">
                                        {agent.name}
                                    </th>
                                    <td class="kern-table__cell">{stateWord(agent.state)}</td>
                                    <td class="kern-table__cell">{agent.reason ? reasonWord(agent.reason) : "–"}</td>
                                    <td class="kern-table__cell figures">
                                        <Since ms={agent.since_ms} board={board} old={old} />
                                    </td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            )}
        </div>
    );
}

function stateWord(name: AgentState): string {
    return t(`agent-${name.replace("_", "-")}`);
}

function reasonWord(code: string): string {
    const key = `reason-${code.replaceAll("_", "-")}`;
    return has(key) ? t(key) : code;
}

function start(): void {
    clock.start();
    const line = link<ToWall>(() => "/supervision/ws", (event) => {
        if (event.kind === "frame") {
            clock.heard(event.frame.t === "hello" ? event.frame.epoch_ms : event.frame.board.epoch_ms);
            if (event.frame.t === "hello") {
                // A wall hangs for weeks: it takes a new version by itself.
                greeted(event.frame.protocol);
                line.expect(event.frame.heartbeat_ms);
            }
        }
        state.value = reduce(state.peek(), event);
        if (state.peek().link === "logged_out") {
            location.assign("/");
        }
    });
}

restoreTheme();
await speak({ de: german, en: () => import("../texts/en/supervision.ftl?raw") });
effect(() => {
    document.documentElement.lang = language.value;
    document.title = t("title-supervision");
});
const root = document.getElementById("app");
if (root) {
    render(<Page />, root);
}
watchFocus();
void whoAmI().then((asked) => {
    if (asked.kind === "nobody") {
        location.replace("/");
    } else if (asked.kind === "me" && asked.me.role !== "supervisor") {
        location.replace(pageOf(asked.me));
    } else {
        start();
    }
});
