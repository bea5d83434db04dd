/** Policies and their validation (§3.2, §9). */
import assert from "node:assert/strict";
import type { Behaviour } from "../../behaviour.ts";
import type { KubeObject } from "../../kube.ts";
import type { Scratch } from "../../scratch.ts";
import { exportSpec, path, policy } from "../objects.ts";
import { makeConfig, minutes, validated, waitFor, type World } from "../world.ts";
import { invalidPolicy } from "./api.ts";

const nameOf = ({ suffix }: Scratch) => `crossing-conformance-${suffix}`;

/** The program's spec, of an application that does not exist. */
const spec = (world: World, scratch: Scratch) => exportSpec(world.source.profile, nameOf(scratch));

interface Action {
    action: string;
    retention?: object;
    exportParameters?: Record<string, unknown>;
}

const exportOf = (given: { actions: Action[] }) => {
    const found = given.actions.find(each => each.action === "export");
    assert.ok(found?.exportParameters);
    return found.exportParameters;
};

/** What makes the program's spec wrong, and what is documented of it. */
const wrong: [rule: string, source: string, spoil: (spec: { actions: Action[] }) => unknown][] = [
    ["An export action before the backup action", "D api, §3.2", given => given.actions.reverse()],
    [
        "An export action without a Profile",
        "D api, §3.2",
        given => delete exportOf(given)["profile"],
    ],
    [
        "An export on a schedule in a policy on demand",
        "D api, §3.2",
        given => (exportOf(given)["frequency"] = "@daily"),
    ],
    [
        "A retention in a policy on demand",
        "D api, §3.2",
        given => Object.assign(given, { retention: { daily: 7 } }),
    ],
    [
        "A schedule without retention",
        "D api, §3.2",
        given => {
            exportOf(given)["frequency"] = "@yearly";
            Object.assign(given, { frequency: "@yearly" });
        },
    ],
    [
        "A retention more often than the schedule",
        "D api, §3.2",
        given => {
            exportOf(given)["frequency"] = "@yearly";
            Object.assign(given, { frequency: "@yearly", retention: { daily: 1, yearly: 1 } });
        },
    ],
    [
        "An import action without a receive string",
        "D api, §3.2",
        given => {
            const { profile } = exportOf(given);
            given.actions = [{ action: "import", ...{ importParameters: { profile } } }];
            Object.assign(given, { selector: undefined });
        },
    ],
];

/** Refused at once, or not validated: K10 ignores either. */
async function isNotAccepted(world: World, scratch: Scratch, object: KubeObject): Promise<void> {
    const { name } = object.metadata;
    const item = path.config("policies", world.install, name);
    scratch.later(`policy \`${name}\``, () => world.source.kube.remove(item));
    const reply = await world.source.kube.send(
        "POST",
        path.config("policies", world.install),
        object,
    );
    if (reply.code < 400) {
        await validated(world, scratch, world.source, "policies", name, "Failed");
    }
}

/** Takes what K10 is known to write out of a policy's spec. */
function withoutHandOff(found: KubeObject | undefined): Record<string, unknown> {
    const result = structuredClone(found?.spec ?? {}) as Record<string, unknown> & {
        actions: Action[];
    };
    for (const own of ["createdBy", "modifiedBy", "lastModifyHash"]) {
        delete result[own];
    }
    for (const { exportParameters } of result.actions) {
        delete exportParameters?.["receiveString"];
        delete exportParameters?.["migrationToken"];
    }
    return result;
}

