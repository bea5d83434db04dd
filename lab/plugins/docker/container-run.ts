/** How a container of the `docker` stand-in is brought up after it was made. */
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { ContainerInputs } from "./container-fields.ts";
import { ask, poll } from "./engine.ts";
import { upload } from "./upload.ts";

/** Connects, fills and starts a container that was made; gives its logs if they are wanted. */
export async function bringUp(id: string, inputs: ContainerInputs, signal: AbortSignal) {
    const { name, networksAdvanced = [], uploads = [] } = inputs;
    if (networksAdvanced.length > 0) {
        await leaveBridge(id, name);
    }
    for (const network of networksAdvanced) {
        await ask(`connect container \`${name}\` to network \`${network.name}\``, docker =>
            docker.getNetwork(network.name).connect({
                Container: id,
                EndpointConfig: {
                    Aliases: network.aliases,
                    IPAMConfig: { IPv4Address: network.ipv4Address },
                },
            }),
        );
    }
    for (const wanted of uploads) {
        await upload(id, wanted);
    }
    if (inputs.start === false) {
        return undefined;
    }
    // Asked for before the start, so that not even the quickest end is missed.
    const end = inputs.attach ? await attach(id, inputs, signal) : undefined;
    await ask(`start container \`${name}\``, docker => docker.getContainer(id).start());
    if (inputs.wait) {
        await untilHealthy(id, inputs, signal);
    }
    return await end?.();
}

/** The networks that the program names are meant to be the only ones. */
async function leaveBridge(id: string, name: string): Promise<void> {
    try {
        await ask(`disconnect container \`${name}\` from the default network`, docker =>
            docker.getNetwork("bridge").disconnect({ Container: id }),
        );
    } catch (error) {
        if (!/is not connected to (the )?network/i.test(String(error))) {
            throw error;
        }
    }
}

/** Begins to listen; the function that it gives waits for the container's end and gives its logs if wanted. */
async function attach(id: string, { name, logs }: ContainerInputs, signal: AbortSignal) {
    const intent = `wait for the end of container \`${name}\``;
    const collected = new PassThrough();
    const written = text(collected);
    if (logs) {
        await ask(intent, async docker => {
            const stream = await docker.getContainer(id).attach({
                stream: true,
                stdout: true,
                stderr: true,
                abortSignal: signal,
            });
            docker.modem.demuxStream(stream, collected, collected);
            stream.on("close", () => collected.end());
            stream.on("end", () => collected.end());
        });
    } else {
        collected.end();
    }
    const ended = ask(intent, docker =>
        docker.getContainer(id).wait({ condition: "next-exit", abortSignal: signal }),
    );
    // Where the start fails nobody listens any more.
    ended.catch(() => {});
    return async () => {
        await ended;
        return logs ? await written : undefined;
    };
}

async function untilHealthy(id: string, inputs: ContainerInputs, signal: AbortSignal) {
    const { name, waitTimeout: seconds = 60 } = inputs;
    const healthy = await poll({ seconds, signal }, async () => {
        const { State } = await ask(`inspect container \`${name}\``, docker =>
            docker.getContainer(id).inspect(),
        );
        if (!State.Health) {
            throw new Error(
                `Container \`${name}\` has no health check to wait for: give it a \`healthcheck\` or take \`wait\` away`,
            );
        }
        return State.Health.Status === "healthy" || undefined;
    });
    if (!healthy) {
        throw new Error(`Container \`${name}\` failed to be in healthy state within ${seconds} s`);
    }
}
