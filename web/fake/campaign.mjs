/** What the scripted server knows: centres, claims, persons. Invented, for developing the pages only. */

/** @typedef {import("../src/protocol").Setup} Setup */
/** @typedef {import("../src/protocol").PairView} PairView */
/** @typedef {import("../src/protocol").PersonForm} PersonForm */

/** @type {Setup} */
export const setup = {
    centres: [
        { code: "dresden", name: "Impfzentrum Dresden", street: "Messering 6", town: "01067 Dresden" },
        { code: "leipzig", name: "Impfzentrum Leipzig", street: "Messe-Allee 1", town: "04356 Leipzig" },
        { code: "chemnitz", name: "Impfzentrum Chemnitz", street: "Hartmannstraße 3", town: "09111 Chemnitz" },
        { code: "pirna", name: "Impfzentrum Pirna", street: "Struppener Straße 13", town: "01796 Pirna" },
        { code: "loebau", name: "Impfzentrum Löbau", street: "Görlitzer Straße 2", town: "02708 Löbau" },
        { code: "annaberg", name: "Impfzentrum Annaberg-Buchholz", street: "Talstraße 8", town: "09456 Annaberg-Buchholz" },
    ],
    not_ready_reasons: [
        { code: "break", label: "Pause" },
        { code: "training", label: "Schulung" },
        { code: "meeting", label: "Besprechung" },
        { code: "callback", label: "Rückfrage" },
    ],
    wrap_up_codes: [
        { code: "booked", label: "Gebucht" },
        { code: "cancelled", label: "Abgesagt" },
        { code: "informed", label: "Auskunft erteilt" },
        { code: "no_slot", label: "Kein Termin frei" },
        { code: "not_eligible", label: "Nicht berechtigt" },
        { code: "callback", label: "Meldet sich wieder" },
        { code: "wrong_number", label: "Verwählt" },
        { code: "broken", label: "Abgebrochen" },
    ],
    queues: [{ code: "hotline", label: "Impftelefon" }],
    claims: [
        { code: "age_80", label: "80 Jahre und älter" },
        { code: "age_70", label: "70 Jahre und älter" },
        { code: "care_home", label: "Pflegeheim: Bewohnende und Beschäftigte" },
        { code: "medical", label: "Medizinisches Personal" },
        { code: "illness_high", label: "Vorerkrankung mit hohem Risiko" },
    ],
    rules_version: "13.03.2021 10:30",
    script: [
        "Begrüßen, Namen nennen, nach dem Anliegen fragen.",
        "Geburtsdatum und Berechtigung erfragen.",
        "Impfzentrum und Tageszeit erfragen, Terminpaar vorschlagen und reservieren.",
        "Name, Anschrift und Telefonnummer aufnehmen, buchstabieren lassen.",
        "Fragen: Bestätigung per Brief, zusätzlich per E-Mail?",
        "Buchen, beide Termine und die Vorgangsnummer vorlesen.",
        "Hinweis: Ausweis und Nachweis der Berechtigung mitbringen.",
    ],
    offer_ms: 90_000,
    post_days: 3,
};

/** @type {PersonForm} */
const nobody = {
    id: null, family_name: "", given_name: "", born_on: "", street: "", postcode: "", town: "",
    phone: "", email: "", claim: "", language: "de",
};

/** @type {{ person: PersonForm; booked: string | null }[]} */
export const persons = [
    {
        person: {
            ...nobody, id: "p1", family_name: "Dvořák", given_name: "Łucja", born_on: "1938-02-11",
            street: "Königsbrücker Straße 12", postcode: "01099", town: "Dresden", phone: "+493515550101",
        },
        booked: "K7MXQ2PR9T4A",
    },
    {
        person: {
            ...nobody, id: "p2", family_name: "Dvořák", given_name: "Jürgen", born_on: "1938-02-11",
            street: "Bautzner Landstraße 7", postcode: "01324", town: "Dresden",
        },
        booked: null,
    },
];

const TIMES = ["09:20", "10:40", "11:50", "13:10", "14:30", "16:20"];

/**
 * Pairs at a centre, or anywhere. The second is somebody else's by the time it is asked for.
 * @param {string | null} centre
 * @returns {PairView[]}
 */
export function pairs(centre) {
    return TIMES.map((time, index) => ({
        token: `${index === 1 ? "taken" : "free"}-${centre ?? "any"}-${index}`,
        centre: centre ?? setup.centres[index % 3]?.code ?? "dresden",
        vaccine: index % 2 === 0 ? "Comirnaty" : "Spikevax",
        first: { day: `2021-05-${14 + index}`, time },
        second: { day: `2021-06-${String(11 + index).padStart(2, "0")}`, time },
    }));
}

/** @returns {PairView[]} */
export function alternatives() {
    return ["12:00", "12:10", "12:20"].map((time, index) => ({
        token: `free-alternative-${index}`,
        centre: "dresden",
        vaccine: "Comirnaty",
        first: { day: "2021-05-15", time },
        second: { day: "2021-06-12", time },
    }));
}
