/** Dates, times and numbers as people write them, in the zone of the campaign. */
import type { Language } from "./texts";

const ZONE = "Europe/Berlin";

/** `3:07` or `1:02:09`: how long, never negative. */
export function span(ms: number): string {
    const total = Math.max(0, Math.floor(ms / 1000));
    const [hours, minutes, secs] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
    const two = (value: number) => String(value).padStart(2, "0");
    return hours > 0 ? `${hours}:${two(minutes)}:${two(secs)}` : `${minutes}:${two(secs)}`;
}

/** `14:03:12`, a moment of the server. */
export function moment(epochMs: number, language: Language, withSeconds = true): string {
    const format = new Intl.DateTimeFormat(language === "de" ? "de-DE" : "en-GB", {
        hour: "2-digit",
        minute: "2-digit",
        ...(withSeconds ? { second: "2-digit" as const } : {}),
        timeZone: ZONE,
    });
    return format.format(new Date(epochMs));
}

/** A local date (`2021-05-14`): short for lists, long for reading aloud. */
export function day(iso: string, language: Language, style: "short" | "long"): string {
    const locale = language === "de" ? "de-DE" : "en-GB";
    // A local date has no zone: noon in UTC, shown in UTC, stays the same day everywhere.
    const date = new Date(`${iso}T12:00:00Z`);
    if (Number.isNaN(date.getTime())) {
        return iso;
    }
    const options: Intl.DateTimeFormatOptions =
        style === "short"
            ? { weekday: "short", day: "2-digit", month: "2-digit", timeZone: "UTC" }
            : { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
    return new Intl.DateTimeFormat(locale, options).format(date).replace(".,", ",");
}

/** `2021-05-14` as `14.05.2021`, the way a birth date is typed and read back; other text stays as it is. */
export function dotted(iso: string): string {
    const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
    return found ? `${found[3]}.${found[2]}.${found[1]}` : iso;
}

/** Area codes of three digits where the hotline's callers live, and of mobile phones; others have four or more. */
const SHORT_AREA = /^(?:1[567]\d|30|40|69|89|341|351|371)/;

/** `+4935155504711` as `+49 351 5550 4711`: a number is compared and read back in groups. */
export function phone(number: string): string {
    const national = /^\+49(\d{5,})$/.exec(number)?.[1];
    if (national === undefined) {
        return number;
    }
    const area = SHORT_AREA.exec(national)?.[0] ?? national.slice(0, 4);
    const groups = national.slice(area.length).match(/.{1,4}/g) ?? [];
    return ["+49", area, ...groups].join(" ");
}

/** A reference in groups of four, as it is read aloud. */
export function fours(reference: string): string[] {
    return reference.replace(/[\s-]/g, "").match(/.{1,4}/g) ?? [];
}

/** Date as people say it (`24.3.1939`, `24 03 39` is refused: which century?) to `1939-03-24`, or nothing. */
export function dateOf(typed: string): string | undefined {
    const text = typed.trim();
    const spoken = /^(\d{1,2})[.\s/-]+(\d{1,2})[.\s/-]+(\d{4})$/.exec(text) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(text);
    const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
    const [year, month, date] = iso
        ? [iso[1], iso[2], iso[3]].map(Number)
        : spoken
          ? [spoken[3], spoken[2], spoken[1]].map(Number)
          : [];
    if (!year || !month || !date) {
        return undefined;
    }
    const real = new Date(Date.UTC(year, month - 1, date));
    const exists = real.getUTCFullYear() === year && real.getUTCMonth() === month - 1 && real.getUTCDate() === date;
    return exists ? real.toISOString().slice(0, 10) : undefined;
}
