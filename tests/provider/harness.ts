/**
 * Drives dynamic resources as Pulumi does: the text of the shim, in the SDK's own provider process, over gRPC.
 * It does not show what an engine makes of the answers: the lab suite does.
 */
import assert from "node:assert/strict";
import * as grpc from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import { ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { providers } from "crossing-actions";
import { shim } from "../../components/dynamic";
import { repository } from "../engine/hosts";
import { Value } from "../engine/stub-engine";

export type Props = Record<string, Value | undefined>;

/** A create or update that failed. `id` and `properties` are there if Pulumi is to record the resource. */
export class ProviderError extends Error {
    readonly id: string | undefined;
    readonly properties: Props;
    constructor(message: string, id: string | undefined, properties: Props) {
        super(message);
        this.id = id;
        this.properties = properties;
    }
}

/** The error of a create or update that must fail. */
export async function rejected(promise: Promise<unknown>): Promise<ProviderError> {
    try {
        await promise;
    } catch (error) {
        assert.ok(error instanceof ProviderError);
        return error;
    }
    throw new Error("it did not fail");
}

/** The text that Pulumi stores in the state. */
export async function shimText(action: keyof typeof providers): Promise<string> {
    const provider = shim(action);
    return (await pulumi.runtime.serializeFunction(() => provider)).text;
}

export class ProviderProcess {
    /** What the process printed: the progress that users see. */
    readonly lines: string[] = [];
    private readonly child: ChildProcess;
    private readonly client: ResourceProviderClient;

    private constructor(child: ChildProcess, client: ResourceProviderClient) {
        this.child = child;
        this.client = client;
    }

    static async start(): Promise<ProviderProcess> {
        const child = spawn(
            process.execPath,
            // The engine's address is for logging, which this process does by printing.
            [require.resolve("@pulumi/pulumi/cmd/dynamic-provider"), "127.0.0.1:1"],
            { cwd: repository, stdio: ["ignore", "pipe", "pipe"] },
        );
        const output = createInterface({ input: child.stdout });
        const port = await new Promise<string>((resolve, reject) => {
            output.once("line", resolve);
            child.once("error", reject);
            child.once("close", status => reject(new Error(`ended with ${status}`)));
        });
        const client = new ResourceProviderClient(
            `127.0.0.1:${port}`,
            grpc.credentials.createInsecure(),
        );
        const started = new ProviderProcess(child, client);
        output.on("line", line => started.lines.push(line));
        createInterface({ input: child.stderr }).on("line", line => started.lines.push(line));
        const configuration = new proto.ConfigureRequest();
        configuration.setArgs(struct({ "crossing:requestsPerSecond": "20" }));
        await call<proto.ConfigureResponse>(done => client.configure(configuration, done));
        return started;
    }

    /** As an engine that is killed: nobody reads any more what the process prints. */
    hangUp(): void {
        this.child.stdout?.destroy();
        this.child.stderr?.destroy();
    }

    /** The status that the process ends with by itself, or what it was killed by after 20 seconds. */
    async ended(): Promise<number | string | null> {
        const late = setTimeout(() => this.child.kill("SIGKILL"), 20_000);
        return new Promise(resolve =>
            this.child.once("exit", (status, signal) => {
                clearTimeout(late);
                resolve(signal ?? status);
            }),
        );
    }

    stop(): void {
        this.client.close();
        this.child.kill("SIGKILL");
    }

    async create(
        action: keyof typeof providers,
        inputs: Props,
    ): Promise<{ id: string; outs: Props }> {
        const request = new proto.CreateRequest();
        request.setProperties(struct({ ...inputs, __provider: await shimText(action) }));
        const response = await call<proto.CreateResponse>(done =>
            this.client.create(request, done),
        );
        return { id: response.getId(), outs: plain(response.getProperties()) };
    }

    async update(action: keyof typeof providers, olds: Props, news: Props): Promise<Props> {
        const request = new proto.UpdateRequest();
        request.setOlds(struct(olds));
        request.setNews(struct({ ...news, __provider: await shimText(action) }));
        const response = await call<proto.UpdateResponse>(done =>
            this.client.update(request, done),
        );
        return plain(response.getProperties());
    }

    async diff(
        action: keyof typeof providers,
        olds: Props,
        news: Props,
    ): Promise<{ changes: boolean; replaces: string[] }> {
        const request = new proto.DiffRequest();
        const __provider = await shimText(action);
        request.setOlds(struct({ ...olds, __provider }));
        request.setNews(struct({ ...news, __provider }));
        const response = await call<proto.DiffResponse>(done => this.client.diff(request, done));
        return {
            changes: response.getChanges() === proto.DiffResponse.DiffChanges.DIFF_SOME,
            replaces: response.getReplacesList(),
        };
    }

    async read(
        action: keyof typeof providers,
        id: string,
        props: Props,
    ): Promise<{ id: string; props: Props }> {
        const request = new proto.ReadRequest();
        request.setId(id);
        request.setProperties(struct({ ...props, __provider: await shimText(action) }));
        const response = await call<proto.ReadResponse>(done => this.client.read(request, done));
        return { id: response.getId(), props: plain(response.getProperties()) };
    }

    async delete(action: keyof typeof providers, id: string, props: Props): Promise<void> {
        const request = new proto.DeleteRequest();
        request.setId(id);
        request.setProperties(struct({ ...props, __provider: await shimText(action) }));
        await call(done => this.client.delete(request, done));
    }
}

function struct(props: Props): Struct {
    const defined = Object.entries(props).filter(([, value]) => value !== undefined);
    return Struct.fromJavaScript(Object.fromEntries(defined) as Record<string, Value>);
}

/** Without the text of the provider, which every answer repeats. */
function plain(value: Struct | undefined): Props {
    const { __provider: _, ...props } = (value?.toJavaScript() ?? {}) as Props;
    return props;
}

function call<T>(
    start: (done: (error: grpc.ServiceError | null, response: T) => void) => void,
): Promise<T> {
    return new Promise((resolve, reject) =>
        start((error, response) => (error ? reject(failure(error)) : resolve(response))),
    );
}

function failure(error: grpc.ServiceError): ProviderError {
    const [details] = error.metadata.get("grpc-status-details-bin");
    if (!(details instanceof Buffer)) {
        return new ProviderError(error.details, undefined, {});
    }
    const [any] = Status.deserializeBinary(details).getDetailsList();
    const init = proto.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
    return new ProviderError(error.details, init.getId(), plain(init.getProperties()));
}
