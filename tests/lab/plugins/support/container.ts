/** A container of the fake Docker Engine. */
import { buffer } from "node:stream/consumers";
import type { ContainerCreateOptions, HostConfig } from "dockerode";
import { extract } from "tar-stream";

export interface FakeFile {
    content: string;
    mode: number;
}

interface Network {
    IPAddress: string;
    Aliases?: string[];
}

interface PortBinding {
    HostIp: string;
    HostPort: string;
}

export class FakeContainer {
    running = false;
    exitCode = 0;
    health: string | undefined;
    readonly id: string;
    readonly config: ContainerCreateOptions;
    readonly host: HostConfig;
    readonly networks: Record<string, Network> = { bridge: { IPAddress: "" } };
    readonly files: Record<string, FakeFile> = {};
    readonly ended: Promise<void>;
    #end: () => void = () => {};

    constructor(id: string, config: ContainerCreateOptions) {
        this.id = id;
        this.config = config;
        this.host = config.HostConfig ?? {};
        this.ended = new Promise(resolve => (this.#end = resolve));
    }

    /** `["exit", "3", "text"]` writes the text and ends with 3; everything else keeps running. */
    start(): void {
        const [verb, code] = this.config.Cmd ?? [];
        this.running = verb !== "exit";
        this.exitCode = this.running ? 0 : Number(code);
        this.health ??= this.config.Healthcheck && "starting";
        if (!this.running) {
            this.#end();
        }
    }

    connect(network: string, address = "10.1.0.2", aliases?: string[]): void {
        const endpoint = {
            IPAddress: address,
            IPPrefixLen: 24,
            Gateway: "10.1.0.1",
            GlobalIPv6Address: "",
            GlobalIPv6PrefixLen: 0,
            IPv6Gateway: "",
            MacAddress: "02:42:0a:01:00:02",
            Aliases: aliases,
        };
        this.networks[network] = endpoint;
    }

    /** What it wrote, as the engine sends it to who is attached. */
    get output(): Buffer {
        return Buffer.concat([frame(1, this.config.Cmd?.[2] ?? ""), frame(2, "err\n")]);
    }

    get inspection(): object {
        const { id, config, host, running, exitCode, health } = this;
        const bindings = host.PortBindings as Record<string, PortBinding[]>;
        const published: Record<string, PortBinding[]> = {};
        for (const [port, wanted] of Object.entries(bindings)) {
            published[port] = wanted.map(({ HostIp, HostPort }) => ({
                HostIp,
                HostPort: HostPort === "0" ? "32768" : HostPort,
            }));
        }
        return {
            Id: id,
            Name: `/${config.name}`,
            Image: "sha256:1",
            Config: {
                Image: config.Image,
                Hostname: config.Hostname ?? id.slice(0, 12),
                User: config.User ?? "",
                WorkingDir: config.WorkingDir ?? "/work",
                Cmd: config.Cmd ?? ["image", "default"],
                Entrypoint: config.Entrypoint ?? null,
                Healthcheck: config.Healthcheck,
            },
            HostConfig: { ...host, MemorySwap: host.MemorySwap ?? 2 * (host.Memory ?? 0) },
            State: {
                Running: running,
                ExitCode: exitCode,
                ...(health && { Health: { Status: health } }),
            },
            NetworkSettings: {
                Bridge: "",
                Ports: running ? published : {},
                Networks: this.networks,
            },
        };
    }
}

/** How the engine marks what went to stdout (1) and stderr (2). */
function frame(stream: number, text: string): Buffer {
    const header = Buffer.alloc(8);
    header[0] = stream;
    header.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([header, Buffer.from(text)]);
}

export async function unpacked(archive: Buffer): Promise<Record<string, FakeFile>> {
    const files: Record<string, FakeFile> = {};
    const entries = extract();
    entries.end(archive);
    for await (const entry of entries) {
        const content = (await buffer(entry)).toString();
        files[`/${entry.header.name}`] = { content, mode: entry.header.mode ?? 0 };
    }
    return files;
}
