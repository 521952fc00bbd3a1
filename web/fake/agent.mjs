/** One agent of the scripted server: the rules of the real one, as far as the page can see them. */
import { alternatives, pairs, persons, setup } from "./campaign.mjs";

/** @typedef {import("../src/protocol").ToPage} ToPage */
/** @typedef {import("../src/protocol").FromPage} FromPage */
/** @typedef {import("../src/protocol").Desk} Desk */
/** @typedef {import("../src/protocol").Answer} Answer */
/** @typedef {import("../src/protocol").AgentState} AgentState */
/** @typedef {import("../src/protocol").BookingView} BookingView */

const OFFER_AFTER_MS = 700;
// Longer than in the real house: a browser on a busy machine is slow, and nobody of these waits for anything.
const PAINTED_WITHIN_MS = 30_000;
const CONNECT_MS = 600;
const HOLD_MS = 180_000;
const WRAP_UP_MS = 180_000;
const RESERVED_MS = 600_000;
const QUEUE_EVERY_MS = 1_000;

export class Agent {
    /** @type {import("ws").WebSocket | undefined} */
    socket = undefined;
    /** The window that the socket belongs to. @type {string | null} */
    window = null;
    seq = 1;
    /** @type {Map<string, ToPage>} */
    answers = new Map();
    /** @type {NodeJS.Timeout | undefined} */
    due = undefined;
    /** @type {NodeJS.Timeout | undefined} */
    painting = undefined;
    /** @type {NodeJS.Timeout | undefined} */
    beat = undefined;
    calls = 0;
    /** Nobody waits, and nobody comes. */
    quiet = false;
    /** @type {Desk} */
    desk;

    /** @param {string} name */
    constructor(name) {
        this.desk = {
            agent: {
                name, state: "not_ready", reason: "signed_in", since_ms: Date.now(), until_ms: null, next: null,
                extensions_left: 0,
            },
            offer: null, call: null, draft: null, reservation: null, bookings: [],
            queue: { waiting: 18, longest_since_ms: Date.now() - 125_000 },
            degraded: [],
        };
    }

    /**
     * @param {import("ws").WebSocket} socket
     * @param {URLSearchParams} opening
     */
    attach(socket, opening) {
        const old = this.socket;
        const window = opening.get("window");
        if (old && opening.get("by_itself") === "true" && window !== this.window) {
            socket.send(JSON.stringify({ t: "superseded" }));
            socket.close(4001);
            return;
        }
        this.window = window;
        this.socket = socket;
        if (old) {
            old.send(JSON.stringify({ t: "superseded" }));
            old.close(4001);
        }
        this.send({ t: "hello", protocol: 1, epoch_ms: Date.now(), heartbeat_ms: 2_000 });
        this.send({ t: "snapshot", seq: this.seq, desk: this.desk, setup });
        clearInterval(this.beat);
        this.beat = setInterval(() => {
            const waiting = this.quiet ? 0 : 16 + (Math.floor(Date.now() / 3_000) % 4);
            const queue = { waiting, longest_since_ms: waiting === 0 ? null : Date.now() - 125_000 };
            this.desk.queue = queue;
            this.send({ t: "queue", epoch_ms: Date.now(), queue });
        }, QUEUE_EVERY_MS);
        socket.on("message", (data) => this.heard(JSON.parse(String(data))));
        socket.on("close", () => {
            if (this.socket === socket) {
                this.socket = undefined;
                clearInterval(this.beat);
            }
        });
    }

    /** @param {ToPage} frame */
    send(frame) {
        this.socket?.send(JSON.stringify(frame));
    }

    /**
     * @param {AgentState} state
     * @param {Partial<Desk["agent"]>} [more]
     */
    become(state, more = {}) {
        const { name, next } = this.desk.agent;
        this.desk.agent = {
            name, state, reason: null, since_ms: Date.now(), until_ms: null, next, extensions_left: 0, ...more,
        };
        this.send({ t: "agent", seq: ++this.seq, agent: this.desk.agent });
        clearTimeout(this.due);
        if (state === "ready" && !this.quiet) {
            this.due = setTimeout(() => this.offer(), OFFER_AFTER_MS);
        }
    }

    offer() {
        this.calls += 1;
        this.desk.offer = {
            id: `offer-${this.calls}`, number_masked: "+49 351 ••• 4711", language: "de", topic: "book",
            waiting_since_ms: Date.now() - 84_000, until_ms: Date.now() + setup.offer_ms, callback: false,
        };
        this.become("offered");
        this.send({ t: "offer", seq: ++this.seq, offer: this.desk.offer });
        this.due = setTimeout(() => this.revoke("expired", "no_answer"), setup.offer_ms);
        this.painting = setTimeout(() => this.revoke("not_painted", "page"), PAINTED_WITHIN_MS);
    }

