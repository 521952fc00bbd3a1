/** What the next hour brings, and how many agents it needs. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { serverNow } from "../common/clock";
import { Badge, Icon } from "../common/elements";
import { moment } from "../common/format";
import { language, refusal, t } from "../common/texts";
import { watch, type Problem } from "./ask";
import { Chart } from "./chart";
import {
    columnsOf,
    COMING,
    counted,
    hourOf,
    length,
    levelOf,
    nearest,
    ordered,
    quartersOf,
    reached,
    verdictOf,
    type Outlook,
    type Quarter,
    type Row,
    type Settled,
    type Time,
    type Verdict,
} from "./outlook";
import { lasted, percent } from "./report";

/** The server looks at whole quarters of an hour: more often it would say the same. */
const ASK_AGAIN_MS = 60_000;

/** The last outlook, and when it came. */
const outlook = signal<{ told: Outlook; at: number } | undefined>(undefined);
const problem = signal<Problem | undefined>(undefined);

export function ForecastPanes() {
    useEffect(() => {
        const stop = new AbortController();
        void watch<Outlook>("/supervision/forecast", ASK_AGAIN_MS, stop.signal, (answer) => {
            problem.value = "problem" in answer ? answer.problem : undefined;
            if ("ok" in answer) {
                const now = serverNow();
                outlook.value = { told: answer.ok, at: Number.isNaN(now) ? Date.now() : now };
            }
        });
        return () => {
            stop.abort();
            outlook.value = undefined;
            problem.value = undefined;
        };
    }, []);
    if (problem.value?.code === "nothing_known") {
        return <p class="note">{t("forecast-nothing-known")}</p>;
    }
    const known = outlook.value;
    return (
        <div class={`forecast ${problem.value ? "is-old" : ""}`} aria-busy={known || problem.value ? undefined : "true"}>
            <div role="alert">
                {problem.value ? (
                    <p class="strip strip--danger">
                        <Icon name="danger" size="small" />
                        <span>
                            {refusal(problem.value.code)}
                            {known ? ` ${t("forecast-old", { time: moment(known.at, language.value, false) })}` : null}
                        </span>
                    </p>
                ) : null}
            </div>
            {known ? <Told outlook={known.told} /> : null}
        </div>
    );
}

function Told({ outlook: told }: { outlook: Outlook }) {
    const quarters = quartersOf(told, language.value);
    return (
        <>
            <Sentence outlook={told} />
            <div class="pane forecast__chart">
                <h2 class="pane__title">{t("forecast-quarters")}</h2>
                <Chart
                    columns={columnsOf(quarters, language.value)}
                    parts={COMING.map((part) => ({ part, word: t(`forecast-${part}`) }))}
                    under={t("forecast-under")}
                    title={t("forecast-quarters")}
                    text={t("forecast-chart")}
                    height={76}
                />
            </div>
            <div class="forecast__tables">
                <Quarters quarters={quarters} />
                <Rows outlook={told} />
            </div>
            <Basis outlook={told} />
        </>
    );
}

function timeWords({ time, twin }: Time): string {
    return t("forecast-time", { time, twin: twin ?? "none" });
}

function Sentence({ outlook: { at_work, forecast, needed_for_low, needed_for_high, plan } }: { outlook: Outlook }) {
    const { from, to } = hourOf(forecast, language.value);
    const [low, high] = [Math.round(forecast.low), Math.round(forecast.high)];
    const calls = t("forecast-calls", { from: timeWords(from), to: timeWords(to), calls: Math.round(forecast.calls), low, high });
    return (
        <section class="pane" aria-labelledby="forecast-title">
            <div class="forecast__head">
                <h2 class="pane__title" id="forecast-title">
                    {t("forecast-next")}
                </h2>
                <Mark verdict={verdictOf({ at_work, needed_for_high, plan })} />
            </div>
            <p class="forecast__sentence" id="forecast-sentence">
                {calls} {t("forecast-needed", { needed: plan.needed })} {t("forecast-there", { there: at_work })}
            </p>
            <p>{t("forecast-range", { low, high, few: needed_for_low, many: needed_for_high })}</p>
            <p class="note">{t("forecast-pauses")}</p>
        </section>
    );
}

const TONES = { missing: "danger", tight: "warning", enough: "success" } as const;

function Mark({ verdict: { kind, missing } }: { verdict: Verdict }) {
    return <Badge tone={TONES[kind]}>{t(`forecast-verdict-${kind}`, { missing })}</Badge>;
}

/** Brings a row to the middle of its box, and no row halfway under the head. */
function show(box: HTMLElement, row: HTMLElement): void {
    const head = box.querySelector("thead")?.clientHeight ?? 0;
    const rowsAbove = Math.floor(((box.clientHeight - head) / row.offsetHeight - 1) / 2);
    box.scrollTop = row.offsetTop - head - Math.max(0, rowsAbove) * row.offsetHeight;
}

