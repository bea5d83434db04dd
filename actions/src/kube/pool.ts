/** Connections to API servers. */
import type * as k8s from "@kubernetes/client-node";
import { beforeRequest } from "./requests";

/** Milliseconds that a pool serves: certificates that an exec plugin renews are taken up with the next one. */
const lifetime = 60_000;

/**
 * A kubeconfig whose requests share their connections, and are counted: all of them come by here. The library makes a pool for each request (seen in 2.0.1), hence a
 * TLS handshake for each look, and memory that is freed late.
 */
export function poolingConfig(lib: typeof k8s): k8s.KubeConfig {
    class PoolingConfig extends lib.KubeConfig {
        private pool: ReturnType<k8s.RequestContext["getDispatcher"]>;
        private until = 0;

        override async applySecurityAuthentication(context: k8s.RequestContext): Promise<void> {
            await beforeRequest();
            await super.applySecurityAuthentication(context);
            if (this.pool && Date.now() < this.until) {
                context.setDispatcher(this.pool);
            } else {
                this.pool = context.getDispatcher();
                this.until = Date.now() + lifetime;
            }
        }
    }
    return new PoolingConfig();
}
