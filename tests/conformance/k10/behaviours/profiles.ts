/** Location profiles (§3.1, §8). */
import assert from "node:assert/strict";
import type { Behaviour } from "../../behaviour.ts";
import type { Scratch } from "../../scratch.ts";
import { path, profile, secret } from "../objects.ts";
import { makeConfig, validated, waitFor, type World } from "../world.ts";

interface Location {
    type: "Location";
    locationSpec: {
        type: string;
        credential: { secretType: string; secret: { name: string; namespace: string } };
        objectStore: Record<string, unknown>;
    };
}

/** The spec of the given Profile without what K10 wrote into it, opened by a Secret made as the program makes it. */
async function copied(world: World, scratch: Scratch): Promise<Location> {
    const { kube, profile: given } = world.source;
    const found = await kube.get(path.config("profiles", given.namespace, given.name));
    const spec = structuredClone(found?.spec) as Location | undefined;
    assert.ok(spec, `there is no Profile ${given.namespace}/${given.name}`);
    const { credential, objectStore } = spec.locationSpec;
    assert.equal(credential.secretType, "AwsAccessKey", "the given Profile is not of an S3 store");
    const keys = path.core("secrets", credential.secret.namespace, credential.secret.name);
    const name = nameOf(scratch);
    scratch.later(`Secret \`${name}\``, () =>
        kube.remove(path.core("secrets", world.install, name)),
    );
    await kube.create(
        path.core("secrets", world.install),
        secret(name, (await kube.get(keys))?.["data"]),
    );
    const { path: _path, pathType: _type, ...store } = objectStore;
    const ref = { apiVersion: "v1", kind: "Secret", name, namespace: world.install };
    return {
        type: "Location",
        locationSpec: {
            ...spec.locationSpec,
            credential: { secretType: "AwsAccessKey", secret: ref },
            objectStore: store,
        },
    };
}

const nameOf = ({ suffix }: Scratch) => `crossing-conformance-${suffix}`;

/** Makes a Profile like the given one, with another store where `store` says so. */
async function make(world: World, scratch: Scratch, store: Record<string, unknown> = {}) {
    const spec = await copied(world, scratch);
    const own = structuredClone(spec);
    Object.assign(own.locationSpec.objectStore, store);
    const object = profile(nameOf(scratch), { ...own });
    await makeConfig(world, scratch, world.source, "profiles", object);
    const until = (wanted: "Success" | "Failed") =>
        validated(world, scratch, world.source, "profiles", nameOf(scratch), wanted);
    return { good: spec, until };
}

const noBucket = ({ suffix }: Scratch) => ({ name: `crossing-conformance-none-${suffix}` });

export const profiles: Behaviour<World>[] = [
    {
        name: "A Profile of an S3 store, with a Secret of type secrets.kanister.io/aws, becomes Success.",
        ...{
            source: "D api, D usage, GR, §3.1, §8",
            confirmed: true,
            deadline: 180,
            together: true,
        },
        async check(world, scratch) {
            const { until } = await make(world, scratch);
            await until("Success");
        },
    },
    {
        name: "K10 completes a Profile with a path of its own, k10/<uid>/migration, of pathType Directory.",
        ...{ source: "D api, §3.1", confirmed: true, deadline: 180, together: true },
        async check(world, scratch) {
            const { until } = await make(world, scratch);
            await until("Success");
            const item = path.config("profiles", world.install, nameOf(scratch));
            const store = await waitFor(world, scratch, "the path of the Profile", async () => {
                const found = await world.source.kube.get(item);
                const { objectStore } = (found?.spec as unknown as Location).locationSpec;
                return objectStore["path"] ? objectStore : undefined;
            });
            assert.match(String(store["path"]), /^k10\/[0-9a-z-]+\/migration$/);
            assert.equal(store["pathType"], "Directory");
        },
    },
    {
        name: "A Profile whose store does not answer becomes Failed: Could not find profile bucket.",
        ...{ source: "LAB, §3.1", confirmed: true, deadline: 300, together: true },
        async check(world, scratch) {
            const { until } = await make(world, scratch, { endpoint: "http://127.0.0.1:9" });
            const { status } = await until("Failed");
            const error = JSON.stringify(status?.["error"]);
            assert.ok(error.includes("Could not find profile bucket"), error);
        },
    },
    {
        name: "A Profile of a bucket that does not exist becomes Failed, and status.error is a list of texts.",
        ...{ source: "D api, §3", confirmed: true, deadline: 300, together: true },
        async check(world, scratch) {
            const { until } = await make(world, scratch, noBucket(scratch));
            const { status } = await until("Failed");
            const error = status?.["error"];
            const texts = Array.isArray(error) && error.every(each => typeof each === "string");
            assert.ok(texts && error.length > 0, JSON.stringify(error));
        },
    },
    {
        name: "A Failed Profile that is mended becomes Success.",
        ...{ source: "D api, §3", confirmed: true, deadline: 300, together: true },
        async check(world, scratch) {
            const { good, until } = await make(world, scratch, noBucket(scratch));
            await until("Failed");
            const { name } = good.locationSpec.objectStore;
            await world.source.kube.merge(path.config("profiles", world.install, nameOf(scratch)), {
                spec: { locationSpec: { objectStore: { name } } },
            });
            await until("Success");
        },
    },
];
