/** How K10's dashboard is reached: by an Ingress or Route that leads to its gateway, or else by a command. */
import type { V1Ingress } from "@kubernetes/client-node";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { Cluster, KubeObject, Resource } from "../kube/client";
import { ApiError } from "../kube/errors";
import { Clock, poll, realClock, TimedOut } from "../kube/poll";

export interface Dashboard {
    url: string;
    /** What answered this program there: an HTTP status, or why nothing did. Only where something leads to it. */
    answer?: string;
    /** What makes the URL work. Only where nothing leads to it. */
    portForward?: string;
    /** Makes a token to log in with, for a day. */
    tokenCommand: string;
}

export interface Route extends KubeObject {
    spec?: { host?: string; path?: string; to?: { name?: string }; tls?: object | null };
    status?: { ingress?: { host?: string }[] };
}

const ingresses: Resource = { group: "networking.k8s.io", version: "v1", plural: "ingresses" };
const routes: Resource = { group: "route.openshift.io", version: "v1", plural: "routes" };

/** The Service before K10's own ones, the path below which it has the dashboard, and the account of K10's pods. */
const gateway = "gateway";
const defaultPath = "/k10/";
const account = "k10-k10";
const localPort = 8080;

/** Seconds that a fresh Ingress or Route may take to answer. It is no condition of anything: afterwards it is told as it is. */
const patience = 30;

export async function lookAtDashboard(
    cluster: Cluster,
    namespace: string,
    clock: Clock = realClock,
    wait: number = patience,
): Promise<Dashboard> {
    const kubectl = kubectlOf(cluster, namespace);
    const tokenCommand = `${kubectl} create token ${account} --duration=24h`;
    const [ofIngresses, ofRoutes] = await Promise.all([
        ifServed(cluster.list<V1Ingress & KubeObject>(ingresses, { namespace })),
        ifServed(cluster.list<Route>(routes, { namespace })),
    ]);
    const url = urlOf(ofIngresses, ofRoutes);
    if (url === undefined) {
        return {
            url: `http://127.0.0.1:${localPort}${defaultPath}#/`,
            portForward: `${kubectl} port-forward service/${gateway} ${localPort}:${await gatewayPort(cluster, namespace)}`,
            tokenCommand,
        };
    }
    return { url, answer: await answerOf(url, clock, wait), tokenCommand };
}

/** A context's name may hold what a shell would take apart. */
function kubectlOf({ context }: Cluster, namespace: string): string {
    const name = /^[\w.:/@-]+$/.test(context) ? context : `'${context.replaceAll("'", "'\\''")}'`;
    return `kubectl --context ${name} -n ${namespace}`;
}

/** Where what leads to the gateway answers. Nothing, if nothing does or none has a name yet. */
export function urlOf(ofIngresses: V1Ingress[], ofRoutes: Route[]): string | undefined {
    for (const { spec, status } of ofRoutes) {
        const host = status?.ingress?.find(each => each.host)?.host ?? spec?.host;
        if (spec?.to?.name === gateway && host) {
            return page(spec.tls ? "https" : "http", host, spec.path);
        }
    }
    for (const { spec } of ofIngresses) {
        for (const { host, http } of spec?.rules ?? []) {
            const path = http?.paths.find(each => each.backend.service?.name === gateway);
            if (host && path) {
                const hasTls = (spec?.tls ?? []).some(
                    ({ hosts }) => !hosts?.length || hosts.includes(host),
                );
                return page(hasTls ? "https" : "http", host, path.path);
            }
        }
    }
    return undefined;
}

const page = (scheme: string, host: string, path = defaultPath) =>
    `${scheme}://${host}${path.replace(/\/*$/, "/")}#/`;

/** A cluster that does not serve Routes has none. */
async function ifServed<T>(list: Promise<T[]>): Promise<T[]> {
    try {
        return await list;
    } catch (error) {
        if (error instanceof ApiError && error.code === 404) {
            return [];
        }
        throw error;
    }
}

/** 80, unless the chart was told otherwise. */
async function gatewayPort(cluster: Cluster, namespace: string): Promise<number> {
    const services = await cluster.request(cluster.core.listNamespacedService({ namespace }));
    const found = services.items.find(({ metadata }) => metadata?.name === gateway);
    return found?.spec?.ports?.[0]?.port ?? 80;
}

/** Asks until K10 answers, and not the router or ingress controller for it: those say 404 or 503 of what they do not know. */
async function answerOf(url: string, clock: Clock, timeout: number): Promise<string> {
    try {
        return await poll({ what: `${url} to answer`, timeout, clock }, async () => {
            const answer = await ask(url);
            return /^HTTP [1-4]\d\d$/.test(answer) && answer !== "HTTP 404"
                ? { done: true, value: answer }
                : { done: false, seen: answer };
        });
    } catch (error) {
        if (error instanceof TimedOut) {
            return error.seen;
        }
        throw error;
    }
}

/** The status, or the code of what went wrong. Certificates are not checked: nothing is said to the other side. */
function ask(url: string): Promise<string> {
    const send = url.startsWith("https:") ? tlsRequest : plainRequest;
    return new Promise(resolve => {
        const request = send(url, { timeout: 5_000, rejectUnauthorized: false }, response => {
            response.resume();
            resolve(`HTTP ${response.statusCode}`);
        });
        request.on("timeout", () => request.destroy(new Error("no answer within 5 s")));
        request.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        request.end();
    });
}
