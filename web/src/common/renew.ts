/**
 * A server of another version speaks to pages of its own version: the page loads itself anew, once. If the old page comes
 * back all the same, it stays as it is instead of loading itself in a circle.
 */
import { PROTOCOL } from "../protocol";

const MARK = `vaxline.renewed.${PROTOCOL}`;

export function greeted(protocol: number): void {
    if (protocol === PROTOCOL) {
        sessionStorage.removeItem(MARK);
    } else if (sessionStorage.getItem(MARK) === null) {
        sessionStorage.setItem(MARK, "1");
        location.reload();
    }
}
