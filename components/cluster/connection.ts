import type { ConnectionInputs, ConnectionOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Asks a cluster who it is; fails with a sentence where it does not answer. */
export class Connection extends dynamicResource<ConnectionInputs, ConnectionOutputs>(
    "connection",
    "cluster:Connection",
    ["uid", "version", "server"],
) {}
