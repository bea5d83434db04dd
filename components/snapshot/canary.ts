import * as pulumi from "@pulumi/pulumi";
import type { CanaryInputs, CanaryOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Makes, snapshots, clones and reads back a scratch volume, so that a backup need not be the first to try. */
export class Canary extends dynamicResource<CanaryInputs, CanaryOutputs>(
    "canary",
    "snapshot:Canary",
    ["result"],
) {
    /** What was tried, and the seconds that a snapshot took. */
    declare readonly result: pulumi.Output<CanaryOutputs["result"]>;
}
