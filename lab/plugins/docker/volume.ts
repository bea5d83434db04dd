/** Volume of the `docker` stand-in. Like the real one, it takes over a volume that has the name already. */
import type { Fields } from "../shared/fields.ts";
import type { Resource } from "../shared/resource.ts";
import { plainProperties } from "../shared/values.ts";
import type { Properties } from "../shared/values.ts";
import { ask, askIfThere, inBody, removeWhenFree } from "./engine.ts";
import { labelList, labelMap, labelsField } from "./shapes.ts";
import type { Label } from "./shapes.ts";

const fields: Fields = {
    name: { type: "string", autoname: true, replaces: true },
    driver: { type: "string", computed: true, replaces: true },
    labels: labelsField,
};

interface Inputs {
    name: string;
    driver?: string;
    labels?: Label[];
}

async function describe(name: string): Promise<Properties | undefined> {
    const volume = await askIfThere(`inspect volume \`${name}\``, docker =>
        docker.getVolume(name).inspect(),
    );
    return (
        volume && {
            id: volume.Name,
            name: volume.Name,
            driver: volume.Driver,
            mountpoint: volume.Mountpoint,
            labels: labelList(volume.Labels),
        }
    );
}

export const volume: Resource = {
    fields,
    async create({ properties }) {
        const inputs = plainProperties<Inputs>(properties);
        await ask(`create volume \`${inputs.name}\``, docker =>
            docker.createVolume(
                inBody({
                    Name: inputs.name,
                    Driver: inputs.driver,
                    Labels: labelMap(inputs.labels),
                }),
            ),
        );
        return { id: inputs.name, outputs: { ...properties, ...(await describe(inputs.name)) } };
    },
    async read({ id, properties }) {
        const now = await describe(id);
        return now && { ...properties, ...now };
    },
    async delete({ id, signal }) {
        await removeWhenFree(`remove volume \`${id}\``, /volume is in use/i, signal, docker =>
            docker.getVolume(id).remove(),
        );
    },
};
