/** BlueprintBindings and their validation (§3.5). What a Blueprint does takes a database, and is shown by the lab suite. */
import type { Behaviour } from "../../behaviour.ts";
import type { Scratch } from "../../scratch.ts";
import { blueprintBinding } from "../objects.ts";
import { makeConfig, validated, type World } from "../world.ts";

const nameOf = ({ suffix }: Scratch) => `crossing-conformance-${suffix}`;

/** Of a workload that is nowhere, so that no backup heeds it. */
const resources = (scratch: Scratch) => ({
    matchAll: [
        {
            type: {
                operator: "In",
                values: [{ group: "apps", resource: "deployments", name: nameOf(scratch) }],
            },
        },
        { namespace: { operator: "In", values: [nameOf(scratch)] } },
    ],
});

async function becomes(
    world: World,
    scratch: Scratch,
    bound: object,
    wanted: "Success" | "Failed",
): Promise<void> {
    const name = nameOf(scratch);
    const object = blueprintBinding(name, { name, namespace: world.install }, bound);
    await makeConfig(world, scratch, world.source, "blueprintbindings", object);
    await validated(world, scratch, world.source, "blueprintbindings", name, wanted);
}

export const bindings: Behaviour<World>[] = [
    {
        name: "A BlueprintBinding of a named workload in a namespace becomes Success, also before its Blueprint is there.",
        ...{ source: "D api, §3.5; the Blueprint ours", confirmed: false, together: true },
        check: (world, scratch) => becomes(world, scratch, resources(scratch), "Success"),
    },
    {
        name: "A BlueprintBinding without a requirement becomes Failed.",
        ...{ source: "D api, §3.5", confirmed: true, together: true },
        check: (world, scratch) => becomes(world, scratch, {}, "Failed"),
    },
];
