import * as pulumi from "@pulumi/pulumi";
import type { OpenShiftReadyInputs, OpenShiftReadyOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Waits until an OpenShift is Available, a node of it Ready, and the StorageClass of claims that name none is known. */
export class OpenShiftReady extends dynamicResource<OpenShiftReadyInputs, OpenShiftReadyOutputs>(
    "openshiftReady",
    "openshift:Ready",
    ["openshiftVersion", "storageClass"],
) {
    /** OpenShift's version: `4.20.5`. */
    declare readonly openshiftVersion: pulumi.Output<string>;
}
