/** Container of the `docker` stand-in. */
import { changedFields } from "../shared/diff.ts";
import type { Failure } from "../shared/fields.ts";
import { PartialCreate } from "../shared/resource.ts";
import type { Resource } from "../shared/resource.ts";
import { plainProperties, without } from "../shared/values.ts";
import type { Properties } from "../shared/values.ts";
import { changeable, changeableNames, createOptions } from "./container-config.ts";
import { bringUp } from "./container-run.ts";
import { containerFields } from "./container-fields.ts";
import type { ContainerInputs } from "./container-fields.ts";
import { containerOutputs } from "./container-state.ts";
import { ask, askIfThere, hasStatus, inBody, poll } from "./engine.ts";
import { findImage } from "./image.ts";

// How long the engine may take to remove a container.
const removalSeconds = 60;

function check(inputs: Properties): Failure[] {
    const { uploads = [], command = [] } = plainProperties<Partial<ContainerInputs>>(inputs);
    const failures: Failure[] = uploads
        .filter(
            ({ content, contentBase64, source }) =>
                [content, contentBase64, source].filter(Boolean).length !== 1,
        )
        .map(({ file }) => ({
            property: "uploads",
            reason: `needs one of \`content\`, \`contentBase64\` and \`source\` for the upload \`${file}\``,
        }));
    if (command.includes("")) {
        failures.push({ property: "command", reason: "takes no empty string in `command`" });
    }
    return failures;
}

async function describe(id: string, properties: Properties): Promise<Properties | undefined> {
    const now = await askIfThere(`inspect container \`${id}\``, docker =>
        docker.getContainer(id).inspect(),
    );
    return now && containerOutputs(now, properties);
}

/** Removes the container and returns when it is gone. What is gone already is no error. */
async function remove(id: string, inputs: Partial<ContainerInputs>, signal?: AbortSignal) {
    const intent = `remove container \`${inputs.name ?? id}\``;
    if (!inputs.attach) {
        await ignoring([304, 404], () =>
            ask(intent, docker =>
                docker.getContainer(id).stop({ t: inputs.destroyGraceSeconds ?? 0 }),
            ),
        );
    }
    // 409: the engine is removing it on its own, because of `rm`.
    await ignoring([404, 409], () =>
        ask(intent, docker =>
            docker.getContainer(id).remove({ force: true, v: inputs.removeVolumes !== false }),
        ),
    );
    const patience = { seconds: removalSeconds, signal: signal ?? new AbortController().signal };
    const gone = await poll(patience, async () => {
        const left = await askIfThere(intent, docker => docker.getContainer(id).inspect());
        return left === undefined || undefined;
    });
    if (!gone) {
        throw new Error(`Unable to ${intent}: it is still there after ${removalSeconds} s`);
    }
}

async function ignoring(statuses: number[], work: () => Promise<unknown>): Promise<void> {
    try {
        await work();
    } catch (error) {
        if (!hasStatus(error, ...statuses)) {
            throw error;
        }
    }
}

/** Takes back what was made; where that is impossible too, Pulumi has to know of it. */
async function undo(cause: unknown, id: string, properties: Properties) {
    try {
        await remove(id, plainProperties<ContainerInputs>(properties));
    } catch {
        // Without its image it does not look like the one that is wanted, so the next update replaces it.
        const outputs = without(properties, "image");
        throw new PartialCreate(
            cause instanceof Error ? cause.message : String(cause),
            id,
            outputs,
        );
    }
}

export const container: Resource = {
    fields: containerFields,
    deleteBeforeReplace: true,
    check,
    async create({ properties, signal }) {
        const inputs = plainProperties<ContainerInputs>(properties);
        await findImage(inputs.image, signal);
        const made = await ask(`create container \`${inputs.name}\``, docker =>
            docker.createContainer(inBody(createOptions(inputs), { name: inputs.name })),
        );
        try {
            const containerLogs = await bringUp(made.id, inputs, signal);
            const outputs = await describe(made.id, properties);
            if (!outputs) {
                throw new Error(
                    `Container \`${inputs.name}\` is gone already, because it ended and \`rm\` is set`,
                );
            }
            return {
                id: made.id,
                outputs: { ...outputs, ...(containerLogs && { containerLogs }) },
            };
        } catch (error) {
            await undo(error, made.id, properties);
            throw error;
        }
    },
    async read({ id, properties }) {
        return await describe(id, properties);
    },
    async update({ id, properties, olds }) {
        const before = plainProperties<ContainerInputs>(olds);
        const inputs = plainProperties<ContainerInputs>(properties);
        if (before.mustRun === false && inputs.mustRun !== false && inputs.start !== false) {
            await ignoring([304], () =>
                ask(`start container \`${inputs.name}\``, docker =>
                    docker.getContainer(id).start(),
                ),
            );
        }
        const changed = changedFields(containerFields, olds, properties);
        if (changed.some(name => changeableNames.includes(name))) {
            await ask(`update container \`${inputs.name}\``, docker =>
                docker.getContainer(id).update(changeable(inputs)),
            );
        }
        // Like the real provider it takes the engine's word for granted, until the next refresh.
        return { ...olds, ...Object.fromEntries(changed.map(name => [name, properties[name]])) };
    },
    async delete({ id, properties, signal }) {
        await remove(id, plainProperties<Partial<ContainerInputs>>(properties), signal);
    },
};
