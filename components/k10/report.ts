import * as pulumi from "@pulumi/pulumi";
import type { ReportInputs, ReportOutputs } from "crossing-actions";
import { dynamicOptions, Inputs, shim } from "../dynamic";

const provider = shim("report");

/** Has K10 report on itself, once for a `runId`. */
export class Report extends pulumi.dynamic.Resource {
    declare readonly result: pulumi.Output<ReportOutputs["result"]>;

    constructor(name: string, args: Inputs<ReportInputs>, opts?: pulumi.CustomResourceOptions) {
        super(
            provider,
            name,
            { ...args, result: undefined },
            dynamicOptions(opts),
            "k10",
            "Report",
        );
    }
}
