import * as pulumi from "@pulumi/pulumi";
import type { ExportInputs, ExportResult } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("export");

/** Runs an export policy once for a `runId`, and waits until K10 has exported. */
export class Export extends pulumi.dynamic.Resource {
    /** Names and times of K10's actions. */
    declare readonly result: pulumi.Output<ExportResult>;
    /** The hand-off for the other cluster. Secret. Empty if a person gives it. */
    declare readonly receiveString: pulumi.Output<string>;

    constructor(name: string, args: Inputs<ExportInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, result: undefined, receiveString: undefined },
            dynamicOptions(opts, ["receiveString"]),
            "k10",
            "Export",
        );
    }
}
