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

/** Options that every dynamic resource needs: people need not see the shim in a diff. */
export function dynamicOptions(
    opts: pulumi.CustomResourceOptions | undefined,
    secrets: string[] = [],
): pulumi.CustomResourceOptions {
    return pulumi.mergeOptions(opts, {
        additionalSecretOutputs: ["kubeconfig", ...secrets],
        hideDiffs: ["__provider"],
    } as pulumi.CustomResourceOptions);
}
