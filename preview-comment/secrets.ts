/**
 * Secrets stay out of the comment. Pulumi masks what it knows to be secret; this masks what a program or a
 * provider forgot to mark.
 */

import type { Value } from "./preview.ts";

/** What Pulumi itself writes in the place of a secret. */
export const secret = "[secret]";

/** Shorter values would be found in ordinary words. */
const shortest = 6;

/** Values known to be secret. */
export class Secrets {
    private readonly values: string[];

    /** @param values secrets from elsewhere: the stack's configuration, this process' environment */
    constructor(values: string[] = []) {
        const long = values.map(value => value.trim()).filter(value => value.length >= shortest);
        const encoded = long.map(value => Buffer.from(value).toString("base64"));
        // The longest first: a secret may be part of another.
        this.values = [...new Set([...long, ...encoded])].sort((a, b) => b.length - a.length);
    }

    /** A text without the known secrets and without anything that has the shape of one. */
    maskText(text: string): string {
        const known = this.values.reduce((masked, value) => masked.replaceAll(value, secret), text);
        return shapes.reduce((masked, [shape, by]) => masked.replace(shape, by), known);
    }

    /**
     * A property's value without secrets.
     * @param path where it stands, such as `values.genericStorageBackup.token`
     */
    mask(value: Value, path: string): Value {
        if (typeof value === "string") {
            return value !== "" && isSecretPath(path) ? secret : this.maskText(value);
        }
        if (Array.isArray(value)) {
            return value.map((inner, index) => this.mask(inner, `${path}[${index}]`));
        }
        if (typeof value === "object" && value !== null) {
            return Object.fromEntries(
                Object.entries(value).map(([key, inner]) => [
                    key,
                    this.mask(inner, `${path}.${key}`),
                ]),
            );
        }
        return value;
    }
}

/** What a property with such a name holds is a secret, whoever forgot to say so. */
const secretKey =
    /(^|[^a-z])(pass(word|phrase)?|secret|token|credentials?|kubeconfig|api-?key|(access|secret|private|encryption)-?key|receive-?string)$/;

function isSecretPath(path: string): boolean {
    const last =
        path
            .split(/[.[\]"]+/)
            .filter(Boolean)
            .at(-1) ?? "";
    return secretKey.test(
        last
            .replace(/[_ ]/g, "-")
            .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
            .toLowerCase(),
    );
}

/** Names of variables whose values are secret. */
const secretVariable =
    /TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIAL|(ACCESS|PRIVATE|API)_?KEY(?!_ID)/;

/** Secrets of this process' environment, which a message of a failed preview may repeat. */
export function secretsOf(environment: NodeJS.ProcessEnv): string[] {
    return Object.entries(environment)
        .filter(([name]) => secretVariable.test(name) && !/_(FILE|PATH|URL)$/.test(name))
        .map(([, value]) => value ?? "");
}

/** What is a secret wherever it stands. */
const shapes: [RegExp, string][] = [
    [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, secret],
    // JSON Web Tokens.
    [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, secret],
    // Tokens of GitHub and Pulumi, access keys of AWS.
    [
        /\b(gh[opsur]_\w{20,}|github_pat_\w{20,}|pul-[0-9a-f]{40}|(AKIA|ASIA)[0-9A-Z]{16})\b/g,
        secret,
    ],
    // Users and passwords in URLs.
    [/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s@]+@/gi, `$1${secret}@`],
    // Kubeconfigs, and environment-like assignments such as `MINIO_ROOT_PASSWORD=…`.
    [/(\b(?:client-key-data|token|password)["']?:\s*["']?)[^\s"']{6,}/gi, `$1${secret}`],
    [/(\b[A-Z_]*(?:PASSWORD|SECRET|TOKEN|SECRET_KEY)=)[^\s"',]+/g, `$1${secret}`],
];
