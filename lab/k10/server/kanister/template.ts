/**
 * The templates of Blueprints, as far as the stand-in knows them: paths such as `.Object.metadata.name`, `index` and
 * `toJson` before them, `toString` behind them. Kanister has all that Go's templates and sprig have.
 */
import { Failure } from "../failure.ts";
import { at, isFields } from "../json.ts";

/** What templates are rendered from, by Kanister's names. */
export type Parameters = Record<string, unknown>;

function unsupported(expression: string): Failure {
    return new Failure(`The K10 stand-in does not support the template {{ ${expression} }}`, {
        retry: false,
    });
}

/** A path as it is written, or a text in quotes. */
function operand(word: string, parameters: Parameters, expression: string): unknown {
    const text = /^"([^"\\]*)"$/.exec(word);
    if (text) {
        return text[1];
    }
    if (!/^(\.[A-Za-z_][A-Za-z0-9_]*)+$/.test(word)) {
        throw unsupported(expression);
    }
    return at(parameters, ...word.slice(1).split("."));
}

function evaluate(expression: string, parameters: Parameters): string {
    const [head = "", ...filters] = expression.split("|").map(part => part.trim());
    if (filters.some(filter => filter !== "toString")) {
        throw unsupported(expression);
    }
    const words = head.match(/"[^"]*"|\S+/g) ?? [];
    const [first = ""] = words;
    const [, ...operands] = ["index", "toJson"].includes(first) ? words : ["", ...words];
    const [base, ...keys] = operands.map(word => operand(word, parameters, expression));
    if (operands.length === 0 || (first !== "index" && keys.length > 0)) {
        throw unsupported(expression);
    }
    const found = at(base, ...(keys as string[]));
    if (keys.length === 0 ? base === undefined : found === undefined) {
        // Kanister renders with `missingkey=error`.
        throw new Failure(`Failed to render the template {{ ${expression} }}: no such key`);
    }
    const value = keys.length === 0 ? base : found;
    return first === "toJson" || isFields(value) || Array.isArray(value)
        ? JSON.stringify(value)
        : String(value);
}

/** Renders all texts of a value. @throws Failure for what is not there, and for what the stand-in does not know. */
export function rendered<T>(value: T, parameters: Parameters): T {
    if (typeof value === "string") {
        return value.replace(/\{\{-?([\s\S]*?)-?\}\}/g, (_, expression: string) =>
            evaluate(expression.trim(), parameters),
        ) as T;
    }
    if (Array.isArray(value)) {
        return value.map(each => rendered(each as unknown, parameters)) as T;
    }
    if (isFields(value)) {
        return Object.fromEntries(
            Object.entries(value).map(([key, each]) => [key, rendered(each, parameters)]),
        ) as T;
    }
    return value;
}
