import { expect, test } from "vitest";
import { missing, refused, spoken } from "../src/supervision/words";

test("an announcement is sent as one line, for a voice has no line breaks", () => {
    expect(spoken({ de: " Heute\nschließen wir \n", en: "" })).toEqual({ de: "Heute schließen wir", en: "" });
});

test("both texts are needed", () => {
    expect(missing({ de: "Guten Tag", en: "" })).toEqual({ en: "required" });
    expect(missing({ de: "Guten Tag", en: "Hello" })).toEqual({});
});

test("a refusal stands at the text that it names", () => {
    expect(refused({ code: "bad_text", detail: "en: longer than 900 characters" })).toEqual({ en: "bad_text" });
    expect(refused({ code: "bad_text", detail: "de: missing; en: missing" })).toEqual({ de: "bad_text", en: "bad_text" });
    expect(refused({ code: "bad_text", detail: "a notice is a JSON object with the texts de and en" })).toEqual({});
    expect(refused({ code: "fault", detail: "de: x" })).toEqual({});
});
