import * as pulumi from "@pulumi/pulumi";
import type { DataMode, SidecarsInputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("sidecars");

/** Waits until K10's sidecar, or a snapshot, covers every claim of an application, and fails with why one is not. */
export class Sidecars extends pulumi.dynamic.Resource {
    /** How each claim gets into the backup, and why so. */
    declare readonly dataModes: pulumi.Output<DataMode[]>;

    constructor(name: string, args: Inputs<SidecarsInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, dataModes: undefined },
            dynamicOptions(opts),
            "k10",
            "Sidecars",
        );
    }
}
