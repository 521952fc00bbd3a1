/** What the panes ask the server for, and what they change there. */

const ANSWER_WITHIN_MS = 8_000;

/** Why something was not done: its code, and what the server says of it. */
export interface Problem {
    code: string;
    detail: string;
}

export type Answer<T> = { ok: T } | { problem: Problem };

async function problemOf(response: Response): Promise<{ problem: Problem }> {
    const told = (await response.json().catch(() => ({}))) as Partial<Problem>;
    return { problem: { code: told.code ?? "unreachable", detail: told.detail ?? "" } };
}

const UNREACHABLE = { problem: { code: "unreachable", detail: "" } };

export async function read<T>(path: string, stop: AbortSignal): Promise<Answer<T>> {
    try {
        const within = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
        const response = await fetch(path, { cache: "no-store", signal: within });
        return response.ok ? { ok: (await response.json()) as T } : await problemOf(response);
    } catch {
        return UNREACHABLE;
    }
}

/** Nothing when it is done. */
export async function change(method: "PUT" | "DELETE", path: string, body?: unknown): Promise<Problem | undefined> {
    try {
        const response = await fetch(path, {
            method,
            ...(body === undefined
                ? {}
                : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
            signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        });
        return response.ok ? undefined : (await problemOf(response)).problem;
    } catch {
        return UNREACHABLE.problem;
    }
}

/** Reads at once and then again and again, until it is stopped. */
export async function watch<T>(path: string, everyMs: number, stop: AbortSignal, tell: (answer: Answer<T>) => void): Promise<void> {
    while (!stop.aborted) {
        const answer = await read<T>(path, stop);
        if (!stop.aborted) {
            tell(answer);
        }
        await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
}
