import * as pulumi from "@pulumi/pulumi";
import type { ImportInputs, ImportOutputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("import");

/** Runs an import policy once for a `runId`, and finds the restore point that it brought. */
export class Import extends pulumi.dynamic.Resource {
    /** Name and times of K10's action. */
    declare readonly result: pulumi.Output<ImportOutputs["result"]>;
    /** The cluster-scoped object that stands for the imported restore point. */
    declare readonly restorePointContent: pulumi.Output<string>;

    constructor(name: string, args: Inputs<ImportInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, result: undefined, restorePointContent: undefined },
            dynamicOptions(opts),
            "k10",
            "Import",
        );
    }
}
