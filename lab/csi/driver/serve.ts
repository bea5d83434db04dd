/** Serves gRPC on a unix socket. */
import { rm } from "node:fs/promises";
import * as grpc from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import type { ServiceDefinition } from "@grpc/proto-loader";
import { CsiError } from "./errors.ts";
import { log } from "./log.ts";

/** The calls of a service by their names in the .proto file. Each says what it reads of its request. */
export type Calls = Record<string, (request: never) => object | Promise<object>>;

/** What protobufjs makes of a .proto file. */
export type Protocol = Parameters<typeof fromJSON>[0];

export function service(protocol: Protocol, name: string): ServiceDefinition {
    const definitions = fromJSON(protocol, {
        longs: Number,
        enums: String,
        defaults: true,
        oneofs: true,
    });
    return definitions[name] as ServiceDefinition;
}

/**
 * Listens on `unix:///path`, and takes the place of a process that was killed there.
 * @returns what stops it, after the calls that run
 */
export async function listen(
    endpoint: string,
    services: [ServiceDefinition, Calls][],
): Promise<() => Promise<void>> {
    const path = endpoint.replace(/^unix:(\/\/)?/, "");
    await rm(path, { force: true });
    const server = new grpc.Server();
    for (const [definition, calls] of services) {
        server.addService(definition, handlers(calls));
    }
    await new Promise<void>((resolve, reject) =>
        server.bindAsync(`unix://${path}`, grpc.ServerCredentials.createInsecure(), error =>
            error ? reject(error) : resolve(),
        ),
    );
    return () => new Promise(resolve => server.tryShutdown(() => resolve()));
}

function handlers(calls: Calls): grpc.UntypedServiceImplementation {
    return Object.fromEntries(
        Object.entries(calls).map(([name, work]) => [
            name,
            (call: { request: object }, answer: grpc.sendUnaryData<object>) =>
                void handle(name, work, call.request, answer),
        ]),
    );
}

async function handle(
    name: string,
    work: Calls[string],
    request: object,
    answer: grpc.sendUnaryData<object>,
): Promise<void> {
    try {
        // The protocol's definition has decoded the request to what the call reads.
        const response = await work(request as never);
        if (CHANGES.test(name)) {
            log(`${name} ${subject(request)}: done`);
        }
        answer(null, response);
    } catch (error) {
        const details = error instanceof Error ? error.message : String(error);
        const code = error instanceof CsiError ? error.code : grpc.status.INTERNAL;
        log(`${name} ${subject(request)}: ${grpc.status[code]}: ${details}`);
        answer({ code, details });
    }
}

/** Calls that change something. The others come every few seconds. */
const CHANGES = /^(Create|Delete|NodePublish|NodeUnpublish|ControllerExpand|NodeExpand)/;

/** What a call is about. */
function subject(request: object): string {
    const { name, volumeId, snapshotId, targetPath } = request as Record<string, string>;
    return [name, volumeId, snapshotId, targetPath].filter(Boolean).join(" ") || "-";
}
