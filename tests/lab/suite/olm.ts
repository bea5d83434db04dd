/**
 * A STAND-IN for OpenShift's Operator Lifecycle Manager and for K10's operator, in this process: what both write is
 * what their documentation says of them, and no more of it than a suite needs. Neither is here: an OpenShift and
 * Kasten's operator have to be asked for what they really do.
 */
import * as kubernetes from "@kubernetes/client-node";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation/index.js";
import * as k8s from "@pulumi/kubernetes";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../../../lab/paths.ts";
import { env } from "./support.ts";

const olm = { group: "operators.coreos.com", version: "v1alpha1" };
const k10s = { group: "apik10.kasten.io", version: "v1alpha1", plural: "k10s" };
const finalizer = "helm.sdk.operatorframework.io/uninstall-release";

interface Found {
    metadata: {
        name: string;
        namespace: string;
        generation: number;
        uid: string;
        deletionTimestamp?: string;
        finalizers?: string[];
    };
    spec: Record<string, unknown>;
    status?: Record<string, unknown>;
}

interface Condition {
    type: string;
    status: "True" | "False";
    reason?: string;
    message?: string;
}

/** What a catalog of the stand-in has: one package with one version. */
export interface Catalog {
    source: string;
    channel: string;
    package: string;
    version: string;
}

export class OlmStandIn {
    /** What was done, in order. */
    readonly log: string[] = [];
    /** What went wrong meanwhile. A kind that has just been defined is not served at once. */
    readonly troubles: string[] = [];
    private readonly kubeconfig: string;
    private readonly catalog: Catalog;
    private readonly name: string;
    private readonly objects: kubernetes.CustomObjectsApi;
    private readonly extensions: kubernetes.ApiextensionsV1Api;
    private stack?: Stack;
    private values: Record<string, unknown> = {};
    private deployed?: string;
    private running?: Promise<void>;
    private stopped = false;

    /** @param name of the Pulumi stack that stands for Helm */
    constructor(name: string, kubeconfig: string, catalog: Catalog) {
        this.name = name;
        this.kubeconfig = kubeconfig;
        this.catalog = catalog;
        const config = new kubernetes.KubeConfig();
        config.loadFromString(kubeconfig);
        this.objects = config.makeApiClient(kubernetes.CustomObjectsApi);
        this.extensions = config.makeApiClient(kubernetes.ApiextensionsV1Api);
    }

    /** An OpenShift has OLM's kinds from the beginning. */
    async start(): Promise<void> {
        for (const [plural, kind] of [
            ["subscriptions", "Subscription"],
            ["installplans", "InstallPlan"],
            ["clusterserviceversions", "ClusterServiceVersion"],
        ] as const) {
            await this.define(olm.group, olm.version, plural, kind);
        }
        await this.define(olm.group, "v1", "operatorgroups", "OperatorGroup");
        this.running = this.loop();
    }

    /** Ends the work, and takes away what stands for Helm. What is in the cluster goes with the cluster. */
    async stop(): Promise<void> {
        this.stopped = true;
        await this.running;
        await this.stack?.workspace.removeStack(this.name, { force: true });
    }

    /** Names of objects of OLM or of K10's operator, in all namespaces. */
    async names(plural: string): Promise<string[]> {
        const path = plural === "k10s" ? k10s : { ...olm, plural };
        return (await this.list(path)).map(({ metadata }) => metadata.name).sort();
    }

    private async loop(): Promise<void> {
        while (!this.stopped) {
            try {
                await this.look();
            } catch (error) {
                this.troubles.push((error as Error).message);
            }
            await sleep(500);
        }
    }

    private async look(): Promise<void> {
        for (const subscription of await this.list({ ...olm, plural: "subscriptions" })) {
            await this.resolve(subscription);
        }
        const versions = await this.list({ ...olm, plural: "clusterserviceversions" });
        for (const version of versions) {
            await this.install(version);
        }
        // The operator lives as long as its ClusterServiceVersion does.
        const [operator] = versions.filter(({ status }) => status?.["phase"] === "Succeeded");
        if (operator) {
            for (const resource of await this.list(k10s)) {
                await this.reconcile(resource);
            }
        }
    }

    /** The catalog operator: from a Subscription to an InstallPlan, and once that is approved to a ClusterServiceVersion. */
    private async resolve(found: Found): Promise<void> {
        const { metadata, spec, status } = found;
        const { name, namespace } = metadata;
        const csv = `${this.catalog.package}.v${this.catalog.version}`;
        const groups = await this.list({ ...olm, version: "v1", plural: "operatorgroups" });
        const matching = groups.filter(group => group.metadata.namespace === namespace);
        if (status?.["installedCSV"] || matching.length !== 1) {
            return;
        }
        if (spec["source"] !== this.catalog.source || spec["channel"] !== this.catalog.channel) {
            await this.say(found, "subscriptions", {
                conditions: [
                    {
                        ...{ type: "ResolutionFailed", status: "True" },
                        reason: "ConstraintsNotSatisfiable",
                        message: `constraints not satisfiable: no operators found from catalog ${String(spec["source"])} in namespace ${String(spec["sourceNamespace"])} referenced by subscription ${name}, subscription ${name} exists`,
                    },
                ],
            });
            return;
        }
        const plan = "install-stand-in";
        if (status?.["currentCSV"] !== csv) {
            const approved = spec["installPlanApproval"] === "Automatic";
            await this.create("installplans", namespace, plan, "InstallPlan", {
                ...{ approved, approval: spec["installPlanApproval"] },
                clusterServiceVersionNames: [csv],
            });
            await this.say(found, "subscriptions", {
                ...{ state: "UpgradePending", currentCSV: csv, installPlanRef: { name: plan } },
                conditions: [],
            });
            return;
        }
        const [made] = await this.list({ ...olm, plural: "installplans" });
        if (made?.spec["approved"] === true) {
            this.log.push(`installing ${csv}`);
            await this.create("clusterserviceversions", namespace, csv, "ClusterServiceVersion", {
                version: this.catalog.version,
            });
            await this.say(found, "subscriptions", {
                ...{ state: "AtLatestKnown", installedCSV: csv },
            });
        }
    }

