import { describe, expect, test } from "vitest";
import { missingForBooking, missingForProposal, tidied } from "../src/console/check";
import type { DraftForm } from "../src/protocol";

const form: DraftForm = {
    person: {
        id: null,
        family_name: "Łukasik",
        given_name: "Jürgen",
        born_on: "24.3.1939",
        street: "Königsbrücker Straße 12",
        postcode: "01099",
        town: "Dresden",
        phone: "",
        email: "",
        claim: "age_80",
        language: "de",
    },
    centre: null,
    from_day: null,
    day_part: "any",
    letter: true,
    email: false,
    note: "",
};

const changed = (person: Partial<DraftForm["person"]>): DraftForm => ({ ...form, person: { ...form.person, ...person } });
const fields = (errors: { field: string }[]) => errors.map(({ field }) => field);

describe("what is missing", () => {
    test("age and claim are enough for proposals: callers ask for dates before they give a name", () => {
        expect(missingForProposal(changed({ family_name: "", street: "" }))).toEqual([]);
        expect(fields(missingForProposal(changed({ born_on: "", claim: "" })))).toEqual(["person.born_on", "person.claim"]);
        expect(fields(missingForProposal({ ...form, from_day: "nächste Woche" }))).toEqual(["from_day"]);
    });

    test("a complete form lacks nothing", () => {
        expect(missingForBooking(form)).toEqual([]);
    });

    test("errors come in the order of the form", () => {
        const empty = changed({ family_name: " ", born_on: "39", street: "", postcode: "1099", town: "" });
        expect(fields(missingForBooking(empty))).toEqual([
            "person.family_name",
            "person.born_on",
            "person.street",
            "person.postcode",
            "person.town",
        ]);
    });

    test("some people have one name, and e-mail is never forced", () => {
        expect(missingForBooking(changed({ given_name: "" }))).toEqual([]);
        expect(fields(missingForBooking({ ...form, email: true }))).toEqual(["person.email"]);
        expect(fields(missingForBooking(changed({ email: "niemand" })))).toEqual(["person.email"]);
    });
});

describe("the form as it is sent", () => {
    test("dates have one spelling, an empty wish is none", () => {
        const sent = tidied({ ...form, from_day: "1.6.2021", centre: "" });
        expect(sent.person.born_on).toBe("1939-03-24");
        expect(sent.from_day).toBe("2021-06-01");
        expect(sent.centre).toBeNull();
        expect(tidied({ ...form, from_day: " " }).from_day).toBeNull();
    });

    test("what cannot be read goes as it was typed: the server says what is wrong with it", () => {
        expect(tidied(changed({ born_on: "39" })).person.born_on).toBe("39");
    });
});
