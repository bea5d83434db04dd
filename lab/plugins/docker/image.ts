/** RemoteImage of the `docker` stand-in: an image that is here, or is pulled when it is not. */
import type { ImageInspectInfo } from "dockerode";
import type { Fields } from "../shared/fields.ts";
import type { Resource } from "../shared/resource.ts";
import { plainProperties } from "../shared/values.ts";
import type { Properties } from "../shared/values.ts";
import { ask, askIfThere } from "./engine.ts";

const fields: Fields = {
    name: { type: "string", required: true, replaces: true },
    keepLocally: { type: "boolean" },
    forceRemove: { type: "boolean" },
    pullTriggers: { type: "set", of: { type: "string" }, replaces: true },
};

interface Inputs {
    name: string;
    keepLocally?: boolean;
    forceRemove?: boolean;
}

async function findLocally(name: string): Promise<ImageInspectInfo | undefined> {
    return await askIfThere(`inspect image \`${name}\``, docker => docker.getImage(name).inspect());
}

/** The image that is here under this name, otherwise the registry's. */
export async function findImage(name: string, signal: AbortSignal): Promise<ImageInspectInfo> {
    const local = await findLocally(name);
    if (local) {
        return local;
    }
    await ask(`pull image \`${name}\``, async docker => {
        const progress = await docker.pull(name, { abortSignal: signal });
        const steps = await new Promise<{ error?: string }[]>((resolve, reject) => {
            docker.modem.followProgress(progress, (error, all) =>
                error ? reject(error) : resolve(all),
            );
        });
        // By then the engine has answered that all is well, so an error comes as a step.
        const failed = steps.find(({ error }) => error);
        if (failed) {
            throw new Error(failed.error);
        }
    });
    const pulled = await findLocally(name);
    if (!pulled) {
        throw new Error(`Unable to find or pull image \`${name}\``);
    }
    return pulled;
}

/** `repository@sha256:…`; where an image came from several repositories, the one that the name begins with. */
function repoDigest(name: string, digests: string[]): string {
    const repository = name.split(":")[0];
    return digests.find(digest => digest.startsWith(repository)) ?? digests[0] ?? "";
}

function describe(image: ImageInspectInfo, properties: Properties): Properties {
    const { name } = plainProperties<Inputs>(properties);
    return {
        ...properties,
        id: image.Id + name,
        imageId: image.Id,
        repoDigest: repoDigest(name, image.RepoDigests ?? []),
    };
}

export const remoteImage: Resource = {
    fields,
    async create({ properties, signal }) {
        const { name } = plainProperties<Inputs>(properties);
        const image = await findImage(name, signal);
        return { id: image.Id + name, outputs: describe(image, properties) };
    },
    async read({ properties }) {
        const { name } = plainProperties<Inputs>(properties);
        const image = await findLocally(name);
        return image && describe(image, properties);
    },
    async update({ properties, signal }) {
        const { name } = plainProperties<Inputs>(properties);
        return describe(await findImage(name, signal), properties);
    },
    async delete({ properties }) {
        const { name, keepLocally, forceRemove } = plainProperties<Inputs>(properties);
        if (!keepLocally) {
            await askIfThere(`remove image \`${name}\``, docker =>
                docker.getImage(name).remove({ force: forceRemove === true }),
            );
        }
    },
};
