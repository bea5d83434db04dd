import * as pulumi from "@pulumi/pulumi";
import type { GrantsInputs, GrantsOutputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("grants");

/**
 * Leave for ServiceAccounts of a restored application to use SecurityContextConstraints, given before the restore. It
 * goes again; the namespace, which is the user's, stays.
 */
export class Grants extends pulumi.dynamic.Resource {
    /** Where, and what. */
    declare readonly granted: pulumi.Output<GrantsOutputs["granted"]>;

    constructor(name: string, args: Inputs<GrantsInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, granted: undefined },
            dynamicOptions(opts),
            "openshift",
            "Grants",
        );
    }
}
