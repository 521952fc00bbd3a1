/** The figures of a day: totals, a chart, and the same figures in a table and for a spreadsheet. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { serverNow } from "../common/clock";
import { Icon } from "../common/elements";
import { day as dayWords } from "../common/format";
import { language, refusal, t } from "../common/texts";
import { watch, type Problem } from "./ask";
import { Chart } from "./chart";
import { barsOf, columnsOf, dayOf, lasted, otherOf, PARTS, percent, queryOf, type Bar, type Report } from "./report";
import { Tile } from "./tile";

/** Sums of hours change slowly. */
const ASK_AGAIN_MS = 30_000;

/** The day that was chosen; nothing: today, also when the page stays open over midnight. */
const chosen = signal<string | undefined>(undefined);
const report = signal<Report | undefined>(undefined);
const problem = signal<Problem | undefined>(undefined);

function today(): string {
    const now = serverNow();
    return dayOf(Number.isNaN(now) ? Date.now() : now);
}

export function StatisticsPanes() {
    const day = chosen.value ?? today();
    useEffect(() => {
        const stop = new AbortController();
        void watch<Report>(`/supervision/statistics?${queryOf(day)}`, ASK_AGAIN_MS, stop.signal, (answer) => {
            problem.value = "problem" in answer ? answer.problem : undefined;
            report.value = "ok" in answer ? answer.ok : report.peek();
        });
        return () => {
            stop.abort();
            report.value = undefined;
            problem.value = undefined;
        };
    }, [day]);
    const told = report.value;
    return (
        <div class="statistics" aria-busy={told || problem.value ? undefined : "true"}>
            <Chooser day={day} />
            {told ? <Told report={told} day={day} /> : null}
        </div>
    );
}

function Chooser({ day }: { day: string }) {
    const error = problem.value ? refusal(problem.value.code) : undefined;
    return (
        <div class="statistics__chooser">
            <div class={`kern-form-input ${error ? "kern-form-input--error" : ""}`}>
                <label class="kern-label" for="day">
                    {t("statistics-day")}
                </label>
                <input
                    class={`kern-form-input__input ${error ? "kern-form-input__input--error" : ""}`}
                    id="day"
                    // Preact's types want one literal here; to them every field is plain text.
                    type={"date" as "text"}
                    max={today()}
                    value={day}
                    aria-invalid={error ? "true" : undefined}
                    aria-describedby={error ? "day-error" : undefined}
                    onChange={(event) => {
                        const { value } = event.currentTarget;
                        chosen.value = value === "" || value === today() ? undefined : value;
                    }}
                />
                {error ? (
                    <p class="kern-error" id="day-error">
                        <Icon name="danger" size="small" />
                        <span class="kern-body">{error}</span>
                    </p>
                ) : null}
            </div>
            <a
                class="kern-link kern-link--small kern-link--no-visited-state"
                id="csv"
                href={`/supervision/statistics.csv?${queryOf(day)}`}
                download={`vaxline-${day}.csv`}
            >
                {t("statistics-csv")}
            </a>
        </div>
    );
}

function Told({ report: { total, rows, service_level_seconds: seconds, ...range }, day }: { report: Report; day: string }) {
    const bars = barsOf({ total, rows, service_level_seconds: seconds, ...range });
    const title = dayWords(day, language.value, "long");
    const other = otherOf(total);
    return (
        <>
            <dl class="tiles tiles--day">
                <Total name="offered" value={total.offered} />
                <Total name="answered" value={total.answered} />
                <Total name="abandoned" value={total.abandoned} />
                <Total name="other" value={other} />
                <Tile
                    id="total-level"
                    label={t("statistics-level")}
                    how={t("statistics-level-how", { seconds })}
                    value={percent(total.service_level_of_offered, language.value)}
                />
                <Total name="wait" value={lasted(total.wait_answered_mean_seconds)} />
                <Total name="talk" value={lasted(total.talk_mean_seconds)} />
            </dl>
            <div class="pane">
                <h2 class="pane__title">{title}</h2>
                <Chart
                    columns={columnsOf(bars, language.value)}
                    parts={PARTS.map((part) => ({ part, word: t(`statistics-${part}`) }))}
                    under={t("statistics-level-under")}
                    title={title}
                    text={t("statistics-chart", { title })}
                />
            </div>
            <Hours bars={bars} />
        </>
    );
}

function Total({ name, value }: { name: string; value: number | string }) {
    return <Tile id={`total-${name}`} label={t(`statistics-${name}`)} how={t(`statistics-${name}-how`)} value={value} />;
}

function Hours({ bars }: { bars: Bar[] }) {
    return (
        <div class="pane">
            <h2 class="pane__title" id="hours-title">
                {t("statistics-hours")}
            </h2>
            <div class="scroll scroll--hours" tabIndex={0} role="region" aria-labelledby="hours-title">
                <table class="kern-table kern-table--small">
                    <thead class="kern-table__head">
                        <tr class="kern-table__row">
                            <th class="kern-table__header" scope="col">
                                {t("statistics-hour")}
                            </th>
                            {["offered", "answered", "abandoned", "other", "level", "wait"].map((column) => (
                                <th class="kern-table__header kern-table__header--numeric" scope="col" key={column}>
                                    {t(`statistics-${column}`)}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody class="kern-table__body">
                        {bars.map((bar, index) => (
                            <HourRow bar={bar} key={index} />
                        ))}
                    </tbody>
                </table>
            </div>
        </div>
    );
}

function HourRow({ bar }: { bar: Bar }) {
    const counts = [bar.offered, bar.answered, bar.abandoned, bar.other].map((count) => count.toLocaleString(language.value));
    const figures = [...counts, percent(bar.serviceLevel, language.value), lasted(bar.waitSeconds)];
    return (
        <tr class="kern-table__row">
            <th class="kern-table__header figures" scope="row">
                {t("statistics-hour-from", { hour: bar.begins, twin: bar.twin ?? "none" })}
            </th>
            {figures.map((figure, index) => (
                <td class="kern-table__cell kern-table__cell--numeric figures" key={index}>
                    {figure}
                </td>
            ))}
        </tr>
    );
}
