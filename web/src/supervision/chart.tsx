/** Columns beside each other, with a figure under each. */
import { language } from "../common/texts";
import { axisTop, piecesOf, type Column } from "./columns";

// In units of the drawing, which grows with the screen.
const WIDTH = 1280;
const LEFT = 56;
const HEAD = 14;
const FOOT = 44;

interface Props {
    columns: readonly Column[];
    parts: readonly { part: string; word: string }[];
    /** What the figures under the columns are. */
    under: string;
    title: string;
    /** What readers hear in place of the drawing. */
    text: string;
    height?: number;
}

export function Chart({ columns, parts, under, title, text, height = 150 }: Props) {
    const top = axisTop(columns);
    const step = (WIDTH - LEFT) / columns.length;
    return (
        <>
            <ul class="legend" aria-hidden="true">
                {parts.map(({ part, word }) => (
                    <li key={part}>
                        <svg class="legend__sign" viewBox="0 0 12 12">
                            <rect class={`part part--${part}`} x="1" y="1" width="10" height="10" {...FILLS[part]} />
                        </svg>
                        {word}
                    </li>
                ))}
                <li>{under}</li>
            </ul>
            <div class="scroll scroll--chart" tabIndex={0} role="region" aria-label={title}>
                <svg class="chart" role="img" aria-labelledby="chart-title" viewBox={`0 0 ${WIDTH} ${HEAD + height + FOOT}`}>
                    <title id="chart-title">{text}</title>
                    <defs>
                        <pattern id="hatch" class="hatch" width="6" height="6" patternUnits="userSpaceOnUse">
                            <path d="M-1 1 1 -1M0 6 6 0M5 7 7 5" />
                        </pattern>
                    </defs>
                    {[0, top / 2, top].map((count) => (
                        <Line count={count} y={HEAD + height - (count / top) * height} key={count} />
                    ))}
                    {columns.map((column, index) => (
                        <Bar column={column} top={top} height={height} x={LEFT + index * step} step={step} key={index} />
                    ))}
                </svg>
            </div>
        </>
    );
}

/** A style sheet is another file, where the pattern would be looked for in vain. */
const FILLS: Record<string, { fill: string } | undefined> = { expected: { fill: "url(#hatch)" } };

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

function Bar({ column, top, height, x, step }: { column: Column; top: number; height: number; x: number; step: number }) {
    const middle = x + step / 2;
    return (
        <g>
            {piecesOf(column.shares, top, height).map(({ part, y, height: high }) => (
                <rect
                    class={`part part--${part}`}
                    x={x + step * 0.15}
                    y={HEAD + y}
                    width={step * 0.7}
                    height={high}
                    {...FILLS[part]}
                    key={part}
                />
            ))}
            <text class="chart__text" x={middle} y={HEAD + height + 17} text-anchor="middle">
                {column.label}
            </text>
            <text class="chart__text chart__text--level" x={middle} y={HEAD + height + 38} text-anchor="middle">
                {column.under}
            </text>
        </g>
    );
}
