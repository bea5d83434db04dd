/** Runs the CSI driver stand-in as its container does, without a cluster. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { bundleDriver } from "../../../lab/csi/bundle.ts";
import { service } from "../../../lab/csi/driver/serve.ts";
import type { Protocol } from "../../../lab/csi/driver/serve.ts";
import { readProtocols } from "../../../lab/csi/protocols.ts";

type Fields = Record<string, unknown>;
type Client = grpc.Client & Record<string, unknown>;
type Call = (request: Fields, done: (error: Error | null, response: Fields) => void) => void;

export class CsiDriver {
    readonly folder: string;
    readonly endpoint: string;
    #process?: ChildProcess;
    #csi?: Protocol;
    readonly #clients = new Map<string, Client>();

    private constructor(folder: string) {
        this.folder = folder;
        this.endpoint = `unix://${join(folder, "csi.sock")}`;
    }

    static async make(): Promise<CsiDriver> {
        const driver = new CsiDriver(await mkdtemp(join(tmpdir(), "csi-")));
        await bundleDriver(join(driver.folder, "driver.js"));
        await mkdir(join(driver.folder, "mounts"));
        driver.#csi = (await readProtocols()).csi;
        await driver.start();
        return driver;
    }

    async start(): Promise<void> {
        const data = join(this.folder, "data");
        this.#process = spawn(
            process.execPath,
            [
                join(this.folder, "driver.js"),
                ...["--endpoint", this.endpoint, "--node-id", "node-1", "--data", data],
            ],
            { stdio: ["ignore", "pipe", "inherit"] },
        );
        // Its first line says that it listens.
        await once(this.#process.stdout!, "data");
        this.#process.stdout!.resume();
    }

    /** Starts the registrar beside the driver, with this folder as the kubelet's. */
    startRegistrar(): ChildProcess {
        return spawn(
            process.execPath,
            [
                ...[join(this.folder, "driver.js"), "registrar", "--endpoint", this.endpoint],
                ...["--kubelet-path", "/kubelet/csi.sock", "--registry", this.folder],
            ],
            { stdio: ["ignore", "ignore", "inherit"] },
        );
    }

    async stop(signal: NodeJS.Signals): Promise<void> {
        // Clients that lost a driver would be slow to look for the next one.
        this.#clients.forEach(client => client.close());
        this.#clients.clear();
        if (this.#process && this.#process.exitCode === null) {
            this.#process.kill(signal);
            await once(this.#process, "exit");
        }
    }

    async remove(): Promise<void> {
        await this.stop("SIGTERM");
        await rm(this.folder, { recursive: true });
    }

    /** Calls the driver: `call("Node", "NodeGetInfo", {})`. */
    async call<T = Fields>(serviceName: string, name: string, request: Fields): Promise<T> {
        let client = this.#clients.get(serviceName);
        if (!client) {
            client = clientOf(service(this.#csi!, `csi.v1.${serviceName}`), this.endpoint);
            await promisify(client.waitForReady.bind(client))(Date.now() + 10_000);
            this.#clients.set(serviceName, client);
        }
        return await callOf<T>(client, name, request);
    }
}

/** Calls the registrar as the kubelet does, when it is there. */
export async function registration(socket: string) {
    const protocol = (await readProtocols()).registration as Protocol;
    const definition = service(protocol, "pluginregistration.Registration");
    const client = clientOf(definition, `unix://${socket}`);
    await promisify(client.waitForReady.bind(client))(Date.now() + 10_000);
    return (name: string, request: Fields) => callOf<Fields>(client, name, request);
}

function clientOf(definition: ReturnType<typeof service>, endpoint: string): Client {
    const Constructor = grpc.makeClientConstructor(definition, "");
    const options = {
        "grpc.initial_reconnect_backoff_ms": 50,
        // Clients of one address share what they know of it: that the last driver is gone, too.
        "grpc.use_local_subchannel_pool": 1,
    };
    return new Constructor(endpoint, grpc.credentials.createInsecure(), options);
}

function callOf<T>(client: Client, name: string, request: Fields): Promise<T> {
    return new Promise((resolve, reject) =>
        (client[name] as Call).call(client, request, (error, response) =>
            error ? reject(error) : resolve(response as T),
        ),
    );
}
