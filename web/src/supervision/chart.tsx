/** The day as bars, an hour each, with the service level under them. */
import { language, t } from "../common/texts";
import { axisTop, percent, piecesOf, PARTS, shortHour, type Bar } from "./report";

// In units of the drawing, which grows with the screen.
const WIDTH = 1280;
const HEIGHT = 150;
const LEFT = 56;
const HEAD = 14;
const FOOT = 44;

export function Chart({ bars, title }: { bars: Bar[]; title: string }) {
    const top = axisTop(bars);
    const step = (WIDTH - LEFT) / bars.length;
    return (
        <>
            <ul class="legend" aria-hidden="true">
                {PARTS.map((part) => (
                    <li key={part}>
                        <svg class="legend__sign" viewBox="0 0 12 12">
                            <rect class={`part part--${part}`} x="1" y="1" width="10" height="10" />
                        </svg>
                        {t(`statistics-${part}`)}
                    </li>
                ))}
                <li>{t("statistics-level-under")}</li>
            </ul>
            <div class="scroll scroll--chart" tabIndex={0} role="region" aria-label={title}>
                <svg class="chart" role="img" aria-labelledby="chart-title" viewBox={`0 0 ${WIDTH} ${HEAD + HEIGHT + FOOT}`}>
                    <title id="chart-title">{t("statistics-chart", { title })}</title>
                    {[0, top / 2, top].map((count) => (
                        <Line count={count} y={HEAD + HEIGHT - (count / top) * HEIGHT} key={count} />
                    ))}
                    {bars.map((bar, index) => (
                        <Column bar={bar} top={top} x={LEFT + index * step} step={step} key={index} />
                    ))}
                </svg>
            </div>
        </>
    );
}

function Line({ count, y }: { count: number; y: number }) {
    return (
        <g>
            <line class="chart__line" x1={LEFT} x2={WIDTH} y1={y} y2={y} />
            <text class="chart__text" x={LEFT - 8} y={y + 5} text-anchor="end">
                {count.toLocaleString(language.value)}
            </text>
        </g>
    );
}

function Column({ bar, top, x, step }: { bar: Bar; top: number; x: number; step: number }) {
    const middle = x + step / 2;
    return (
        <g>
            {piecesOf(bar, top, HEIGHT).map(({ part, y, height }) => (
                <rect class={`part part--${part}`} x={x + step * 0.15} y={HEAD + y} width={step * 0.7} height={height} key={part} />
            ))}
            <text class="chart__text" x={middle} y={HEAD + HEIGHT + 17} text-anchor="middle">
                {shortHour(bar)}
            </text>
            <text class="chart__text chart__text--level" x={middle} y={HEAD + HEIGHT + 38} text-anchor="middle">
                {percent(bar.serviceLevel, language.value)}
            </text>
        </g>
    );
}
