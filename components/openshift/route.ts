import * as pulumi from "@pulumi/pulumi";
import type { RouteInputs, RouteOutputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("route");

/**
 * A Route to a Service of the restored application, over HTTPS. It is no ordinary resource of a cluster because it
 * lives in a namespace that is not ours: each restore sees to it anew that it is there.
 */
export class Route extends pulumi.dynamic.Resource {
    /** Where the application answers. */
    declare readonly url: pulumi.Output<RouteOutputs["url"]>;

    constructor(name: string, args: Inputs<RouteInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, url: undefined },
            dynamicOptions(opts),
            "openshift",
            "Route",
        );
    }
}
