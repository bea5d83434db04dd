/** Networks, volumes and images. */
import assert from "node:assert/strict";
import type { Properties, State } from "../support/plugin.ts";
import { addresses, behaviour, type Docker, page, source } from "./world.ts";

const network = "docker:index/network:Network";
const volume = "docker:index/volume:Volume";
const image = "docker:index/remoteImage:RemoteImage";

const subnet = (third: number) => ({ subnet: `${addresses}.${third}.0/24` });

/** A change of inputs that asks for a new resource, or for none. */
const means = (
    name: string,
    from: string,
    make: (world: Docker, suffix: string) => [string, Properties, Properties],
    [changed, replaces]: [boolean, string[]],
) =>
    behaviour(name, from, async (world, scratch) => {
        const [type, before, after] = make(world, scratch.suffix);
        const state = await world.plugin.make(type, before, scratch);
        assert.deepEqual(await world.plugin.diff(state, after), { changed, replaces });
    });

const networks = [
    behaviour(
        "A Network is in the engine with its address range, gateway and labels.",
        page("Network", "ipamConfigs, labels"),
        async (world, scratch) => {
            const { plugin } = world;
            const name = `conformance-${scratch.suffix}`;
            const ipam = {
                ...subnet(1),
                gateway: `${addresses}.1.1`,
                ipRange: `${addresses}.1.0/25`,
            };
            const labels = [{ label: "owner", value: "conformance" }];
            const inputs = { name, ipamConfigs: [ipam], labels };
            const state = await plugin.make(network, inputs, scratch);
            const format =
                '{{.Id}} {{range .IPAM.Config}}{{.Subnet}} {{.Gateway}} {{.IPRange}}{{end}} {{index .Labels "owner"}}';
            assert.equal(
                await world.docker("network", "inspect", "--format", format, name),
                `${state.id} ${ipam.subnet} ${ipam.gateway} ${ipam.ipRange} conformance`,
            );
        },
    ),
    behaviour(
        "Its outputs say what the engine decided: driver `bridge`, scope `local`, not internal.",
        page("Network", "driver, scope, internal"),
        async ({ plugin }, scratch) => {
            const name = `conformance-${scratch.suffix}`;
            const inputs = { name, ipamConfigs: [subnet(2)] };
            const { outputs } = await plugin.make(network, inputs, scratch);
            assert.deepEqual(
                [outputs["driver"], outputs["scope"], outputs["internal"], outputs["ipamDriver"]],
                ["bridge", "local", false, "default"],
            );
        },
    ),
    behaviour(
        "Without a name it is named after the resource, with a random ending.",
        "Pulumi documentation, Resource names, autonaming",
        async ({ plugin }, scratch) => {
            const inputs = { ipamConfigs: [subnet(3)] };
            const state = await plugin.make(network, inputs, scratch);
            assert.match(
                state.outputs["name"] as string,
                new RegExp(`^thing-${scratch.suffix}-[0-9a-f]{7}$`),
            );
            // And it keeps that name.
            assert.deepEqual(await plugin.diff(state, inputs), { changed: false, replaces: [] });
        },
    ),
    means(
        "The same inputs leave a Network as it is, whatever the engine has added.",
        source("resource_docker_network.go (Computed)"),
        (_, suffix) => {
            const inputs = { name: `conformance-${suffix}`, ipamConfigs: [subnet(4)] };
            return [network, inputs, inputs];
        },
        [false, []],
    ),
    means(
        "Another address range makes a new Network.",
        source("resource_docker_network.go (ForceNew)"),
        (_, suffix) => {
            const name = `conformance-${suffix}`;
            return [
                network,
                { name, ipamConfigs: [subnet(5)] },
                { name, ipamConfigs: [subnet(6)] },
            ];
        },
        [true, ["ipamConfigs"]],
    ),
    behaviour(
        "A name that is taken is an error.",
        "Docker Engine API, NetworkCreate, CheckDuplicate",
        async ({ plugin }, scratch) => {
            const name = `conformance-${scratch.suffix}`;
            await plugin.make(network, { name, ipamConfigs: [subnet(7)] }, scratch);
            await assert.rejects(plugin.create(network, { name, ipamConfigs: [subnet(8)] }), {
                message: /already exists/,
            });
        },
    ),
    behaviour(
        "A Network that somebody removed is gone for a refresh.",
        "Pulumi documentation, Provider protocol, Read",
        async (world, scratch) => {
            const { plugin } = world;
            const name = `conformance-${scratch.suffix}`;
            const inputs = { name, ipamConfigs: [subnet(9)] };
            const state = await plugin.make(network, inputs, scratch);
            await world.docker("network", "rm", name);
            assert.equal(await plugin.read(state), undefined);
        },
    ),
];

