/** How long something has lasted, as far as it is known. */
import { Timer } from "../../common/elements";
import { span } from "../../common/format";
import { state } from "../desk";

/** While nothing is heard the figure stands still: a wait that grows would look like news. */
export function Lasting({ since }: { since: number }) {
    const { link, heardAt } = state.value;
    if (link === "live") {
        return <Timer since={since} />;
    }
    return <span class="figures">{heardAt === undefined ? "–" : span(heardAt - since)}</span>;
}
