/** Pods that are kept, by their makers and by controllers. No node ever runs them. */
import assert from "node:assert/strict";
import type { V1Deployment, V1Pod, V1PodSpec } from "@kubernetes/client-node";
import type { Scratch } from "../scratch.ts";
import { refusal, until } from "../support/cluster.ts";
import { admission, behaviour, sections } from "./behaviour.ts";
import { chosen, decided, type OpenShift, podOf } from "./world.ts";

const required = "openshift.io/required-scc";

/** Makes a pod that stays, as somebody without rights of his own. */
async function keep(world: OpenShift, scratch: Scratch, account: string) {
    const { maker, namespace } = world.place;
    const metadata = { name: `kept-${scratch.suffix}`, namespace };
    const pod = podOf(namespace, {}, { account });
    const reference = { apiVersion: "v1", kind: "Pod" };
    const kept = await decided(() => maker.make<V1Pod>({ ...pod, metadata }, scratch));
    const change = (changed: object) =>
        decided(() => maker.change<V1Pod>({ ...reference, metadata: { ...metadata, ...changed } }));
    return { kept, change };
}

/** A Deployment of one pod, made by an administrator: its pods are made by a controller. */
async function deploy(world: OpenShift, scratch: Scratch, spec: Partial<V1PodSpec>) {
    const { namespace } = world.place;
    const name = `deployment-${scratch.suffix}`;
    const labels = { app: name };
    const reference = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name, namespace } };
    await world.kube.make<V1Deployment>(
        {
            ...reference,
            spec: {
                selector: { matchLabels: labels },
                template: { metadata: { labels }, spec: podOf(namespace, spec).spec },
            },
        },
        scratch,
    );
    return { namespace, labels, reference };
}

export const kept = [
    behaviour(
        "A pod of a Deployment is admitted by `restricted-v2`, though an administrator made the Deployment.",
        sections.admission,
        async (world, scratch) => {
            const { namespace, labels } = await deploy(world, scratch, {});
            const pod = await until("the Deployment's pod", async () => {
                const pods = await world.kube.list<V1Pod>("v1", "Pod", namespace);
                return pods.find(each => each.metadata?.labels?.["app"] === labels.app);
            });
            assert.equal(pod.metadata?.annotations?.[chosen], "restricted-v2");
        },
    ),
    behaviour(
        "A Deployment whose pods are refused says why in its condition ReplicaFailure.",
        'Kubernetes documentation, Deployments, "Failed Deployment"',
        async (world, scratch) => {
            const { reference } = await deploy(world, scratch, {
                securityContext: { runAsUser: 0 },
            });
            const condition = await until("the condition ReplicaFailure", async () => {
                const found = await world.kube.find<V1Deployment>(reference);
                return found?.status?.conditions?.find(
                    ({ type, message = "" }) =>
                        type === "ReplicaFailure" && !message.startsWith("Internal error"),
                );
            });
            assert.match(
                condition.message ?? "",
                /unable to validate against any security context constraint: .*Invalid value: 0: must be in the ranges/,
            );
        },
    ),
    behaviour(
        "A pod keeps its SCC when it changes, although another one that was granted since goes first.",
        admission("sccadmission/admission_test.go, TestAdmitPreferNonmutatingWhenPossible"),
        async (world, scratch) => {
            const account = await world.account(scratch);
            const pod = await keep(world, scratch, account);
            await world.grant(scratch, "anyuid", account);
            const changed = await pod.change({ labels: { changed: "yes" } });
            assert.deepEqual(changed.metadata?.labels, { changed: "yes" });
            assert.equal(changed.metadata?.annotations?.[chosen], "restricted-v2");
            assert.deepEqual(changed.spec?.containers, pod.kept.spec?.containers);
        },
    ),
    behaviour(
        "The SCC that a pod requires cannot be changed.",
        admission("sccadmission/admission.go"),
        async (world, scratch) => {
            const pod = await keep(world, scratch, await world.account(scratch));
            assert.match(
                await refusal(pod.change({ annotations: { [required]: "anyuid" } })),
                /invalid change of required security context constraint annotation: openshift\.io\/required-scc/,
            );
        },
    ),
];
