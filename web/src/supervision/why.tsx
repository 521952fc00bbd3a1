/** Why is nobody served? Asked while the panes are open, and answered in sentences. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Timer } from "../common/elements";
import { moment } from "../common/format";
import { has, language, t } from "../common/texts";
import type { Why, WhyThisAgent, WhyThisEntry } from "../protocol";
import { watch } from "./ask";

/** Often enough to watch a reason go, seldom enough to cost nothing. */
const ASK_AGAIN_MS = 2_000;

const answer = signal<Why | "unreachable" | undefined>(undefined);

export function WhyPanes() {
    useEffect(() => {
        const stop = new AbortController();
        void watch<Why>("/supervision/why", ASK_AGAIN_MS, stop.signal, (told) => {
            answer.value = "ok" in told ? told.ok : "unreachable";
        });
        return () => {
            stop.abort();
            answer.value = undefined;
        };
    }, []);
    const why = answer.value;
    if (why === undefined) {
        return <div class="why" aria-busy="true" />;
    }
    if (why === "unreachable") {
        return <p class="note">{t("why-unreachable")}</p>;
    }
    return (
        <div class="why">
            <div class="pane">
                <h2 class="pane__title">{t("why-entries", { shown: why.entries.length, waiting: why.waiting })}</h2>
                {why.entries.length === 0 ? (
                    <p class="note">{t("why-entries-none")}</p>
                ) : (
                    <Table label={t("board-waiting")} columns={["why-place", "why-since", "why-reason", "why-able"]}>
                        {why.entries.map((entry) => (
                            <Entry entry={entry} key={entry.entry} />
                        ))}
                    </Table>
                )}
            </div>
            <div class="pane">
                <h2 class="pane__title">{t("board-agents")}</h2>
                {why.agents.length === 0 ? (
                    <p class="note">{t("board-agents-none")}</p>
                ) : (
                    <Table label={t("board-agents")} columns={["board-name", "why-reason", "why-skills"]}>
                        {why.agents.map((agent) => (
                            <Agent agent={agent} key={agent.name} />
                        ))}
                    </Table>
                )}
            </div>
        </div>
    );
}

function Table({ label, columns, children }: { label: string; columns: string[]; children: preact.ComponentChildren }) {
    return (
        <div class="scroll" tabIndex={0} role="region" aria-label={label}>
            <table class="kern-table kern-table--small">
                <thead class="kern-table__head">
                    <tr class="kern-table__row">
                        {columns.map((column) => (
                            <th class="kern-table__header" scope="col" key={column}>
                                {t(column)}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody class="kern-table__body">{children}</tbody>
            </table>
        </div>
    );
}

function Entry({ entry }: { entry: WhyThisEntry }) {
    const until = entry.until_ms === null ? "" : moment(entry.until_ms, language.value);
    return (
        <tr class="kern-table__row">
            <th class="kern-table__header figures" scope="row">
                {entry.ahead + 1}
            </th>
            <td class="kern-table__cell figures">
                <Timer since={entry.joined_ms} />
            </td>
            <td class="kern-table__cell">
                {t(`why-entry-${entry.why.replaceAll("_", "-")}`, { agent: entry.agent ?? "", until })}
                {entry.changes_ms === null || entry.why === "next" ? null : (
                    <> {t("why-changes", { time: moment(entry.changes_ms, language.value) })}</>
                )}
            </td>
            <td class="kern-table__cell">{counted(entry.able) || "–"}</td>
        </tr>
    );
}

function Agent({ agent }: { agent: WhyThisAgent }) {
    const lacks = counted(agent.lacks);
    return (
        <tr class="kern-table__row">
            <th class="kern-table__header" scope="row">
                {agent.name}
            </th>
            <td class="kern-table__cell">
                {t(`why-agent-${agent.why.replaceAll("_", "-")}`)}
                {lacks && agent.why === "nobody_fits" ? <> {t("why-lacks", { skills: lacks })}</> : null}
            </td>
            <td class="kern-table__cell">{agent.skills || "–"}</td>
        </tr>
    );
}

/** `3 beschäftigt, 1 in Pause`; a skill has no words here and stands for itself. */
function counted(counts: Record<string, number | undefined>): string {
    const word = (code: string) => {
        const key = `why-does-${code.replaceAll("_", "-")}`;
        return has(key) ? t(key) : code;
    };
    return Object.entries(counts)
        .map(([code, count]) => `${count ?? 0} ${word(code)}`)
        .join(", ");
}
