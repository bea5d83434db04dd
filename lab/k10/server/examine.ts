/** Decides whether an object of config.kio.kasten.io is valid: the rules with what they have to look up. */
import { messageOf } from "./failure.ts";
import { fieldsAt, textAt, type Fields, type KubeObject } from "./json.ts";
import { defaultPath } from "./layout.ts";
import { ensureHandOff, ensurePresetExport } from "./policies.ts";
import { CLAIMS, pathOf, SECRETS } from "./resources.ts";
import { blueprintBindingErrors, transformSetErrors } from "./rules-other.ts";
import { policyErrors, presetStatus, type PolicyLookups, type Validation } from "./rules-policy.ts";
import { lockErrors } from "./rules-lock.ts";
import { locationKind, locationNeeds, secretErrors, type LocationKind } from "./rules-location.ts";
import { profileErrors, storeErrors } from "./rules-profile.ts";
import { Store, storeErrorCode } from "./s3.ts";
import { configResource, storeAccess, type World } from "./world.ts";

export type Plural =
    "profiles" | "policies" | "policypresets" | "transformsets" | "blueprintbindings";
export const PLURALS: Plural[] = [
    "profiles",
    "policies",
    "policypresets",
    "transformsets",
    "blueprintbindings",
];

export interface Result {
    errors: string[];
    /** More of the status than validation and errors. */
    status?: Fields;
    /** The spec after the server has completed it. */
    spec?: Fields;
}

/** Examines an object by the rules of its kind; writes into specs what K10 writes. */
export async function examine(world: World, plural: Plural, object: KubeObject): Promise<Result> {
    switch (plural) {
        case "profiles":
            return await examineProfile(world, object);
        case "policies":
            return { errors: await examinePolicy(world, object) };
        case "policypresets": {
            const { type, errors } = presetStatus(object, await lookups(world));
            return { errors, status: { type } };
        }
        case "transformsets":
            return {
                errors: transformSetErrors(object.spec),
                status: { observedGeneration: object.metadata.generation },
            };
        case "blueprintbindings":
            return {
                errors: blueprintBindingErrors(object.spec),
                status: { observedGeneration: object.metadata.generation },
            };
    }
}

async function examineProfile(world: World, profile: KubeObject): Promise<Result> {
    const errors = profileErrors(profile.spec);
    if (errors.length > 0) {
        return { errors };
    }
    const kind = locationKind(profile.spec);
    if (kind && kind !== "S3") {
        return { errors: await needErrors(world, profile, kind) };
    }
    let access;
    try {
        access = await storeAccess(world, profile);
    } catch (error) {
        const cause =
            error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
        return { errors: [messageOf(error), ...(cause ? [cause.message] : [])] };
    }
    const store = new Store(access, 3);
    try {
        await store.probe();
        const { bucket, protectionPeriod } = access;
        if (protectionPeriod !== undefined) {
            errors.push(...lockErrors(bucket, protectionPeriod, await store.lock()));
        }
    } catch (error) {
        return { errors: storeErrors(access.bucket, storeErrorCode(error), messageOf(error)) };
    } finally {
        store.close();
    }
    return access.path === "" && errors.length === 0
        ? { errors, spec: await writePath(world, profile) }
        : { errors };
}

/** What a location that nobody asks lacks in the cluster. */
async function needErrors(
    { cluster, config }: World,
    { spec }: KubeObject,
    kind: LocationKind,
): Promise<string[]> {
    const { secret, claim } = locationNeeds(spec, kind);
    if (secret) {
        const { ref, keys } = secret;
        const found = await cluster.find(pathOf(SECRETS, ref.namespace, ref.name));
        const data = found && ((found["data"] ?? {}) as Record<string, string>);
        return secretErrors(ref, keys, data);
    }
    if (claim && !(await cluster.find(pathOf(CLAIMS, config.namespace, claim)))) {
        return [`persistentvolumeclaims "${claim}" not found in namespace ${config.namespace}`];
    }
    return [];
}

async function writePath(world: World, profile: KubeObject): Promise<Fields> {
    const { namespace, name } = profile.metadata;
    const written = { path: defaultPath(world.clusterUID), pathType: "Directory" };
    const spec = structuredClone(profile.spec ?? {});
    Object.assign(fieldsAt(spec, "locationSpec", "objectStore"), written);
    await world.cluster.merge(pathOf(configResource("profiles"), namespace, name), {
        spec: { locationSpec: { objectStore: written } },
    });
    return spec;
}

async function examinePolicy(world: World, policy: KubeObject): Promise<string[]> {
    const errors = policyErrors(policy, await lookups(world));
    if (errors.length === 0) {
        // The spec first: whoever sees Success finds the receiveString.
        await ensureHandOff(world, await ensurePresetExport(world, policy));
    }
    return errors;
}

async function lookups(world: World): Promise<PolicyLookups> {
    const { cluster, config } = world;
    const states = async (plural: Plural) => {
        const { items } = await cluster.list(pathOf(configResource(plural), config.namespace));
        return new Map(
            items.map(each => [each.metadata.name, textAt(each, "status", "validation")]),
        );
    };
    const [profiles, presets] = [await states("profiles"), await states("policypresets")];
    const { items } = await cluster.list(pathOf(configResource("profiles"), config.namespace));
    const kinds = new Map(items.map(each => [each.metadata.name, locationKind(each.spec)]));
    const find = (known: Map<string, string>) => (namespace: string, name: string) =>
        (namespace === config.namespace ? known.get(name) : undefined) as Validation;
    return {
        installNamespace: config.namespace,
        profile: find(profiles),
        preset: find(presets),
        isVBR: (namespace, name) => namespace === config.namespace && kinds.get(name) === "VBR",
    };
}
