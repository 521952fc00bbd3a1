/** Fields of a form with label, hint and error, and the summary of what is missing. */
import { useEffect } from "preact/hooks";
import { Icon } from "../../common/elements";
import { focus } from "../../common/focus";
import { t } from "../../common/texts";
import { corrected, errorText, fieldErrors, missing } from "../actions";
import type { Field as FieldName } from "../check";
import { save } from "../draft";
import { state } from "../desk";

/** The id of the element of a field: names hold dots, which selectors would read as classes. */
export function idOf(field: FieldName): string {
    return field.replace(".", "-");
}

interface Props {
    field: FieldName;
    label: string;
    value: string;
    onEdit: (value: string) => void;
    hint?: string;
    optional?: boolean;
    inputMode?: "numeric" | "email" | "tel" | "text";
    maxLength?: number;
    entrance?: boolean;
    className?: string;
}

export function Field(props: Props) {
    const { field, label, value, hint } = props;
    const id = idOf(field);
    const error = errorAt(field);
    const describedBy = [error ? `${id}-error` : "", hint ? `${id}-hint` : ""].filter(Boolean).join(" ");
    return (
        <div class={`kern-form-input ${error ? "kern-form-input--error" : ""} ${props.className ?? ""}`}>
            <Label id={id} label={label} optional={props.optional} />
            {hint ? (
                <span class="kern-hint" id={`${id}-hint`}>
                    {hint}
                </span>
            ) : null}
            <input
                class={`kern-form-input__input ${error ? "kern-form-input__input--error" : ""}`}
                id={id}
                type="text"
                autocomplete="off"
                spellcheck={false}
                value={value}
                inputMode={props.inputMode ?? "text"}
                maxLength={props.maxLength ?? 120}
                aria-invalid={error ? "true" : undefined}
                aria-describedby={describedBy || undefined}
                data-entrance={props.entrance ? "" : undefined}
                onInput={(event) => {
                    props.onEdit(event.currentTarget.value);
                    corrected(field);
                }}
                onBlur={save}
            />
            <FieldError id={id} error={error} />
        </div>
    );
}

interface SelectProps {
    field?: FieldName;
    id?: string;
    label: string;
    value: string;
    options: readonly (readonly [value: string, label: string])[];
    onChoose: (value: string) => void;
    onEnter?: () => void;
    entrance?: boolean;
    className?: string;
}

export function Select(props: SelectProps) {
    const id = props.field ? idOf(props.field) : (props.id ?? "");
    const error = props.field ? errorAt(props.field) : undefined;
    return (
        <div class={`kern-form-input ${error ? "kern-form-input--error" : ""} ${props.className ?? ""}`}>
            <Label id={id} label={props.label} />
            <div class="kern-form-input__select-wrapper">
                <select
                    class={`kern-form-input__select ${error ? "kern-form-input__select--error" : ""}`}
                    id={id}
                    aria-invalid={error ? "true" : undefined}
                    aria-describedby={error ? `${id}-error` : undefined}
                    data-entrance={props.entrance ? "" : undefined}
                    onChange={(event) => {
                        props.onChoose(event.currentTarget.value);
                        if (props.field) {
                            corrected(props.field);
                        }
                    }}
                    onKeyDown={(event) => {
                        if (event.key === "Enter" && props.onEnter && !event.ctrlKey) {
                            event.preventDefault();
                            props.onEnter();
                        }
                    }}
                    onBlur={save}
                >
                    {props.options.map(([value, label]) => (
                        <option key={value} value={value} selected={value === props.value}>
                            {label}
                        </option>
                    ))}
                </select>
            </div>
            <FieldError id={id} error={error} />
        </div>
    );
}

export function Checkbox({
    id,
    label,
    checked,
    onToggle,
}: {
    id: string;
    label: string;
    checked: boolean;
    onToggle: (on: boolean) => void;
}) {
    return (
        <div class="kern-form-check">
            <input
                class="kern-form-check__checkbox"
                type="checkbox"
                id={id}
                checked={checked}
                onChange={(event) => onToggle(event.currentTarget.checked)}
            />
            <label class="kern-label" for={id}>
                {label}
            </label>
        </div>
    );
}

function Label({ id, label, optional }: { id: string; label: string; optional?: boolean | undefined }) {
    return (
        <label class="kern-label" for={id}>
            {label}
            {optional ? <span class="kern-label__optional"> {t("optional")}</span> : null}
        </label>
    );
}

function FieldError({ id, error }: { id: string; error: string | undefined }) {
    return error ? (
        <p class="kern-error" id={`${id}-error`}>
            <Icon name="danger" size="small" />
            <span class="kern-body">{error}</span>
        </p>
    ) : null;
}

function errorAt(field: FieldName): string | undefined {
    const found = fieldErrors.value.find((error) => error.field === field);
    return found ? errorText(found) : undefined;
}

/** What is missing, at the top: it takes the focus once per attempt and leads to each field. */
export function Summary({ fields }: { fields: "form" | "lookup" }) {
    const errors = fieldErrors.value.filter(({ field }) => field.startsWith("lookup.") === (fields === "lookup"));
    const { attempt } = missing.value;
    const { notice } = state.value;
    const some = errors.length > 0;
    useEffect(() => {
        if (some) {
            focus(document.getElementById(`summary-${fields}`));
        }
        // Of a new attempt or a new refusal, not of each correction.
    }, [attempt, notice, some && (attempt > 0 || notice !== undefined), fields]);
    if (!some) {
        return null;
    }
    return (
        <div class="summary" id={`summary-${fields}`} tabIndex={-1} role="group" aria-labelledby={`summary-${fields}-title`}>
            <h3 class="kern-label" id={`summary-${fields}-title`}>
                <Icon name="danger" size="small" /> {t("summary-title", { count: errors.length })}
            </h3>
            <ul>
                {errors.map((error) => (
                    <li key={error.field}>
                        <a
                            class="kern-link kern-link--small"
                            href={`#${idOf(error.field)}`}
                            onClick={(event) => {
                                event.preventDefault();
                                focus(document.getElementById(idOf(error.field)));
                            }}
                        >
                            {errorText(error)}
                        </a>
                    </li>
                ))}
            </ul>
        </div>
    );
}
