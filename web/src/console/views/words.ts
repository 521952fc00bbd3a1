/** Words of states and codes: from the set-up where it has them, else from the texts. */
import { has, language, t } from "../../common/texts";
import { day } from "../../common/format";
import type { AgentState, Choice, PairView } from "../../protocol";
import { setup } from "../desk";

export function stateWord(state: AgentState): string {
    return t(`agent-${state.replace("_", "-")}`);
}

/** A not-ready reason; `ready` too, where it stands for what comes after the call. */
export function reasonWord(code: string): string {
    return chosen(setup.value?.not_ready_reasons, code) ?? known(`reason-${code.replaceAll("_", "-")}`) ?? code;
}

export function topicWord(topic: string): string {
    return known(`topic-${topic}`) ?? topic;
}

export function languageWord(code: string): string {
    return known(`language-${code}`) ?? code;
}

/** What became of a letter or a mail. A state that a newer server knows has a neutral word, never its code. */
export function paperWord(paper: "letter" | "email", state: string): string {
    return known(`${paper}-${state.replaceAll("_", "-")}`) ?? t("state-other");
}

export function bookingWord(state: string): string {
    return known(`booking-${state}`) ?? t("state-other");
}

export function centreName(code: string): string {
    return setup.value?.centres.find((centre) => centre.code === code)?.name ?? code;
}

/** For lists, where every entry is a vaccination centre: its place alone. */
export function centrePlace(code: string): string {
    return centreName(code).replace(/^Impfzentrum /, "");
}

/** `Mi, 14.05. 09:20`, for lists. */
export function shortly(appointment: PairView["first"]): string {
    return `${day(appointment.day, language.value, "short")} ${appointment.time}`;
}

/** `Mittwoch, 14. Mai 2021, 09:20 Uhr`, for reading aloud. */
export function fully(appointment: PairView["first"]): string {
    return t("appointment-aloud", { day: day(appointment.day, language.value, "long"), time: appointment.time });
}

function chosen(choices: Choice[] | undefined, code: string): string | undefined {
    return choices?.find((choice) => choice.code === code)?.label;
}

function known(key: string): string | undefined {
    return has(key) ? t(key) : undefined;
}
