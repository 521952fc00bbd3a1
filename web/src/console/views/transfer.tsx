/** Handing the caller on: to a queue or a colleague, with a word for whoever comes next. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Dialog } from "../../common/dialog";
import { Button } from "../../common/elements";
import { t } from "../../common/texts";
import type { ColleagueView, HandoverView, TransferTo } from "../../protocol";
import { canHandOn, handing, transfer } from "../actions";
import { busy, desk, setup, state } from "../desk";
import { Select } from "./fields";

/** The server takes no longer ones. */
const LONGEST_NOTE = 200;

export function TransferDialog() {
    const chosen = useSignal("");
    const note = useSignal("");
    const open = handing.value && canHandOn(desk.value?.call);
    useEffect(() => {
        if (open) {
            chosen.value = "";
            note.value = "";
        }
    }, [open]);
    const targets = targetsOf(state.value.colleagues ?? []);
    const target = targets.find(({ value }) => value === chosen.value) ?? targets[0];
    return (
        <Dialog
            id="transfer"
            title={t("transfer-title")}
            open={open}
            onClose={() => (handing.value = false)}
            buttons={
                <>
                    <Button onPress={() => (handing.value = false)}>{t("transfer-no")}</Button>
                    <Button
                        rank="primary"
                        busy={busy("transfer")}
                        onPress={() => target && transfer(target.to, note.value)}
                    >
                        {t("transfer-yes")}
                    </Button>
                </>
            }
        >
            <p class="kern-body">{t(desk.value?.reservation ? "transfer-effect-pair" : "transfer-effect")}</p>
            <Select
                id="transfer-to"
                label={t("transfer-to")}
                value={target?.value ?? ""}
                options={targets.map(({ value, label }) => [value, label] as const)}
                onChoose={(value) => (chosen.value = value)}
            />
            <div class="kern-form-input">
                <label class="kern-label" for="transfer-note">
                    {t("transfer-note")}
                </label>
                <textarea
                    class="kern-form-input__input"
                    id="transfer-note"
                    rows={2}
                    maxLength={LONGEST_NOTE}
                    value={note.value}
                    onInput={(event) => (note.value = event.currentTarget.value)}
                />
            </div>
        </Dialog>
    );
}

/** What the agent before has left. */
export function Handover({ handover }: { handover: HandoverView }) {
    return (
        <p class="handover">
            <b>{t("handover-by", { name: handover.by })}</b> {handover.note}
        </p>
    );
}

interface Target {
    value: string;
    label: string;
    to: TransferTo;
}

function targetsOf(colleagues: ColleagueView[]): Target[] {
    const queues = (setup.value?.queues ?? []).map(({ code, label }): Target => {
        return { value: `queue:${code}`, label: t("transfer-queue", { label }), to: { kind: "queue", code } };
    });
    const agents = colleagues.map(({ id, name, state: doing }): Target => {
        // One is free, or will be.
        const label = t(doing === "ready" ? "transfer-agent-free" : "transfer-agent-busy", { name });
        return { value: `agent:${id}`, label, to: { kind: "agent", id } };
    });
    return [...queues, ...agents];
}
