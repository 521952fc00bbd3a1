/** What is still missing for a booking, said before the server is asked. The server checks again, and more. */
import { dateOf } from "../common/format";
import type { DraftForm } from "../protocol";

/** A field of the form, as the server names it too. */
export type Field =
    | "person.family_name"
    | "person.given_name"
    | "person.born_on"
    | "person.claim"
    | "person.street"
    | "person.postcode"
    | "person.town"
    | "person.phone"
    | "person.email"
    | "from_day"
    | "lookup.reference"
    | "lookup.born_on";

/** A field and what is wrong with it: the key of a text. */
export interface FieldError {
    field: Field;
    text: string;
}

/** For proposals the age and the claim are enough: callers ask for dates before they give a name. */
export function missingForProposal(form: DraftForm): FieldError[] {
    const errors: FieldError[] = [];
    if (form.person.born_on.trim() === "") {
        errors.push({ field: "person.born_on", text: "missing-born-on" });
    } else if (dateOf(form.person.born_on) === undefined) {
        errors.push({ field: "person.born_on", text: "wrong-date" });
    }
    if (form.person.claim === "") {
        errors.push({ field: "person.claim", text: "missing-claim" });
    }
    if (form.from_day !== null && form.from_day.trim() !== "" && dateOf(form.from_day) === undefined) {
        errors.push({ field: "from_day", text: "wrong-date" });
    }
    return errors;
}

/** For a booking: everything that the letter and the centre need. In the order of the form. */
export function missingForBooking(form: DraftForm): FieldError[] {
    const { person } = form;
    const errors: FieldError[] = [];
    const need = (field: Field, value: string, text: string) => {
        if (value.trim() === "") {
            errors.push({ field, text });
        }
    };
    need("person.family_name", person.family_name, "missing-family-name");
    // A given name is not asked for: some people have but one name, and the name is read back.
    errors.push(...missingForProposal(form));
    need("person.street", person.street, "missing-street");
    if (!/^\d{5}$/.test(person.postcode.trim())) {
        errors.push({ field: "person.postcode", text: "wrong-postcode" });
    }
    need("person.town", person.town, "missing-town");
    const email = person.email.trim();
    if (form.email && email === "") {
        errors.push({ field: "person.email", text: "missing-email" });
    } else if (email !== "" && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
        errors.push({ field: "person.email", text: "wrong-email" });
    }
    return errors;
}

/** The form as it goes to the server: dates in the one spelling that nobody can misread, an empty wish as none. */
export function tidied(form: DraftForm): DraftForm {
    const born = dateOf(form.person.born_on);
    const from = form.from_day === null ? undefined : dateOf(form.from_day);
    const typed = form.from_day?.trim() ?? "";
    return {
        ...form,
        person: { ...form.person, born_on: born ?? form.person.born_on },
        from_day: from ?? (typed === "" ? null : typed),
        centre: form.centre === "" ? null : form.centre,
    };
}

/**
 * What a proposal depends on, as one text: where it differs, another pair would be proposed. A letter too, which has to
 * arrive before the first day.
 */
export function wishOf(form: DraftForm): string {
    const { person, centre, from_day, day_part, letter } = tidied(form);
    return JSON.stringify([person.born_on, person.claim, centre, from_day, day_part, letter]);
}
