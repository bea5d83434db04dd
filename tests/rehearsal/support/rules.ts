/** Cases of one rule each, on a constraint that has no other. */
import assert from "node:assert/strict";
import { admit, SecurityContextConstraints } from "../../../rehearsal/src";
import { admitted, Context, namespace, pod, refusal, request } from "./objects";

/** Allows everything. */
const lax: SecurityContextConstraints = {
    metadata: { name: "lax" },
    allowPrivilegedContainer: true,
    allowHostNetwork: true,
    allowHostPorts: true,
    allowHostPID: true,
    allowHostIPC: true,
    allowHostDirVolumePlugin: true,
    runAsUser: { type: "RunAsAny" },
    seLinuxContext: { type: "RunAsAny" },
    fsGroup: { type: "RunAsAny" },
    supplementalGroups: { type: "RunAsAny" },
    seccompProfiles: ["*"],
    allowedCapabilities: ["*"],
};

type Spec = ReturnType<typeof pod>["spec"];

export interface Case {
    title: string;
    scc: Partial<SecurityContextConstraints>;
    pod?: Partial<Spec>;
    container?: Context;
    annotations?: Record<string, string>;
    /** A part of the refusal, or what is filled in. */
    refused?: string;
    fills?: { pod?: object; container?: object };
}

/** admission_test.go, createNamespaceForTest */
const small = namespace({
    "openshift.io/sa.scc.uid-range": "1/3",
    "openshift.io/sa.scc.mcs": "s0:c1,c0",
    "openshift.io/sa.scc.supplemental-groups": "2/3",
});

/** One `it` for each case. */
export function checkRules(topic: string, cases: Case[]): void {
    for (const { title, scc, refused, fills, ...asked } of cases) {
        it(`${topic}: ${title}`, async () => {
            const own = asked.container ? { securityContext: asked.container } : {};
            const containers = [{ name: "main", ...own }];
            const verdict = await admit(
                request(pod({ containers, ...asked.pod }, asked.annotations), ["lax"], {
                    sccs: [{ ...lax, ...scc }],
                    namespace: small,
                }),
            );
            if (refused !== undefined) {
                assert.ok(refusal(verdict).includes(refused), refusal(verdict));
                return;
            }
            const { spec } = admitted(verdict);
            if (fills?.pod) {
                assert.deepEqual(spec.securityContext, fills.pod);
            }
            if (fills?.container) {
                assert.deepEqual(spec.containers?.[0]?.securityContext, fills.container);
            }
        });
    }
}
