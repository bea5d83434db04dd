/** The lab's storage on a cluster with a worker: snapshots while somebody writes, growing claims, nodes of volumes. */
import assert from "node:assert/strict";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, run } from "../../../lab/exec.ts";
import { local, prefix, repository } from "../../../lab/paths.ts";
import { labConfig } from "../../../lab/stack.ts";
import * as objects from "./storage-objects.ts";
import type { Manifest } from "./storage-objects.ts";
import { env } from "./support.ts";

describe("storage", function () {
    this.timeout("10m");
    this.bail(true);

    const name = prefix("lab-storage");
    const [controlPlane, worker] = [`${name}-control-plane`, `${name}-worker`];
    const folder = join(local, "storage");
    const kubeconfig = join(folder, "kubeconfig");
    let image: string;

    before(async () => {
        const lab = await labConfig();
        ({ postgres: image } = lab["images"] as { postgres: string });
        const { nodeImage } = lab["source"] as { nodeImage: string };
        await mkdir(folder, { recursive: true });
        await run(
            "kind",
            [
                ...["create", "cluster", "--name", name, "--image", nodeImage, "--wait", "3m"],
                ...["--kubeconfig", kubeconfig, "--config", "-"],
            ],
            {
                env: { ...env, KIND_EXPERIMENTAL_DOCKER_NETWORK: name },
                input: JSON.stringify({
                    ...{ kind: "Cluster", apiVersion: "kind.x-k8s.io/v1alpha4" },
                    nodes: [{ role: "control-plane" }, { role: "worker" }],
                }),
            },
        );
        const crds = join(local, "snapshots");
        for (const file of await readdir(crds)) {
            await kubectl("apply", "--filename", join(crds, file));
        }
        const controller = "lab/csi/manifests/snapshot-controller.yaml";
        await kubectl("apply", "--filename", join(repository, controller));
        await kubectl("wait", "--for=condition=Established", "crd", "--all");
        await apply(objects.snapshotClass);
    });
    after(async () => {
        await run("kind", ["delete", "cluster", "--name", name], { env });
        await run("docker", ["network", "rm", name], { env });
        await rm(folder, { recursive: true });
    });

    async function kubectl(...args: string[]): Promise<string> {
        try {
            return await run("kubectl", ["--kubeconfig", kubeconfig, ...args], { env });
        } catch (error) {
            throw error instanceof CommandError ? new Error(error.lastLines.join("\n")) : error;
        }
    }
    const apply = (...items: Manifest[]) =>
        run("kubectl", ["--kubeconfig", kubeconfig, "apply", "--filename", "-"], {
            ...{ env, input: JSON.stringify({ apiVersion: "v1", kind: "List", items }) },
        });
    const until = (what: string, jsonpath: string, timeout = "90s") =>
        kubectl("wait", what, `--for=jsonpath=${jsonpath}`, `--timeout=${timeout}`);
    const ready = (snapshot: string) =>
        until(`volumesnapshot/${snapshot}`, "{.status.readyToUse}=true");
    const exec = (pod: string, ...command: string[]) => kubectl("exec", pod, "--", ...command);
    const get = (what: string, jsonpath: string) =>
        kubectl("get", what, "--output", `jsonpath=${jsonpath}`);

    it("ten snapshots of a volume are of one moment each, while somebody writes all the time", async () => {
        const command = objects.writer("/data");
        await apply(
            objects.claim("data"),
            objects.pod("writer", { image, command, claims: ["data"], node: worker }),
        );
        await until("pod/writer", "{.status.phase}=Running");
        await exec("writer", "sh", "-c", "until [ -s /data/b ]; do sleep 0.1; done");
        const names = Array.from({ length: 10 }, (_, i) => `moment-${i}`);
        for (const each of names) {
            await apply(objects.snapshotOf("data", each));
            await sleep(300);
        }
        await Promise.all(names.map(ready));
        await apply(
            ...names.map(each => objects.claim(each, each)),
            objects.pod("reader", {
                ...{ image, command: ["sleep", "infinity"], claims: [...names, "data"] },
                node: worker,
            }),
        );
        await until("pod/reader", "{.status.phase}=Running");
        const folders = names.map(each => `/${each}`);
        const counts = (await exec("reader", ...objects.counter(folders)))
            .split("\n")
            .map(line => line.split(" ").map(Number));
        assert.equal(counts.length, 10);
        for (const [a, b] of counts) {
            assert.ok(b > 0 && b <= a && a <= b + 1, `${a} records, then ${b}`);
        }
        // It went on between the snapshots, and still does.
        assert.ok(new Set(counts.map(([a]) => a)).size > 5, String(counts));
        const size = () => exec("reader", "stat", "--format=%s", "/data/a");
        const before = await size();
        await sleep(200);
        assert.notEqual(await size(), before);
    });

    it("PostgreSQL under load comes back from a snapshot with all that it had confirmed", async () => {
        const bin = "/usr/lib/postgresql/15/bin";
        const server = (data: string) =>
            `export PATH=${bin}:$PATH PGDATA=${data}/pg PGHOST=/tmp
            [ -e $PGDATA ] || initdb --username=postgres --auth=trust --data-checksums >/tmp/initdb
            exec postgres -c unix_socket_directories=/tmp`;
        const start = async (name: string) => {
            const command = ["bash", "-c", server(`/${name}`)];
            const options = { image, command, claims: [name], node: worker, user: 65534 };
            await apply(objects.pod(name, options));
            await until(`pod/${name}`, "{.status.phase}=Running");
            await exec(
                name,
                ...["bash", "-c", "until pg_isready --quiet --host /tmp; do sleep 0.1; done"],
            );
        };
        const sql = (name: string, statement: string) =>
            exec(name, "psql", "-XAtq", "-h", "/tmp", "-U", "postgres", "-c", statement);

        await apply(objects.claim("database"));
        await start("database");
        await sql("database", "CREATE TABLE ones (n int PRIMARY KEY)");
        await sql("database", "CREATE TABLE others (n int PRIMARY KEY, text text)");
        // Each transaction writes to both tables; a second session makes checkpoints all the time.
        const load = `(for i in $(seq 1 100000); do
            echo "BEGIN; INSERT INTO ones VALUES ($i); INSERT INTO others VALUES ($i, repeat('x', 2000)); COMMIT;"
            done | psql -XAtq -h /tmp -U postgres) >/tmp/load 2>&1 &
            (while psql -XAtq -h /tmp -U postgres -c CHECKPOINT; do :; done) >/dev/null 2>&1 &`;
        await exec("database", "bash", "-c", load);
        await sleep(2_000);
        const confirmed = Number(await sql("database", "SELECT max(n) FROM ones"));
        await apply(objects.snapshotOf("database", "under-load"));
        await ready("under-load");
        await apply(objects.claim("restored", "under-load"));
        await start("restored");
        const counts = "SELECT count(*), max(n), sum(length(text)) FROM ones JOIN others USING (n)";
        const [count, max, length] = (await sql("restored", counts)).split("|").map(Number);
        assert.ok(count >= confirmed && confirmed > 100, `${count} of ${confirmed}`);
        assert.deepEqual([max, length], [count, 2000 * count]);
        const rows = "SELECT (SELECT count(*) FROM ones), (SELECT count(*) FROM others)";
        assert.equal(await sql("restored", rows), `${count}|${count}`);
    });

    it("a claim grows while a pod uses it, whatever node it is on", async () => {
        await apply(
            objects.claim("master"),
            objects.pod("on-master", {
                ...{ image, command: ["bash", "-c", "echo here > /master/node; sleep infinity"] },
                ...{ claims: ["master"], node: controlPlane },
            }),
        );
        await until("pod/on-master", "{.status.phase}=Running");
        const patch = JSON.stringify({ spec: { resources: { requests: { storage: "300Mi" } } } });
        for (const [each, user] of [
            ["data", "writer"],
            ["master", "on-master"],
        ]) {
            await kubectl("patch", "pvc", each, "--patch", patch);
            const capacity = () => get(`pvc/${each}`, "{.status.capacity.storage}");
            // A kubelet looks at the volumes of a pod when the pod changes, otherwise once in a minute or so.
            for (let i = 0; (await capacity()) !== "300Mi"; i++) {
                assert.ok(i < 90, await kubectl("describe", "pvc", each));
                await kubectl("annotate", "--overwrite", "pod", user, `looked=${i}`);
                await sleep(1_000);
            }
        }
    });

    it("a volume from a snapshot is made on the snapshot's node, and elsewhere the scheduler is told so", async () => {
        await apply(objects.snapshotOf("master", "of-master"));
        await ready("of-master");
        const reader = (name: string, node: string) =>
            objects.pod(name, {
                ...{ image, command: ["bash", "-c", `cat /${name}/node; sleep infinity`] },
                ...{ claims: [name], node },
            });
        const [copy, lost] = ["copy", "lost"].map(each =>
            objects.claim(each, "of-master", "300Mi"),
        );
        await apply(copy, lost, reader("copy", controlPlane), reader("lost", worker));
        await until("pod/copy", "{.status.phase}=Running");
        assert.equal(await kubectl("logs", "copy"), "here");
        const volume = await get("pvc/copy", "{.spec.volumeName}");
        assert.match(await get(`pv/${volume}`, "{.spec.nodeAffinity}"), new RegExp(controlPlane));
        const says = `is not on node \`${worker}\`, and only its own node can copy it`;
        for (let i = 0; !(await kubectl("get", "events")).includes(says); i++) {
            assert.ok(i < 120, "nothing was said");
            await sleep(500);
        }
    });
});