    /** OLM's own operator: the phases of a ClusterServiceVersion, each seen once, and the types that it brings. */
    private async install(found: Found): Promise<void> {
        const next: Record<string, string> = { "": "Pending", Pending: "Installing" };
        const phase = (found.status?.["phase"] as string | undefined) ?? "";
        if (phase === "Installing") {
            await this.define(k10s.group, k10s.version, k10s.plural, "K10");
            await this.say(found, "clusterserviceversions", { phase: "Succeeded" });
        } else if (phase in next) {
            await this.say(found, "clusterserviceversions", { phase: next[phase] });
        }
    }

    /** K10's operator, which is made of its chart: a release with the name of the resource, and its spec as values. */
    private async reconcile(found: Found): Promise<void> {
        const { metadata, spec } = found;
        const { name, namespace, finalizers = [] } = metadata;
        if (metadata.deletionTimestamp) {
            if (finalizers.includes(finalizer)) {
                this.log.push(`uninstalling ${name}`);
                await (await this.helm(name, namespace)).destroy();
                await this.merge(found, { metadata: { finalizers: [] } });
            }
            return;
        }
        const revision = JSON.stringify(spec);
        if (this.deployed === revision) {
            return;
        }
        if (!finalizers.includes(finalizer)) {
            await this.merge(found, { metadata: { finalizers: [...finalizers, finalizer] } });
        }
        const verb = this.deployed === undefined ? "Install" : "Upgrade";
        this.log.push(`${verb} of ${name}`);
        this.values = spec;
        await this.conditions(found, [{ type: "Initialized", status: "True" }]);
        try {
            await (await this.helm(name, namespace)).up();
            this.deployed = revision;
            await this.conditions(found, [
                { type: "Initialized", status: "True" },
                { type: "Deployed", status: "True", reason: `${verb}Successful` },
            ]);
        } catch (error) {
            const { message } = error as Error;
            await this.conditions(found, [
                { type: "Initialized", status: "True" },
                { type: "ReleaseFailed", status: "True", reason: `${verb}Error`, message },
            ]);
        }
    }

    private conditions(found: Found, conditions: Condition[]): Promise<void> {
        return this.say(found, k10s.plural, { conditions });
    }

    /** Helm is part of Pulumi's Kubernetes provider, and nowhere else in the lab. */
    private async helm(name: string, namespace: string): Promise<Stack> {
        const { kubeconfig } = this;
        const program = () => {
            const provider = new k8s.Provider("cluster", { kubeconfig });
            new k8s.helm.v3.Release(
                name,
                {
                    ...{ name, namespace, values: this.values, skipAwait: true },
                    chart: join(repository, "lab", "k10", "chart"),
                },
                { provider },
            );
            return Promise.resolve({});
        };
        this.stack ??= await LocalWorkspace.createOrSelectStack(
            { stackName: this.name, projectName: "olm-stand-in", program },
            { envVars: env },
        );
        return this.stack;
    }

    private async list(path: { group: string; version: string; plural: string }): Promise<Found[]> {
        const { items } = (await this.objects.listCustomObjectForAllNamespaces({
            ...{ ...path, resourcePlural: path.plural },
        })) as { items: Found[] };
        return items;
    }

    private async create(
        plural: string,
        namespace: string,
        name: string,
        kind: string,
        spec: Record<string, unknown>,
    ): Promise<void> {
        const body = {
            apiVersion: `${olm.group}/${olm.version}`,
            ...{ kind, metadata: { name, namespace }, spec },
        };
        await this.objects.createNamespacedCustomObject({ ...olm, plural, namespace, body });
    }

    private async say(
        { metadata: { name, namespace } }: Found,
        plural: string,
        status: Record<string, unknown>,
    ): Promise<void> {
        const path = plural === k10s.plural ? k10s : { ...olm, plural };
        await this.objects.patchNamespacedCustomObjectStatus(
            { ...path, namespace, name, body: { status } },
            asMergePatch,
        );
    }

    private async merge(
        { metadata: { name, namespace } }: Found,
        body: Record<string, unknown>,
    ): Promise<void> {
        await this.objects.patchNamespacedCustomObject(
            { ...k10s, namespace, name, body },
            asMergePatch,
        );
    }

    /** A kind of anything, with a status of its own. */
    private async define(
        group: string,
        version: string,
        plural: string,
        kind: string,
    ): Promise<void> {
        const name = `${plural}.${group}`;
        const open = { type: "object", x_kubernetes_preserve_unknown_fields: true };
        const { items } = await this.extensions.listCustomResourceDefinition();
        if (items.some(({ metadata }) => metadata?.name === name)) {
            return;
        }
        await this.extensions.createCustomResourceDefinition({
            body: {
                metadata: { name, annotations: { "crossing.lab/stand-in": "olm" } },
                spec: {
                    ...{ group, scope: "Namespaced" },
                    names: { kind, plural, singular: kind.toLowerCase() },
                    versions: [
                        {
                            ...{ name: version, served: true, storage: true },
                            subresources: { status: {} },
                            schema: {
                                openAPIV3Schema: {
                                    type: "object",
                                    properties: { spec: open, status: open },
                                },
                            },
                        },
                    ],
                },
            },
        });
    }
}

const asMergePatch = kubernetes.setHeaderOptions(
    "Content-Type",
    kubernetes.PatchStrategy.MergePatch,
);
