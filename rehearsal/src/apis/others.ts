/**
 * Kinds that software looks for on OpenShift. Nothing here acts on their objects.
 * Fields: github.com/openshift/api, project/v1, image/v1, apps/v1 and config/v1.
 */
import { Kind, list, object, open, text, time, whole, yes } from "./crd";

/** OpenShift serves one for each namespace; here they are objects of their own, and none is made. */
const project: Kind = {
    group: "project.openshift.io",
    kind: "Project",
    plural: "projects",
    scope: "Cluster",
    columns: [
        {
            name: "Display Name",
            type: "string",
            jsonPath: ".metadata.annotations.openshift\\.io/display-name",
        },
        { name: "Status", type: "string", jsonPath: ".status.phase" },
    ],
    schema: object({
        spec: object({ finalizers: list(text) }),
        status: object({ phase: text, conditions: list(open) }),
    }),
};

const imageStream: Kind = {
    group: "image.openshift.io",
    kind: "ImageStream",
    plural: "imagestreams",
    scope: "Namespaced",
    shortNames: ["is"],
    all: true,
    subresources: { status: {} },
    columns: [
        {
            name: "Image Repository",
            type: "string",
            jsonPath: ".status.dockerImageRepository",
        },
        { name: "Tags", type: "string", jsonPath: ".status.tags[*].tag" },
    ],
    schema: object({
        spec: object({
            dockerImageRepository: text,
            lookupPolicy: object({ local: yes }, { required: ["local"] }),
            tags: list(
                object(
                    {
                        name: text,
                        annotations: { type: "object", additionalProperties: text, nullable: true },
                        from: object({ kind: text, namespace: text, name: text }),
                        generation: { type: "integer", format: "int64", nullable: true },
                        importPolicy: object({ importMode: text, insecure: yes, scheduled: yes }),
                        reference: yes,
                        referencePolicy: object({ type: text }),
                    },
                    { required: ["name"] },
                ),
            ),
        }),
        status: object({
            dockerImageRepository: text,
            publicDockerImageRepository: text,
            tags: list(
                object({
                    tag: text,
                    items: list(open, { nullable: true }),
                    conditions: list(open),
                }),
            ),
        }),
    }),
};

const deploymentConfig: Kind = {
    group: "apps.openshift.io",
    kind: "DeploymentConfig",
    plural: "deploymentconfigs",
    scope: "Namespaced",
    shortNames: ["dc"],
    all: true,
    subresources: {
        status: {},
        scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" },
    },
    columns: [
        { name: "Revision", type: "integer", jsonPath: ".status.latestVersion" },
        { name: "Desired", type: "integer", jsonPath: ".spec.replicas" },
        { name: "Current", type: "integer", jsonPath: ".status.replicas" },
    ],
    schema: object({
        spec: object({
            replicas: whole,
            minReadySeconds: whole,
            revisionHistoryLimit: whole,
            paused: yes,
            test: yes,
            selector: { type: "object", additionalProperties: text },
            strategy: open,
            template: open,
            triggers: list(open),
        }),
        status: object({
            latestVersion: { type: "integer", format: "int64" },
            observedGeneration: { type: "integer", format: "int64" },
            replicas: whole,
            updatedReplicas: whole,
            availableReplicas: whole,
            unavailableReplicas: whole,
            readyReplicas: whole,
            details: open,
            conditions: list(open),
        }),
    }),
};

const ofCondition = (type: string, field: string) =>
    `.status.conditions[?(@.type=="${type}")].${field}`;

/** Without the subresource `status`, which OpenShift has: so that the one object can be made with its history. */
const clusterVersion: Kind = {
    group: "config.openshift.io",
    kind: "ClusterVersion",
    plural: "clusterversions",
    scope: "Cluster",
    columns: [
        {
            name: "Version",
            type: "string",
            jsonPath: '.status.history[?(@.state=="Completed")].version',
        },
        { name: "Available", type: "string", jsonPath: ofCondition("Available", "status") },
        { name: "Progressing", type: "string", jsonPath: ofCondition("Progressing", "status") },
        {
            name: "Since",
            type: "date",
            jsonPath: ofCondition("Progressing", "lastTransitionTime"),
        },
        { name: "Status", type: "string", jsonPath: ofCondition("Progressing", "message") },
    ],
    schema: object(
        {
            spec: object(
                { clusterID: text, channel: text, upstream: text, desiredUpdate: open },
                { required: ["clusterID"], "x-kubernetes-preserve-unknown-fields": true },
            ),
            status: object(
                {
                    desired: open,
                    history: list(
                        object(
                            {
                                state: text,
                                startedTime: { ...time, nullable: true },
                                completionTime: { ...time, nullable: true },
                                version: text,
                                image: text,
                                verified: yes,
                                acceptedRisks: text,
                            },
                            { required: ["image", "startedTime", "state", "verified"] },
                        ),
                    ),
                    observedGeneration: { type: "integer", format: "int64" },
                    versionHash: text,
                    availableUpdates: list(open, { nullable: true }),
                    conditions: list(
                        object({
                            ...{ type: text, status: text, reason: text, message: text },
                            lastTransitionTime: time,
                        }),
                    ),
                },
                { "x-kubernetes-preserve-unknown-fields": true },
            ),
        },
        { required: ["spec"] },
    ),
};

export const others = [project, imageStream, deploymentConfig, clusterVersion];
