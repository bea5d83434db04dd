/**
 * A Docker Engine that is a few maps behind HTTP: what the `docker` stand-in asks for, answered as engine 20.10
 * answered it. It runs nothing, so it proves nothing about a real engine; that is the lab suite's part.
 */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { NetworkCreateOptions, VolumeCreateOptions } from "dockerode";
import { FakeContainer, unpacked } from "./container.ts";

interface Answer {
    status: number;
    body?: unknown;
}

/** A request of the stand-in: what is in its address and in its body. */
type Body = Record<string, unknown>;

interface Connection {
    Container: string;
    EndpointConfig?: { Aliases?: string[]; IPAMConfig?: { IPv4Address?: string } };
}

const newId = () => randomBytes(32).toString("hex");

const refusal = (status: number, message: string): Answer => ({ status, body: { message } });
const notFound = (kind: string, name: string) => refusal(404, `No such ${kind}: ${name}`);

export class FakeDocker {
    readonly images = new Map<string, string>();
    /** What can be pulled. */
    readonly registry = new Map<string, string>();
    readonly networks = new Map<string, NetworkCreateOptions>();
    readonly volumes = new Map<string, VolumeCreateOptions>();
    readonly containers = new Map<string, FakeContainer>();
    /** `POST /containers/ID/start`: what is an id is written as `ID`. */
    requests: string[] = [];
    urls: string[] = [];
    /** By request, the last of its kind. */
    bodies: Record<string, Body> = {};
    /** By request: answered so, once for each entry, instead of being carried out. */
    failures: Record<string, Answer[]> = {};
    readonly #server: Server;

    private constructor() {
        this.#server = createServer((request, response) => void this.#serve(request, response));
    }

