/** OpenShift's refusals, word for word as people have reported them, and as its source puts them together. */
import assert from "node:assert/strict";
import { admit, Pod } from "../../rehearsal/src";
import { namespace, pod, podWith, refusal, request, scc } from "./support/objects";

/** What follows the refusal of `restricted-v2` in the order of attempts, where nothing else may be used. */
const others = [
    ...["restricted", "nonroot-v2", "nonroot", "hostmount-anyuid", "hostnetwork-v2"],
    ...["hostnetwork", "hostaccess", "privileged"],
]
    .map(name => `provider "${name}": Forbidden: not usable by user or serviceaccount`)
    .join(", ");

/** The whole sentence around what `restricted-v2` says. */
const sentence = (problems: string) =>
    `pods "web" is forbidden: unable to validate against any security context constraint: [provider "anyuid": Forbidden: not usable by user or serviceaccount, ${problems}, ${others}]`;

const ids = (start: number) =>
    namespace({
        "openshift.io/sa.scc.uid-range": `${start}/10000`,
        "openshift.io/sa.scc.supplemental-groups": `${start}/10000`,
    });

interface Case {
    title: string;
    source: string;
    pod: Pod;
    start?: number;
    problems: string;
}

const provider = "apiserver-library-go, sccmatching/provider.go";

const cases: Case[] = [
    {
        title: "a fixed user and group",
        source: "github.com/pulp/pulp-operator issue 1319 (OpenShift 4.14)",
        pod: pod({ securityContext: { fsGroup: 999, runAsUser: 999 } }),
        start: 1000680000,
        problems:
            "provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: []int64{999}: 999 is not an allowed group, " +
            "provider restricted-v2: .containers[0].runAsUser: Invalid value: 999: must be in the ranges: [1000680000, 1000689999]",
    },
    {
        title: "a user in one container only",
        source: "github.com/wave-k8s/wave issue 174 (OpenShift 4.14.31)",
        pod: podWith({ runAsUser: 1000 }),
        start: 1000760000,
        problems:
            "provider restricted-v2: .containers[0].runAsUser: Invalid value: 1000: must be in the ranges: [1000760000, 1000769999]",
    },
    {
        title: "the labels of another namespace",
        source: "a Drupal deployment on OpenShift 4.12, refusal of replica set drupal-56686ff69d",
        pod: pod({
            securityContext: { fsGroup: 0, runAsUser: 0, seLinuxOptions: { level: "s0:c25,c10" } },
        }),
        problems:
            "provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: []int64{0}: 0 is not an allowed group, " +
            'provider restricted-v2: .spec.securityContext.seLinuxOptions.level: Invalid value: "s0:c25,c10": must be s0:c26,c5, ' +
            "provider restricted-v2: .containers[0].runAsUser: Invalid value: 0: must be in the ranges: [1000660000, 1000669999], " +
            'provider restricted-v2: .containers[0].seLinuxOptions.level: Invalid value: "s0:c25,c10": must be s0:c26,c5',
    },
    {
        title: "an agent of the node",
        source: "WEKA's operator on OpenShift, pod weka-sign-and-discover-drives",
        pod: podWith(
            { privileged: true },
            {
                hostPID: true,
                volumes: [
                    { name: "config", configMap: {} },
                    { name: "dev", hostPath: {} },
                ] as never,
            },
        ),
        problems:
            "provider restricted-v2: .spec.securityContext.hostPID: Invalid value: true: Host PID is not allowed to be used, " +
            'spec.volumes[1]: Invalid value: "hostPath": hostPath volumes are not allowed to be used, ' +
            "provider restricted-v2: .containers[0].privileged: Invalid value: true: Privileged containers are not allowed, " +
            "provider restricted-v2: .containers[0].hostPID: Invalid value: true: Host PID is not allowed to be used",
    },
    {
        title: "a capability",
        source: "a Tekton build on OpenShift: containers[0].capabilities.add SETFCAP",
        pod: podWith({ capabilities: { add: ["SETFCAP"] } }),
        problems:
            'provider restricted-v2: .containers[0].capabilities.add: Invalid value: "SETFCAP": capability may not be added',
    },
    {
        title: "a port of the node, in two containers of one pod",
        source: "node exporter on OpenShift: .containers[0].containers[0].hostPort: Invalid value: 9100",
        pod: pod({
            containers: [{ name: "main", ports: [{ hostPort: 9100 }] }, { name: "side" }],
        }),
        problems:
            "provider restricted-v2: .containers[0].containers[0].hostPort: Invalid value: 9100: Host ports are not allowed to be used, " +
            "provider restricted-v2: .containers[1].containers[0].hostPort: Invalid value: 9100: Host ports are not allowed to be used",
    },
    {
        title: "the network and the IPC of the node",
        source: provider,
        pod: pod({ hostNetwork: true, hostIPC: true }),
        problems:
            "provider restricted-v2: .spec.securityContext.hostNetwork: Invalid value: true: Host network is not allowed to be used, " +
            "provider restricted-v2: .spec.securityContext.hostIPC: Invalid value: true: Host IPC is not allowed to be used, " +
            "provider restricted-v2: .containers[0].hostNetwork: Invalid value: true: Host network is not allowed to be used, " +
            "provider restricted-v2: .containers[0].hostIPC: Invalid value: true: Host IPC is not allowed to be used",
    },
    {
        title: "init and ephemeral containers, the former first",
        source: "Kubernetes, pkg/apis/core/pods/helpers.go (VisitContainersWithPath)",
        pod: pod({
            initContainers: [{ name: "first", securityContext: { runAsUser: 1 } }],
            ephemeralContainers: [{ name: "debug", securityContext: { runAsUser: 2 } }],
        }),
        problems:
            "provider restricted-v2: .initContainers[0].runAsUser: Invalid value: 1: must be in the ranges: [1000660000, 1000669999], " +
            "provider restricted-v2: .ephemeralContainers[0].runAsUser: Invalid value: 2: must be in the ranges: [1000660000, 1000669999]",
    },
    {
        title: "an unconfined container",
        source: "apiserver-library-go, seccomp/strategy.go",
        pod: podWith({ seccompProfile: { type: "Unconfined" } }),
        problems:
            "pod.metadata.annotations[container.seccomp.security.alpha.kubernetes.io/main]: Forbidden: unconfined is not an allowed seccomp profile. Valid values are [runtime/default]",
    },
    {
        title: "a dangerous kernel parameter",
        source: "apiserver-library-go, sccmatching/provider_test.go (failUnsafeSysctlPod)",
        pod: pod({ securityContext: { sysctls: [{ name: "kernel.sem", value: "32000" }] } }),
        problems:
            'spec.securityContext.sysctls[0]: Forbidden: unsafe sysctl "kernel.sem" is not allowed',
    },
];

