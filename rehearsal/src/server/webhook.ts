/** The parts of the webhook put together, and the order in which it starts. */
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { SecurityContextConstraints } from "../types";
import { Cache } from "./cache";
import { keptCertificate } from "./certificate";
import type { KubeApi } from "./kube";
import { log } from "./log";
import { Namespaces } from "./namespaces";
import { register } from "./registration";
import { webhookServer } from "./serve";

export interface Settings {
    /** Where the webhook's Service and Secret are. */
    namespace: string;
    /** Of Service, Secret and the two webhook configurations. */
    name: string;
    excluded: string[];
    port: number;
}

export interface Running {
    port: number;
    stop(): Promise<void>;
}

export async function start(api: KubeApi, settings: Settings): Promise<Running> {
    const { namespace, name, excluded, port } = settings;
    const host = `${name}.${namespace}.svc`;
    const certificate = await keptCertificate(api, { namespace, name, host });
    const stopping = new AbortController();
    const sccs = new Cache<SecurityContextConstraints>(
        api,
        "/apis/security.openshift.io/v1/securitycontextconstraints",
    );
    const namespaces = new Namespaces(api);
    const following = [sccs.follow(stopping.signal), namespaces.follow(stopping.signal)];
    let registered = false;
    const server = webhookServer(
        certificate,
        { api, sccs: () => sccs.list(), namespace: each => namespaces.ready(each) },
        () => registered,
    );
    await new Promise<void>(resolve => server.listen(port, resolve));
    while (!sccs.synced || !namespaces.synced) {
        await sleep(50);
    }
    await register(api, {
        configuration: name,
        service: { namespace, name },
        caBundle: certificate.cert,
        excluded: [...excluded, namespace],
    });
    registered = true;
    log(
        `ready: ${sccs.list().length} security context constraints; not for ${excluded.join(", ")}`,
    );
    return {
        port: (server.address() as AddressInfo).port,
        stop: async () => {
            stopping.abort();
            server.closeAllConnections();
            await new Promise(resolve => server.close(resolve));
            await Promise.all(following);
        },
    };
}
