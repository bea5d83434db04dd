/** Why a workload may not bear K10's sidecar. */
import { application, Owner, Scene, sidecarsOf, whoIs } from "./claim-users";

/** What K10 has to be able to do with files (documentation, "Security Requirements"). */
const capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER"];

/** One sentence for each reason. The sidecar has the security context of the application (documentation). */
export function intolerances(owner: Owner, { namespace }: Scene): string[] {
    const spec = owner.pods[0]?.spec ?? owner.spec;
    const sidecar = sidecarsOf(spec)[0];
    const context =
        sidecar?.securityContext ??
        application(spec).find(each => each.securityContext)?.securityContext ??
        {};
    const nonRoot = context.runAsNonRoot ?? spec.securityContext?.runAsNonRoot;
    const user = context.runAsUser ?? spec.securityContext?.runAsUser;
    const { add = [], drop = [] } = context.capabilities ?? {};
    const dropped = capabilities.filter(
        each => (drop.includes("ALL") || drop.includes(each)) && !add.includes(each),
    );
    const restricted = namespace.labels["pod-security.kubernetes.io/enforce"] === "restricted";
    return [
        ...(spec.hostPID
            ? ["its pods see the processes of their node (`hostPID`), and so does the sidecar"]
            : []),
        ...(context.readOnlyRootFilesystem
            ? [
                  "the sidecar's root file system is read-only, so that K10 can keep nothing beside the volumes",
              ]
            : []),
        ...(nonRoot && user === undefined && !sidecar
            ? [
                  "`runAsNonRoot` without `runAsUser` keeps the sidecar from starting, if its image is root's",
              ]
            : []),
        ...(restricted || dropped.length > 0
            ? [
                  `the sidecar has no capabilities ${(restricted ? capabilities : dropped).join(", ")}, so that K10 reads only what its user may read, and restores no owners`,
              ]
            : []),
    ].map(text => `${whoIs(owner)}: ${text}.`);
}