const volumes = [
    behaviour(
        "A Volume is in the engine, by the driver `local`, and its outputs say where.",
        page("Volume", "driver, mountpoint"),
        async (world, scratch) => {
            const { plugin } = world;
            const name = `conformance-${scratch.suffix}`;
            const { id, outputs } = await plugin.make(volume, { name }, scratch);
            assert.deepEqual([id, outputs["driver"]], [name, "local"]);
            const format = "{{.Mountpoint}}";
            assert.equal(
                await world.docker("volume", "inspect", "--format", format, name),
                outputs["mountpoint"],
            );
        },
    ),
    means(
        "Other labels make a new Volume.",
        source("resource_docker_volume.go (ForceNew)"),
        (_, suffix) => {
            const name = `conformance-${suffix}`;
            return [volume, { name }, { name, labels: [{ label: "a", value: "b" }] }];
        },
        [true, ["labels"]],
    ),
    behaviour(
        "Its delete removes it, and then it is gone for a refresh.",
        source("resource_docker_volume.go"),
        async (world, scratch) => {
            const { plugin } = world;
            const name = `conformance-${scratch.suffix}`;
            const state = await plugin.make(volume, { name }, scratch);
            await plugin.delete(state);
            assert.equal(await world.docker("volume", "inspect", name), undefined);
            assert.equal(await plugin.read(state), undefined);
        },
    ),
];

const local = async ({ plugin, image: name }: Docker, inputs: Properties): Promise<State> =>
    plugin.create(image, { name, ...inputs });

const images = [
    behaviour(
        "A RemoteImage that the engine has is not pulled; its outputs have the engine's id.",
        page("RemoteImage", "name, imageId"),
        async (world, _) => {
            const { outputs } = await local(world, { keepLocally: true });
            const id = await world.docker("image", "inspect", "--format", "{{.Id}}", world.image);
            assert.equal(outputs["imageId"], id);
        },
    ),
    behaviour(
        "With `keepLocally` its delete leaves the image.",
        page("RemoteImage", "keepLocally"),
        async world => {
            await world.plugin.delete(await local(world, { keepLocally: true }));
            assert.notEqual(await world.docker("image", "inspect", world.image), undefined);
        },
    ),
    behaviour(
        "Without it its delete takes the name away from the image.",
        page("RemoteImage", "keepLocally"),
        async (world, scratch) => {
            const name = `conformance-${scratch.suffix}:1`;
            await world.docker("tag", world.image, name);
            scratch.later(`image \`${name}\``, () => world.docker("rmi", "--no-prune", name));
            await world.plugin.delete(await local(world, { name }));
            assert.equal(await world.docker("image", "inspect", name), undefined);
        },
    ),
    behaviour(
        "Another name makes a new RemoteImage, another `keepLocally` does not.",
        source("resource_docker_image.go (ForceNew)"),
        async world => {
            const state = await local(world, { keepLocally: true });
            const { plugin, image: name } = world;
            assert.deepEqual(await plugin.diff(state, { name: "other:1", keepLocally: true }), {
                ...{ changed: true, replaces: ["name"] },
            });
            assert.deepEqual(await plugin.diff(state, { name, keepLocally: false }), {
                ...{ changed: true, replaces: [] },
            });
        },
    ),
    behaviour(
        "Other pullTriggers make a new RemoteImage.",
        page("RemoteImage", "pullTriggers"),
        async world => {
            const state = await local(world, { keepLocally: true, pullTriggers: ["a"] });
            const inputs = { name: world.image, keepLocally: true, pullTriggers: ["b"] };
            assert.deepEqual(await world.plugin.diff(state, inputs), {
                ...{ changed: true, replaces: ["pullTriggers"] },
            });
        },
    ),
];

export const objects = [...networks, ...volumes, ...images];
