import * as pulumi from "@pulumi/pulumi";
import type { DataMode, SidecarsInputs, SidecarsOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Waits until K10's sidecar, or a snapshot, covers every claim of an application, and fails with why one is not. */
export class Sidecars extends dynamicResource<SidecarsInputs, SidecarsOutputs>(
    "sidecars",
    "k10:Sidecars",
    ["dataModes"],
) {
    /** How each claim gets into the backup, and why so. */
    declare readonly dataModes: pulumi.Output<DataMode[]>;
}
