/** Asks the router of a cluster as a browser does, without DNS: names go to a node's address. */
import * as k8s from "@kubernetes/client-node";
import { request as plainRequest } from "node:http";
import { request as tlsRequest, type RequestOptions } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestCluster } from "./cluster.ts";

const routes = { group: "route.openshift.io", version: "v1", plural: "routes" };

export interface Page {
    status: number;
    location: string | undefined;
    body: string;
}

export interface Ingress {
    host: string;
    routerName: string;
    routerCanonicalHostname: string;
    wildcardPolicy: string;
    conditions: { type: string; status: string; reason?: string; message?: string }[];
}

export class RouterOf {
    private readonly cluster: TestCluster;
    private readonly objects: k8s.CustomObjectsApi;

    constructor(cluster: TestCluster) {
        this.cluster = cluster;
        this.objects = cluster.config.makeApiClient(k8s.CustomObjectsApi);
    }

    /** GETs a URL from the node, trusting the router's own certificate and no other. */
    async get(address: string): Promise<Page> {
        const url = new URL(address);
        const [node, ca] = await Promise.all([this.node(), this.certificate()]);
        const options: RequestOptions = {
            host: node,
            path: `${url.pathname}${url.search}`,
            headers: { Host: url.host },
            ...(url.protocol === "https:" ? { ca, servername: url.hostname } : {}),
            // One connection each: a reload of the proxy must not show.
            agent: false,
        };
        const request = url.protocol === "https:" ? tlsRequest : plainRequest;
        return new Promise((resolve, reject) => {
            const sent = request(options, answer => {
                let body = "";
                answer.on("data", chunk => (body += String(chunk)));
                answer.on("end", () =>
                    resolve({
                        status: answer.statusCode ?? 0,
                        location: answer.headers.location,
                        body,
                    }),
                );
            });
            sent.on("error", reject);
            sent.end();
        });
    }

    async createRoute(namespace: string, name: string, spec: object): Promise<void> {
        const body = {
            apiVersion: "route.openshift.io/v1",
            kind: "Route",
            metadata: { name, namespace },
            spec,
        };
        await this.objects.createNamespacedCustomObject({ ...routes, namespace, body });
    }

    async deleteRoute(namespace: string, name: string): Promise<void> {
        await this.objects.deleteNamespacedCustomObject({ ...routes, namespace, name });
    }

    /** What the router says of a Route, without times: once it says anything, or until it admits or refuses it. */
    async ingress(namespace: string, name: string, admitted?: string): Promise<Ingress[]> {
        for (let i = 0; i < 100; i++) {
            const found = (await this.objects.getNamespacedCustomObject({
                ...{ ...routes, namespace, name },
            })) as { status?: { ingress?: Ingress[] } };
            const said = found.status?.ingress?.[0]?.conditions[0]?.status;
            if (found.status?.ingress && (admitted ?? said) === said) {
                return found.status.ingress.map(entry => ({
                    ...entry,
                    conditions: entry.conditions.map(
                        ({ lastTransitionTime: _, ...condition }: Record<string, string>) =>
                            condition as unknown as Ingress["conditions"][number],
                    ),
                }));
            }
            await sleep(100);
        }
        throw new Error(`waited in vain for what the router says of ${namespace}/${name}`);
    }

    private async node(): Promise<string> {
        const { items } = await this.cluster.core.listNamespacedPod({
            namespace: "openshift-ingress",
        });
        const address = items.find(item => item.status?.hostIP)?.status?.hostIP;
        if (!address) {
            throw new Error("no router runs");
        }
        return address;
    }

    private async certificate(): Promise<string> {
        const { data } = await this.cluster.core.readNamespacedSecret({
            ...{ namespace: "openshift-ingress", name: "router-certs-default" },
        });
        return Buffer.from(data?.["tls.crt"] ?? "", "base64").toString();
    }
}
