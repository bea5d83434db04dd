/** Small previews in the form of `pulumi preview --json`, for tests. */
import { type Preview, type Properties, readPreview } from "../../../preview-comment/preview.ts";

interface StepOptions {
    /** The component around the resource. */
    inside?: string;
    /** The cluster that it lies in. */
    cluster?: string;
    old?: Properties;
    new?: Properties;
    /** Outputs that were recorded. */
    outputs?: Properties;
    replacing?: string[];
    detailed?: string[];
    deletedWith?: string;
}

export const urn = (type: string, name: string, inside?: string) =>
    `urn:pulumi:shop::crossing::${inside ? `${inside}$` : ""}${type}::${name}`;

export function step(op: string, type: string, name: string, options: StepOptions = {}) {
    const { inside, cluster, old, new: current, outputs, replacing, detailed } = options;
    const provider = cluster
        ? `urn:pulumi:shop::crossing::crossing:cluster:KindCluster$pulumi:providers:kubernetes::${cluster}::id`
        : "";
    return {
        ...{ op, urn: urn(type, name, inside), provider },
        ...(old || outputs
            ? { oldState: { inputs: old, outputs, deletedWith: options.deletedWith } }
            : {}),
        ...(current ? { newState: { inputs: current } } : {}),
        ...(replacing ? { replaceReasons: replacing } : {}),
        detailedDiff: detailed
            ? Object.fromEntries(detailed.map(path => [path, { kind: "update", inputDiff: true }]))
            : null,
    };
}

export const dynamic = (type: string) => `pulumi-nodejs:dynamic/${type}`;

/** The preview of stack `shop` that these steps are. */
export function previewOf(...steps: ReturnType<typeof step>[]): Preview {
    const stdout = JSON.stringify({ steps, changeSummary: { same: 80 } });
    return readPreview("shop", { status: 0, stdout, stderr: "" });
}
