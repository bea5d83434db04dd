/** The fault knobs, and how their texts are read. lab/k10/README.md says what each of them does. */

/** Knobs that name what they hit: verbs, kinds of actions (with a text), policies, namespaces or buckets. */
export const LIMIT_KNOBS = [
    "apiUnavailable",
    "apiReset",
    "apiAnswerLost",
    "attemptFailed",
    "actionFailed",
    "actionFailsLike",
    "actionExceptions",
    "actionSkipped",
    "actionCancelled",
    "failureHidden",
    "receiveStringEmpty",
    "restoreNeverReady",
    "storeSlowDown",
    "storeTimeout",
    "credentialsExpired",
    "webhookUnreachable",
] as const;

/** Knobs that are a time in seconds. */
export const SECONDS_KNOBS = ["slowValidation", "staleValidation", "receiveStringLate"] as const;

export type LimitKnob = (typeof LIMIT_KNOBS)[number];
export type SecondsKnob = (typeof SECONDS_KNOBS)[number];

/** How often something is hit: the first so many times, or a share of all times. */
export type Limit = { first: number } | { share: number };

/** Reads `get=3, create=20%, list`. @throws when an entry has another form. */
export function parseLimits(text: string): Map<string, Limit> {
    const entries = text
        .split(",")
        .map(entry => entry.trim())
        .filter(entry => entry !== "");
    return new Map(entries.map(parseLimit));
}

function parseLimit(entry: string): [string, Limit] {
    const match = /^([A-Za-z0-9.-]+|\*)(?:=(\d+)(%?))?$/.exec(entry);
    if (!match) {
        throw new Error(`\`${entry}\` must be like NAME, NAME=3 or NAME=20%`);
    }
    const [, name, number, percent] = match;
    if (number === undefined) {
        return [name, { first: Infinity }];
    }
    return [name, percent === "%" ? { share: Number(number) / 100 } : { first: Number(number) }];
}

/** Steps of this size fall evenly into [0, 1) and never into the rhythm of a client that repeats itself. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Whether occurrence `count` (1, 2, 3, ...) is hit. No chance is in it: a share always hits the same ones. */
export function hits(limit: Limit, count: number): boolean {
    return "first" in limit ? count <= limit.first : (count * GOLDEN) % 1 < limit.share;
}

/** Reads a number of seconds; an empty text is none. @throws when it is no number. */
export function parseSeconds(text: string): number {
    const seconds = Number(text.trim());
    if (!(seconds >= 0)) {
        throw new Error(`\`${text}\` must be a number of seconds that is not negative`);
    }
    return seconds;
}

/** What is wrong with the knobs as they are set, one sentence each. */
export function settingErrors(texts: Record<string, string>): string[] {
    return Object.entries(texts).flatMap(([knob, text]) => {
        try {
            if (isOneOf(LIMIT_KNOBS, knob)) {
                parseLimits(text);
            } else if (isOneOf(SECONDS_KNOBS, knob)) {
                parseSeconds(text);
            } else {
                return [`\`${knob}\` is no fault`];
            }
            return [];
        } catch (error) {
            return [`\`${knob}\`: ${(error as Error).message}`];
        }
    });
}

function isOneOf(names: readonly string[], name: string): boolean {
    return names.includes(name);
}
