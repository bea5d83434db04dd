/** Which constraint a pod gets, what it makes of the pod, and what happens to a pod that is there already. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { admit, Pod, SecurityContextConstraints, shipped, validate } from "../../rehearsal/src";
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

describe("a pod that is there already", () => {
    const change = (before: Pod, change: (after: Pod) => void, more: object = {}) => {
        const after = structuredClone(before);
        change(after);
        return { ...request(after, ["anyuid", "nonroot-v2"]), oldPod: before, ...more };
    };
    const made = async (asked: Pod, usable: string[] = []) =>
        admitted(await admit(request(asked, usable)));

    /** admission_test.go, TestAdmitPreferNonmutatingWhenPossible. */
    it("keeps its constraint, though another now goes first", async () => {
        const before = await made(pod());
        const after = admitted(
            await admit(
                change(before, ({ metadata }) => {
                    metadata.labels = { new: "one" };
                }),
            ),
        );
        // `anyuid` has priority, but would add MKNOD to what it drops; `nonroot-v2` comes later.
        assert.equal(chosen(after), "restricted-v2");
        assert.deepEqual(after.spec, before.spec);
    });

    it("is refused where every constraint would change it", async () => {
        const verdict = await admit(
            change(pod(), ({ metadata }) => {
                metadata.labels = { new: "one" };
            }),
        );
        assert.match(
            refusal(verdict),
            /unable to validate against any security context constraint/,
        );
    });

    it("may be changed by nobody in what it requires", async () => {
        const verdict = await admit(
            change(await made(pod()), ({ metadata }) => {
                metadata.annotations = { ...metadata.annotations, ...required("anyuid") };
            }),
        );
        assert.equal(
            refusal(verdict),
            'pods "web" is forbidden: invalid change of required security context constraint annotation: openshift.io/required-scc',
        );
    });

    it("gets its new ephemeral containers completed, and nothing else", async () => {
        const before = await made(pod());
        const debug = ({ spec }: Pod) => {
            spec.ephemeralContainers = [{ name: "debug" }];
        };
        const subresource = "ephemeralcontainers";
        const sccs = [scc("restricted-v2")];
        const after = admitted(await admit(change(before, debug, { subresource, sccs })));
        assert.equal(after.spec.ephemeralContainers?.[0]?.securityContext?.runAsUser, 1000660000);
        assert.deepEqual(
            { ...after.spec, ephemeralContainers: [] },
            { ...before.spec, ephemeralContainers: [] },
        );
        // Not by that subresource, not at all.
        assert.equal((await admit(change(before, debug, { sccs }))).allowed, false);
        // A pod that has not been completed itself is refused.
        assert.equal((await admit(change(pod(), debug, { subresource, sccs }))).allowed, false);
    });

    /** admission_test.go, TestShouldIgnore and TestShouldIgnoreMetaChanges. */
    const ignored: [string, (after: Pod) => void, string, boolean][] = [
        [
            "the garbage collector's fields",
            ({ metadata }) => (metadata.finalizers = ["f"]),
            "",
            true,
        ],
        ["who owns it", ({ metadata }) => (metadata.ownerReferences = [{}]), "", true],
        [
            "the network's annotation",
            ({ metadata }) => (metadata.annotations = { "k8s.ovn.org/pod-networks": "x" }),
            "",
            true,
        ],
        ["another annotation", ({ metadata }) => (metadata.annotations = { a: "b" }), "", false],
        ["a label", ({ metadata }) => (metadata.labels = { a: "b" }), "", false],
        ["its status", ({ metadata }) => (metadata.labels = { a: "b" }), "status", true],
        ["its spec", ({ spec }) => (spec.hostPID = true), "", false],
    ];
    for (const [title, how, subresource, isIgnored] of ignored) {
        it(`may ${isIgnored ? "" : "not "}change unseen in ${title}`, async () => {
            // Never completed: it passes only where nobody looks.
            const { allowed } = await admit(change(pod(), how, { subresource }));
            assert.equal(allowed, isIgnored);
        });
    }
});

describe("the last look at a pod", () => {
    it("passes what the first one made", async () => {
        const made = admitted(await admit(request(pod())));
        assert.equal((await validate(request(made))).allowed, true);
    });

    it("finds what somebody changed in between", async () => {
        const made = admitted(await admit(request(pod())));
        made.spec.containers?.push({ name: "injected", securityContext: { privileged: true } });
        const message = refusal(await validate(request(made)));
        // Its list is Go's: blanks between the elements, no commas.
        assert.match(
            message,
            /constraint: \[provider restricted-v2: \.containers\[1\]\.privileged: Invalid value: true: Privileged containers are not allowed provider "anyuid": Forbidden: not usable by user or serviceaccount provider "restricted"/,
        );
    });

    it("refuses a pod that no constraint has completed", async () => {
        assert.equal((await validate(request(pod()))).allowed, false);
    });

    it("holds the pod to what it requires", async () => {
        const made = admitted(await admit(request(pod({}, required("restricted-v2")))));
        assert.equal((await validate(request(made))).allowed, true);
        made.metadata.annotations = { ...made.metadata.annotations, "openshift.io/scc": "anyuid" };
        assert.equal(
            refusal(await validate(request(made))),
            'pods "web" is forbidden: required scc/restricted-v2 does not match the suggested scc/anyuid',
        );
    });

    /** Whatever is admitted passes the last look, and a second admission leaves it as it is. */
    it("agrees with the first one for pods of all kinds", async () => {
        const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
        const context = fc
            .record({
                runAsUser: maybe(fc.constantFrom(0, 1001, 1000660000, 1000669999)),
                runAsNonRoot: maybe(fc.boolean()),
                privileged: maybe(fc.boolean()),
                allowPrivilegeEscalation: maybe(fc.boolean()),
                capabilities: maybe(
                    fc.constantFrom({ add: ["NET_BIND_SERVICE"] }, { drop: ["ALL"] }, { drop: [] }),
                ),
            })
            .map(strip);
        const spec = fc
            .record({
                hostNetwork: maybe(fc.boolean()),
                hostPID: maybe(fc.boolean()),
                securityContext: fc
                    .record({
                        runAsUser: maybe(fc.constantFrom(0, 1000660001)),
                        fsGroup: maybe(fc.constantFrom(0, 1000660000)),
                        seLinuxOptions: maybe(fc.constantFrom({ level: "s0:c5,c26" }, {})),
                        seccompProfile: maybe(fc.constantFrom({ type: "RuntimeDefault" })),
                    })
                    .map(strip),
                containers: fc
                    .array(context, { minLength: 1, maxLength: 3 })
                    .map(list =>
                        list.map((each, at) => ({ name: `c${at}`, securityContext: each })),
                    ),
            })
            .map(strip);
        const usable = fc.subarray(shipped.map(({ metadata }) => metadata.name));
        let admissions = 0;
        await fc.assert(
            fc.asyncProperty(spec, usable, async (asked, names) => {
                const first = await admit(request(pod(asked as never), names));
                if (!first.allowed) {
                    return;
                }
                admissions++;
                const again = request(first.pod, names);
                assert.equal((await validate(again)).allowed, true);
                assert.deepEqual((await admit(again)), first);
            }),
        );
        assert.ok(admissions > 10, `only ${admissions} pods were admitted`);
    });
});

const strip = <T extends object>(value: T) =>
    Object.fromEntries(
        Object.entries(value).filter(([, each]) => each !== undefined),
    ) as Partial<T>;

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