    /**
     * @param {string} reason
     * @param {string} [notReady]
     */
    revoke(reason, notReady) {
        clearTimeout(this.painting);
        const offer = this.desk.offer;
        this.desk.offer = null;
        if (offer) {
            this.send({ t: "offer_revoked", seq: ++this.seq, offer: offer.id, reason });
        }
        if (notReady) {
            this.become("not_ready", { reason: notReady });
        }
    }

    connect() {
        const waiting = this.desk.offer?.waiting_since_ms ?? Date.now();
        this.revoke("accepted");
        this.desk.call = {
            entry: `entry-${this.calls}`, number: "+4935155504711", language: "de", topic: "book", state: "connecting",
            waiting_since_ms: waiting, talking_since_ms: null, held_until_ms: null,
            handover: null,
        };
        this.become("connecting");
        this.call();
        this.due = setTimeout(() => {
            if (this.desk.call) {
                this.desk.call = { ...this.desk.call, state: "talking", talking_since_ms: Date.now() };
                this.become("talking");
                this.call();
            }
        }, CONNECT_MS);
    }

    call() {
        this.send({ t: "call", seq: ++this.seq, call: this.desk.call });
    }

    /** @param {number} ms */
    hold(ms) {
        if (this.desk.call) {
            this.desk.call = { ...this.desk.call, state: "held", held_until_ms: Date.now() + ms };
            this.call();
            clearTimeout(this.due);
            this.due = setTimeout(() => this.resume(), ms);
        }
    }

    resume() {
        if (this.desk.call?.state === "held") {
            this.desk.call = { ...this.desk.call, state: "connecting", held_until_ms: null };
            this.call();
            clearTimeout(this.due);
            this.due = setTimeout(() => {
                if (this.desk.call?.state === "connecting") {
                    this.desk.call = { ...this.desk.call, state: "talking" };
                    this.call();
                }
            }, CONNECT_MS);
        }
    }

    hangUp() {
        if (this.desk.call && this.desk.call.state !== "ended") {
            this.desk.call = { ...this.desk.call, state: "ended" };
            this.call();
            this.become("wrap_up", { until_ms: Date.now() + WRAP_UP_MS, extensions_left: 2 });
            this.due = setTimeout(() => this.finish(), WRAP_UP_MS);
        }
    }

    finish() {
        const next = this.desk.agent.next ?? "ready";
        Object.assign(this.desk, { call: null, draft: null, reservation: null, bookings: [] });
        this.call();
        this.desk.agent.next = null;
        this.become(next === "ready" ? "ready" : "not_ready", next === "ready" ? {} : { reason: next });
    }

    /** @param {FromPage} frame */
    heard(frame) {
        const known = this.answers.get(frame.cmd);
        const answer = known ?? this.answer(frame);
        this.answers.set(frame.cmd, answer);
        this.send(answer);
    }

    /**
     * @param {FromPage} frame
     * @returns {ToPage}
     */
    answer({ cmd, do: command }) {
        try {
            return { t: "ack", cmd, ok: true, error: null, result: this.obey(command) };
        } catch (refused) {
            const { code, field = null, result = null } = /** @type {any} */ (refused);
            if (!code) {
                throw refused;
            }
            return { t: "ack", cmd, ok: false, error: { code, field, detail: code }, result };
        }
    }