/** A box that scrolls where the screen is low, and then shows its `data-middle`; another one is shown when it changes. */
function Scrolling({ title, middle, children }: { title: string; middle: number; children: ComponentChildren }) {
    const box = useRef<HTMLDivElement>(null);
    useLayoutEffect(() => {
        const row = box.current?.querySelector<HTMLElement>("[data-middle]");
        if (box.current && row) {
            show(box.current, row);
        }
    }, [middle]);
    return (
        <div class="scroll scroll--forecast" tabIndex={0} role="region" aria-labelledby={title} ref={box}>
            <table class="kern-table kern-table--small">{children}</table>
        </div>
    );
}

function Heads({ first, others }: { first: string; others: string[] }) {
    return (
        <thead class="kern-table__head">
            <tr class="kern-table__row">
                <th class="kern-table__header" scope="col">
                    {first}
                </th>
                {others.map((column) => (
                    <th class="kern-table__header kern-table__header--numeric" scope="col" key={column}>
                        {column}
                    </th>
                ))}
            </tr>
        </thead>
    );
}

function Figures({ figures }: { figures: string[] }) {
    return figures.map((figure, index) => (
        <td class="kern-table__cell kern-table__cell--numeric figures" key={index}>
            {figure}
        </td>
    ));
}

function Quarters({ quarters }: { quarters: Quarter[] }) {
    const next = quarters.findIndex(({ expected }) => expected !== null);
    return (
        <div class="pane">
            <h2 class="pane__title" id="quarters-title">
                {t("forecast-figures")}
            </h2>
            <Scrolling title="quarters-title" middle={next}>
                <Heads first={t("forecast-begins")} others={COMING.map((part) => t(`forecast-${part}`))} />
                <tbody class="kern-table__body">
                    {quarters.map((quarter, index) => (
                        <tr class="kern-table__row" data-middle={index === next ? "" : undefined} key={index}>
                            <th class="kern-table__header figures" scope="row">
                                {timeWords(quarter)}
                            </th>
                            {index === next - 1 && quarter.came === null ? (
                                <td class="kern-table__cell kern-table__cell--numeric" colSpan={COMING.length}>
                                    {t("forecast-runs")}
                                </td>
                            ) : (
                                <Figures figures={COMING.map((part) => counted(quarter[part], language.value))} />
                            )}
                        </tr>
                    ))}
                </tbody>
            </Scrolling>
        </div>
    );
}

const COLUMNS = ["occupied", "waiting", "abandoned", "wait"];

function Rows({ outlook: { at_work, goal, plan } }: { outlook: Outlook }) {
    const now = nearest(plan.rows, at_work);
    return (
        <div class="pane">
            <h2 class="pane__title" id="rows-title">
                {t("forecast-rows", goal)}
            </h2>
            <Scrolling title="rows-title" middle={plan.needed}>
                <Heads
                    first={t("forecast-agents")}
                    others={[...COLUMNS.map((column) => t(`forecast-column-${column}`)), t("forecast-within", { seconds: goal.seconds })]}
                />
                <tbody class="kern-table__body">
                    {ordered(plan.rows).map((row) => (
                        <AgentsRow row={row} needed={row.agents === plan.needed} now={row === now ? at_work : undefined} key={row.agents} />
                    ))}
                </tbody>
            </Scrolling>
        </div>
    );
}

function AgentsRow({ row, needed, now }: { row: Row; needed: boolean; now: number | undefined }) {
    return (
        <tr class={`kern-table__row ${needed ? "forecast__needed" : ""}`} data-middle={needed ? "" : undefined}>
            <th class="kern-table__header figures" scope="row">
                <span class="forecast__agents">{row.agents.toLocaleString(language.value)}</span>
                {needed ? (
                    <Badge tone="info" sign="check">
                        {t("forecast-is-needed")}
                    </Badge>
                ) : null}{" "}
                {now === undefined ? null : (
                    <Badge tone="neutral" sign="phone">
                        {row.agents === now ? t("forecast-is-now") : t("forecast-is-nearly-now", { there: now })}
                    </Badge>
                )}
            </th>
            {row.outcome === "settles" ? (
                <Figures figures={figuresOf(row)} />
            ) : (
                <td class="kern-table__cell" colSpan={COLUMNS.length + 1}>
                    {t("forecast-grows", { calls: Math.round(row.callers_per_hour) })}
                </td>
            )}
        </tr>
    );
}

function figuresOf({ occupancy, waiting, abandoned, mean_wait_seconds, answered }: Settled): string[] {
    const share = (ratio: number | null) => percent(ratio, language.value);
    return [share(occupancy), share(waiting), share(abandoned), lasted(mean_wait_seconds), share(reached(answered))];
}

/** What it rests on. */
function Basis({ outlook: { forecast, plan } }: { outlook: Outlook }) {
    const { than, percent: difference } = levelOf(forecast.level);
    const { patience_seconds: patience, load } = plan;
    return (
        <p class="note" id="forecast-basis">
            {[
                t("forecast-basis", { basis: forecast.basis, days: forecast.days }),
                // With nothing older there is no ordinary day.
                forecast.basis === "last_hour" ? "" : t("forecast-level", { than, percent: difference }),
                t("forecast-handling", { length: length(load.handling_seconds, language.value) }),
                patience === null ? t("forecast-patient") : t("forecast-patience", { length: length(patience, language.value) }),
            ]
                .filter(Boolean)
                .join(" ")}
        </p>
    );
}
