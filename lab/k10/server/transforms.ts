/**
 * Transforms of a restore (K10 documentation, API "TransformSets"): RFC 6902 with wildcards, regular
 * expressions and back-references. A failing `test` skips the rest of its transform; anything else that fails,
 * fails the restore.
 */
import { applyPatch, type Operation } from "rfc6902";
import { at, fieldsAt, isFields, listAt, textAt, type KubeObject } from "./json.ts";
import { Failure } from "./failure.ts";
import type { Captured } from "./layout.ts";
import { matchesWildcard } from "./selectors.ts";

interface Place {
    tokens: string[];
    /** What the wildcards stood for, in order: `$1`, `$2`, … */
    captures: string[];
}

const escape = (token: string) => token.replace(/~/g, "~0").replace(/\//g, "~1");
const unescape = (token: string) => token.replace(/~1/g, "/").replace(/~0/g, "~");
const pointer = (tokens: string[]) => tokens.map(token => `/${escape(token)}`).join("");
const tokensOf = (path: string) => path.split("/").slice(1).map(unescape);

function children(value: unknown): [string, unknown][] {
    if (Array.isArray(value)) {
        return value.map((item, index) => [String(index), item]);
    }
    return isFields(value) ? Object.entries(value) : [];
}

/** All places of a document that a pattern means: `*` is one key, `**` any number of them. */
function places(value: unknown, pattern: string[]): Place[] {
    const [head, ...rest] = pattern;
    if (head === undefined) {
        return [{ tokens: [], captures: [] }];
    }
    const below = (key: string, inner: unknown, next: string[], capture: string[]) =>
        places(inner, next).map(place => ({
            tokens: [key, ...place.tokens],
            captures: [...capture, ...place.captures],
        }));
    if (head === "**") {
        return [
            ...places(value, rest),
            ...children(value).flatMap(([key, inner]) => below(key, inner, pattern, [])),
        ];
    }
    const wild = head.includes("*");
    return children(value)
        .filter(([key]) => (wild ? matchesWildcard(key, head) : key === head))
        .flatMap(([key, inner]) => below(key, inner, rest, wild ? [key] : []));
}

/** The places that `add` may write to: the last key need not exist yet. */
function placesToAdd(document: unknown, pattern: string[]): Place[] {
    const last = pattern.at(-1) ?? "";
    if (last.includes("*")) {
        return places(document, pattern);
    }
    return places(document, pattern.slice(0, -1)).map(place => ({
        ...place,
        tokens: [...place.tokens, last],
    }));
}

function valueAt(document: unknown, tokens: string[]): unknown {
    return tokens.reduce<unknown>(
        (value, token) => at(value, Array.isArray(value) ? Number(token) : token),
        document,
    );
}

function apply(document: KubeObject, operation: Operation): void {
    const [error] = applyPatch(document, [operation]);
    if (error) {
        throw error;
    }
}

function rewritten(old: unknown, operation: unknown): unknown {
    const regex = textAt(operation, "regex");
    if (regex === "") {
        return old;
    }
    if (typeof old !== "string") {
        throw new Error("regex needs a text at the path");
    }
    return old.replace(new RegExp(regex, "g"), textAt(operation, "value"));
}

function passes(document: KubeObject, operation: unknown, pattern: string[]): boolean {
    const regex = textAt(operation, "regex");
    return places(document, pattern).some(({ tokens }) => {
        const value = valueAt(document, tokens);
        if (regex !== "") {
            return typeof value === "string" && new RegExp(regex).test(value);
        }
        const wanted = at(operation, "value");
        // A test without a value asks only whether the path exists.
        return wanted === undefined
            ? true
            : applyPatch(document, [{ op: "test", path: pointer(tokens), value: wanted }])[0] ===
                  null;
    });
}

function perform(document: KubeObject, operation: unknown): void {
    const op = textAt(operation, "op");
    const pattern = tokensOf(textAt(operation, "path"));
    const from = tokensOf(textAt(operation, "from"));
    const value = at(operation, "value");
    const found =
        op === "add"
            ? placesToAdd(document, pattern)
            : places(document, op === "copy" || op === "move" ? from : pattern);
    if (found.length === 0) {
        throw new Error(`nothing at this path in the document`);
    }
    // From the end, so that removing from a list does not move what is still to be removed.
    for (const { tokens, captures } of found.reverse()) {
        const path = pointer(tokens);
        if (op === "add") {
            apply(document, { op, path, value });
        } else if (op === "remove") {
            apply(document, { op, path });
        } else if (op === "replace") {
            const regex = textAt(operation, "regex") !== "";
            const next = regex ? rewritten(valueAt(document, tokens), operation) : value;
            apply(document, { op, path, value: next });
        } else {
            const target = pattern.map(token =>
                token.replace(/\$(\d+)/g, (_, digit) => captures[Number(digit) - 1] ?? ""),
            );
            const next = rewritten(structuredClone(valueAt(document, tokens)), operation);
            if (op === "move") {
                apply(document, { op: "remove", path });
            }
            apply(document, { op: "add", path: pointer(target), value: next });
        }
    }
}

function isSubject(transform: unknown, { group, version, resource, object }: Captured): boolean {
    const subject = fieldsAt(transform, "subject");
    const fits = (key: string, value: string) => {
        const wanted = textAt(subject, key);
        return (
            wanted === "" ||
            wanted === value ||
            (key === "group" && wanted === "core" && value === "")
        );
    };
    return (
        fits("group", group) &&
        fits("version", version) &&
        fits("resource", resource) &&
        fits("name", object.metadata.name)
    );
}

/**
 * Applies transforms in order to one object and gives the result; the argument stays as it is.
 * @throws Failure that names the transform, the operation and the object.
 */
export function transformed(captured: Captured, transforms: unknown[]): Captured {
    const object = structuredClone(captured.object);
    for (const [index, transform] of transforms.entries()) {
        if (!isSubject(transform, { ...captured, object })) {
            continue;
        }
        for (const operation of listAt(transform, "json")) {
            const [op, path] = [textAt(operation, "op"), textAt(operation, "path")];
            if (op === "test") {
                if (!passes(object, operation, tokensOf(path))) {
                    break;
                }
                continue;
            }
            try {
                perform(object, operation);
            } catch (cause) {
                const name = textAt(transform, "name") || `number ${index + 1}`;
                throw new Failure(
                    `Transform ${name}: ${op} ${path} failed on ${captured.resource}/${object.metadata.name}`,
                    { cause, retry: false },
                );
            }
        }
    }
    return { ...captured, object };
}
