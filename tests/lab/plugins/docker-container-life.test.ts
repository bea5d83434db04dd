import assert from "node:assert/strict";
import { FakeDocker } from "./support/docker.ts";
import { PluginProcess } from "./support/plugin.ts";

const type = "docker:index/container:Container";
const image = "minio:1";

describe("docker stand-in: a Container lives and ends", () => {
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

    describe("refresh", () => {
        it("notices that it is gone", async () => {
            const { id, outputs } = await plugin.up(base);
            docker.containers.clear();
            assert.deepEqual(await plugin.read(id, outputs), { id: "", outputs: {} });
        });

        it("notices that it does not run, and the next update starts it", async () => {
            const { id, outputs } = await plugin.up(base);
            only().running = false;
            only().exitCode = 137;
            const stopped = await plugin.read(id, outputs);
            assert.deepEqual(
                [stopped.outputs["mustRun"], stopped.outputs["exitCode"]],
                [false, 137],
            );
            const again = await plugin.again(stopped.outputs, base);
            assert.deepEqual(again, { changes: "some", replaces: [], deleteBeforeReplace: false });
            const { inputs } = await plugin.check(base);
            const updated = await plugin.update(id, stopped.outputs, inputs);
            assert.equal(only().running, true);
            assert.equal(updated["mustRun"], true);
            assert.equal((await plugin.again(updated, base)).changes, "none");
        });

        it("does not mind a container that need not run", async () => {
            const inputs = { ...base, mustRun: false, ports: [{ internal: 80 }] };
            const { id, outputs } = await plugin.up(inputs);
            only().running = false;
            const stopped = await plugin.read(id, outputs);
            assert.equal((await plugin.again(stopped.outputs, inputs)).changes, "none");
        });

        it("of a stopped one with published ports asks for another, like the real provider", async () => {
            const inputs = { ...base, ports: [{ internal: 80 }] };
            const { id, outputs } = await plugin.up(inputs);
            only().running = false;
            const stopped = await plugin.read(id, outputs);
            assert.deepEqual((await plugin.again(stopped.outputs, inputs)).replaces, ["ports"]);
        });

        it("notices what was changed behind its back, and update puts it right", async () => {
            const inputs = { ...base, restart: "always", memory: 64, memorySwap: 128 };
            const { id, outputs } = await plugin.up(inputs);
            only().host.RestartPolicy = { Name: "no", MaximumRetryCount: 0 };
            const changed = await plugin.read(id, outputs);
            assert.equal(changed.outputs["restart"], "no");
            const again = await plugin.again(changed.outputs, inputs);
            assert.deepEqual([again.changes, again.replaces], ["some", []]);
            const news = (await plugin.check(inputs)).inputs;
            const updated = await plugin.update(id, changed.outputs, news);
            assert.deepEqual(docker.bodies["POST /containers/ID/update"], {
                RestartPolicy: { Name: "always", MaximumRetryCount: 0 },
                Memory: 64 * 1024 * 1024,
                MemorySwap: 128 * 1024 * 1024,
            });
            assert.equal(updated["restart"], "always");
        });

        it("fails where the engine does, instead of losing the container", async () => {
            const { id, outputs } = await plugin.up(base);
            const broken = { status: 500, body: { message: "broken" } };
            docker.failures["GET /containers/ID/json"] = [broken];
            await assert.rejects(plugin.read(id, outputs), {
                message: `docker stand-in: Unable to inspect container \`${id}\`: broken`,
            });
        });
    });

    describe("delete", () => {
        it("stops within the grace and removes the anonymous volumes", async () => {
            const { id, outputs } = await plugin.up({ ...base, destroyGraceSeconds: 7 });
            await plugin.delete(id, outputs);
            assert.equal(docker.bodies["POST /containers/ID/stop"]["t"], "7");
            assert.deepEqual(docker.bodies["DELETE /containers/ID"], { force: "true", v: "true" });
            // What is gone already is no error.
            await plugin.delete(id, outputs);
        });

        it("keeps anonymous volumes where it is told to", async () => {
            const { id, outputs } = await plugin.up({ ...base, removeVolumes: false });
            await plugin.delete(id, outputs);
            assert.deepEqual(docker.bodies["DELETE /containers/ID"], { force: "true", v: "false" });
        });

        it("returns only when the engine has removed it", async () => {
            const { id, outputs } = await plugin.up({ ...base, rm: true });
            const message = "removal of container x is already in progress";
            docker.failures["DELETE /containers/ID"] = [{ status: 409, body: { message } }];
            setTimeout(() => docker.containers.clear(), 100);
            await plugin.delete(id, outputs);
            assert.equal(docker.containers.size, 0);
        });
    });
}).timeout(20_000);
