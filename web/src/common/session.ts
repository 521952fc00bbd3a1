/** Who is logged in, as the server says. */
export interface Me {
    login: string;
    display_name: string;
    role: "agent" | "supervisor";
}

export type Asked = { kind: "me"; me: Me } | { kind: "nobody" } | { kind: "unreachable" };

const ANSWER_WITHIN_MS = 8_000;

export async function whoAmI(): Promise<Asked> {
    try {
        const answer = await fetch("/me", { cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
        if (answer.status === 401 || answer.status === 403) {
            return { kind: "nobody" };
        }
        return answer.ok ? { kind: "me", me: (await answer.json()) as Me } : { kind: "unreachable" };
    } catch {
        return { kind: "unreachable" };
    }
}

/** The code of a refused log-in, or nothing when it went well. */
export async function logIn(login: string, password: string): Promise<string | undefined> {
    try {
        const answer = await fetch("/login", {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ login, password }),
            signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        });
        if (answer.ok) {
            return undefined;
        }
        const problem = (await answer.json().catch(() => ({}))) as { code?: string };
        return problem.code ?? (answer.status === 401 ? "wrong_credentials" : "unreachable");
    } catch {
        return "unreachable";
    }
}

export async function logOut(): Promise<void> {
    try {
        await fetch("/logout", { method: "POST", signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    } finally {
        location.assign("/");
    }
}

export function pageOf(me: Me): string {
    return me.role === "supervisor" ? "/supervision" : "/console";
}
