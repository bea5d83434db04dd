/** Which constraint a new pod gets, and what it makes of the pod. */
import assert from "node:assert/strict";
import { admit, Pod, SecurityContextConstraints, shipped } from "../../rehearsal/src";
import { admitted, pod, podWith, refusal, request, scc } from "./support/objects";

const chosen = (result: Pod) => result.metadata.annotations?.["openshift.io/scc"];
const required = (name: string) => ({ "openshift.io/required-scc": name });

describe("a new pod", () => {
    /**
     * What OpenShift makes of a pod that asks for nothing: openshift-docs, "Managing security context constraints",
     * `restricted-v2` in the table of default constraints and "Example security context constraints"; the
     * annotations as sccadmission/admission.go writes them.
     */
    it("that asks for nothing becomes `restricted-v2`", async () => {
        const result = admitted(await admit(request(pod())));
        assert.deepEqual(result, {
            metadata: {
                name: "web",
                namespace: "shop",
                annotations: {
                    "openshift.io/scc": "restricted-v2",
                    "seccomp.security.alpha.kubernetes.io/pod": "runtime/default",
                    "security.openshift.io/validated-scc-subject-type": "serviceaccount",
                },
            },
            spec: {
                serviceAccountName: "default",
                securityContext: {
                    fsGroup: 1000660000,
                    seLinuxOptions: { level: "s0:c26,c5" },
                    seccompProfile: { type: "RuntimeDefault" },
                },
                containers: [
                    {
                        name: "main",
                        securityContext: {
                            allowPrivilegeEscalation: false,
                            capabilities: { drop: ["ALL"] },
                            runAsNonRoot: true,
                            runAsUser: 1000660000,
                        },
                    },
                ],
            },
        });
    });

    it("is completed in all its containers", async () => {
        const result = admitted(
            await admit(
                request(
                    pod({
                        initContainers: [{ name: "first" }],
                        ephemeralContainers: [{ name: "debug" }],
                    }),
                ),
            ),
        );
        for (const list of ["initContainers", "containers", "ephemeralContainers"] as const) {
            assert.equal(result.spec[list]?.[0]?.securityContext?.runAsUser, 1000660000, list);
        }
    });

    const cases: [title: string, source: string, pod: Pod, usable: string[], expected: string][] = [
        [
            "root, with `anyuid`",
            "openshift-docs, default constraints: anyuid has priority 10",
            podWith({ runAsUser: 0 }),
            ["anyuid"],
            "anyuid",
        ],
        [
            "nothing, with `anyuid`: priority goes before restrictiveness",
            "openshift-docs, Security context constraint prioritization",
            pod(),
            ["anyuid", "privileged"],
            "anyuid",
        ],
        [
            "nothing, with `privileged`: the most restrictive that admits it",
            "openshift-docs, Security context constraint prioritization",
            pod(),
            ["privileged"],
            "restricted-v2",
        ],
        [
            "a fixed user, with `nonroot-v2` and `nonroot`",
            "util/sort: nonroot-v2 drops ALL and is more restrictive",
            podWith({ runAsUser: 1001 }),
            ["nonroot", "nonroot-v2"],
            "nonroot-v2",
        ],
        [
            "the port 80 of the node, with `hostnetwork-v2`",
            "openshift-docs, default constraints: hostnetwork",
            pod({ hostNetwork: true, containers: [{ name: "m", ports: [{ hostPort: 80 }] }] }),
            ["hostnetwork-v2"],
            "hostnetwork-v2",
        ],
        [
            "a folder of the node, with `hostmount-anyuid`",
            "openshift-docs, default constraints: hostmount-anyuid",
            pod({ volumes: [{ name: "dev", hostPath: {} }] as never }),
            ["hostmount-anyuid"],
            "hostmount-anyuid",
        ],
        [
            "the processes of the node, with `hostaccess`",
            "openshift-docs, default constraints: hostaccess",
            pod({ hostPID: true }),
            ["hostaccess"],
            "hostaccess",
        ],
        [
            "NET_BIND_SERVICE, with nothing more",
            "openshift-docs, default constraints: restricted-v2",
            podWith({ capabilities: { add: ["NET_BIND_SERVICE"] } }),
            [],
            "restricted-v2",
        ],
        [
            "leave to escalate, with `restricted`",
            "openshift-docs, default constraints: restricted",
            podWith({ allowPrivilegeEscalation: true }),
            ["restricted"],
            "restricted",
        ],
        [
            "everything, with `privileged`",
            "openshift-docs, default constraints: privileged",
            podWith({ privileged: true, runAsUser: 0 }, { hostPID: true, hostNetwork: true }),
            ["privileged"],
            "privileged",
        ],
    ];
    for (const [title, source, asked, usable, expected] of cases) {
        it(`that asks for ${title} (${source})`, async () => {
            assert.equal(chosen(admitted(await admit(request(asked, usable)))), expected);
        });
    }

    /** openshift-docs, "Configuring a workload to require a specific SCC"; admission_test.go. */
    it("may require a constraint, and then gets that or none", async () => {
        const wants = (name: string) => pod({}, required(name));
        const usable = ["anyuid", "nonroot-v2"];
        assert.equal(
            chosen(admitted(await admit(request(wants("nonroot-v2"), usable)))),
            "nonroot-v2",
        );
        assert.equal(
            refusal(await admit(request(wants("privileged"), usable))),
            'pods "web" is forbidden: unable to validate against any security context constraint: provider "privileged": Forbidden: not usable by user or serviceaccount',
        );
        assert.equal(
            refusal(await admit(request(wants("does-not-exist"), usable))),
            'pods "web" is forbidden: failed to retrieve the required SCC "does-not-exist": securitycontextconstraints.security.openshift.io "does-not-exist" not found',
        );
    });

    /** sccadmission/admission.go, listSortedSCCs. */
    it("is refused where there are no constraints", async () => {
        const verdict = await admit(request(pod(), [], { sccs: [] }));
        assert.match(refusal(verdict), /no SecurityContextConstraints found in cluster$/);
    });

    /** sccadmission/admission.go, shouldIgnore; admission_test.go (TestShouldIgnore). */
    it("for Windows is left alone", async () => {
        const asked = pod({ os: { name: "windows" }, hostPID: true });
        assert.equal(admitted(await admit(request(asked))), asked);
    });

    it("asks for rights only until a constraint admits it", async () => {
        const asked: string[] = [];
        const { mayUse } = request(pod());
        await admit({
            ...request(pod()),
            mayUse: each => {
                asked.push(each.metadata.name);
                return mayUse(each);
            },
        });
        assert.deepEqual(asked, ["anyuid", "restricted-v2"]);
    });
});

describe("a constraint of one's own", () => {
    it("counts like the shipped ones", async () => {
        const own: SecurityContextConstraints = {
            ...scc("restricted-v2"),
            metadata: { name: "k10-scc" },
            allowedCapabilities: ["FOWNER", "CHOWN", "DAC_OVERRIDE"],
            runAsUser: { type: "RunAsAny" },
            priority: 1,
        };
        const asked = podWith({ runAsUser: 0, capabilities: { add: ["CHOWN"] } });
        const sccs = [...shipped, own];
        assert.equal(
            chosen(admitted(await admit(request(asked, ["k10-scc"], { sccs })))),
            "k10-scc",
        );
    });
});
