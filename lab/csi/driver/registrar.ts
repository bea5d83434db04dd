/** Tells the kubelet of the driver, by the kubelet's own protocol for that. */
import * as grpc from "@grpc/grpc-js";
import { join } from "node:path";
import { log } from "./log.ts";
import { listen, service } from "./serve.ts";
import type { Protocol } from "./serve.ts";
import { DRIVER_NAME } from "./world.ts";

export interface RegistrarOptions {
    /** The driver's socket as this process sees it. */
    driver: string;
    /** The same socket as the kubelet sees it. */
    kubeletPath: string;
    /** The folder that the kubelet watches. */
    registry: string;
}

/** After so many milliseconds without an answer the container is started anew. */
const PATIENCE = 300_000;

/** Registers the driver when it answers, and stays for the kubelet to ask again after its own restart. */
export async function register(
    protocol: Protocol,
    options: RegistrarOptions,
): Promise<() => Promise<void>> {
    await driverAnswers(options.driver);
    const socket = `unix://${join(options.registry, `${DRIVER_NAME}-reg.sock`)}`;
    return await listen(socket, [
        [
            service(protocol, "pluginregistration.Registration"),
            {
                GetInfo: () => ({
                    type: "CSIPlugin",
                    name: DRIVER_NAME,
                    endpoint: options.kubeletPath,
                    supportedVersions: ["1.0.0"],
                }),
                NotifyRegistrationStatus: (status: {
                    pluginRegistered: boolean;
                    error: string;
                }) => {
                    if (status.pluginRegistered) {
                        log("the kubelet knows the driver");
                    } else {
                        log(`the kubelet refuses the driver: ${status.error}`);
                        // The kubelet looks at a socket once: a new process makes a new one, after the answer.
                        setTimeout(() => process.exit(1), 1000);
                    }
                    return {};
                },
            },
        ],
    ]);
}

/** The kubelet calls the driver as soon as it hears of it. */
async function driverAnswers(endpoint: string): Promise<void> {
    const client = new grpc.Client(endpoint, grpc.credentials.createInsecure(), {
        // Both containers start at once: the driver is there in a moment.
        "grpc.initial_reconnect_backoff_ms": 100,
        "grpc.max_reconnect_backoff_ms": 500,
    });
    await new Promise<void>((resolve, reject) =>
        // With a time limit, because without one nothing keeps this process from ending.
        client.waitForReady(Date.now() + PATIENCE, error => (error ? reject(error) : resolve())),
    );
    client.close();
}
