/** Which changes of a Container need a new one: terraform-provider-docker 4.6.0, which is beneath @pulumi/docker 5.2.0. */
import assert from "node:assert/strict";
import { FakeDocker } from "./support/docker.ts";
import { PluginProcess, secret, unknown } from "./support/plugin.ts";
import type { Properties } from "./support/plugin.ts";

const inputs = {
    name: "store",
    image: "sha256:1",
    command: ["server", "/data"],
    entrypoints: ["minio"],
    envs: ["A=1", "B=2"],
    labels: [
        { label: "a", value: "1" },
        { label: "b", value: "2" },
    ],
    user: "1000",
    hostname: "host",
    workingDir: "/tmp",
    privileged: true,
    readOnly: true,
    networkMode: "bridge",
    networksAdvanced: [{ name: "net", aliases: ["x", "y"], ipv4Address: "10.1.0.200" }],
    hosts: [{ host: "gate", ip: "10.0.0.1" }],
    ports: [{ internal: 80 }, { internal: 90, external: 9090 }],
    volumes: [
        { volumeName: "vol", containerPath: "/data" },
        { hostPath: "/x", containerPath: "/y", readOnly: true },
    ],
    mounts: [{ type: "tmpfs", target: "/scratch" }],
    uploads: [{ file: "/f", content: secret("hunter22") }],
    healthcheck: { tests: ["CMD", "true"], interval: "10s" },
    restart: "always",
    memory: 64,
    memorySwap: 128,
    destroyGraceSeconds: 3,
};

type Expectation = "none" | "update" | "replace";

const changes: [string, Properties, Expectation][] = [
    ["nothing", {}, "none"],
    ["name", { name: "other" }, "replace"],
    ["image", { image: "sha256:2" }, "replace"],
    ["image that is not known yet", { image: unknown }, "replace"],
    ["command", { command: ["server", "/other"] }, "replace"],
    ["command no longer said", { command: null }, "none"],
    ["entrypoints", { entrypoints: ["sh"] }, "replace"],
    ["envs in another order", { envs: ["B=2", "A=1"] }, "none"],
    ["an env that became secret", { envs: ["A=1", secret("B=2")] }, "none"],
    ["an env", { envs: ["A=1", "B=3"] }, "replace"],
    ["an env that is not known yet", { envs: ["A=1", secret(unknown)] }, "replace"],
    ["envs no longer said", { envs: null }, "none"],
    ["labels in another order", { labels: [...inputs.labels].reverse() }, "none"],
    ["labels", { labels: [{ label: "a", value: "2" }] }, "replace"],
    ["user", { user: "0" }, "replace"],
    ["user no longer said", { user: null }, "none"],
    ["hostname", { hostname: "other" }, "replace"],
    ["workingDir", { workingDir: "/" }, "replace"],
    ["privileged no longer said", { privileged: null }, "replace"],
    ["readOnly", { readOnly: false }, "replace"],
    ["networkMode", { networkMode: "host" }, "replace"],
    ["networkMode no longer said is the default", { networkMode: null }, "none"],
    [
        "a network's address",
        { networksAdvanced: [{ name: "net", aliases: ["y", "x"] }] },
        "replace",
    ],
    [
        "aliases in another order",
        { networksAdvanced: [{ name: "net", aliases: ["y", "x"], ipv4Address: "10.1.0.200" }] },
        "none",
    ],
    ["networks no longer said", { networksAdvanced: null }, "replace"],
    ["hosts", { hosts: [{ host: "gate", ip: "10.0.0.2" }] }, "replace"],
    ["ports in another order", { ports: [...inputs.ports].reverse() }, "none"],
    [
        "an external port",
        {
            ports: [
                { internal: 80, external: 81 },
                { internal: 90, external: 9090 },
            ],
        },
        "replace",
    ],
    ["a port less", { ports: [{ internal: 80 }] }, "replace"],
    ["volumes in another order", { volumes: [...inputs.volumes].reverse() }, "none"],
    ["a volume", { volumes: [{ volumeName: "vol2", containerPath: "/data" }] }, "replace"],
    ["a mount more", { mounts: [...inputs.mounts, { type: "tmpfs", target: "/t" }] }, "replace"],
    ["a mount's target alone", { mounts: [{ type: "tmpfs", target: "/other" }] }, "update"],
    ["uploads", { uploads: [{ file: "/f", content: secret("hunter33") }] }, "replace"],
    [
        "a health check's interval alone",
        { healthcheck: { tests: ["CMD", "true"], interval: "20s" } },
        "update",
    ],
    ["health check no longer said", { healthcheck: null }, "none"],
    ["restart", { restart: "no" }, "update"],
    ["maxRetryCount", { maxRetryCount: 2 }, "update"],
    ["memory", { memory: 65 }, "update"],
    // The engine gives twice the memory where nothing is said; the real provider takes that for drift.
    ["memorySwap no longer said", { memorySwap: null }, "update"],
    ["mustRun", { mustRun: false }, "update"],
    ["start", { start: false }, "update"],
    ["rm", { rm: true }, "update"],
    ["attach", { attach: true }, "update"],
    ["logs", { logs: true }, "update"],
    ["wait", { wait: true }, "update"],
    ["waitTimeout", { waitTimeout: 5 }, "update"],
    ["destroyGraceSeconds", { destroyGraceSeconds: 4 }, "update"],
    ["removeVolumes", { removeVolumes: false }, "update"],
];

describe("docker stand-in: what a change of a Container means", () => {
    let plugin: PluginProcess;
    let docker: FakeDocker;
    let id: string;
    let outputs: Properties;
    before(async () => {
        docker = await FakeDocker.start();
        docker.images.set("sha256:1", "sha256:1");
        plugin = await PluginProcess.start("docker", "docker:index/container:Container", {
            DOCKER_HOST: docker.host,
        });
        ({ id, outputs } = await plugin.up(inputs));
    });
    after(async () => {
        await plugin.stop();
        await docker.stop();
    });

    for (const [what, change, expected] of changes) {
        it(`${what}: ${expected}`, async () => {
            assert.deepEqual(await plugin.again(outputs, { ...inputs, ...change }), {
                changes: expected === "none" ? "none" : "some",
                replaces: expected === "replace" ? Object.keys(change) : [],
                deleteBeforeReplace: expected === "replace",
            });
        });
    }

    it("a health check where there was none: replace", async () => {
        const { healthcheck, ...without } = outputs;
        assert.ok(healthcheck);
        assert.deepEqual((await plugin.again(without, inputs)).replaces, ["healthcheck"]);
    });

    it("an update takes over what changed and nothing else", async () => {
        const change = { mounts: [{ type: "tmpfs", target: "/other" }], destroyGraceSeconds: 9 };
        const news = (await plugin.check({ ...inputs, ...change })).inputs;
        const updated = await plugin.update(id, outputs, news);
        assert.deepEqual(updated, { ...outputs, ...change });
    });
}).timeout(20_000);
