/** Who the appointments are for: found or new. */
import { useEffect } from "preact/hooks";
import { Button, Icon, PaneTitle } from "../../common/elements";
import { focus } from "../../common/focus";
import { dotted, fours } from "../../common/format";
import { say } from "../../common/announce";
import { t } from "../../common/texts";
import type { PersonForm, PersonHit } from "../../protocol";
import { findPersons, take } from "../actions";
import type { Field as FieldName } from "../check";
import { busy, setup, state, tell } from "../desk";
import { edit, editPerson, form, save } from "../draft";
import { arrows } from "../keys";
import { Checkbox, Field, Select, Summary } from "./fields";

export function Person() {
    const { person } = form.value;
    const text = (field: keyof PersonForm & string) => ({
        field: `person.${field}` as FieldName,
        label: t(`person-${field.replace("_", "-")}`),
        value: person[field] ?? "",
        onEdit: (value: string) => editPerson(field, value),
    });
    return (
        <section class="pane" id="person" aria-labelledby="person-title">
            <PaneTitle id="person-title" keys="Alt+1">
                {t("person-heading")}
            </PaneTitle>
            <Summary fields="form" />
            <form
                class="pane__form"
                onSubmit={(event) => {
                    event.preventDefault();
                    findPersons();
                }}
            >
                <div class="grid">
                    <Field {...text("family_name")} className="grid__half" entrance />
                    <Field {...text("given_name")} className="grid__half" />
                    <Field {...text("born_on")} className="grid__third" inputMode="numeric" maxLength={10} />
                    <div class="grid__third grid__button">
                        <button
                            type="submit"
                            class={`kern-btn kern-btn--secondary kern-btn--block ${busy("find_persons") ? "is-busy" : ""}`}
                            aria-disabled={busy("find_persons") ? "true" : undefined}
                        >
                            <Icon name="search" size="small" />
                            <span class="kern-label">{t("person-find")}</span>
                        </button>
                    </div>
                    <Select
                        className="grid__third"
                        id="person-language"
                        label={t("person-language")}
                        value={person.language}
                        options={[
                            ["de", t("language-de")],
                            ["en", t("language-en")],
                        ]}
                        onChoose={(value) => editPerson("language", value)}
                    />
                    <Hits />
                    <Select
                        className="grid__full"
                        field="person.claim"
                        label={t("person-claim")}
                        value={person.claim}
                        options={[["", t("choose")], ...(setup.value?.claims ?? []).map(({ code, label }) => [code, label] as const)]}
                        onChoose={(value) => editPerson("claim", value)}
                    />
                    <Field {...text("street")} className="grid__full" />
                    <Field {...text("postcode")} className="grid__third" inputMode="numeric" maxLength={5} />
                    <Field {...text("town")} className="grid__two-thirds" />
                    <Field {...text("phone")} className="grid__half" inputMode="tel" optional />
                    <Field {...text("email")} className="grid__half" inputMode="email" optional maxLength={254} />
                </div>
            </form>
            <fieldset class="kern-fieldset papers">
                <legend class="kern-label">{t("papers-heading")}</legend>
                <div class="kern-fieldset__body kern-fieldset__body--horizontal">
                    <Checkbox
                        id="wants-letter"
                        label={t("papers-letter")}
                        checked={form.value.letter}
                        onToggle={(letter) => edit({ ...form.peek(), letter })}
                    />
                    <Checkbox
                        id="wants-email"
                        label={t("papers-email")}
                        checked={form.value.email}
                        onToggle={(email) => edit({ ...form.peek(), email })}
                    />
                </div>
            </fieldset>
        </section>
    );
}

/** What the search found. Choosing fills the form; passing on leaves what was typed. */
function Hits() {
    const { hits } = state.value;
    useEffect(() => {
        if (hits && hits.length > 0) {
            focus(document.querySelector<HTMLElement>("#hits button"));
        } else if (hits) {
            say(t("hits-none"));
        }
    }, [hits]);
    if (!hits) {
        return null;
    }
    const close = () => {
        tell({ kind: "forget", what: "hits" });
        focus(document.getElementById("person-claim"));
    };
    if (hits.length === 0) {
        return (
            <p class="grid__full note">
                <Icon name="info" size="small" /> {t("hits-none")}
            </p>
        );
    }
    return (
        <div class="grid__full hits">
            <h3 class="kern-label" id="hits-title">
                {t("hits-title", { count: hits.length })}
            </h3>
            <ul id="hits" class="choices" aria-labelledby="hits-title" onKeyDown={arrows}>
                {hits.map((hit, index) => (
                    <li key={hit.person.id ?? index}>
                        <HitButton hit={hit} />
                    </li>
                ))}
                <li>
                    <Button rank="tertiary" className="choice" onPress={close}>
                        {t("hits-new")}
                    </Button>
                </li>
            </ul>
        </div>
    );
}

function HitButton({ hit }: { hit: PersonHit }) {
    const { person, booked } = hit;
    return (
        <button
            type="button"
            class="kern-btn kern-btn--tertiary choice"
            onClick={() => {
                take(hit);
                save();
                focus(document.getElementById("person-claim"));
            }}
        >
            <span class="choice__main">
                {person.family_name}, {person.given_name} <span class="figures">{dotted(person.born_on)}</span>
            </span>
            <span class="choice__more">
                {person.street ? `${person.street}, ` : null}
                {person.postcode} {person.town}
            </span>
            {booked ? (
                <span class="choice__more figures">{t("hits-booked", { reference: fours(booked).join(" ") })}</span>
            ) : null}
        </button>
    );
}
