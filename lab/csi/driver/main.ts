/**
 * A stand-in for the CSI driver of a storage system: volumes are directories of the node, snapshots are copies.
 * `driver.js` serves the driver; `driver.js registrar` tells the kubelet of it.
 */
import { parseArgs } from "node:util";
import { controller } from "./controller.ts";
import { identity } from "./identity.ts";
import { log } from "./log.ts";
import { node } from "./node.ts";
import { register } from "./registrar.ts";
import { listen, service } from "./serve.ts";
import type { Protocol } from "./serve.ts";
import { DRIVER_NAME, VERSION, openWorld } from "./world.ts";

/** Put in by the bundler: what protobufjs makes of the .proto files. */
declare const PROTOCOLS: { csi: Protocol; registration: Protocol };

async function main(args: string[]): Promise<() => Promise<void>> {
    const { values, positionals } = parseArgs({
        args,
        allowPositionals: true,
        options: {
            endpoint: { type: "string", default: "unix:///csi/csi.sock" },
            "node-id": { type: "string", default: "" },
            data: { type: "string", default: "/var/lib/crossing-csi" },
            cgroups: { type: "string", default: "/sys/fs/cgroup" },
            "kubelet-path": { type: "string", default: "" },
            registry: { type: "string", default: "/registration" },
        },
    });
    if (positionals[0] === "registrar") {
        if (values["kubelet-path"] === "") {
            throw new Error("`--kubelet-path` is missing: say where the kubelet sees the socket");
        }
        return await register(PROTOCOLS.registration, {
            driver: values.endpoint,
            kubeletPath: values["kubelet-path"],
            registry: values.registry,
        });
    }
    if (values["node-id"] === "") {
        throw new Error("`--node-id` is missing: say which node this is");
    }
    const world = await openWorld(values["node-id"], values.data, values.cgroups);
    const stop = await listen(values.endpoint, [
        [service(PROTOCOLS.csi, "csi.v1.Identity"), identity],
        [service(PROTOCOLS.csi, "csi.v1.Controller"), controller(world)],
        [service(PROTOCOLS.csi, "csi.v1.Node"), node(world)],
    ]);
    log(`${DRIVER_NAME} ${VERSION}, a stand-in for a storage system, on node ${world.node}`);
    return async () => {
        // A copy that would go on while its writers do would not show one moment.
        world.holds.end();
        await stop();
    };
}

main(process.argv.slice(2)).then(
    stop => {
        for (const signal of ["SIGTERM", "SIGINT"] as const) {
            process.once(signal, () => void stop().then(() => process.exit(0)));
        }
    },
    (error: unknown) => {
        process.stderr.write(
            `csi-stand-in: ${error instanceof Error ? error.message : String(error)}\n`,
        );
        process.exit(1);
    },
);
