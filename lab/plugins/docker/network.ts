/** Network of the `docker` stand-in. */
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
    internal: { type: "boolean", computed: true, replaces: true },
    attachable: { type: "boolean", replaces: true },
    labels: labelsField,
    options: { type: "map", of: { type: "string" }, computed: true, replaces: true },
    ipamDriver: { type: "string", default: "default", replaces: true },
    ipamConfigs: {
        type: "set",
        computed: true,
        replaces: true,
        of: {
            type: "object",
            fields: {
                subnet: { type: "string" },
                gateway: { type: "string" },
                ipRange: { type: "string" },
            },
        },
    },
};

interface Inputs {
    name: string;
    driver?: string;
    internal?: boolean;
    attachable?: boolean;
    labels?: Label[];
    options?: Record<string, string>;
    ipamDriver?: string;
    ipamConfigs?: { subnet?: string; gateway?: string; ipRange?: string }[];
}

async function describe(id: string): Promise<Properties | undefined> {
    const network = await askIfThere(`inspect network \`${id}\``, docker =>
        docker.getNetwork(id).inspect(),
    );
    return (
        network && {
            id,
            name: network.Name,
            driver: network.Driver,
            scope: network.Scope,
            internal: network.Internal,
            attachable: network.Attachable,
            options: network.Options ?? {},
            labels: labelList(network.Labels),
            ipamDriver: network.IPAM?.Driver ?? "default",
            ipamConfigs: (network.IPAM?.Config ?? []).map(config => ({
                subnet: config["Subnet"],
                gateway: config["Gateway"],
                ipRange: config["IPRange"],
            })),
        }
    );
}

export const network: Resource = {
    fields,
    async create({ properties }) {
        const inputs = plainProperties<Inputs>(properties);
        const { id } = await ask(`create network \`${inputs.name}\``, docker =>
            docker.createNetwork(
                inBody({
                    Name: inputs.name,
                    // Engines before 25 would make a second network of the same name.
                    CheckDuplicate: true,
                    Driver: inputs.driver,
                    Internal: inputs.internal,
                    Attachable: inputs.attachable,
                    Labels: labelMap(inputs.labels),
                    Options: inputs.options,
                    IPAM: {
                        Driver: inputs.ipamDriver,
                        Config: inputs.ipamConfigs?.map(({ subnet, gateway, ipRange }) => ({
                            Subnet: subnet,
                            Gateway: gateway,
                            IPRange: ipRange,
                        })),
                    },
                }),
            ),
        );
        return { id, outputs: { ...properties, ...(await describe(id)) } };
    },
    async read({ id, properties }) {
        const now = await describe(id);
        return now && { ...properties, ...now };
    },
    async delete({ id, properties, signal }) {
        const { name } = plainProperties<Inputs>(properties);
        await removeWhenFree(`remove network \`${name}\``, /active endpoints/i, signal, docker =>
            docker.getNetwork(id).remove(),
        );
    },
};