export const policies: Behaviour<World>[] = [
    {
        name: "The program's export policy becomes Success.",
        ...{ source: "D api, §3.2", confirmed: true, together: true },
        async check(world, scratch) {
            const object = policy(nameOf(scratch), spec(world, scratch));
            await makeConfig(world, scratch, world.source, "policies", object);
            await validated(world, scratch, world.source, "policies", nameOf(scratch), "Success");
        },
    },
    {
        name: "An export policy on a schedule becomes Success, with retention of its own for exports, filters and paused.",
        ...{ source: "D api, §3.2", confirmed: true, together: true },
        async check(world, scratch) {
            const given = structuredClone(spec(world, scratch)) as Record<string, unknown> & {
                actions: (Action & { backupParameters?: Record<string, unknown> })[];
            };
            Object.assign(given, {
                ...{ frequency: "@monthly", retention: { monthly: 1, yearly: 1 }, paused: true },
                subFrequency: { days: [1], hours: [3], minutes: [5] },
            });
            exportOf(given)["frequency"] = "@yearly";
            for (const action of given.actions) {
                if (action.action === "export") {
                    action.retention = { yearly: 2 };
                } else {
                    const filters = { excludeResources: [{ resource: "configmaps" }] };
                    action.backupParameters = { ...action.backupParameters, filters };
                }
            }
            const object = policy(nameOf(scratch), given);
            await makeConfig(world, scratch, world.source, "policies", object);
            await validated(world, scratch, world.source, "policies", nameOf(scratch), "Success");
        },
    },
    {
        name: "Until it is validated, a Policy is Pending or says nothing.",
        ...{ source: "D api, PY, §1.7", confirmed: true, together: true },
        async check(world, scratch) {
            const object = policy(nameOf(scratch), spec(world, scratch));
            await makeConfig(world, scratch, world.source, "policies", object);
            const seen = new Set<string>();
            await waitFor(world, scratch, "the Policy to be Success", async () => {
                const found = await world.source.kube.get(
                    path.config("policies", world.install, nameOf(scratch)),
                );
                const { validation = "" } = (found?.status ?? {}) as { validation?: string };
                seen.add(validation);
                return validation === "Success" ? true : undefined;
            });
            const known = ["", "Pending", "Success"];
            assert.deepEqual(
                [...seen].filter(state => !known.includes(state)),
                [],
            );
        },
    },
    {
        name: "A Policy whose Profile is not valid becomes Failed: Profile is invalid.",
        ...{ source: "LAB, §3.1", confirmed: true, together: true },
        async check(world, scratch) {
            const { name } = world.source.profile;
            const broken = { name: nameOf(scratch), namespace: world.install };
            const found = await world.source.kube.get(
                path.config("profiles", world.source.profile.namespace, name),
            );
            const location = structuredClone(found?.spec ?? {}) as {
                locationSpec?: { objectStore?: Record<string, unknown> };
            };
            Object.assign(location.locationSpec?.objectStore ?? {}, {
                ...{ name: `crossing-conformance-none-${scratch.suffix}`, path: "" },
            });
            await makeConfig(world, scratch, world.source, "profiles", {
                ...{ apiVersion: "config.kio.kasten.io/v1alpha1", kind: "Profile" },
                ...{ metadata: { name: broken.name }, spec: { ...location } },
            });
            await validated(world, scratch, world.source, "profiles", broken.name, "Failed");
            const object = policy(broken.name, exportSpec(broken, broken.name));
            await makeConfig(world, scratch, world.source, "policies", object);
            const { status } = await validated(
                ...([world, scratch, world.source, "policies", broken.name, "Failed"] as const),
            );
            const error = JSON.stringify(status?.["error"]);
            assert.ok(error.includes("Profile is invalid"), error);
        },
    },
    {
        name: "A changed Policy is validated anew: Failed becomes Success, and Success becomes Failed.",
        ...{ source: "D api, FX, §3, §9", confirmed: true, deadline: 300, together: true },
        async check(world, scratch) {
            const { name } = await invalidPolicy(world, scratch);
            const item = path.config("policies", world.install, name);
            const { profile } = world.source;
            const change = (given: object) => world.source.kube.merge(item, { spec: given });
            await change(exportSpec(profile, name));
            await validated(world, scratch, world.source, "policies", name, "Success");
            await change(exportSpec({ ...profile, name }, name));
            await validated(world, scratch, world.source, "policies", name, "Failed");
        },
    },
    ...wrong.map(([rule, source, spoil]): Behaviour<World> => ({
        name: `${rule} is not accepted.`,
        ...{ source, confirmed: true, together: true },
        async check(world, scratch) {
            const given = structuredClone(spec(world, scratch)) as { actions: Action[] };
            spoil(given);
            await isNotAccepted(world, scratch, policy(nameOf(scratch), { ...given }));
        },
    })),
    {
        name: "Into the spec of an export policy K10 writes receiveString, migrationToken and its own marks, and nothing else.",
        ...{ source: "D api, TF, PC, §1.6", confirmed: true, deadline: minutes },
        async check({ source, crossing }) {
            const { given, policy: ref } = await crossing.exported();
            const found = await source.kube.get(path.config("policies", ref.namespace, ref.name));
            assert.deepEqual(withoutHandOff(found), given);
        },
    },
];
