/** A stand-in for OpenShift's router: it decides on routes and drives a HAProxy that runs beside it. */
import { keptCertificate } from "../server/certificate";
import { KubeApi, ownAccess } from "../server/kube";
import { log } from "../server/log";
import { Controller } from "./controller";
import { Proxy } from "./proxy";

const { NAMESPACE = "", CERTIFICATE = "", DOMAIN = "", FOLDER = "" } = process.env;

async function main(): Promise<void> {
    const api = new KubeApi(ownAccess(process.env));
    const place = { namespace: NAMESPACE, name: CERTIFICATE, host: `*.${DOMAIN}` };
    const certificate = await keptCertificate(api, place);
    const settings = { domain: DOMAIN, folder: FOLDER, certificate };
    const controller = new Controller(api, new Proxy(FOLDER), settings);
    process.once("SIGTERM", () => process.exit(0));
    log(`routes get names below ${DOMAIN}`);
    await controller.run();
}

main().catch((error: unknown) => {
    // The kubelet starts it again.
    log(String(error));
    process.exit(1);
});