describe("OpenShift's refusals", () => {
    for (const { title, source, pod: asked, start = 1000660000, problems } of cases) {
        it(`${title} (${source})`, async () => {
            const verdict = await admit(request(asked, [], { namespace: ids(start) }));
            assert.equal(refusal(verdict), sentence(problems));
        });
    }

    /** github.com/projectnessie/nessie issue 11823: `anyuid` may be used, but knows no seccomp. */
    it("of a pod with a seccomp profile name the annotations that Kubernetes once had", async () => {
        const asked = pod({
            securityContext: { fsGroup: 10001, runAsUser: 10000 },
            containers: [
                { name: "nessie", securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
            ],
        });
        asked.spec.securityContext = {
            ...asked.spec.securityContext,
            seccompProfile: { type: "RuntimeDefault" },
        };
        const verdict = await admit(request(asked, ["anyuid"], { namespace: ids(1000750000) }));
        assert.equal(
            refusal(verdict),
            'pods "web" is forbidden: unable to validate against any security context constraint: [' +
                "pod.metadata.annotations[seccomp.security.alpha.kubernetes.io/pod]: Forbidden: seccomp may not be set, " +
                "pod.metadata.annotations[container.seccomp.security.alpha.kubernetes.io/nessie]: Forbidden: seccomp may not be set, " +
                "provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: []int64{10001}: 10001 is not an allowed group, " +
                "provider restricted-v2: .containers[0].runAsUser: Invalid value: 10000: must be in the ranges: [1000750000, 1000759999], " +
                `${others}]`,
        );
    });

    /** sccadmission/admission.go and admission_test.go (TestRestrictedMessage). */
    it("tell who would get by with `restricted`", async () => {
        const advice =
            ", no access to scc/restricted: Forbidden: the pod fails to validate against the `restricted-v2` security context constraint, but would validate successfully against the `restricted` security context constraint]";
        const escalating = podWith({ allowPrivilegeEscalation: true });
        const told = refusal(await admit(request(escalating)));
        assert.ok(told.endsWith(advice), told);
        assert.match(
            told,
            /provider restricted-v2: \.containers\[0\]\.allowPrivilegeEscalation: Invalid value: true: Allowing privilege escalation for containers is not allowed/,
        );
        const privileged = refusal(await admit(request(podWith({ privileged: true }))));
        assert.ok(!privileged.includes("no access to scc/restricted"), privileged);
    });

    /** Kubernetes, pkg/util/errors (Aggregate): a single error stands without brackets. */
    it("have no brackets where there is one constraint and one reason", async () => {
        const verdict = await admit(
            request(podWith({ runAsUser: 5 }), [], { sccs: [scc("restricted-v2")] }),
        );
        assert.equal(
            refusal(verdict),
            'pods "web" is forbidden: unable to validate against any security context constraint: provider restricted-v2: .containers[0].runAsUser: Invalid value: 5: must be in the ranges: [1000660000, 1000669999]',
        );
    });

    /** Kubernetes, apiserver/pkg/admission/errors.go (extractResourceName). */
    it("name a pod that has no name yet by what it will begin with", async () => {
        const asked = podWith({ runAsUser: 5 });
        asked.metadata = { generateName: "web-7d676c98dd-" };
        assert.match(
            refusal(await admit(request(asked))),
            /^pods "web-7d676c98dd-" is forbidden: /,
        );
        asked.metadata = {};
        assert.match(refusal(await admit(request(asked))), /^pods "Unknown" is forbidden: /);
    });

    /** sccmatching/matcher.go (CreateProviderFromConstraint and the functions that it calls). */
    const incomplete: [string, string][] = [
        ["uid-range", "unable to find annotation openshift.io/sa.scc.uid-range"],
        ["mcs", "unable to find annotation openshift.io/sa.scc.mcs"],
    ];
    for (const [annotation, message] of incomplete) {
        it(`of a namespace without ${annotation} say so`, async () => {
            const lacking = namespace();
            delete lacking.metadata.annotations?.[`openshift.io/sa.scc.${annotation}`];
            const verdict = await admit(request(pod(), [], { namespace: lacking }));
            assert.ok(refusal(verdict).includes(message), refusal(verdict));
        });
    }
});
