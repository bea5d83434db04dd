/** Shapes of inputs that more than one resource of the `docker` stand-in has. */
import type { Field } from "../shared/fields.ts";

export const labelsField: Field = {
    type: "set",
    replaces: true,
    of: {
        type: "object",
        fields: {
            label: { type: "string", required: true },
            value: { type: "string", required: true },
        },
    },
};

/** The engine keeps labels as a map; Terraform's provider, and so Pulumi's, as a list. */
export interface Label {
    label: string;
    value: string;
}

export function labelMap(labels: Label[] = []): Record<string, string> {
    return Object.fromEntries(labels.map(({ label, value }) => [label, value]));
}

export function labelList(labels: Record<string, string> | null | undefined) {
    return Object.entries(labels ?? {}).map(([label, value]) => ({ label, value }));
}
