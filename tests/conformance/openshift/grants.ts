/** What somebody gets to whom constraints are granted. */
import assert from "node:assert/strict";
import type { V1Pod, V1PodSpec, V1SecurityContext } from "@kubernetes/client-node";
import { refusal, Refusal, scratchLabels, until } from "../support/cluster.ts";
import { admission, behaviour, sections } from "./behaviour.ts";
import { chosen, decided, podOf, supplementalGroups } from "./world.ts";

const scc = (pod: V1Pod) => pod.metadata?.annotations?.[chosen];
const container = (pod: V1Pod): V1SecurityContext => pod.spec?.containers[0]?.securityContext ?? {};
const required = (name: string) => ({ "openshift.io/required-scc": name });

/** Which of the constraints that are granted admits a pod. */
const admitted = (
    name: string,
    source: string,
    granted: string[],
    spec: Partial<V1PodSpec>,
    expected: string,
    look: (pod: V1Pod, groups: string) => void = () => undefined,
) =>
    behaviour(name, source, async (world, scratch) => {
        const account = await world.account(scratch, ...granted);
        const pod = await world.pod(spec, { account });
        assert.equal(scc(pod), expected);
        look(pod, world.place.annotations[supplementalGroups] ?? "");
    });

const of = (securityContext: V1SecurityContext): Partial<V1PodSpec> => ({
    containers: [{ name: "main", securityContext }],
});

const choices = [
    admitted(
        "With `anyuid` a pod may run as root, and keeps that user.",
        sections.about,
        ["anyuid"],
        of({ runAsUser: 0 }),
        "anyuid",
        pod => assert.equal(container(pod).runAsUser, 0),
    ),
    admitted(
        "`anyuid` goes first even where `restricted-v2` would do: its priority is higher.",
        sections.priority,
        ["anyuid"],
        {},
        "anyuid",
        pod => assert.equal(container(pod).runAsUser, undefined),
    ),
    admitted(
        "Of equal priorities the most restrictive one that admits the pod goes first.",
        sections.priority,
        ["privileged", "nonroot"],
        {},
        "restricted-v2",
    ),
    admitted(
        "`nonroot-v2` goes before `nonroot`.",
        sections.priority,
        ["nonroot", "nonroot-v2"],
        of({ runAsUser: 1001 }),
        "nonroot-v2",
    ),
    admitted(
        "`nonroot-v2` lets a pod run as any user but root, with any fsGroup.",
        sections.strategies,
        ["nonroot-v2"],
        { ...of({ runAsUser: 1001 }), securityContext: { fsGroup: 2000 } },
        "nonroot-v2",
        pod => assert.equal(container(pod).runAsNonRoot, true),
    ),
    admitted(
        "`hostnetwork-v2` lets a pod have the node's network and ports; its supplemental group is its namespace's.",
        sections.about,
        ["hostnetwork-v2"],
        {
            hostNetwork: true,
            containers: [{ name: "main", ports: [{ containerPort: 80, hostPort: 80 }] }],
        },
        "hostnetwork-v2",
        (pod, groups) =>
            assert.deepEqual(pod.spec?.securityContext?.supplementalGroups, [
                Number(groups.split("/")[0]),
            ]),
    ),
    admitted(
        "`hostmount-anyuid` lets a pod mount a folder of the node, as any user.",
        sections.about,
        ["hostmount-anyuid"],
        { ...of({ runAsUser: 0 }), volumes: [{ name: "node", hostPath: { path: "/" } }] },
        "hostmount-anyuid",
    ),
    admitted(
        "`hostaccess` lets a pod see the node's processes and IPC, as a user of its namespace.",
        sections.about,
        ["hostaccess"],
        { hostPID: true, hostIPC: true },
        "hostaccess",
    ),
    admitted(
        "`privileged` lets a pod do everything, and fills in no user.",
        sections.about,
        ["privileged"],
        { ...of({ privileged: true }), hostPID: true, hostNetwork: true },
        "privileged",
        pod => assert.equal(container(pod).runAsUser, undefined),
    ),
    admitted(
        "`restricted` lets a pod escalate its privileges, and nothing more than that.",
        sections.about,
        ["restricted"],
        of({ allowPrivilegeEscalation: true }),
        "restricted",
        pod =>
            assert.deepEqual(container(pod).capabilities?.drop?.toSorted(), [
                ...["KILL", "MKNOD", "SETGID", "SETUID"],
            ]),
    ),
];

