import type { RemainsInputs, RemainsOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Tells at its end what a source leaves in a store that outlives it. Removes nothing. */
export class Remains extends dynamicResource<RemainsInputs, RemainsOutputs>(
    "remains",
    "store:Remains",
    ["clusterId"],
    ["accessKey", "secretKey"],
) {}
