/** Which pane stands in place of the tables: one, or none. */
import { signal } from "@preact/signals";
import { Button } from "../common/elements";
import { t } from "../common/texts";

export type Pane = "why" | "notice" | "statistics" | "forecast";

export const opened = signal<Pane | undefined>(undefined);

/** Shows a pane in place of the tables, and the tables again. */
export function PaneButton({ pane }: { pane: Pane }) {
    return (
        <Button
            id={pane}
            rank="tertiary"
            pressed={opened.value === pane}
            onPress={() => {
                opened.value = opened.value === pane ? undefined : pane;
            }}
        >
            {t(`${pane}-heading`)}
        </Button>
    );
}
