import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Link, link, type LinkEvent } from "../src/common/link";

/** A socket in the test's hands: what a browser would make of it happens when the test says so. */
class Socket {
    static readonly OPEN = 1;
    static made: Socket[] = [];
    readyState = 0;
    closes = 0;
    onopen = () => {};
    onmessage = (_message: { data: string }) => {};
    onclose = (_event: { code: number }) => {};
    constructor(readonly url: URL) {
        Socket.made.push(this);
    }
    close(): void {
        // A line that is half open says nothing for minutes.
        this.closes += 1;
    }
    opens(): void {
        this.readyState = Socket.OPEN;
        this.onopen();
    }
    hears(): void {
        this.onmessage({ data: "{}" });
    }
}

let events: LinkEvent<unknown>[];
let line: Link;
const last = () => Socket.made.at(-1) as Socket;
const kinds = () => events.map(({ kind }) => kind);

beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", Socket);
    vi.stubGlobal("location", { href: "http://vaxline.example/console" });
    vi.stubGlobal("addEventListener", () => {});
    Socket.made = [];
    events = [];
    line = link((byItself) => `/ws?by_itself=${byItself}`, (event) => events.push(event));
    last().opens();
    last().hears();
});
afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
});

test("silence is said after six seconds, and after fifteen the page takes another socket", () => {
    const dead = last();
    vi.advanceTimersByTime(6_000);
    expect(kinds()).toEqual(["connecting", "frame", "silent"]);
    vi.advanceTimersByTime(9_000);
    expect(kinds().at(-1)).toBe("closed");
    expect(dead.closes).toBe(1);
    vi.advanceTimersByTime(400);
    expect(Socket.made.length).toBe(2);
    last().opens();
    last().hears();
    const heard = events.length;
    // The dead line comes to its end, or to life, when nobody listens any more.
    dead.hears();
    dead.onclose({ code: 1006 });
    expect(events.length).toBe(heard);
});

test("a page that is heard keeps its socket", () => {
    for (let second = 0; second < 60; second += 1) {
        vi.advanceTimersByTime(1_000);
        last().hears();
    }
    expect(Socket.made.length).toBe(1);
    expect(kinds()).not.toContain("silent");
});

test("a socket that opens and then says nothing is given up too", () => {
    last().onclose({ code: 1006 });
    vi.advanceTimersByTime(400);
    last().opens();
    vi.advanceTimersByTime(16_000);
    expect(Socket.made.length).toBe(3);
});

test("a server that promises to be heard rarely is given more time", () => {
    line.expect(10_000);
    last().hears();
    vi.advanceTimersByTime(29_000);
    expect(kinds()).not.toContain("silent");
    vi.advanceTimersByTime(40_000);
    expect(Socket.made.length).toBe(1);
});

test("the server is told which connection somebody wants, and which the page opens by itself", () => {
    const asked = () => last().url.searchParams.get("by_itself");
    expect(asked()).toBe("false");
    last().onclose({ code: 1006 });
    vi.advanceTimersByTime(400);
    expect(asked()).toBe("true");
    last().onclose({ code: 4001 });
    vi.advanceTimersByTime(60_000);
    expect(Socket.made.length, "a window that was taken over stays quiet").toBe(2);
    line.reopen();
    expect(asked()).toBe("false");
    // Until it is connected it is still the connection that somebody wants.
    last().onclose({ code: 1006 });
    vi.advanceTimersByTime(400);
    expect(asked()).toBe("false");
});
