/** OpenShift's admission of pods, rehearsed on a plain cluster: this is not OpenShift. */
import { KubeApi, ownAccess } from "./kube";
import { log } from "./log";
import { start } from "./webhook";

const { NAMESPACE = "", NAME = "", EXCLUDED = "", PORT = "8443" } = process.env;

start(new KubeApi(ownAccess(process.env)), {
    namespace: NAMESPACE,
    name: NAME,
    excluded: EXCLUDED.split(",").filter(Boolean),
    port: Number(PORT),
}).then(
    running => {
        process.once("SIGTERM", () => void running.stop().then(() => process.exit(0)));
    },
    (error: unknown) => {
        // The kubelet starts it again.
        log(String(error));
        process.exit(1);
    },
);
