import assert from "node:assert/strict";
import { FakeDocker } from "./support/docker.ts";
import { PluginProcess, secret, unknown } from "./support/plugin.ts";
import type { Checked, Properties } from "./support/plugin.ts";

const networkType = "docker:index/network:Network";
const volumeType = "docker:index/volume:Volume";
const imageType = "docker:index/remoteImage:RemoteImage";
const at = (type: string, name = "thing") => `urn:pulumi:test::project::${type}::${name}`;

const nameOf = ({ inputs }: Checked) => inputs["name"] as string;

describe("docker stand-in: networks, volumes, images", () => {
    let plugin: PluginProcess;
    let docker: FakeDocker;
    before(async () => {
        docker = await FakeDocker.start();
        plugin = await PluginProcess.start("docker", networkType, { DOCKER_HOST: docker.host });
    });
    beforeEach(() => docker.reset());
    after(async () => {
        await plugin.stop();
        await docker.stop();
    });

    it("says which version it stands in for", async () => {
        assert.equal(await plugin.version(), "5.2.0");
    });

    describe("names", () => {
        for (const type of [networkType, volumeType]) {
            it(`are made, kept and recorded where the program gives none: ${type}`, async () => {
                const first = await plugin.check({}, {}, at(type));
                assert.match(nameOf(first), /^thing-[0-9a-f]{7}$/);
                assert.ok((first.inputs["__defaults"] as string[]).includes("name"));
                const second = await plugin.check({}, first.inputs, at(type));
                assert.deepEqual(second, first);
                const own = await plugin.check({ name: "own" }, first.inputs, at(type));
                assert.equal(own.inputs["name"], "own");
                const back = await plugin.check({}, own.inputs, at(type));
                assert.match(nameOf(back), /^thing-[0-9a-f]{7}$/);
            });
        }
    });

    describe("Network", () => {
        const inputs = {
            name: "net",
            driver: "bridge",
            internal: true,
            attachable: true,
            labels: [{ label: "a", value: secret("hunter22") }],
            options: { "com.docker.network.bridge.name": "br0" },
            ipamConfigs: [{ subnet: "10.1.0.0/24", gateway: "10.1.0.1", ipRange: "10.1.0.0/25" }],
        };

        it("is created as it is said, and is what the engine made of it", async () => {
            const created = await plugin.up(inputs);
            assert.deepEqual(docker.bodies["POST /networks/create"], {
                Name: "net",
                CheckDuplicate: true,
                Driver: "bridge",
                Internal: true,
                Attachable: true,
                Labels: { a: "hunter22" },
                Options: { "com.docker.network.bridge.name": "br0" },
                IPAM: {
                    Driver: "default",
                    Config: [
                        { Subnet: "10.1.0.0/24", Gateway: "10.1.0.1", IPRange: "10.1.0.0/25" },
                    ],
                },
            });
            assert.doesNotMatch(docker.urls.join("\n"), /hunter22/);
            assert.deepEqual(created.outputs, {
                ...inputs,
                id: created.id,
                labels: secret([{ label: "a", value: "hunter22" }]),
                ipamDriver: "default",
                scope: "local",
            });
            assert.deepEqual(await plugin.read(created.id, created.outputs), created);
            assert.equal((await plugin.again(created.outputs, inputs)).changes, "none");
        });

        it("leaves to the engine what is not said", async () => {
            const created = await plugin.up({});
            assert.deepEqual(created.outputs["ipamConfigs"], [
                { subnet: "172.18.0.0/16", gateway: "172.18.0.1" },
            ]);
            const { inputs: olds } = await plugin.check({ name: created.outputs["name"] });
            assert.equal(
                (await plugin.again(created.outputs, {}, { ...olds, __defaults: ["name"] }))
                    .changes,
                "none",
            );
        });

        it("that is gone is noticed by refresh", async () => {
            const created = await plugin.up(inputs);
            docker.networks.clear();
            assert.deepEqual(await plugin.read(created.id, created.outputs), {
                id: "",
                outputs: {},
            });
        });

        it("is removed as soon as its last endpoint has left", async () => {
            const created = await plugin.up(inputs);
            const busy = {
                status: 403,
                body: {
                    message: `error while removing network: network net id x has active endpoints`,
                },
            };
            docker.failures["DELETE /networks/ID"] = [busy, busy];
            await plugin.delete(created.id, created.outputs);
            assert.equal(docker.networks.size, 0);
            // What is gone already is no error.
            await plugin.delete(created.id, created.outputs);
        });

        it("fails with the engine's words", async () => {
            const message = "Pool overlaps with other one on this address space";
            docker.failures["POST /networks/create"] = [{ status: 403, body: { message } }];
            await assert.rejects(plugin.up(inputs), {
                message: `docker stand-in: Unable to create network \`net\`: ${message}`,
            });
            const created = await plugin.up(inputs);
            const broken = { status: 500, body: { message: "broken" } };
            docker.failures["DELETE /networks/ID"] = [broken];
            await assert.rejects(plugin.delete(created.id, created.outputs), {
                message: "docker stand-in: Unable to remove network `net`: broken",
            });
            docker.failures["GET /networks/ID"] = [broken];
            await assert.rejects(plugin.read(created.id, created.outputs), {
                message: `docker stand-in: Unable to inspect network \`${created.id}\`: broken`,
            });
        });

        const changes: [string, Properties, string[]][] = [
            ["name", { name: "other" }, ["name"]],
            ["driver", { driver: "macvlan" }, ["driver"]],
            ["driver no longer said", { driver: null }, []],
            ["internal", { internal: false }, ["internal"]],
            ["attachable no longer said", { attachable: null }, ["attachable"]],
            ["label", { labels: [{ label: "a", value: "c" }] }, ["labels"]],
            ["label no longer secret", { labels: [{ label: "a", value: "hunter22" }] }, []],
            ["option added", { options: { ...inputs.options, x: "y" } }, ["options"]],
            ["subnet", { ipamConfigs: [{ subnet: "10.2.0.0/24" }] }, ["ipamConfigs"]],
            [
                "subnet that is not known yet",
                { ipamConfigs: [{ subnet: unknown }] },
                ["ipamConfigs"],
            ],
            [
                "gateway no longer said",
                { ipamConfigs: [{ subnet: "10.1.0.0/24", ipRange: "10.1.0.0/25" }] },
                ["ipamConfigs"],
            ],
        ];
        for (const [what, change, replaces] of changes) {
            it(`diff: ${what}`, async () => {
                const { outputs } = await plugin.up(inputs);
                assert.deepEqual(await plugin.again(outputs, { ...inputs, ...change }), {
                    changes: replaces.length > 0 ? "some" : "none",
                    replaces,
                    // The name is the program's own, so there is no place for two.
                    deleteBeforeReplace: replaces.length > 0,
                });
            });
        }

        it("diff: with a name that was made, the new one comes before the old one goes", async () => {
            const { inputs: olds } = await plugin.check({ internal: true });
            const { outputs } = await plugin.create(olds);
            assert.deepEqual(await plugin.again(outputs, { internal: false }, olds), {
                changes: "some",
                replaces: ["internal"],
                deleteBeforeReplace: false,
            });
        });

        it("refuses what it does not know", async () => {
            const { failures } = await plugin.check({
                checkDuplicate: true,
                ipamConfigs: [{ subnet: "10.1.0.0/24", auxAddress: {} }],
            });
            assert.deepEqual(
                failures.map(failure => failure.reason),
                ["checkDuplicate", "ipamConfigs[0].auxAddress"].map(
                    name =>
                        `The docker stand-in does not know the property \`${name}\` of \`${networkType}\`.`,
                ),
            );
        });
    });

    describe("Volume", () => {
        const inputs = { name: "vol", labels: [{ label: "a", value: "b" }] };

        it("is created, found again, missed and removed", async () => {
            const checked = await plugin.check(inputs, {}, at(volumeType));
            const created = await plugin.create(checked.inputs, at(volumeType));
            assert.deepEqual(created, {
                id: "vol",
                outputs: {
                    ...inputs,
                    id: "vol",
                    driver: "local",
                    mountpoint: "/volumes/vol/_data",
                },
            });
            assert.deepEqual(await plugin.read("vol", created.outputs, at(volumeType)), created);
            const again = await plugin.diff(created.outputs, checked.inputs, at(volumeType));
            assert.equal(again.changes, "none");
            const busy = { status: 409, body: { message: "remove vol: volume is in use - [x]" } };
            docker.failures["DELETE /volumes/vol"] = [busy];
            await plugin.delete("vol", created.outputs, at(volumeType));
            assert.equal(docker.volumes.size, 0);
            await plugin.delete("vol", created.outputs, at(volumeType));
            const gone = await plugin.read("vol", created.outputs, at(volumeType));
            assert.deepEqual(gone, { id: "", outputs: {} });
        });

        const changes: [string, Properties, string[]][] = [
            ["driver no longer said", { driver: null }, []],
            ["driver", { driver: "nfs" }, ["driver"]],
            ["name", { name: "other" }, ["name"]],
            ["labels", { labels: null }, ["labels"]],
        ];
        for (const [what, change, replaces] of changes) {
            it(`diff: ${what}`, async () => {
                const olds = { ...inputs, id: "vol", driver: "local", mountpoint: "/x" };
                const news = await plugin.check({ ...inputs, ...change }, {}, at(volumeType));
                const { replaces: found } = await plugin.diff(olds, news.inputs, at(volumeType));
                assert.deepEqual(found, replaces);
            });
        }
    });

    describe("RemoteImage", () => {
        const name = "minio/minio:1";
        const create = (inputs: Properties) => plugin.create(inputs, at(imageType));

        it("is the one that is here", async () => {
            docker.images.set(name, "sha256:1");
            const created = await create({ name, keepLocally: true });
            assert.deepEqual(created, {
                id: `sha256:1${name}`,
                outputs: {
                    id: `sha256:1${name}`,
                    name,
                    keepLocally: true,
                    imageId: "sha256:1",
                    repoDigest: "minio/minio@sha256:d1",
                },
            });
            assert.deepEqual(docker.requests, [`GET /images/${name}/json`]);
            assert.deepEqual(
                await plugin.read(created.id, created.outputs, at(imageType)),
                created,
            );
        });

        it("is pulled only when it is not here", async () => {
            docker.registry.set(name, "sha256:2");
            const { outputs } = await create({ name });
            assert.equal(outputs["imageId"], "sha256:2");
            assert.equal(docker.bodies["POST /images/create"]["fromImage"], "minio/minio");
            assert.equal(docker.bodies["POST /images/create"]["tag"], "1");
            docker.registry.set("busybox:latest", "sha256:3");
            await assert.rejects(create({ name: "busybox" }), {
                message: "docker stand-in: Unable to find or pull image `busybox`",
            });
        });

        it("fails with the registry's words", async () => {
            await assert.rejects(create({ name }), {
                message: `docker stand-in: Unable to pull image \`${name}\`: manifest unknown`,
            });
        });

        it("that is another one or gone is noticed by refresh", async () => {
            docker.images.set(name, "sha256:1");
            const { id, outputs } = await create({ name });
            docker.images.set(name, "sha256:9");
            const other = await plugin.read(id, outputs, at(imageType));
            assert.deepEqual([other.id, other.outputs["imageId"]], [`sha256:9${name}`, "sha256:9"]);
            docker.images.clear();
            const gone = await plugin.read(id, outputs, at(imageType));
            assert.deepEqual(gone, { id: "", outputs: {} });
        });

        it("is removed unless it is to be kept", async () => {
            docker.images.set(name, "sha256:1");
            const kept = await create({ name, keepLocally: true });
            await plugin.delete(kept.id, kept.outputs, at(imageType));
            assert.equal(docker.images.size, 1);
            await plugin.delete(kept.id, { ...kept.outputs, keepLocally: false }, at(imageType));
            assert.equal(docker.images.size, 0);
            await plugin.delete(kept.id, { ...kept.outputs, keepLocally: false }, at(imageType));
        });

        const changes: [string, Properties, "none" | "some", string[]][] = [
            ["nothing", {}, "none", []],
            ["keepLocally", { keepLocally: true }, "some", []],
            ["forceRemove false", { forceRemove: false }, "none", []],
            ["pullTriggers", { pullTriggers: ["b", "c"] }, "some", ["pullTriggers"]],
            ["pullTriggers in another order", { pullTriggers: ["b", "a"] }, "none", []],
            ["name", { name: "minio/minio:2" }, "some", ["name"]],
        ];
        for (const [what, change, expected, replaces] of changes) {
            it(`diff: ${what}`, async () => {
                const olds = { name, pullTriggers: ["a", "b"], imageId: "sha256:1" };
                const news = { name, pullTriggers: ["a", "b"], ...change };
                assert.deepEqual(await plugin.diff(olds, news, at(imageType)), {
                    changes: expected,
                    replaces,
                    deleteBeforeReplace: false,
                });
            });
        }

        it("update keeps the image and takes the new intentions", async () => {
            docker.images.set(name, "sha256:1");
            const { id, outputs } = await create({ name });
            const updated = await plugin.update(
                id,
                outputs,
                { name, keepLocally: true },
                at(imageType),
            );
            assert.deepEqual(updated, { ...outputs, keepLocally: true });
        });
    });

    it("says in one sentence that no engine answers, and needs none for a preview", async () => {
        const lost = await PluginProcess.start("docker", networkType, {
            DOCKER_HOST: "unix:///does/not/exist.sock",
        });
        try {
            const { inputs } = await lost.check({ name: "net" });
            assert.equal((await lost.diff({ name: "net" }, inputs)).changes, "some");
            await assert.rejects(lost.create(inputs), {
                message:
                    "docker stand-in: No Docker engine answers at `unix:///does/not/exist.sock` (ENOENT): start one there, or set `DOCKER_HOST` to where one runs.",
            });
        } finally {
            await lost.stop();
        }
    });
}).timeout(20_000);
