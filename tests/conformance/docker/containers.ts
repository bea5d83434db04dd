/** Containers. */
import assert from "node:assert/strict";
import type { Scratch } from "../scratch.ts";
import { type Properties, secret } from "../support/plugin.ts";
import { addresses, behaviour, type Docker, page, source } from "./world.ts";

const type = "docker:index/container:Container";
const network = "docker:index/network:Network";

/** A container of its own that needs no network and ends at once when it is told to. */
const inputsOf = ({ image }: Docker, { suffix }: Scratch, more: Properties = {}): Properties => ({
    ...{ name: `conformance-${suffix}`, image, networkMode: "none" },
    command: ["sh", "-c", "trap 'exit 0' TERM; sleep 600 & wait"],
    ...more,
});

async function make(world: Docker, scratch: Scratch, more: Properties = {}) {
    const inputs = inputsOf(world, scratch, more);
    const state = await world.plugin.make(type, inputs, scratch);
    const inspect = (format: string) => world.docker("inspect", "--format", format, state.id);
    const exec = (...command: string[]) => world.docker("exec", state.id, ...command);
    return { inputs, state, inspect, exec };
}

const script = (text: string) => ({ command: ["sh", "-c", text] });

const creation = [
    behaviour(
        "A Container runs when it is created, with command, variables, user and folder.",
        page("Container", "command, envs, user, workingDir"),
        async (world, scratch) => {
            const { exec, inspect } = await make(world, scratch, {
                ...{ envs: ["GIVEN=a b"], user: "65532", workingDir: "/tmp" },
            });
            assert.equal(await inspect("{{.State.Running}}"), "true");
            assert.equal(await exec("sh", "-c", "echo $GIVEN $(id -u) $(pwd)"), "a b 65532 /tmp");
        },
    ),
    behaviour(
        "Its outputs say what the engine decided: host name, and that it runs.",
        page("Container", "hostname, mustRun"),
        async (world, scratch) => {
            const { state } = await make(world, scratch);
            const { hostname, mustRun, restart, rm, start } = state.outputs;
            assert.deepEqual(
                [hostname, mustRun, restart, rm, start],
                [state.id.slice(0, 12), true, "no", false, true],
            );
        },
    ),
    behaviour(
        "With `start: false` it is only made.",
        page("Container", "start"),
        async (world, scratch) => {
            const { inspect } = await make(world, scratch, { start: false, mustRun: false });
            assert.equal(await inspect("{{.State.Status}}"), "created");
        },
    ),
    behaviour(
        "Files are put into it before it starts, with the permissions that are asked for.",
        page("Container", "uploads"),
        async (world, scratch) => {
            const { exec } = await make(world, scratch, {
                uploads: [
                    { file: "/tmp/conformance/plain", content: "me" },
                    { file: "/tmp/conformance/run", contentBase64: "aGk=", executable: true },
                ],
            });
            assert.equal(
                await exec("sh", "-c", "cd /tmp/conformance && cat plain run && stat -c ' %a' *"),
                "mehi 644\n 744",
            );
        },
    ),
    behaviour(
        "It is in its networks under the address and the names that are asked for, and in no other.",
        page("Container", "networksAdvanced"),
        async (world, scratch) => {
            const name = `conformance-net-${scratch.suffix}`;
            const ipamConfigs = [{ subnet: `${addresses}.20.0/24` }];
            await world.plugin.make(network, { name, ipamConfigs }, scratch);
            const { inspect, state } = await make(world, scratch, {
                networkMode: null,
                networksAdvanced: [
                    { name, ipv4Address: `${addresses}.20.200`, aliases: ["store"] },
                ],
            });
            const format =
                "{{range $name, $it := .NetworkSettings.Networks}}{{$name}} {{$it.IPAddress}} {{index $it.Aliases 0}};{{end}}";
            assert.equal(await inspect(format), `${name} ${addresses}.20.200 store;`);
            const [data] = state.outputs["networkDatas"] as Properties[];
            assert.deepEqual(
                [data?.["networkName"], data?.["ipAddress"], data?.["ipPrefixLength"]],
                [name, `${addresses}.20.200`, 24],
            );
        },
    ),
    behaviour(
        "Volumes are mounted; a volume without a name is the engine's and goes with the container.",
        page("Container", "volumes, removeVolumes"),
        async (world, scratch) => {
            const { state, inspect } = await make(world, scratch, {
                volumes: [{ containerPath: "/data" }],
            });
            const name = await inspect("{{range .Mounts}}{{.Name}} {{.Destination}}{{end}}");
            assert.match(name ?? "", /^[0-9a-f]{64} \/data$/);
            await world.plugin.delete(state);
            const volume = name?.split(" ")[0] ?? "";
            assert.equal(await world.docker("volume", "inspect", volume), undefined);
        },
    ),
    behaviour(
        "With `attach` and `logs` it is waited for, and its output and its status are outputs.",
        page("Container", "attach, logs, containerLogs, exitCode"),
        async (world, scratch) => {
            const { state } = await make(world, scratch, {
                ...{ ...script("echo out; exit 4"), attach: true, logs: true, mustRun: false },
            });
            assert.match(state.outputs["containerLogs"] as string, /out/);
            assert.equal(state.outputs["exitCode"], 4);
        },
    ),
    behaviour(
        "With `wait` it is waited for until it is healthy.",
        page("Container", "wait, healthcheck"),
        async (world, scratch) => {
            const { inspect } = await make(world, scratch, {
                ...{ wait: true, waitTimeout: 30 },
                healthcheck: { tests: ["CMD", "true"], interval: "1s", retries: 5 },
            });
            assert.equal(await inspect("{{.State.Health.Status}}"), "healthy");
        },
    ),
    behaviour(
        "With `wait` but without a health check it is an error.",
        page("Container", "wait"),
        async (world, scratch) => {
            const name = inputsOf(world, scratch)["name"] as string;
            // The real provider may leave it.
            scratch.later(`container \`${name}\``, () => world.docker("rm", "--force", name));
            await assert.rejects(make(world, scratch, { wait: true, waitTimeout: 5 }));
        },
    ),
    behaviour(
        "A name that is taken is an error, and the container that has it stays.",
        "Docker Engine API, ContainerCreate, 409",
        async (world, scratch) => {
            const { inputs, inspect } = await make(world, scratch);
            await assert.rejects(world.plugin.create(type, inputs), { message: /already in use/ });
            assert.equal(await inspect("{{.State.Running}}"), "true");
        },
    ),
    behaviour(
        "A Container needs an image.",
        page("Container", "image: required"),
        async ({ plugin }) => {
            const { failures } = await plugin.check(type, { name: "conformance" });
            assert.equal(failures.length, 1, JSON.stringify(failures));
        },
    ),
    behaviour(
        "Secret variables stay secret in the outputs.",
        "Pulumi documentation, Secrets, how Pulumi tracks them",
        async (world, scratch) => {
            const envs = ["A=1", secret("PASSWORD=hunter22")];
            const { state } = await make(world, scratch, { envs });
            const wrapped = [secret(["A=1", "PASSWORD=hunter22"]), secret("PASSWORD=hunter22")];
            const clear = wrapped.reduce<string>(
                (text, value) => text.replaceAll(JSON.stringify(value), ""),
                JSON.stringify(state.outputs),
            );
            assert.doesNotMatch(clear, /hunter22/);
        },
    ),
];

