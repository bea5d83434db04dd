import * as pulumi from "@pulumi/pulumi";
import type { PublishedInputs, PublishedOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Where a Service is reached from outside of its cluster. */
export class Published extends dynamicResource<PublishedInputs, PublishedOutputs>(
    "published",
    "store:Published",
    ["address"],
) {
    /** A host and a port: `172.30.77.2:30123`. */
    declare readonly address: pulumi.Output<string>;
}
