/** One crossing between two kind clusters that the stack makes: from nothing to the proof, and to nothing again. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { prefix, repository } from "../../../lab/paths.ts";
import { descendants } from "../../../lab/processes.ts";
import { TestCluster } from "./cluster.ts";
import { corrupt } from "./corrupt.ts";
import { RouterOf } from "./router.ts";
import { askStandIn } from "./stand-in.ts";
import { type Config, labConfig, LabStack, subnet } from "../../../lab/stack.ts";
import { changes, docker, env, inEngine, start, volumes, volumesOf } from "./support.ts";

interface Verification {
    status: string;
    checks: { name: string; passed: boolean }[];
}

interface Evidence {
    actions: { kind: string; name: string; state: string; startTime: string; endTime: string }[];
    export: { volumes: number; totalBytes: number; transferredBytes: number; ratio: number };
    restorePoint: {
        time: string;
        artifacts: number;
        kinds: Record<string, number>;
        volumes: string[];
    };
    bucket: {
        below: string;
        objects: number;
        bytes: number;
        folders: Record<string, { objects: number; bytes: number }>;
    };
}

describe("a crossing", function () {
    this.timeout("10m");
    this.bail(true);

    const name = prefix("lab-test");
    const stack = new LabStack("lab-test");
    let config: Config;
    let kubeconfigBefore: string;
    let outputs: Record<string, unknown>;
    let source: TestCluster;
    let target: TestCluster;

    const userKubeconfig = () =>
        readFile(env["KUBECONFIG"] ?? join(homedir(), ".kube", "config"), "utf8").catch(
            () => "none",
        );
    const configure = (more: Config) => {
        config = { ...config, ...more };
        return stack.configure(config);
    };

    before(async () => {
        kubeconfigBefore = await userKubeconfig();
        const lab = await labConfig();
        const k10 = lab["k10"] as { values: object };
        const kind = lab["source"] as object;
        config = {
            ...lab,
            name,
            // What runs on a worker is reached by the API server, and names by what runs there, across nodes.
            source: { ...kind, workers: 1 },
            network: { subnet: await subnet(1) },
            k10: {
                ...k10,
                values: {
                    ...k10.values,
                    // Long enough to be killed in.
                    standIn: { exportSeconds: 8 },
                    // On the source, which serves no Routes, K10's chart makes none.
                    route: { enabled: true, tls: { enabled: true } },
                },
            },
        };
        await configure({});
        // What a suite that was killed has left is no empty world.
        await stack.destroy();
    });
    after(async () => {
        await stack.remove();
    });

    const lookAround = async () => {
        outputs = await stack.outputs();
        source = new TestCluster(outputs["sourceKubeconfig"] as string);
        target = new TestCluster(outputs["targetKubeconfig"] as string);
    };

    it("`up` in an empty world ends with a proof", async () => {
        await stack.up();
        await lookAround();
        const { status, checks } = outputs["verification"] as Verification;
        assert.equal(status, "passed");
        assert.deepEqual(
            checks.map(check => check.name),
            [
                "table public.customers: rows",
                "table public.customers: hash",
                "table public.orders: rows",
                "table public.orders: hash",
                "table public.sentinels: rows",
                "table public.sentinels: hash",
                "sentinel of this run",
                "page: HTTP status",
                "page: sentinel of this run",
                "page: content",
                "leftovers of the restore",
            ],
        );
    });

    it("the evidence tells each action, the bytes, the restore point and the bucket, and no secret", () => {
        const evidence = outputs["evidence"] as Evidence;
        assert.deepEqual(
            evidence.actions.map(({ kind, name, state }) => [kind, name.split("/")[0], state]),
            [
                ["RunAction", "kasten-io", "Complete"],
                ["BackupAction", "shop", "Complete"],
                ["ExportAction", "shop", "Complete"],
                ["ExportAction", "kasten-io", "Complete"],
                ["RunAction", "kasten-io", "Complete"],
                ["ImportAction", "kasten-io", "Complete"],
                ["RestoreAction", "shop", "Complete"],
            ],
        );
        assert.deepEqual(
            evidence.actions.flatMap(({ name }) => (/-1-1$/.test(name) ? name : [])),
            ["kasten-io/shop-export-1-1", "kasten-io/shop-import-1-1", "shop/restore-shop-1-1"],
        );
        for (const { name, startTime, endTime } of evidence.actions) {
            assert.ok(Date.parse(startTime) <= Date.parse(endTime), name);
        }
        const { totalBytes } = evidence.export;
        // PostgreSQL's empty cluster alone has tens of megabytes. The export copies the whole snapshot.
        assert.ok(totalBytes > 10_000_000 && totalBytes < 1_000_000_000, String(totalBytes));
        assert.deepEqual(evidence.export, {
            ...{ volumes: 1, totalBytes, transferredBytes: totalBytes, ratio: 1 },
        });
        const { time, artifacts, kinds, volumes } = evidence.restorePoint;
        assert.ok(Date.parse(time) >= Date.parse(outputs["backupStartTime"] as string), time);
        assert.deepEqual(volumes, ["database"]);
        const { Deployment, Service, PersistentVolumeClaim } = kinds;
        assert.deepEqual([Deployment, Service, PersistentVolumeClaim], [2, 2, 1]);
        assert.equal(
            Object.values(kinds).reduce((sum, each) => sum + each, 0),
            artifacts,
        );
        const { objects, bytes, folders, ...bucket } = evidence.bucket;
        assert.deepEqual(bucket, { below: "k10/" });
        // One for the source: the UID of its namespace `default`.
        assert.deepEqual(Object.values(folders), [{ objects, bytes }]);
        assert.ok(objects >= 3 && objects <= 100, String(objects));
        assert.ok(bytes > 100_000, String(bytes));
        const { shop } = outputs["applications"] as Record<string, { evidence: Evidence }>;
        assert.deepEqual(shop?.evidence, evidence);
        const text = JSON.stringify(evidence);
        for (const key of ["receiveString", "storeSecretKey", "storeAccessKey"]) {
            assert.ok(!text.includes(outputs[key] as string), key);
        }
    });

    it("the restored rows are those of the source, asked for without the program's help", async () => {
        for (const statement of [
            "SELECT * FROM orders ORDER BY id",
            "SELECT * FROM customers ORDER BY id",
            "SELECT * FROM sentinels ORDER BY run",
        ]) {
            const rows = await source.sql(statement);
            assert.ok(rows.length >= 1 && rows[0] !== "", statement);
            assert.deepEqual(await target.sql(statement), rows);
        }
        assert.deepEqual(await target.sql("SELECT count(*) FROM orders"), ["1000"]);
    });

    it("the source has two nodes, and everything of the crossing runs on the worker", async () => {
        const [controlPlane, worker] = [`${name}-source-control-plane`, `${name}-source-worker`];
        assert.deepEqual(await source.nodes(), [controlPlane, worker]);
        assert.deepEqual(await source.nodesOfPods("kasten-io"), [worker]);
        assert.deepEqual(await source.nodesOfPods("shop"), [worker]);
    });

    it("a snapshot was tried on both clusters before the backup took one", async () => {
        for (const [side, cluster] of [
            ["source", source],
            ["target", target],
        ] as const) {
            const { secondsToReady, ...tried } = outputs[`${side}Snapshots`] as Record<
                string,
                unknown
            >;
            assert.deepEqual(tried, {
                driver: "csi.crossing.lab",
                snapshotClass: "crossing-csi.crossing.lab",
                restoreSize: "1Mi",
            });
            assert.ok(Number(secondsToReady) > 0, side);
            const left = (await cluster.namespaces()).filter(each => each.includes("canary"));
            assert.deepEqual(left, []);
        }
        const taken = await source.names("snapshot.storage.k8s.io", "volumesnapshots", "shop");
        assert.equal(taken.length, 1);
        assert.match(taken[0] ?? "", /^k10-csi-snap-/);
    });

    it("the target looks like OpenShift to whoever asks what it serves, and says that it is not", async () => {
        assert.deepEqual(await target.openshiftApis(), [
            "apps.openshift.io/v1 deploymentconfigs",
            "config.openshift.io/v1 clusterversions",
            "image.openshift.io/v1 imagestreams",
            "project.openshift.io/v1 projects",
            "route.openshift.io/v1 routes",
            "security.openshift.io/v1 securitycontextconstraints",
        ]);
        assert.deepEqual(await source.openshiftApis(), []);
        assert.deepEqual(await target.clusterVersion(), {
            version: "4.20.0",
            message: "Stand-in: looks like 4.20.0, is not OpenShift",
        });
    });

    it("the application answers through a Route: over HTTPS, and HTTP leads there", async () => {
        const router = new RouterOf(target);
        const host = "shop-shop.apps.crossing.test";
        assert.equal(outputs["applicationUrl"], `https://${host}/`);
        assert.deepEqual(await target.constraints("openshift-ingress"), ["hostnetwork-v2"]);
        assert.deepEqual(await router.ingress("shop", "shop"), [
            {
                host,
                routerName: "default",
                routerCanonicalHostname: "router-default.apps.crossing.test",
                wildcardPolicy: "None",
                conditions: [{ type: "Admitted", status: "True" }],
            },
        ]);
        assert.deepEqual(await router.get(`http://${host}/index.html?a=b`), {
            ...{ status: 302, location: `https://${host}/index.html?a=b`, body: "" },
        });
        const { status, body } = await router.get(`https://${host}/`);
        assert.equal(status, 200);
        const [sentinel] = await target.sql("SELECT token FROM sentinels");
        assert.ok(sentinel && body.includes(sentinel), body);
    });

    it("names that no Route has answer that there is none", async () => {
        const router = new RouterOf(target);
        for (const scheme of ["http", "https"]) {
            const page = await router.get(`${scheme}://other.apps.crossing.test/`);
            assert.deepEqual(page, {
                ...{ status: 503, location: undefined },
                body: "Application is not available: no route of this name and path is admitted here.\n",
            });
        }
    });

    it("K10's dashboard answers through the Route of K10's chart", async () => {
        const router = new RouterOf(target);
        const url = "https://k10-route-kasten-io.apps.crossing.test/k10/";
        const { status, body } = await router.get(url);
        assert.equal(status, 200);
        assert.match(body, /stand-in/i);
        assert.equal((await router.get(url.replace("https", "http"))).location, url);
        assert.equal((await router.get(url.replace("/k10/", "/other"))).status, 503);
    });

    it("a second Route with the same host is refused in OpenShift's words, until the first goes", async () => {
        const router = new RouterOf(target);
        const spec = { host: "taken.example.com", to: { kind: "Service", name: "web" } };
        const said = async (namespace: string, name: string) =>
            (await router.ingress(namespace, name))[0]?.conditions;
        await router.createRoute("shop", "first", spec);
        assert.deepEqual(await said("shop", "first"), [{ type: "Admitted", status: "True" }]);
        // Ages have whole seconds.
        await sleep(1_100);
        for (const [namespace, message] of [
            ["shop", "route first already exposes taken.example.com and is older"],
            [
                "kasten-io",
                "a route in another namespace holds taken.example.com and is older than second",
            ],
        ]) {
            await router.createRoute(namespace, "second", spec);
            assert.deepEqual(await said(namespace, "second"), [
                {
                    ...{ type: "Admitted", status: "False" },
                    ...{ reason: "HostAlreadyClaimed", message },
                },
            ]);
        }
        await router.deleteRoute("kasten-io", "second");
        await router.deleteRoute("shop", "first");
        await router.ingress("shop", "second", "True");
        assert.equal((await router.get("http://taken.example.com/")).status, 200);
        await router.deleteRoute("shop", "second");
    });

    it("a second `up` changes nothing", async () => {
        assert.deepEqual(changes(await stack.up()), {});
    });

    it("`refresh` and `up` change nothing: what K10 writes into the policy is no drift", async () => {
        assert.deepEqual(changes(await stack.refresh()), {});
        assert.deepEqual(changes(await stack.up()), {});
    });

    it("no secret stands in clear in the state, after the refresh too", async () => {
        const state = await stack.state();
        for (const key of ["receiveString", "storeSecretKey", "storeAccessKey"]) {
            assert.ok(!state.includes(outputs[key] as string), key);
        }
        const users = /client-key-data: (\S+)/.exec(outputs["sourceKubeconfig"] as string);
        assert.ok(users?.[1] && !state.includes(users[1]), "kubeconfig");
    });

    it("a pod with user id 0 is refused on the target, in OpenShift's words", async () => {
        const { postgres } = config["images"] as { postgres: string };
        assert.match(
            await target.refusalOfRoot("shop", postgres),
            /unable to validate against any security context constraint: \[.*provider restricted-v2: \.containers\[0\]\.runAsUser: Invalid value: 0: must be in the ranges: \[\d+0000, \d+9999\]/,
        );
        assert.equal(await source.refusalOfRoot("shop", postgres), "it runs");
    });

    it("a constraint that is granted later counts at once, in its namespace alone", async () => {
        const { postgres } = config["images"] as { postgres: string };
        for (const namespace of ["granted", "other"]) {
            await target.core.createNamespace({ body: { metadata: { name: namespace } } });
        }
        await target.grant("anyuid", "granted");
        assert.equal(await target.refusalOfRoot("granted", postgres), "it runs");
        assert.match(await target.refusalOfRoot("other", postgres), /provider restricted-v2/);
        for (const name of ["granted", "other"]) {
            await target.core.deleteNamespace({ name });
        }
    });

    it("the OpenShift stand-in behaves as OpenShift is documented to", async () => {
        const asked = await askStandIn("openshift", outputs["targetKubeconfig"] as string);
        assert.deepEqual([asked.problems, asked.skipped], [[], []]);
        assert.equal(asked.passed, 80);
    });

    it("the CSI driver stand-in behaves as CSI drivers are documented to", async () => {
        const asked = await askStandIn("csi", outputs["targetKubeconfig"] as string);
        assert.deepEqual(asked.problems, []);
        assert.equal(asked.passed, 23);
        assert.match(asked.skipped.join("\n"), /^.*: the driver has no block volumes: .*$/);
    });

    it("a restore over the namespace that is there needs `onConflict: replace`", async () => {
        await configure({ runId: "2" });
        assert.match(
            await stack.failingUp(),
            /Namespace `shop` exists on the target, and a restore would overwrite what is in it\. Delete or rename it, or set `crossing:onConflict` to `replace`\./,
        );
        assert.deepEqual(await target.actions("restoreactions", "shop"), ["restore-shop-1-1"]);
    });

    it("kill -9 during the wait for the export, and `make up` at once: one run, one restore", async () => {
        await configure({ runId: "3", onConflict: "replace" });
        const killed = start("pulumi", [
            ...["up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack.name],
        ]);
        await killed.until("Export `kasten-io/shop-export-3-1`: started");
        const orphans = await descendants(killed.child.pid!);
        killed.child.kill("SIGKILL");
        await killed.ended;
        assert.ok(orphans.some(isAlive), "no provider outlived the kill");

        const resumed = start("make", ["up", `STACK=${stack.name}`]);
        const status = await resumed.ended;
        assert.equal(status, 0, resumed.output());
        assert.match(resumed.output(), /The last run on stack `lab-test` was killed/);
        assert.match(resumed.output(), /Export `kasten-io\/shop-export-3-1`: adopted/);

        await lookAround();
        assert.equal((outputs["verification"] as Verification).status, "passed");
        assert.equal(outputs["restorePoint"], "shop/restore-shop-3");
        const runs = await source.actions("runactions", "kasten-io");
        assert.deepEqual(runs, ["shop-export-1-1", "shop-export-2-1", "shop-export-3-1"]);
        assert.deepEqual(await target.actions("restoreactions", "shop"), [
            "restore-shop-1-1",
            "restore-shop-3-1",
        ]);
    });

    it("after a restore over the namespace the application answers at the same URL", async () => {
        assert.equal(outputs["applicationUrl"], "https://shop-shop.apps.crossing.test/");
        const { status, body } = await new RouterOf(target).get(outputs["applicationUrl"]);
        assert.equal(status, 200);
        const [sentinel] = await target.sql("SELECT token FROM sentinels WHERE run = '3'");
        assert.ok(sentinel && body.includes(sentinel), body);
    });

    // The first one lets what is under way end, as Pulumi does it; the second ends Pulumi at once.
    for (const [runId, times] of [
        ["3b", "once"],
        ["3c", "twice"],
    ] as const) {
        it(`Ctrl-C ${times} during the wait for the export, and \`up\` again: one run, one restore`, async () => {
            await configure({ runId });
            const running = start("pulumi", [
                ...["up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack.name],
            ]);
            await running.until(`Export \`kasten-io/shop-export-${runId}-1\`: started`);
            running.child.kill("SIGINT");
            if (times === "twice") {
                await running.until("^C received; cancelling");
                running.child.kill("SIGINT");
            }
            assert.notEqual(await running.ended, 0, running.output());
            assert.doesNotMatch(running.output(), /restore: /);

            const resumed = start("make", ["up", `STACK=${stack.name}`]);
            assert.equal(await resumed.ended, 0, resumed.output());
            const adopted = `Export \`kasten-io/shop-export-${runId}-1\`: adopted`;
            assert.equal(resumed.output().includes(adopted), times === "twice");

            await lookAround();
            assert.equal((outputs["verification"] as Verification).status, "passed");
            const ofRun = (names: string[]) => names.filter(each => each.includes(`-${runId}-`));
            const runs = await source.actions("runactions", "kasten-io");
            assert.deepEqual(ofRun(runs), [`shop-export-${runId}-1`]);
            const restores = await target.actions("restoreactions", "shop");
            assert.deepEqual(ofRun(restores), [`restore-shop-${runId}-1`]);
        });
    }

    it("a byte that was damaged in the bucket fails the verification, which names the table", async () => {
        await configure({ runId: "4" });
        // Everything up to the export, and then nothing more for a moment.
        const exported = start("pulumi", [
            ...["up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack.name],
            ...["--exclude", "**Policy::shop-import-policy", "--exclude-dependents"],
        ]);
        assert.equal(await exported.ended, 0, exported.output());
        const { receiveString } = await stack.outputs();
        await corrupt(
            {
                endpoint: outputs["sourceStoreEndpoint"] as string,
                bucket: outputs["bucket"] as string,
                accessKey: outputs["storeAccessKey"] as string,
                secretKey: outputs["storeSecretKey"] as string,
            },
            receiveString as string,
            "gift, straße 995",
            "rift",
        );
        const message = await stack.failingUp();
        assert.match(
            message,
            /Verification of run `4` failed, 2 of 11 checks: table public\.orders: hash is [0-9a-f]{64}, expected [0-9a-f]{64}; page: content is [0-9a-f]{64}, expected [0-9a-f]{64}\. What was restored into namespace `shop` is not what was backed up\./,
        );
        assert.deepEqual(await target.sql("SELECT note FROM orders WHERE id = 995"), [
            "rift, straße 995",
        ]);
        assert.match(await stack.state(), /"status": ?"failed"/);
    });

    it("the next `up` verifies again, without another restore", async () => {
        assert.match(await stack.failingUp(), /Verification of run `4` failed/);
        await target.sql("UPDATE orders SET note = 'gift, straße 995' WHERE id = 995");
        await stack.up();
        await lookAround();
        assert.equal((outputs["verification"] as Verification).status, "passed");
        const restores = await target.actions("restoreactions", "shop");
        assert.deepEqual(
            restores.filter(action => action.includes("shop-4-")),
            ["restore-shop-4-1"],
        );
    });

    const books = { namespace: "books", database: "mariadb", rows: 200 };

    it("an application of the user's own crosses beside samples over PostgreSQL and MariaDB, and is only read", async () => {
        await makeInventory(source);
        const before = await source.core.listNamespacedConfigMap({ namespace: "inventory" });
        const { bucket, sourceStoreEndpoint: endpoint } = outputs;
        const { storeAccessKey: accessKey, storeSecretKey: secretKey } = outputs;
        await configure({
            applications: [
                { sample: {} },
                { namespace: "inventory", after: ["shop"] },
                { sample: books },
            ],
            locations: { second: { type: "rgw", bucket, endpoint } },
            locationSecrets: { second: { accessKey, secretKey } },
        });
        await stack.up();
        await lookAround();
        const { status, checks } = outputs["verification"] as Verification;
        assert.equal(status, "passed");
        assert.deepEqual(
            checks.map(({ name }) => name).filter(each => each.startsWith("inventory: ")),
            [
                "inventory: ConfigMap settings",
                "inventory: Deployment api",
                "inventory: Secret keys",
                "inventory: Service api",
                "inventory: leftovers of the restore",
            ],
        );
        // What crossed before was not touched.
        assert.equal((await target.actions("restoreactions", "shop")).at(-1), "restore-shop-4-1");
        assert.deepEqual(await target.actions("restoreactions", "inventory"), [
            "restore-inventory-4-1",
        ]);
        const after = await source.core.listNamespacedConfigMap({ namespace: "inventory" });
        const versions = (list: typeof before) =>
            list.items.map(({ metadata }) => metadata?.resourceVersion);
        assert.deepEqual(versions(after), versions(before));
    });

    it("a sample over MariaDB is proven by its own rows and its page, under another user id", async () => {
        const { checks } = outputs["verification"] as Verification;
        assert.deepEqual(
            checks.map(({ name }) => name).filter(each => each.startsWith("books: ")),
            [
                ...["customers", "orders", "sentinels"].flatMap(table => [
                    `books: table shop.${table}: rows`,
                    `books: table shop.${table}: hash`,
                ]),
                "books: sentinel of this run",
                "books: page: HTTP status",
                "books: page: sentinel of this run",
                "books: page: content",
                "books: leftovers of the restore",
            ],
        );
        const note = "SELECT note FROM orders WHERE id = 195";
        for (const cluster of [source, target]) {
            assert.deepEqual(await cluster.mariadb(note, "books"), ["gift, straße 195"]);
        }
        assert.deepEqual(new Set(await target.constraints("books")), new Set(["restricted-v2"]));
    });

    it("a row of it that differs fails the verification, which names the table", async () => {
        await target.mariadb("UPDATE orders SET amount = amount + 0.01 WHERE id = 7", "books");
        const again = start("pulumi", [
            ...["up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack.name],
            ...["--replace", "**Verification::books-verification"],
        ]);
        assert.notEqual(await again.ended, 0);
        assert.match(
            again.output(),
            /Verification of run `4` failed, 2 of 11 checks: table shop\.orders: hash is [0-9a-f]{64}, expected [0-9a-f]{64}; page: content is /,
        );
        await target.mariadb("UPDATE orders SET amount = amount - 0.01 WHERE id = 7", "books");
        await stack.up();
        await lookAround();
        assert.equal((outputs["verification"] as Verification).status, "passed");
    });

    it("a location beside the store is validated on both clusters", async () => {
        for (const cluster of [source, target]) {
            assert.deepEqual(await cluster.profiles(), ["crossing: Success", "second: Success"]);
        }
    });

    it("with several applications, too, an unchanged `up` changes nothing", async () => {
        assert.deepEqual(changes(await stack.up()), {});
    });

    it("`destroy` leaves no container, volume, network, cluster or file", async () => {
        const before = await inEngine(name);
        assert.deepEqual(before, [
            `container ${name}-minio`,
            `container ${name}-source-control-plane`,
            `container ${name}-source-worker`,
            `container ${name}-target-control-plane`,
            `network ${name}`,
            `volume ${name}-minio`,
        ]);
        const containers = before.flatMap(line => /^container (.+)/.exec(line)?.[1] ?? []);
        const ours = await volumesOf(containers);
        // MinIO's, and one of each node.
        assert.equal(ours.length, 4);
        await stack.destroy();
        assert.deepEqual(await inEngine(name), []);
        const left = await volumes();
        assert.deepEqual(
            ours.filter(volume => left.includes(volume)),
            [],
        );
        assert.equal(existsSync(join(repository, ".crossing", "owners")), false);
        assert.equal(await userKubeconfig(), kubeconfigBefore);
        const networks = await docker("network", "ls", "--format", "{{.Name}}");
        assert.ok(!networks.split("\n").includes("kind"), "the network that kind shares was made");
    });

    it("a cluster of the same name that is not ours is an error and stays, and `destroy` cleans up", async () => {
        const foreign = `${name}-source-control-plane`;
        const { postgres } = config["images"] as { postgres: string };
        await docker(
            ...["run", "--detach", "--network=none", "--name", foreign],
            ...["--label", `io.x-k8s.kind.cluster=${name}-source`, postgres, "sleep", "infinity"],
        );
        try {
            assert.match(
                await stack.failingUp(),
                new RegExp(
                    `A kind cluster named \`${name}-source\` exists that this stack did not make\\. Delete it, or set \`crossing:name\` to another name\\.`,
                ),
            );
            await stack.destroy();
            assert.deepEqual(await inEngine(name), [`container ${foreign}`]);
        } finally {
            await docker("rm", "--force", "--volumes", foreign);
        }
    });
});

/** An application that nobody told the program how to ask. */
async function makeInventory({ core, apps }: TestCluster): Promise<void> {
    const namespace = "inventory";
    const { postgres: image } = (await labConfig())["images"] as { postgres: string };
    const labels = { app: "api" };
    const containers = [{ name: "api", image, command: ["sleep", "infinity"] }];
    await core.createNamespace({ body: { metadata: { name: namespace } } });
    await core.createNamespacedConfigMap({
        ...{ namespace, body: { metadata: { name: "settings" }, data: { a: "1" } } },
    });
    await core.createNamespacedSecret({
        ...{ namespace, body: { metadata: { name: "keys" }, stringData: { user: "x" } } },
    });
    await core.createNamespacedService({
        namespace,
        body: { metadata: { name: "api" }, spec: { selector: labels, ports: [{ port: 80 }] } },
    });
    await apps.createNamespacedDeployment({
        namespace,
        body: {
            metadata: { name: "api" },
            spec: {
                selector: { matchLabels: labels },
                template: { metadata: { labels }, spec: { containers } },
            },
        },
    });
}

function isAlive(pid: number): boolean {
    return existsSync(`/proc/${pid}`);
}
