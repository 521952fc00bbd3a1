/** A chart before it is drawn: columns, each of parts that stand on each other. */

/** How many of a part; the first of a column stands on the ground. */
export interface Share {
    part: string;
    count: number;
}

export interface Column {
    label: string;
    /** The figure below the label. */
    under: string;
    shares: readonly Share[];
}

export interface Piece {
    part: string;
    y: number;
    height: number;
}

/** The end of the axis: a round number that the highest column does not pass, and that halves into a whole one. */
export function axisTop(columns: readonly Column[]): number {
    const highest = Math.max(...columns.map(({ shares }) => shares.reduce((sum, { count }) => sum + count, 0)), 4);
    const power = 10 ** Math.floor(Math.log10(highest));
    const step = [1, 2, 4, 5, 6, 8, 10].find((factor) => factor * power >= highest && (factor * power) % 2 === 0);
    return (step ?? 10) * power;
}

/** A column as pieces that stand on each other; a part of nobody has none. */
export function piecesOf(shares: readonly Share[], top: number, height: number): Piece[] {
    const pieces: Piece[] = [];
    let below = 0;
    for (const { part, count } of shares) {
        const piece = (count / top) * height;
        if (piece > 0) {
            pieces.push({ part, y: height - below - piece, height: piece });
        }
        below += piece;
    }
    return pieces;
}
