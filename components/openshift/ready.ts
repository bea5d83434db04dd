import * as pulumi from "@pulumi/pulumi";
import type { OpenShiftReadyInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("openshiftReady");

/** Waits until an OpenShift is Available, a node of it Ready, and the StorageClass of claims that name none is known. */
export class OpenShiftReady extends pulumi.dynamic.Resource {
    /** OpenShift's version: `4.20.5`. */
    declare readonly openshiftVersion: pulumi.Output<string>;
    declare readonly storageClass: pulumi.Output<string>;

    constructor(
        name: string,
        args: Inputs<OpenShiftReadyInputs>,
        opts?: pulumi.CustomResourceOptions,
    ) {
        super(
            provider,
            name,
            { ...args, openshiftVersion: undefined, storageClass: undefined },
            dynamicOptions(opts),
            "openshift",
            "Ready",
        );
    }
}
