/** How a kind of OpenShift's is told to Kubernetes. */
import type { Manifest } from "../manifests";

export type Schema = Record<string, unknown>;

export interface Kind {
    group: string;
    kind: string;
    plural: string;
    scope: "Cluster" | "Namespaced";
    shortNames?: string[];
    /** Among what `kubectl get all` lists. */
    all?: boolean;
    columns?: Schema[];
    subresources?: Schema;
    schema: Schema;
}

export const text = { type: "string" };
export const whole = { type: "integer", format: "int32" };
export const yes = { type: "boolean" };
export const time = { type: "string", format: "date-time" };
export const object = (properties: Schema, more: Schema = {}) => ({
    type: "object",
    properties,
    ...more,
});
export const list = (items: Schema, more: Schema = {}) => ({ type: "array", items, ...more });
/** Fields that nothing here looks into. */
export const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

export function definition(kind: Kind): Manifest {
    const { group, plural, scope, shortNames, all, columns, subresources, schema } = kind;
    return {
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: { name: `${plural}.${group}` },
        spec: {
            group,
            scope,
            names: {
                kind: kind.kind,
                listKind: `${kind.kind}List`,
                plural,
                singular: kind.kind.toLowerCase(),
                ...(shortNames ? { shortNames } : {}),
                ...(all ? { categories: ["all"] } : {}),
            },
            versions: [
                {
                    name: "v1",
                    served: true,
                    storage: true,
                    schema: { openAPIV3Schema: schema },
                    ...(subresources ? { subresources } : {}),
                    ...(columns ? { additionalPrinterColumns: columns } : {}),
                },
            ],
        },
    };
}
