/** Prints all objects for `kubectl apply`: `node dist/print.js <image of Node.js> [<image of HAProxy> [<domain>]]`. */
import { apiManifests } from "./apis";
import { constraintManifests } from "./manifests";
import { program } from "./program";
import { routerManifests } from "./router-manifests";
import { webhookManifests } from "./webhook-manifests";

const [, , image, haproxy, domain = "apps.crossing.test"] = process.argv;
if (!image) {
    throw new Error(
        "Which image of Node.js, 22 or newer, are the programs to run on? node dist/print.js <image> [<image of HAProxy> [<domain>]]",
    );
}
const items = [
    ...constraintManifests(),
    ...webhookManifests({ image, program: program("webhook") }),
    ...apiManifests(),
    ...(haproxy ? routerManifests({ image, haproxy, domain, program: program("router") }) : []),
];
process.stdout.write(`${JSON.stringify({ apiVersion: "v1", kind: "List", items })}\n`);
