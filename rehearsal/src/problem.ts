/**
 * Refusals worded as OpenShift's API server words them, which is how Go's `field.Error` prints itself
 * (k8s.io/apimachinery, pkg/util/validation/field/errors.go, before 1.34: lists appear as Go code).
 */

export const invalid = (path: string, value: string, detail: string) =>
    `${path}: Invalid value: ${value}: ${detail}`;

export const forbidden = (path: string, detail: string) => `${path}: Forbidden: ${detail}`;

export const required = (path: string, detail = "") =>
    `${path}: Required value${detail && `: ${detail}`}`;

/** A string or nothing, as Go shows it in an error. */
export const quoted = (text: string | undefined) => JSON.stringify(text ?? "");
/** A pointer that points nowhere. */
export const missing = '"null"';
export const int64s = (values: number[]) => `[]int64{${values.join(", ")}}`;
export const capabilities = (values: string[] | undefined) =>
    values ? `[]core.Capability{${values.map(quoted).join(", ")}}` : "[]core.Capability(nil)";

/** How the errors of a mutating admission are put together: each once, in brackets if there are several. */
export function aggregate(problems: string[]): string {
    const distinct = [...new Set(problems)];
    return distinct.length === 1 ? (distinct[0] ?? "") : `[${distinct.join(", ")}]`;
}

/** How those of a validating admission are. */
export const list = (problems: string[]) => `[${problems.join(" ")}]`;

/** The request is refused, for a reason that no constraint could cure. The message is OpenShift's. */
export class Refusal extends Error {}