    static async start(): Promise<FakeDocker> {
        const docker = new FakeDocker();
        docker.#server.listen(0, "127.0.0.1");
        await once(docker.#server, "listening");
        return docker;
    }

    get host(): string {
        return `tcp://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    /** The container, where there is one. */
    get container(): FakeContainer | undefined {
        return [...this.containers.values()][0];
    }

    reset(): void {
        [this.images, this.registry, this.networks, this.volumes, this.containers].forEach(map =>
            map.clear(),
        );
        this.requests = [];
        this.urls = [];
        this.bodies = {};
        this.failures = {};
    }

    async stop(): Promise<void> {
        this.#server.closeAllConnections();
        this.#server.close();
        await once(this.#server, "close");
    }

    async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const url = new URL(request.url!, "http://engine");
        const raw = await buffer(request);
        const path = decodeURIComponent(url.pathname);
        const key = `${request.method} ${path.replaceAll(/[0-9a-f]{64}/g, "ID")}`;
        const isJson = request.headers["content-type"] === "application/json" && raw.length > 0;
        const json = isJson ? (JSON.parse(raw.toString()) as Body) : {};
        const body = { ...json, ...Object.fromEntries(url.searchParams) };
        this.requests.push(key);
        this.urls.push(request.url!);
        this.bodies[key] = body;
        const answer =
            this.failures[key]?.shift() ??
            (await this.#answer(request.method!, path, body, raw, response));
        if (answer) {
            response.writeHead(answer.status, { "content-type": "application/json" });
            response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
        }
    }

    /** Undefined where the response was written already. */
    async #answer(
        method: string,
        path: string,
        body: Body,
        raw: Buffer,
        response: ServerResponse,
    ): Promise<Answer | undefined> {
        const [, kind, rest = ""] = /^\/([a-z]+)\/?(.*)$/.exec(path)!;
        switch (kind) {
            case "images":
                return rest === "create" ? this.#pull(body, response) : this.#image(method, rest);
            case "networks":
                return this.#network(method, rest.split("/"), body);
            case "volumes":
                return this.#volume(method, rest, body);
            default:
                return await this.#container(rest.split("/"), body, raw, response);
        }
    }

    #pull({ fromImage, tag }: Body, response: ServerResponse): undefined {
        const name = `${fromImage}:${tag}`;
        const id = this.registry.get(name);
        if (id) {
            this.images.set(name, id);
        }
        const step = id ? { status: "Download complete" } : { error: "manifest unknown" };
        response.end(`${JSON.stringify(step)}\r\n`);
    }

    #image(method: string, rest: string): Answer {
        const name = rest.replace(/\/json$/, "");
        const id = this.images.get(name);
        if (!id) {
            return notFound("image", name);
        }
        if (method === "DELETE") {
            this.images.delete(name);
            return { status: 200, body: [] };
        }
        const digest = `${name.split(":")[0]}@sha256:d1`;
        return { status: 200, body: { Id: id, RepoDigests: ["mirror/x@sha256:d2", digest] } };
    }

    #network(method: string, [id, verb]: string[], body: Body): Answer {
        if (id === "create") {
            const made = newId();
            this.networks.set(made, body as unknown as NetworkCreateOptions);
            return { status: 201, body: { Id: made } };
        }
        if (verb) {
            return this.#connection(id, verb, body as unknown as Connection);
        }
        const network = this.networks.get(id);
        if (!network) {
            return notFound("network", id);
        }
        if (method === "DELETE") {
            this.networks.delete(id);
            return { status: 204 };
        }
        const chosen = [{ Subnet: "172.18.0.0/16", Gateway: "172.18.0.1" }];
        const state = {
            Name: network.Name,
            Id: id,
            Driver: network.Driver ?? "bridge",
            Scope: "local",
            Internal: network.Internal ?? false,
            Attachable: network.Attachable ?? false,
            Labels: network.Labels ?? {},
            Options: network.Options ?? {},
            IPAM: { Driver: "default", Options: null, Config: network.IPAM?.Config ?? chosen },
        };
        return { status: 200, body: state };
    }

    #connection(network: string, verb: string, { Container, EndpointConfig }: Connection): Answer {
        const container = this.containers.get(Container)!;
        if (verb === "connect") {
            const { Aliases, IPAMConfig } = EndpointConfig!;
            container.connect(network, IPAMConfig?.IPv4Address, Aliases);
            return { status: 200 };
        }
        if (!(network in container.networks)) {
            return refusal(
                500,
                `container ${container.id} is not connected to the network ${network}`,
            );
        }
        delete container.networks[network];
        return { status: 200 };
    }

    #volume(method: string, name: string, wanted: VolumeCreateOptions): Answer {
        if (name === "create") {
            this.volumes.set(wanted.Name!, wanted);
            return { status: 201, body: {} };
        }
        const volume = this.volumes.get(name);
        if (!volume) {
            return notFound("volume", name);
        }
        if (method === "DELETE") {
            this.volumes.delete(name);
            return { status: 204 };
        }
        const state = {
            Name: name,
            Driver: volume.Driver ?? "local",
            Mountpoint: `/volumes/${name}/_data`,
            Labels: volume.Labels ?? null,
        };
        return { status: 200, body: state };
    }

    async #container(
        [id, verb]: string[],
        body: Body,
        raw: Buffer,
        response: ServerResponse,
    ): Promise<Answer | undefined> {
        if (id === "create") {
            const made = newId();
            this.containers.set(made, new FakeContainer(made, body));
            return { status: 201, body: { Id: made, Warnings: [] } };
        }
        const container = this.containers.get(id);
        if (!container) {
            return notFound("container", id);
        }
        const { running } = container;
        switch (verb) {
            case undefined:
                this.containers.delete(id);
                return { status: 204 };
            case "json":
                return { status: 200, body: container.inspection };
            case "start":
                container.start();
                return { status: running ? 304 : 204 };
            case "stop":
                container.running = false;
                return { status: running ? 204 : 304 };
            case "update":
                Object.assign(container.host, body);
                return { status: 200, body: {} };
            case "archive":
                Object.assign(container.files, await unpacked(raw));
                return { status: 200 };
            case "wait":
                await container.ended;
                return { status: 200, body: { StatusCode: container.exitCode } };
            default:
                response.writeHead(200, { "content-type": "application/vnd.docker.raw-stream" });
                response.flushHeaders();
                await container.ended;
                response.end(container.output);
                return undefined;
        }
    }
}
