import type { VerificationInputs, VerificationOutputs } from "crossing-actions";
import { dynamicResource } from "../dynamic";

/** Compares the restored application with the baseline. A difference fails the update. */
export class Verification extends dynamicResource<VerificationInputs, VerificationOutputs>(
    "verification",
    "proof:Verification",
    ["verification"],
) {}
