/** The one way by which diagnostics lose their secrets: everything that is written passes through here. */

/** What stands where a secret was. */
export const hidden = "[secret]";

/** In its place while there is more to hide: what hides a secret must not be taken for one itself. */
const mark = "\u0000";

/** Shorter ones cannot be told from ordinary text; they are no secrets to speak of. */
export const shortest = 4;

/** From this length on a secret is hidden wherever it stands; a shorter one only as a word of its own. */
const anywhere = 8;

/** Longer values (certificates, charts) are looked for line by line only. */
const longest = 16_384;

/** Keys whose values are secret, whatever they are. */
const secretKey =
    /^(receiveString|migrationToken)$|(password|passphrase|secret_?access_?key|access_?key(_?id)?|private_?key|token|kubeconfig)$/i;

/** Annotations that repeat the object that they stand on. */
const noise = new Set(["kubectl.kubernetes.io/last-applied-configuration", "managedFields"]);

/** What is secret by its looks, known or not. */
const looks: [RegExp, string][] = [
    // K10's receive strings begin alike (k10-api 10.4).
    [/bIzAPpoanm[A-Za-z0-9+/=_-]+/g, mark],
    [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, mark],
    [/\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*/g, mark],
    [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, mark],
    [/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s:@]*:[^/\s@]*@/gi, `$1${mark}@`],
    [/(\b(?:Bearer|Basic) )[\w.~+/-]+=*/g, `$1${mark}`],
];

export interface Masker {
    text: (text: string) => string;
    /** Deeply: keys and texts of objects and lists. */
    value(value: unknown): unknown;
}

/**
 * @param secrets values to hide, in clear: they are found in their usual encodings, too
 * @param names what is no secret even where a Secret holds it: the names of namespaces, for example
 */
export function masker(secrets: Iterable<string>, names: Iterable<string> = []): Masker {
    const known = new Set(names);
    const forms = new Set<string>();
    for (const secret of secrets) {
        formsOf(secret)
            .filter(form => form.length >= shortest && !known.has(form))
            .forEach(form => forms.add(form));
    }
    // The longest first: one may be part of another.
    const all = [...forms].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    const words = all.filter(form => form.length < anywhere);
    const word = words.length > 0 ? wordPattern(words) : undefined;
    const long = all.filter(form => form.length >= anywhere);

    const text = (given: string): string => {
        let masked = given;
        for (const form of long) {
            masked = masked.includes(form) ? masked.replaceAll(form, mark) : masked;
        }
        for (const [pattern, instead] of looks) {
            masked = masked.replace(pattern, instead);
        }
        return (word ? masked.replace(word, mark) : masked).replaceAll(mark, hidden);
    };
    const value = (given: unknown): unknown => {
        if (typeof given === "string") {
            return text(given);
        }
        if (Array.isArray(given)) {
            return given.map(value);
        }
        if (typeof given !== "object" || given === null) {
            return given;
        }
        return Object.fromEntries(
            Object.entries(given)
                .filter(([key]) => !noise.has(key))
                .map(([key, each]) => [
                    text(key),
                    secretKey.test(key) && !isEmpty(each) ? hidden : value(each),
                ]),
        );
    };
    return { text, value };
}

const isEmpty = (value: unknown): boolean =>
    value === undefined || value === null || value === "" || typeof value === "boolean";

/** A secret as it may stand in a log: in clear, line by line, escaped, in base64, in a URL. */
function formsOf(secret: string): string[] {
    const trimmed = secret.trim();
    const lines = trimmed
        .split(/\r?\n/)
        .map(each => each.trim())
        .filter(each => each.length >= anywhere && !each.startsWith("-----"));
    if (trimmed.length > longest) {
        return lines;
    }
    const bytes = Buffer.from(secret);
    return [
        ...[secret, trimmed, ...lines],
        ...[JSON.stringify(secret).slice(1, -1), urlEncoded(secret)],
        ...[bytes.toString("base64"), bytes.toString("base64").replace(/=+$/, "")],
        bytes.toString("base64url"),
    ];
}

function urlEncoded(text: string): string {
    try {
        return encodeURIComponent(text);
    } catch {
        // Half of a character pair: no URL holds it.
        return text;
    }
}

function wordPattern(words: string[]): RegExp {
    const escaped = words.map(each => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${escaped.join("|")})(?![\\p{L}\\p{N}_])`, "gu");
}
