import type { BaselineOutputs, ObserveInputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Records what the application holds before the backup. */
export class Baseline extends dynamicResource<ObserveInputs, BaselineOutputs>(
    "baseline",
    "proof:Baseline",
    ["baseline"],
) {}