    /**
     * @param {FromPage["do"]} command
     * @returns {Answer | null}
     */
    obey(command) {
        const { agent, call, reservation } = this.desk;
        switch (command.t) {
            case "painted":
                clearTimeout(this.painting);
                return null;
            case "accept":
                refuseUnless(this.desk.offer?.id === command.offer, "offer_gone");
                this.connect();
                return null;
            case "decline":
                this.revoke("declined", "no_answer");
                return null;
            case "ready":
            case "not_ready": {
                const next = command.t === "ready" ? "ready" : command.reason;
                if (call) {
                    this.desk.agent = { ...agent, next };
                    this.send({ t: "agent", seq: ++this.seq, agent: this.desk.agent });
                } else if (command.t === "ready") {
                    this.become("ready");
                } else {
                    this.revoke("not_ready");
                    this.become("not_ready", { reason: command.reason });
                }
                return null;
            }
            case "hang_up":
                refuseUnless(call !== null && call.state !== "ended", "no_call");
                this.hangUp();
                return null;
            case "hold":
                refuseUnless(call?.state === "talking", "no_call");
                this.hold(HOLD_MS);
                return null;
            case "resume":
                refuseUnless(call?.state === "held", "not_held");
                this.resume();
                return null;
            case "colleagues":
                return {
                    kind: "colleagues",
                    colleagues: [
                        { id: "colleague-1", name: "Berger, B.", state: "ready" },
                        { id: "colleague-2", name: "Conrad, C.", state: "talking" },
                    ],
                };
            case "transfer":
                refuseUnless(call?.state === "talking" || call?.state === "held", "no_call");
                this.handed = command;
                if (reservation) {
                    this.reserved(null);
                }
                this.hangUp();
                return null;
            case "extend_wrap_up":
                refuseUnless(agent.state === "wrap_up", "no_wrap_up");
                refuseUnless(agent.extensions_left > 0, "no_extension");
                this.become("wrap_up", {
                    since_ms: agent.since_ms,
                    until_ms: (agent.until_ms ?? Date.now()) + WRAP_UP_MS,
                    extensions_left: agent.extensions_left - 1,
                });
                this.due = setTimeout(() => this.finish(), (this.desk.agent.until_ms ?? 0) - Date.now());
                return null;
            case "finish_wrap_up":
                refuseUnless(agent.state === "wrap_up", "no_wrap_up");
                this.finish();
                return null;
            case "save_draft":
                this.desk.draft = { version: (this.desk.draft?.version ?? 0) + 1, form: command.form };
                if (reservation) {
                    this.reserved({ ...reservation, until_ms: Date.now() + RESERVED_MS });
                }
                return { kind: "draft", version: this.desk.draft.version };
            case "find_persons":
                return {
                    kind: "persons",
                    persons: persons.filter(({ person }) => person.family_name === command.family_name),
                };
            case "find_booking":
                return { kind: "bookings", bookings: this.known(command.reference) };
            case "propose":
                refuseUnless(command.form.person.claim !== "medical", "group_not_open", "claim");
                return { kind: "pairs", pairs: pairs(command.form.centre) };
            case "reserve": {
                if (command.token.startsWith("taken")) {
                    throw { code: "pair_taken", result: { kind: "pairs", pairs: alternatives() } };
                }
                const pair = [...pairs(command.form.centre), ...alternatives()].find(({ token }) => token === command.token);
                refuseUnless(pair !== undefined, "pair_taken");
                const made = { id: `reservation-${++this.seq}`, pair, until_ms: Date.now() + RESERVED_MS };
                this.reserved(made);
                return { kind: "reserved", reservation: made };
            }
            case "release":
                this.reserved(null);
                return null;
            case "confirm": {
                refuseUnless(reservation?.id === command.reservation, "reservation_lost");
                refuseUnless(command.form.person.given_name !== "Gestern", "has_appointments");
                const { person: { given_name, family_name }, letter, email } = command.form;
                /** @type {BookingView} */
                const booking = {
                    reference: "H4XK9MPT2R7C", name: `${given_name} ${family_name}`, pair: reservation.pair,
                    state: "confirmed", letter: letter ? "ordered" : null, email: email ? "ordered" : null,
                };
                this.reserved(null);
                this.papers(booking);
                return { kind: "booking", booking };
            }
            case "cancel": {
                const [booking] = this.known(command.reference);
                refuseUnless(booking !== undefined, "unknown_reference");
                return { kind: "booking", booking: { ...booking, state: "cancelled", letter: "ordered" } };
            }
        }
    }

    /** @param {Desk["reservation"]} reservation */
    reserved(reservation) {
        this.desk.reservation = reservation;
        this.send({ t: "reservation", seq: ++this.seq, reservation });
    }

    /**
     * The booking, and how its papers come along.
     * @param {BookingView} booking
     */
    papers(booking) {
        const call = this.calls;
        const steps = ["ordered", "available", "leased", "accepted"];
        steps.forEach((letter, index) =>
            setTimeout(() => {
                if (call === this.calls && this.desk.call) {
                    const email = booking.email === null ? null : index > 1 ? "sent" : "ordered";
                    const now = { ...booking, letter: booking.letter === null ? null : letter, email };
                    const others = this.desk.bookings.filter(({ reference }) => reference !== booking.reference);
                    this.desk.bookings = [now, ...others];
                    this.send({ t: "bookings", seq: ++this.seq, bookings: this.desk.bookings });
                }
            }, index * 1_200),
        );
    }

    /**
     * @param {string} reference
     * @returns {BookingView[]}
     */
    known(reference) {
        const wanted = reference.replace(/[\s-]/g, "").toUpperCase();
        const [pair] = pairs("dresden");
        return persons
            .filter(({ booked }) => booked === wanted && pair)
            .map(({ person }) => ({
                reference: wanted, name: `${person.given_name} ${person.family_name}`,
                pair: /** @type {NonNullable<typeof pair>} */ (pair), state: "confirmed", letter: "mailed", email: null,
            }));
    }
}

/**
 * @param {boolean} condition
 * @param {string} code
 * @param {string | null} [field]
 * @returns {asserts condition}
 */
function refuseUnless(condition, code, field = null) {
    if (!condition) {
        throw { code, field };
    }
}
