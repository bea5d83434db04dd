/** What a pod gets that asks for nothing, or for what everybody may have. */
import assert from "node:assert/strict";
import type { V1Pod, V1PodSecurityContext, V1SecurityContext } from "@kubernetes/client-node";
import { admission, behaviour, docs, sections } from "./behaviour.ts";
import { chosen, mcs, type OpenShift } from "./world.ts";

const scc = (pod: V1Pod) => pod.metadata?.annotations?.[chosen];
const container = (pod: V1Pod, index = 0): V1SecurityContext =>
    pod.spec?.containers[index]?.securityContext ?? {};
const ofPod = (pod: V1Pod): V1PodSecurityContext => pod.spec?.securityContext ?? {};

/** A field of a pod that asks for nothing. */
const filled = (
    name: string,
    source: string,
    field: (pod: V1Pod) => unknown,
    expected: (world: OpenShift) => unknown,
) =>
    behaviour(name, source, async world => {
        assert.deepEqual(field(await world.pod()), expected(world));
    });

const generated = docs("About pre-allocated security context constraints values");

export const defaults = [
    filled(
        "A pod of somebody without grants is admitted by `restricted-v2`, and annotated so.",
        sections.about,
        scc,
        () => "restricted-v2",
    ),
    filled(
        "It runs as the first user of its namespace's range.",
        sections.strategies,
        pod => container(pod).runAsUser,
        ({ place }) => place.users[0],
    ),
    filled(
        "Its fsGroup is the first of its namespace's groups.",
        generated,
        pod => ofPod(pod).fsGroup,
        ({ place }) => place.users[0],
    ),
    filled(
        "It has its namespace's SELinux level.",
        generated,
        pod => ofPod(pod).seLinuxOptions,
        ({ place }) => ({ level: place.annotations[mcs] }),
    ),
    filled(
        "It gets no supplemental groups, since `restricted-v2` lets it have any.",
        sections.strategies,
        pod => ofPod(pod).supplementalGroups,
        () => undefined,
    ),
    filled(
        "It drops ALL capabilities.",
        sections.about,
        pod => container(pod).capabilities,
        () => ({ drop: ["ALL"] }),
    ),
    filled(
        "It must not escalate its privileges.",
        sections.about,
        pod => container(pod).allowPrivilegeEscalation,
        () => false,
    ),
    filled(
        "It has the runtime's seccomp profile.",
        sections.about,
        pod => ofPod(pod).seccompProfile,
        () => ({ type: "RuntimeDefault" }),
    ),
    filled(
        "It is marked as not root.",
        admission("sccmatching/provider.go"),
        pod => container(pod).runAsNonRoot,
        () => true,
    ),
    filled(
        "Its annotation says whose right counted: the maker's, since its service account has none.",
        admission("sccadmission/admission.go"),
        pod => pod.metadata?.annotations?.["security.openshift.io/validated-scc-subject-type"],
        () => "user",
    ),
    behaviour(
        "All its containers are completed, init containers too.",
        admission("sccmatching/provider.go"),
        async world => {
            const image = "crossing.invalid/never-pulled:1";
            const pod = await world.pod({
                initContainers: [{ name: "first", image }],
                containers: [
                    { name: "main", image },
                    { name: "side", image },
                ],
            });
            const all = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
            assert.deepEqual(
                all.map(each => each.securityContext?.runAsUser),
                Array<number>(3).fill(world.place.users[0]),
            );
        },
    ),
    behaviour(
        "Another user of the range may be asked for: the last one, too.",
        sections.strategies,
        async world => {
            const [, last] = world.place.users;
            const pod = await world.container({ runAsUser: last });
            assert.deepEqual([scc(pod), container(pod).runAsUser], ["restricted-v2", last]);
        },
    ),
    behaviour(
        "A user that the pod asks for counts for its containers.",
        admission("sccmatching/provider.go"),
        async world => {
            const user = world.place.users[0] + 5;
            const pod = await world.pod({ securityContext: { runAsUser: user } });
            assert.deepEqual([ofPod(pod).runAsUser, container(pod).runAsUser], [user, undefined]);
        },
    ),
    behaviour("Any supplemental group may be asked for.", sections.strategies, async world => {
        const pod = await world.pod({ securityContext: { supplementalGroups: [5, 6] } });
        assert.deepEqual(ofPod(pod).supplementalGroups, [5, 6]);
    }),
    behaviour("NET_BIND_SERVICE may be added.", sections.about, async world => {
        const pod = await world.container({ capabilities: { add: ["NET_BIND_SERVICE"] } });
        assert.deepEqual(
            [scc(pod), container(pod).capabilities],
            ["restricted-v2", { add: ["NET_BIND_SERVICE"], drop: ["ALL"] }],
        );
    }),
    behaviour(
        "What a container drops already is joined by what it must drop.",
        admission("capabilities/mustrunas.go"),
        async world => {
            const pod = await world.container({ capabilities: { drop: ["CHOWN"] } });
            assert.deepEqual(container(pod).capabilities?.drop?.toSorted(), ["ALL", "CHOWN"]);
        },
    ),
    behaviour(
        "A read-only root file system may be asked for, and is not asked for by default.",
        sections.example,
        async world => {
            const asked = await world.container({ readOnlyRootFilesystem: true });
            assert.equal(container(asked).readOnlyRootFilesystem, true);
            assert.equal(container(await world.pod()).readOnlyRootFilesystem, undefined);
        },
    ),
    behaviour(
        "Config maps, secrets, claims, empty folders, downward API and projections may be mounted.",
        sections.volumes,
        async world => {
            const pod = await world.pod({
                volumes: [
                    { name: "a", configMap: { name: "x" } },
                    { name: "b", secret: { secretName: "x" } },
                    { name: "c", persistentVolumeClaim: { claimName: "x" } },
                    { name: "d", emptyDir: {} },
                    {
                        name: "e",
                        downwardAPI: {
                            items: [{ path: "x", fieldRef: { fieldPath: "metadata.name" } }],
                        },
                    },
                    { name: "f", projected: { sources: [{ secret: { name: "x" } }] } },
                ],
            });
            assert.equal(scc(pod), "restricted-v2");
        },
    ),
    behaviour(
        "A safe kernel parameter may be set.",
        docs("Using sysctls in containers"),
        async world => {
            const sysctls = [{ name: "kernel.shm_rmid_forced", value: "1" }];
            assert.equal(scc(await world.pod({ securityContext: { sysctls } })), "restricted-v2");
        },
    ),
];
