import * as pulumi from "@pulumi/pulumi";
import type { ConnectionInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("connection");

/** Asks a cluster who it is; fails with a sentence where it does not answer. */
export class Connection extends pulumi.dynamic.Resource {
    declare readonly uid: pulumi.Output<string>;
    declare readonly version: pulumi.Output<string>;
    declare readonly server: pulumi.Output<string>;

    constructor(name: string, args: Inputs<ConnectionInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, uid: undefined, version: undefined, server: undefined },
            dynamicOptions(opts),
            "cluster",
            "Connection",
        );
    }
}
