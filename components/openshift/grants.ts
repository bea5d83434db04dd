import * as pulumi from "@pulumi/pulumi";
import type { GrantsInputs, GrantsOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/**
 * Leave for ServiceAccounts of a restored application to use SecurityContextConstraints, given before the restore. It
 * goes again; the namespace, which is the user's, stays.
 */
export class Grants extends dynamicResource<GrantsInputs, GrantsOutputs>(
    "grants",
    "openshift:Grants",
    ["granted"],
) {
    /** Where, and what. */
    declare readonly granted: pulumi.Output<GrantsOutputs["granted"]>;
}
