/** Reads values out of manifests, whose shape nobody guarantees. */

export type Fields = Record<string, unknown>;

export interface OwnerReference {
    apiVersion: string;
    kind: string;
    name: string;
    uid: string;
    controller?: boolean;
}

export interface Metadata {
    name: string;
    namespace?: string;
    generateName?: string;
    uid?: string;
    resourceVersion?: string;
    generation?: number;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: OwnerReference[];
    [field: string]: unknown;
}

/** Any Kubernetes object. */
export interface KubeObject {
    apiVersion: string;
    kind: string;
    metadata: Metadata;
    spec?: Fields;
    status?: Fields;
    [field: string]: unknown;
}

/** A reference by name, as K10 writes it everywhere. */
export interface Ref {
    name: string;
    namespace: string;
}

export function isFields(value: unknown): value is Fields {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy without some keys. */
export function omit<T extends Fields>(value: T, keys: string[]): Partial<T> {
    const kept = Object.entries(value).filter(([key]) => !keys.includes(key));
    return Object.fromEntries(kept) as Partial<T>;
}

/** The value at a path of keys and indices, or undefined where the path ends early. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
    let current = value;
    for (const key of path) {
        if (Array.isArray(current) && typeof key === "number") {
            current = current[key];
        } else if (isFields(current) && Object.hasOwn(current, key)) {
            current = current[key];
        } else {
            return undefined;
        }
    }
    return current;
}

/** The object at a path; an empty one where there is none. */
export function fieldsAt(value: unknown, ...path: (string | number)[]): Fields {
    const found = at(value, ...path);
    return isFields(found) ? found : {};
}

/** The list at a path; an empty one where there is none. */
export function listAt(value: unknown, ...path: (string | number)[]): unknown[] {
    const found = at(value, ...path);
    return Array.isArray(found) ? found : [];
}

/** The text at a path; an empty one where there is none. */
export function textAt(value: unknown, ...path: (string | number)[]): string {
    const found = at(value, ...path);
    return typeof found === "string" ? found : "";
}

/** A `{name, namespace}` at a path, or undefined where the name is missing or empty. */
export function refAt(value: unknown, ...path: (string | number)[]): Ref | undefined {
    const name = textAt(value, ...path, "name");
    return name === "" ? undefined : { name, namespace: textAt(value, ...path, "namespace") };
}

/** The same value with all keys in order, so that equal values give equal texts. */
export function canonical(value: unknown): string {
    if (Array.isArray(value)) {
        return `[${value.map(canonical).join(",")}]`;
    }
    if (isFields(value)) {
        const entries = Object.keys(value)
            .filter(key => value[key] !== undefined)
            .sort()
            .map(key => `${JSON.stringify(key)}:${canonical(value[key])}`);
        return `{${entries.join(",")}}`;
    }
    return JSON.stringify(value ?? null);
}
