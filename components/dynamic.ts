/** What every dynamic resource of this program has in common: a shim in the state, the work in `crossing-actions`. */
import * as pulumi from "@pulumi/pulumi";
import type { Provider, providers } from "crossing-actions";

/**
 * Pulumi stores the text of these functions in the state of every stack and runs them in a process of its own.
 * So they hold nothing but a call by name: the text stays equal while the work behind it changes.
 */
export function shim(action: keyof typeof providers): pulumi.dynamic.ResourceProvider {
    return {
        configure: ({ config }) =>
            Promise.resolve(
                require("crossing-actions").configure({
                    requestsPerSecond: config.get("crossing:requestsPerSecond"),
                    concurrency: config.get("crossing:concurrency"),
                }),
            ),
        create: inputs => require("crossing-actions").providers[action].create(inputs),
        diff: (id, olds, news) =>
            require("crossing-actions").providers[action].diff(id, olds, news),
        update: (id, olds, news) =>
            require("crossing-actions").providers[action].update(id, olds, news),
        delete: (id, props) => require("crossing-actions").providers[action].delete(id, props),
    } satisfies Provider & Pick<pulumi.dynamic.ResourceProvider, "configure">;
}

/** Each property as an input that may be an output of another resource. */
export type Inputs<T> = { [Key in keyof T]: pulumi.Input<T[Key]> };

/**
 * The class of the dynamic resources that do one thing.
 * @param action what they do
 * @param token module and name of the type, as `k10:Export`: every state holds it, so it is fixed for good
 * @param outputs what of the result Pulumi is to expect, beside the inputs
 * @param secrets inputs and outputs that are secret beside `kubeconfig`
 */
export function dynamicResource<Of, Gives extends object>(
    action: keyof typeof providers,
    token: `${string}:${string}`,
    outputs: (keyof Gives & string)[],
    secrets: string[] = [],
) {
    const provider = shim(action);
    const [module, type] = token.split(":");
    class Resource extends pulumi.dynamic.Resource {
        constructor(name: string, args: Inputs<Of>, opts?: pulumi.CustomResourceOptions) {
            const unknown = Object.fromEntries(outputs.map(output => [output, undefined]));
            const own = { additionalSecretOutputs: ["kubeconfig", ...secrets], hideDiffs };
            super(
                provider,
                name,
                { ...args, ...unknown },
                pulumi.mergeOptions(opts, own),
                module,
                type,
            );
        }
    }
    return Resource as new (
        ...args: ConstructorParameters<typeof Resource>
    ) => pulumi.dynamic.Resource & {
        readonly [Key in keyof Gives]: pulumi.Output<Gives[Key]>;
    };
}

/** People need not see the shim in a diff. */
const hideDiffs = ["__provider"];