/** A change of a Container's inputs, and for what there has to be a new one. */
const means = (
    name: string,
    from: string,
    change: Properties,
    [changed, replaces]: [boolean, string[]],
) =>
    behaviour(name, from, async (world, scratch) => {
        const { inputs, state } = await make(world, scratch);
        assert.deepEqual(await world.plugin.diff(state, { ...inputs, ...change }), {
            ...{ changed, replaces },
        });
    });

const forceNew = source("resource_docker_container.go (ForceNew)");

const changes = [
    means("The same inputs leave a Container as it is.", forceNew, {}, [false, []]),
    means("Another image makes a new one.", forceNew, { image: "other:1" }, [true, ["image"]]),
    means("Another command makes a new one.", forceNew, script("true"), [true, ["command"]]),
    means("Other variables make a new one.", forceNew, { envs: ["A=2"] }, [true, ["envs"]]),
    means(
        "Another folder of the node makes a new one.",
        forceNew,
        { volumes: [{ hostPath: "/tmp", containerPath: "/x" }] },
        [true, ["volumes"]],
    ),
    means(
        "Another restart policy is an update.",
        source("resource_docker_container_funcs.go (resourceDockerContainerUpdate)"),
        { restart: "always" },
        [true, []],
    ),
    behaviour(
        "An update of the restart policy changes the container that runs.",
        source("resource_docker_container_funcs.go (resourceDockerContainerUpdate)"),
        async (world, scratch) => {
            const { inputs, state, inspect } = await make(world, scratch);
            const started = await inspect("{{.State.StartedAt}}");
            await world.plugin.update(state, { ...inputs, restart: "unless-stopped" });
            assert.equal(await inspect("{{.HostConfig.RestartPolicy.Name}}"), "unless-stopped");
            assert.equal(await inspect("{{.State.StartedAt}}"), started);
        },
    ),
    behaviour(
        "A container that somebody stopped is one that does not run for a refresh, which is a change.",
        page("Container", "mustRun"),
        async (world, scratch) => {
            const { inputs, state } = await make(world, scratch);
            await world.docker("kill", state.id);
            const refreshed = await world.plugin.read(state);
            assert.equal(refreshed?.outputs["mustRun"], false);
            const change = await world.plugin.diff(refreshed ?? state, inputs);
            assert.equal(change.changed, true);
        },
    ),
    behaviour(
        "A container that somebody removed is gone for a refresh.",
        "Pulumi documentation, Provider protocol, Read",
        async (world, scratch) => {
            const { state } = await make(world, scratch);
            await world.docker("rm", "--force", "--volumes", state.id);
            assert.equal(await world.plugin.read(state), undefined);
        },
    ),
    behaviour(
        "A refresh of a container that nobody touched changes nothing.",
        page("Container", "Look up"),
        async (world, scratch) => {
            const { inputs, state } = await make(world, scratch);
            const refreshed = await world.plugin.read(state);
            assert.deepEqual(await world.plugin.diff(refreshed ?? state, inputs), {
                ...{ changed: false, replaces: [] },
            });
        },
    ),
    behaviour(
        "Its delete stops and removes it.",
        page("Container", "destroyGraceSeconds"),
        async (world, scratch) => {
            const { state, inspect } = await make(world, scratch, { destroyGraceSeconds: 5 });
            await world.plugin.delete(state);
            assert.equal(await inspect("{{.Id}}"), undefined);
        },
    ),
];

export const containers = [...creation, ...changes];
