import * as pulumi from "@pulumi/pulumi";
import type { RouteInputs, RouteOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/**
 * A Route to a Service of the restored application, over HTTPS. It is no ordinary resource of a cluster because it
 * lives in a namespace that is not ours: each restore sees to it anew that it is there.
 */
export class Route extends dynamicResource<RouteInputs, RouteOutputs>("route", "openshift:Route", [
    "url",
]) {
    /** Where the application answers. */
    declare readonly url: pulumi.Output<RouteOutputs["url"]>;
}
