import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { FakeDocker } from "./support/docker.ts";
import { failure, PluginProcess, secret, without } from "./support/plugin.ts";
import type { Properties } from "./support/plugin.ts";

const type = "docker:index/container:Container";
const image = "minio:1";

describe("docker stand-in: a Container is made", () => {
    let plugin: PluginProcess;
    let docker: FakeDocker;
    before(async () => {
        docker = await FakeDocker.start();
        plugin = await PluginProcess.start("docker", type, { DOCKER_HOST: docker.host });
    });
    beforeEach(() => {
        docker.reset();
        docker.images.set(image, "sha256:1");
    });
    after(async () => {
        await plugin.stop();
        await docker.stop();
    });

    const only = () => docker.container!;
    const base = { name: "store", image };
    const healthcheck = { tests: ["CMD", "true"] };

    describe("create", () => {
        it("asks the engine for what the program says", async () => {
            await plugin.up({
                ...base,
                command: ["server", "/data"],
                entrypoints: ["minio"],
                envs: ["A=1", secret("PASSWORD=hunter22")],
                labels: [{ label: "owner", value: "me" }],
                user: "1000",
                hostname: "host",
                workingDir: "/tmp",
                privileged: true,
                readOnly: true,
                hosts: [{ host: "gate", ip: "fd00::1" }],
                ports: [
                    { internal: 9000, external: 9001, ip: "127.0.0.1" },
                    { internal: 53, protocol: "udp" },
                ],
                volumes: [
                    { volumeName: "vol", containerPath: "/data" },
                    {
                        hostPath: "/etc/x",
                        volumeName: "ignored",
                        containerPath: "/x",
                        readOnly: true,
                    },
                    { containerPath: "/anonymous" },
                ],
                mounts: [{ type: "tmpfs", target: "/scratch" }],
                restart: "on-failure",
                maxRetryCount: 3,
                memory: 64,
                memorySwap: -1,
                healthcheck: {
                    tests: ["CMD", "true"],
                    interval: "1m30s",
                    startPeriod: "500ms",
                    retries: 2,
                },
            });
            const { name, ...body } = docker.bodies["POST /containers/create"];
            assert.equal(name, "store");
            assert.deepEqual(body, {
                Image: image,
                Hostname: "host",
                User: "1000",
                WorkingDir: "/tmp",
                Env: ["A=1", "PASSWORD=hunter22"],
                Cmd: ["server", "/data"],
                Entrypoint: ["minio"],
                Labels: { owner: "me" },
                Healthcheck: {
                    Test: ["CMD", "true"],
                    Interval: 90_000_000_000,
                    Timeout: 0,
                    StartPeriod: 500_000_000,
                    Retries: 2,
                },
                ExposedPorts: { "9000/tcp": {}, "53/udp": {} },
                Volumes: { "/data": {}, "/x": {}, "/anonymous": {} },
                HostConfig: {
                    Privileged: true,
                    ReadonlyRootfs: true,
                    AutoRemove: false,
                    NetworkMode: "bridge",
                    ExtraHosts: ["gate:fd00::1"],
                    PortBindings: {
                        "9000/tcp": [{ HostIp: "127.0.0.1", HostPort: "9001" }],
                        "53/udp": [{ HostIp: "0.0.0.0", HostPort: "0" }],
                    },
                    Binds: ["vol:/data:rw", "/etc/x:/x:ro"],
                    Mounts: [{ Type: "tmpfs", Target: "/scratch", Source: "" }],
                    RestartPolicy: { Name: "on-failure", MaximumRetryCount: 3 },
                    Memory: 64 * 1024 * 1024,
                    MemorySwap: -1,
                },
            });
            // dockerode would write the whole body into the address too, where engines and proxies log it.
            assert.doesNotMatch(docker.urls.join("\n"), /hunter22/);
        });

        it("gives what the engine made of it, and keeps what images add to", async () => {
            const inputs = {
                ...base,
                envs: ["A=1"],
                networksAdvanced: [{ name: "net", ipv4Address: "10.1.0.200", aliases: ["s3"] }],
                volumes: [{ volumeName: "vol", containerPath: "/data" }],
                ports: [{ internal: 9000, ip: "127.0.0.1" }],
            };
            const created = await plugin.up(inputs);
            const { id } = created;
            assert.deepEqual(created.outputs, {
                ...inputs,
                id,
                attach: false,
                bridge: "",
                command: ["image", "default"],
                entrypoints: [],
                hostname: id.slice(0, 12),
                hosts: [],
                logs: false,
                maxRetryCount: 0,
                memory: 0,
                memorySwap: 0,
                mounts: [],
                mustRun: true,
                networkDatas: [
                    {
                        networkName: "net",
                        ipAddress: "10.1.0.200",
                        ipPrefixLength: 24,
                        gateway: "10.1.0.1",
                        globalIpv6Address: "",
                        globalIpv6PrefixLength: 0,
                        ipv6Gateway: "",
                        macAddress: "02:42:0a:01:00:02",
                    },
                ],
                networkMode: "bridge",
                ports: [{ internal: 9000, external: 32768, ip: "127.0.0.1", protocol: "tcp" }],
                privileged: false,
                readOnly: false,
                removeVolumes: true,
                restart: "no",
                rm: false,
                start: true,
                user: "",
                wait: false,
                waitTimeout: 60,
                workingDir: "/work",
            });
            assert.deepEqual(only().networks["net"]["Aliases"], ["s3"]);
            assert.deepEqual(docker.requests, [
                `GET /images/${image}/json`,
                "POST /containers/create",
                "POST /networks/bridge/disconnect",
                "POST /networks/net/connect",
                "POST /containers/ID/start",
                "GET /containers/ID/json",
            ]);
            assert.deepEqual(await plugin.read(id, created.outputs), created);
            assert.equal((await plugin.again(created.outputs, inputs)).changes, "none");
        });

        it("pulls the image only when it is not here", async () => {
            docker.images.clear();
            docker.registry.set(image, "sha256:2");
            await plugin.up(base);
            assert.ok(docker.requests.includes("POST /images/create"));
        });

        it("calls the image by its id where the program does", async () => {
            docker.images.set("sha256:1", "sha256:1");
            const { outputs } = await plugin.up({ ...base, image: "sha256:1" });
            assert.equal(outputs["image"], "sha256:1");
        });

        it("keeps secrets wrapped", async () => {
            const { id, outputs } = await plugin.up({
                ...base,
                envs: ["A=1", secret("PASSWORD=hunter22")],
                uploads: [{ file: "/key", content: secret("hunter33") }],
            });
            const expected = {
                envs: secret(["A=1", "PASSWORD=hunter22"]),
                uploads: secret([{ file: "/key", content: "hunter33", executable: false }]),
            };
            assert.deepEqual({ envs: outputs["envs"], uploads: outputs["uploads"] }, expected);
            const read = (await plugin.read(id, outputs)).outputs;
            assert.deepEqual({ envs: read["envs"], uploads: read["uploads"] }, expected);
        });

        it("puts files in before the start", async () => {
            await plugin.up({
                ...base,
                uploads: [
                    { file: "/etc/owner", content: "me" },
                    { file: "/bin/run", contentBase64: "aGk=", executable: true },
                    { file: "/secret", content: "s", permissions: "0600", executable: true },
                ],
            });
            assert.deepEqual(only().files, {
                "/etc/owner": { content: "me", mode: 0o644 },
                "/bin/run": { content: "hi", mode: 0o744 },
                "/secret": { content: "s", mode: 0o600 },
            });
            const start = docker.requests.indexOf("POST /containers/ID/start");
            assert.ok(docker.requests.lastIndexOf("PUT /containers/ID/archive") < start);
        });

        it("waits for the end and gives logs and exit code where it is attached", async () => {
            const { outputs } = await plugin.up({
                ...base,
                command: ["exit", "4", "out\n"],
                attach: true,
                logs: true,
                mustRun: false,
            });
            assert.equal(outputs["containerLogs"], "out\nerr\n");
            assert.equal(outputs["exitCode"], 4);
            assert.equal(outputs["mustRun"], false);
        });

        it("only makes it where it is not to be started", async () => {
            const { outputs } = await plugin.up({ ...base, start: false, mustRun: false });
            assert.equal(only().running, false);
            assert.equal(outputs["start"], false);
        });

        it("waits until it is healthy", async () => {
            const created = plugin.up({ ...base, healthcheck, wait: true });
            await until(() => docker.container?.running);
            only().health = "healthy";
            assert.equal((await created).outputs["wait"], true);
        });
    });

    describe("a create that fails half way", () => {
        const broken = { status: 500, body: { message: "broken hunter22" } };
        const inputs = { ...base, envs: [secret("hunter22")], networksAdvanced: [{ name: "net" }] };
        const steps: [string, string, Properties][] = [
            ["POST /networks/net/connect", "connect container `store` to network `net`", {}],
            [
                "PUT /containers/ID/archive",
                "upload `/f`",
                { uploads: [{ file: "/f", content: "x" }] },
            ],
            ["POST /containers/ID/start", "start container `store`", {}],
        ];
        for (const [request, intent, more] of steps) {
            it(`leaves nothing behind: ${request}`, async () => {
                docker.failures[request] = [broken];
                const error = await failure(plugin.up({ ...inputs, ...more }));
                assert.equal(
                    error.message,
                    `docker stand-in: Unable to ${intent}: broken [secret]`,
                );
                assert.equal(error.partial, undefined);
                assert.equal(docker.containers.size, 0);
            });
        }

        it("is recorded where it cannot be taken back, so that the next up replaces it", async () => {
            docker.failures["POST /containers/ID/start"] = [broken];
            docker.failures["DELETE /containers/ID"] = [broken];
            const error = await failure(plugin.up(inputs));
            const message = "docker stand-in: Unable to start container `store`: broken [secret]";
            assert.equal(error.message, message);
            const { id, properties, reasons } = error.partial!;
            assert.equal(id, only().id);
            assert.deepEqual(reasons, [message]);
            assert.deepEqual(properties["envs"], secret(["hunter22"]));
            const again = await plugin.again(properties, inputs);
            assert.deepEqual(again, {
                changes: "some",
                replaces: ["image"],
                deleteBeforeReplace: true,
            });
            const refreshed = await plugin.read(id, properties);
            assert.deepEqual((await plugin.again(refreshed.outputs, inputs)).replaces, ["image"]);
            await plugin.delete(id, properties);
            assert.equal(docker.containers.size, 0);
        });

        it("because it is not healthy in time", async () => {
            await assert.rejects(plugin.up({ ...base, healthcheck, wait: true, waitTimeout: 1 }), {
                message:
                    "docker stand-in: Container `store` failed to be in healthy state within 1 s",
            });
            assert.equal(docker.containers.size, 0);
        });

        it("because there is no health to wait for", async () => {
            await assert.rejects(plugin.up({ ...base, wait: true }), {
                message:
                    "docker stand-in: Container `store` has no health check to wait for: give it a `healthcheck` or take `wait` away",
            });
            assert.equal(docker.containers.size, 0);
        });

        it("because a person stops it", async () => {
            const stoppable = await PluginProcess.start("docker", type, {
                DOCKER_HOST: docker.host,
            });
            try {
                const created = failure(stoppable.up({ ...base, healthcheck, wait: true }));
                await until(() => docker.container?.running);
                await stoppable.cancel();
                assert.equal(
                    (await created).message,
                    "docker stand-in: Stopped before it was finished",
                );
                assert.equal(docker.containers.size, 0);
            } finally {
                await stoppable.stop();
            }
        });

        it("because the name is taken: the other container stays", async () => {
            const message = 'Conflict. The container name "/store" is already in use';
            docker.failures["POST /containers/create"] = [{ status: 409, body: { message } }];
            await assert.rejects(plugin.up(base), {
                message: `docker stand-in: Unable to create container \`store\`: ${message}`,
            });
            assert.ok(!docker.requests.some(request => request.startsWith("DELETE")));
        });
    });

    it("checks with all defaults, and names what it does not know", async () => {
        const good = await plugin.check({ image });
        assert.match(good.inputs["name"] as string, /^thing-[0-9a-f]{7}$/);
        const rest = without(good.inputs, "name");
        const defaults = {
            attach: false,
            logs: false,
            mustRun: true,
            networkMode: "bridge",
            readOnly: false,
            removeVolumes: true,
            restart: "no",
            rm: false,
            start: true,
            wait: false,
            waitTimeout: 60,
        };
        assert.deepEqual(rest, {
            image,
            ...defaults,
            __defaults: [...Object.keys(defaults), "name"].sort(),
        });
        const bad = await plugin.check({
            gpus: "all",
            restart: "sometimes",
            ports: [{ internal: "80", range: 1 }],
            healthcheck: { interval: "soon" },
            volumes: [{ hostPath: "relative", containerPath: "/x" }],
            memory: -1,
            command: "sleep",
        });
        const of = `of \`${type}\``;
        assert.deepEqual(
            bad.failures.map(failure => [failure.property, failure.reason]).sort(),
            [
                ["command", `expects \`command\` ${of} to be a list`],
                ["gpus", `does not know the property \`gpus\` ${of}`],
                [
                    "healthcheck.interval",
                    `expects \`healthcheck.interval\` ${of} to be a duration like \`10s\``,
                ],
                ["image", `needs the property \`image\` ${of}`],
                ["memory", `expects \`memory\` ${of} to be at least 0`],
                ["ports[0].internal", `expects \`ports[0].internal\` ${of} to be a whole number`],
                ["ports[0].range", `does not know the property \`ports[0].range\` ${of}`],
                [
                    "restart",
                    `expects \`restart\` ${of} to be \`no\`, \`on-failure\`, \`always\` or \`unless-stopped\``,
                ],
                [
                    "volumes[0].hostPath",
                    `expects \`volumes[0].hostPath\` ${of} to be an absolute path`,
                ],
            ].map(([property, reason]) => [property, `The docker stand-in ${reason}.`]),
        );
        const { failures } = await plugin.check({
            ...base,
            command: ["a", ""],
            uploads: [{ file: "/a", content: "x", source: "/y" }, { file: "/b" }],
        });
        assert.deepEqual(
            failures.map(failure => failure.reason),
            [
                "The docker stand-in needs one of `content`, `contentBase64` and `source` for the upload `/a`.",
                "The docker stand-in needs one of `content`, `contentBase64` and `source` for the upload `/b`.",
                "The docker stand-in takes no empty string in `command`.",
            ],
        );
    });
}).timeout(20_000);

async function until(holds: () => boolean | undefined): Promise<void> {
    while (!holds()) {
        await sleep(10);
    }
}
