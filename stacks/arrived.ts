/** What a stack tells of applications that were restored. */
import { togetherOf } from "../components/proof";
import { byNamespace } from "./source";
import type { TargetApplication } from "./target-application";

export function arrivedOutputs(arrived: TargetApplication[]) {
    const [only] = arrived.length === 1 ? arrived : [];
    return {
        applications: byNamespace(arrived, each => {
            const { restored, restoredNamespace, route, proof, safety, grants } = each;
            const { timings, evidence } = each;
            return {
                restorePoint: restored.restorePoint,
                restoredNamespace,
                ...(proof && { verification: proof.verification }),
                ...{ timings, evidence },
                ...(route && { url: route.url }),
                ...(grants && { grants: grants.granted.grants }),
                ...(safety && { safetyRestorePoint: safety.restorePoint }),
            };
        }),
        verification: togetherOf(arrived),
        // Where there is one application, what is of it stands flat as well.
        applicationNamespace: only?.namespace,
        restorePoint: only?.restored.restorePoint,
        restoredNamespace: only?.restoredNamespace,
        safetyRestorePoint: only?.safety?.restorePoint,
        applicationUrl: only?.route?.url,
        timings: only?.timings,
        evidence: only?.evidence,
    };
}
