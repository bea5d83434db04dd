/** Keeps the proxy and the status of routes in accordance with the routes. */
import { setTimeout as sleep } from "node:timers/promises";
import { Cache } from "../server/cache";
import type { Certificate } from "../server/certificate";
import { hasCode, KubeApi } from "../server/kube";
import { log } from "../server/log";
import { decide, Verdict } from "./decide";
import { filesOf } from "./files";
import { haproxyConfig } from "./haproxy";
import { generatedAnnotation, needsHost } from "./host";
import type { Proxy } from "./proxy";
import { ingressFor } from "./status";
import { EndpointSlice, keyOf, Route } from "./types";

export interface Settings {
    /** What generated hosts end with: `apps.example.com`. */
    domain: string;
    /** What proxy and controller share: absolute, without a slash at its end. */
    folder: string;
    /** The router's own certificate. */
    certificate: Certificate;
}

const group = "/apis/route.openshift.io/v1";

export class Controller {
    private readonly routes: Cache<Route>;
    private readonly slices: Cache<EndpointSlice>;
    private readonly stopping = new AbortController();
    private due = false;
    private working = false;
    /** For what was refused last, so that the log says it once. */
    private complaint = "";

    constructor(
        private readonly api: KubeApi,
        private readonly proxy: Pick<Proxy, "apply">,
        private readonly settings: Settings,
    ) {
        const changed = () => void this.work();
        this.routes = new Cache(api, `${group}/routes`, changed);
        this.slices = new Cache(api, "/apis/discovery.k8s.io/v1/endpointslices", changed);
    }

    /** Until `stop`. */
    async run(): Promise<void> {
        const { signal } = this.stopping;
        await Promise.all([this.routes.follow(signal), this.slices.follow(signal)]);
    }

    stop(): void {
        this.stopping.abort();
    }

    /** One pass after the other, for as long as something has changed meanwhile. */
    private async work(): Promise<void> {
        this.due = true;
        if (this.working || !this.routes.synced || !this.slices.synced) {
            return;
        }
        this.working = true;
        while (this.due && !this.stopping.signal.aborted) {
            this.due = false;
            try {
                await this.pass();
                this.complaint = "";
            } catch (error) {
                this.complain(String(error));
                this.due = true;
                await sleep(500);
            }
        }
        this.working = false;
    }

    /** A route is called admitted when the proxy serves it. */
    private async pass(): Promise<void> {
        const { domain, folder, certificate } = this.settings;
        const verdicts = decide(this.routes.list(), domain);
        const served = verdicts.filter(({ refused }) => !refused);
        const config = haproxyConfig(served, this.slices.list(), folder);
        await this.proxy.apply(config, filesOf(served, certificate, folder));
        for (const verdict of verdicts) {
            await this.record(verdict);
        }
    }

    /** With the version that was decided on: who has changed the route meanwhile is decided on again. */
    private async record(verdict: Verdict): Promise<void> {
        const { route, host, refused } = verdict;
        const { namespace, name, resourceVersion } = route.metadata;
        const path = `${group}/namespaces/${namespace}/routes/${name}`;
        try {
            if (needsHost(route)) {
                // OpenShift's API server does it when a route is made. The change brings the route here again.
                const annotations = { [generatedAnnotation]: "true" };
                const metadata = { resourceVersion, annotations };
                await this.api.patch(path, { metadata, spec: { host } });
                return;
            }
            const ingress = ingressFor(verdict, this.settings.domain, seconds(new Date()));
            if (ingress) {
                const metadata = { resourceVersion };
                await this.api.patch(`${path}/status`, { metadata, status: { ingress } });
                log(`${keyOf(route)}: ${refused ? `${refused.reason}: ${refused.message}` : host}`);
            }
        } catch (error) {
            if (!hasCode(error, 404) && !hasCode(error, 409)) {
                throw error;
            }
        }
    }

    private complain(text: string): void {
        if (text !== this.complaint) {
            log(text);
        }
        this.complaint = text;
    }
}

/** RFC 3339 without fractions, as Kubernetes writes times. */
const seconds = (time: Date) => time.toISOString().replace(/\.\d+Z$/, "Z");