const limits = [
    behaviour("`nonroot-v2` refuses root.", sections.strategies, async (world, scratch) => {
        const account = await world.account(scratch, "nonroot-v2");
        assert.match(
            await refusal(world.container({ runAsUser: 0 }, { account })),
            /provider nonroot-v2: \.containers\[0\]\.runAsUser: Invalid value: 0: running with the root UID is forbidden/,
        );
    }),
    behaviour(
        "`anyuid` knows no seccomp profile: a pod that names one gets another SCC or is refused.",
        admission("seccomp/strategy.go"),
        async (world, scratch) => {
            const account = await world.account(scratch, "anyuid");
            const seccompProfile = { type: "RuntimeDefault" };
            const pod = await world.pod({ securityContext: { seccompProfile } }, { account });
            assert.equal(scc(pod), "restricted-v2");
            const root = { securityContext: { seccompProfile, runAsUser: 0 } };
            assert.match(await refusal(world.pod(root, { account })), /seccomp may not be set/);
        },
    ),
    behaviour(
        "A grant counts for its service account, in its namespace, as long as it is there.",
        sections.roles,
        async (world, scratch) => {
            const root = of({ runAsUser: 0 });
            const account = await world.account(scratch, "anyuid");
            const other = await world.newPlace(scratch);
            assert.equal(scc(await world.pod(root, { account })), "anyuid");
            assert.match(await refusal(world.pod(root)), /must be in the ranges/);
            assert.match(await refusal(world.pod(root, { place: other })), /must be in the ranges/);
            await world.kube.remove({
                ...{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" },
                metadata: { name: `${account}-anyuid`, namespace: world.place.namespace },
            });
            await world.untilMayUse("anyuid", account, false);
            assert.match(await refusal(world.pod(root, { account })), /must be in the ranges/);
        },
    ),
    behaviour(
        "A role of one's own with the verb `use` grants an SCC, too.",
        sections.roles,
        async (world, scratch) => {
            const { namespace } = world.place;
            const account = await world.account(scratch);
            const metadata = { name: `own-${scratch.suffix}`, namespace };
            const rbac = "rbac.authorization.k8s.io";
            const role = { apiVersion: `${rbac}/v1`, kind: "Role", metadata };
            await world.kube.make(
                {
                    ...role,
                    rules: [
                        {
                            apiGroups: ["security.openshift.io"],
                            resources: ["securitycontextconstraints"],
                            resourceNames: ["anyuid"],
                            verbs: ["use"],
                        },
                    ],
                },
                scratch,
            );
            await world.kube.make(
                {
                    ...{ ...role, kind: "RoleBinding" },
                    roleRef: { apiGroup: rbac, kind: "Role", name: metadata.name },
                    subjects: [{ kind: "ServiceAccount", name: account, namespace }],
                },
                scratch,
            );
            await world.untilMayUse("anyuid", account, true);
            const pod = await world.container({ runAsUser: 0 }, { account });
            assert.equal(scc(pod), "anyuid");
        },
    ),
    behaviour(
        "A grant to the maker counts as well as one to the pod's service account: administrators get `anyuid`.",
        sections.priority,
        async world => {
            const pod = await decided(() => world.kube.create(podOf(world.place.namespace), true));
            assert.equal(scc(pod), "anyuid");
        },
    ),
    behaviour(
        "The annotation says that the service account's right counted, where it has it.",
        admission("sccadmission/admission.go"),
        async (world, scratch) => {
            const account = await world.account(scratch, "anyuid");
            const pod = await world.pod({}, { account });
            assert.equal(
                pod.metadata?.annotations?.["security.openshift.io/validated-scc-subject-type"],
                "serviceaccount",
            );
        },
    ),
    behaviour(
        "A pod that requires an SCC gets that one, although another goes first.",
        sections.required,
        async (world, scratch) => {
            const account = await world.account(scratch, "anyuid", "nonroot-v2");
            const annotations = required("nonroot-v2");
            assert.equal(scc(await world.pod({}, { account, annotations })), "nonroot-v2");
        },
    ),
    behaviour(
        "A pod that requires an SCC which nobody granted is refused, although others would do.",
        sections.required,
        async world => {
            const message = await refusal(world.pod({}, { annotations: required("privileged") }));
            assert.match(
                message,
                /unable to validate against any security context constraint: \[?provider "privileged": Forbidden: not usable by user or serviceaccount/,
            );
        },
    ),
    behaviour(
        "An SCC of one's own that names a service account among its users admits its pods at once.",
        sections.creating,
        async (world, scratch) => {
            const account = await world.account(scratch);
            const name = `crossing-conformance-${scratch.suffix}`;
            await world.kube.make(
                {
                    ...{ apiVersion: "security.openshift.io/v1" },
                    kind: "SecurityContextConstraints",
                    metadata: { name, labels: scratchLabels },
                    ...own,
                    users: [`system:serviceaccount:${world.place.namespace}:${account}`],
                },
                scratch,
            );
            const asked = of({ runAsUser: 0, capabilities: { add: ["CHOWN"] } });
            const pod = await eventually(() => world.pod(asked, { account }));
            assert.equal(scc(pod), name);
            assert.match(await refusal(world.pod(asked)), /must be in the ranges/);
        },
    ),
];

/** As K10's own, which the program makes: any user, and three capabilities. */
const own = {
    ...{ allowHostDirVolumePlugin: false, allowHostIPC: false, allowHostNetwork: false },
    ...{ allowHostPID: false, allowHostPorts: false, allowPrivilegedContainer: false },
    ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: false, groups: [] },
    allowedCapabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER"],
    requiredDropCapabilities: ["ALL"],
    defaultAddCapabilities: [],
    runAsUser: { type: "RunAsAny" },
    seLinuxContext: { type: "RunAsAny" },
    fsGroup: { type: "RunAsAny" },
    supplementalGroups: { type: "RunAsAny" },
    volumes: ["configMap", "emptyDir", "persistentVolumeClaim", "projected", "secret"],
};

/** Admission learns of a new constraint a moment after it was made. */
const eventually = (request: () => Promise<V1Pod>) =>
    until("the new SCC to count", () =>
        request().catch((error: unknown) => {
            if (error instanceof Refusal) {
                return undefined;
            }
            throw error;
        }),
    );

export const grants = [...choices, ...limits];
