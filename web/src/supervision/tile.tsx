/** A figure with its name, to be read from across the room. */
import type { ComponentChild } from "preact";
import { language, t } from "../common/texts";

interface Props {
    id: string;
    label: string;
    how: string;
    value: ComponentChild;
    today?: boolean | undefined;
}

export function Tile({ id, label, how, value, today }: Props) {
    return (
        <div class="tile" id={id}>
            <dt>
                {label} {today ? <span class="tile__today">{t("board-today")}</span> : null}
            </dt>
            <dd class="tile__value figures">{typeof value === "number" ? value.toLocaleString(language.value) : value}</dd>
            <dd class="tile__how">{how}</dd>
        </div>
    );
}
