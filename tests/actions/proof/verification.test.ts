import assert from "node:assert/strict";
import { provider } from "../../../actions/src/action";
import { UserError } from "../../../actions/src/kube/errors";
import { baseline, Observation } from "../../../actions/src/proof/baseline";
import {
    compare,
    Verification,
    verification,
    VerificationInputs,
} from "../../../actions/src/proof/verification";
import { FakeKubeApi } from "../../fake/kube-api";
import { FakeApplication } from "./support/application";

describe("verification", () => {
    let api: FakeKubeApi;
    let application: FakeApplication;
    let expected: Observation;
    const methods = provider(verification);

    beforeEach(async () => {
        api = new FakeKubeApi();
        await api.start();
        application = new FakeApplication(api);
        expected = (await baseline.run(application.inputs(), () => undefined)).baseline;
    });
    afterEach(() => api.stop());

    const inputs = (more: Partial<VerificationInputs> = {}): VerificationInputs => ({
        ...application.inputs({ clusterUid: "cluster-2" }),
        baseline: expected,
        restorePoint: "shop/restore-shop-nightly",
        ...more,
    });

    /** A create or update that failed: the message, and what Pulumi records. */
    async function rejection(promise: Promise<unknown>) {
        try {
            await promise;
        } catch (error) {
            return error as Error & {
                id: string;
                properties: VerificationInputs & { verification?: Verification };
                reasons: string[];
            };
        }
        throw new Error("it did not fail");
    }

    /** Without the progress on the terminal. */
    async function quietly<T>(work: () => Promise<T>): Promise<[T, string[]]> {
        const lines: string[] = [];
        const { log } = console;
        console.log = (line: string) => lines.push(line);
        try {
            return [await work(), lines];
        } finally {
            console.log = log;
        }
    }

    it("passes where everything is as it was", async () => {
        const before = Date.now();
        const [{ id, outs }, lines] = await quietly(() => methods.create(inputs()));
        assert.equal(id, "shop/nightly");
        const { verification: result, ...rest } = outs as { verification: Verification };
        assert.deepEqual(rest, inputs());
        assert.equal(result.status, "passed");
        assert.deepEqual(result.images, []);
        assert.equal(result.checks.length, 11);
        assert.ok(result.checks.every(check => check.passed));
        assert.ok(before <= Date.parse(result.startTime));
        assert.ok(Date.parse(result.startTime) <= Date.parse(result.endTime));
        assert.ok(Date.parse(result.endTime) <= Date.now());
        assert.deepEqual(lines, ["verification: 11 checks passed"]);
    });

    it("tells which images of the baseline the target runs, and fails for none", async () => {
        api.put("/api/v1/namespaces/shop/pods", {
            metadata: { name: "web-1", namespace: "shop" },
            spec: { containers: [{ name: "web", image: "web:1" }] },
            status: { containerStatuses: [{ name: "web", imageID: "web@sha256:b2" }] },
        });
        const images = [
            { image: "db:1", id: "sha256:aa" },
            { image: "web:1", id: "web@sha256:bb" },
        ];
        const baseline = { ...expected, images };
        const [{ outs }, lines] = await quietly(() => methods.create(inputs({ baseline })));
        const { status, images: found } = (outs as { verification: Verification }).verification;
        assert.equal(status, "passed");
        assert.deepEqual(found, [
            { image: "db:1", digest: "sha256:aa", restored: "none" },
            { image: "web:1", digest: "sha256:bb", restored: "other" },
        ]);
        assert.deepEqual(lines, [
            "verification: 11 checks passed",
            "verification: image db:1 runs in no pod of the target",
            "verification: image web:1 has another digest than on the source",
        ]);
    });

    /** A restore that lost a row of one table. */
    const lose = () => {
        application.tables["public.orders"] = [19, "-8", "4"];
    };

    it("fails with the name of the table that differs, and without a stack", async () => {
        lose();
        const error = await rejection(methods.create(inputs()));
        const [, digest] = compare(expected, expected).filter(c => c.name.includes("orders"));
        const { checks } = error.properties.verification!;
        const actual = checks.find(check => check.name === "table public.orders: hash")!.actual;
        assert.notEqual(actual, digest.expected);
        assert.equal(
            error.message,
            `Verification of run \`nightly\` failed, 2 of 11 checks: table public.orders: rows is 19, expected 20; table public.orders: hash is ${actual}, expected ${digest.expected}. What was restored into namespace \`shop\` is not what was backed up. Set another \`crossing:runId\` to export and restore again, or run \`pulumi up\` again to verify once more.`,
        );
        assert.equal(error.stack, error.message);
        assert.deepEqual(error.reasons, [error.message]);
    });

    describe("of what K10 leaves behind", () => {
        const pods = "/api/v1/namespaces/shop/pods";
        const left = (name: string, metadata = {}) =>
            api.put(pods, { metadata: { name, namespace: "shop", ...metadata } });

        it("gives the pods that brought the data time to vanish", async () => {
            left("restore-data-x7k2p");
            let looks = 0;
            api.intercept = (method, path) => {
                if (method === "GET" && path === pods && ++looks === 3) {
                    api.objects.delete(`${pods}/restore-data-x7k2p`);
                }
                return undefined;
            };
            const [{ outs }] = await quietly(() => methods.create(inputs()));
            const { checks } = (outs as { verification: Verification }).verification;
            assert.deepEqual(checks.at(-1), {
                ...{ name: "leftovers of the restore", passed: true },
                ...{ expected: "none", actual: "none" },
            });
        });

        it("fails where they stay, and says what to do", async () => {
            left("restore-data-x7k2p");
            left("restore-data-a9d3q");
            const [error] = await quietly(() => rejection(methods.create(inputs({ timeout: 1 }))));
            assert.equal(
                error.message,
                "Verification of run `nightly` failed, 1 of 11 checks: leftovers of the restore is pod restore-data-a9d3q, pod restore-data-x7k2p, expected none. K10 has not cleared up after its restore into namespace `shop`: delete what is left, and run `pulumi up` again to verify once more.",
            );
        });

        it("fails where a claim of the restore stays", async () => {
            const claims = "/api/v1/namespaces/shop/persistentvolumeclaims";
            for (const name of ["kanister-pvc-x7k2p", "kanister-pvc-of-mine"]) {
                api.put(claims, { metadata: { name, namespace: "shop" } });
            }
            const [error] = await quietly(() => rejection(methods.create(inputs({ timeout: 1 }))));
            assert.match(
                error.message,
                /leftovers of the restore is claim kanister-pvc-x7k2p, expected none\. K10 has not/,
            );
        });

        it("does not take the application's own pods for K10's", async () => {
            const ownerReferences = [{ kind: "Job", name: "restore-data", controller: true }];
            left("restore-data-x7k2p", { ownerReferences });
            left("restore-data-0");
            left("restore-database-x7k2p");
            const [{ outs }] = await quietly(() => methods.create(inputs({ timeout: 1 })));
            assert.equal((outs as { verification: Verification }).verification.status, "passed");
        });
    });

    it("is recorded as failed, so that the next update verifies again", async () => {
        lose();
        const { id, properties } = await rejection(methods.create(inputs()));
        assert.equal(id, "shop/nightly");
        const { verification: result, ...rest } = properties;
        assert.deepEqual(rest, inputs());
        assert.equal(result?.status, "failed");
        assert.deepEqual(
            result?.checks.filter(check => !check.passed).map(check => check.name),
            ["table public.orders: rows", "table public.orders: hash"],
        );
        assert.deepEqual(await methods.diff(id, properties, inputs()), {
            changes: true,
            replaces: [],
        });
    });

    it("that failed is done again by an update: it passes once the rows are there, and fails as long as they are not", async () => {
        lose();
        const { id, properties } = await rejection(methods.create(inputs()));
        const again = await rejection(methods.update(id, properties, inputs()));
        assert.equal(again.properties.verification?.status, "failed");

        application.tables["public.orders"] = [20, "-3", "4"];
        const [{ outs }] = await quietly(() => methods.update(id, again.properties, inputs()));
        assert.equal((outs as { verification: Verification }).verification.status, "passed");
        assert.deepEqual(await methods.diff(id, outs, inputs()), { changes: false, replaces: [] });
    });

    it("that passed is not done again for other credentials or times", async () => {
        const [{ id, outs }] = await quietly(() => methods.create(inputs()));
        api.requests.length = 0;
        const news = inputs({ timeout: 11 });
        assert.deepEqual(await methods.diff(id, outs, news), { changes: true, replaces: [] });
        assert.deepEqual(await methods.update(id, outs, news), { outs: { ...outs, timeout: 11 } });
        assert.deepEqual(api.requests, []);
    });

    it("is another one for another cluster, run, token, namespace or restore point", async () => {
        const [{ id, outs }] = await quietly(() => methods.create(inputs()));
        for (const key of [
            "clusterUid",
            "runId",
            "runToken",
            "namespace",
            "restorePoint",
        ] as const) {
            assert.deepEqual(await methods.diff(id, outs, inputs({ [key]: "other" })), {
                changes: true,
                replaces: [key],
            });
        }
    });

    it("that could not be done is recorded without a result", async () => {
        api.exec = () => ({ stderr: "psql: error: FATAL:  out of memory\n", status: 2 });
        const [error] = await quietly(() => rejection(methods.create(inputs({ timeout: 0.6 }))));
        assert.match(error.message, /^Waited 1s in vain for PostgreSQL in namespace `shop`/);
        assert.deepEqual(error.properties, inputs({ timeout: 0.6 }));
        assert.deepEqual(await methods.diff(error.id, error.properties, inputs({ timeout: 0.6 })), {
            changes: true,
            replaces: [],
        });
    });

    it("deletes nothing", async () => {
        api.requests.length = 0;
        await methods.delete("shop/nightly", inputs());
        assert.deepEqual(api.requests, []);
    });

    it("fails as a person's matter, not as a mistake of ours", async () => {
        lose();
        await assert.rejects(
            verification.run(inputs(), () => undefined),
            UserError,
        );
    });
});
