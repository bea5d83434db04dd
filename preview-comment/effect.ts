/** The words that all effects are told in. */
import { code } from "./markdown.ts";
import type { Properties, Resource, Value } from "./preview.ts";

/** One consequence of `pulumi up`. */
export interface Effect {
    /** Whether data may be lost, or the run will stop. */
    warning: boolean;
    /** A sentence without a full stop, in Markdown. */
    text: string;
}

export const warning = (text: string): Effect => ({ warning: true, text });
export const note = (text: string): Effect => ({ warning: false, text });

export const isType = (type: string) => (resource: Resource) => resource.types.at(-1) === type;
export const dynamic = (type: string) => isType(`pulumi-nodejs:dynamic/${type}`);

export const metadata = ({ old, new: current }: Resource): Properties =>
    ((current["metadata"] ?? old["metadata"]) as Properties | undefined) ?? {};

/** `on source`: the cluster that a resource lies in, as the stack calls it. */
export const on = ({ cluster }: Resource) => `on ${code(cluster || "its cluster")}`;

export const text = (value: Value | undefined): string =>
    typeof value === "string" || typeof value === "number"
        ? code(String(value))
        : "*known after apply*";
