/** Prints all objects for `kubectl apply`: `node dist/print.js <image of Node.js 22 or newer>`. */
import { constraintManifests } from "./manifests";
import { program } from "./program";
import { webhookManifests } from "./webhook-manifests";

const [, , image] = process.argv;
if (!image) {
    throw new Error("Which image of Node.js is the webhook to run on? node dist/print.js <image>");
}
const items = [...constraintManifests(), ...webhookManifests({ image, program: program() })];
process.stdout.write(`${JSON.stringify({ apiVersion: "v1", kind: "List", items })}\n`);
