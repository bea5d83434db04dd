/** What of a restore a person chooses. The provider's tests show what does not depend on that. */
import assert from "node:assert/strict";
import { newNames } from "../../../actions/src/k10/new-names";
import { restoreAction, RestoreInputs, RestoreOutputs } from "../../../actions/src/k10/restore";
import { replacedAnnotation, runAnnotation } from "../../../actions/src/k10/restore-namespace";
import { markOf, restoreActionOf, restoreName } from "../../../actions/src/k10/restore-spec";
import { failed, FakeK10, startTime } from "../../fake/k10";
import { FakeKubeApi } from "../../fake/kube-api";

const actions = "/apis/actions.kio.kasten.io/v1alpha1/namespaces";
const choices = { transforms: [{ transformSetRef: { name: "to-openshift" } }] };
const identity = { runId: "1", runToken: "token", targetNamespace: "shop" };

describe("the RestoreAction", () => {
    const args = { name: "r", namespace: "shop", restorePoint: { name: "p", namespace: "shop" } };
    const plain = {
        subject: {
            apiVersion: "apps.kio.kasten.io/v1alpha1",
            kind: "RestorePoint",
            name: "p",
            namespace: "shop",
        },
        targetNamespace: "shop",
        overwriteExisting: false,
    };
    const json = [{ op: "remove", path: "/spec/host" }];
    const cases: [string, Parameters<typeof restoreActionOf>[0]["choices"], object][] = [
        ["without choices", undefined, {}],
        ["of a restore point that was chosen", { restorePoint: { name: "x" } }, {}],
        ["of data only", { dataOnly: true }, { dataOnly: true }],
        [
            "of some objects",
            { filters: { include: [{ resource: "secrets" }] } },
            { filters: { includeResources: [{ resource: "secrets" }] } },
        ],
        [
            "without some objects",
            { filters: { exclude: [{ name: "a", matchLabels: { b: "c" } }] } },
            { filters: { excludeResources: [{ name: "a", matchLabels: { b: "c" } }] } },
        ],
        [
            "with transforms",
            { transforms: [...choices.transforms, { subject: { resource: "routes" }, json }] },
            {
                transforms: [
                    { transformSetRef: { name: "to-openshift", namespace: "kasten-io" } },
                    { subject: { resource: "routes" }, json },
                ],
            },
        ],
    ];
    for (const [what, chosen, spec] of cases) {
        it(what, () =>
            assert.deepEqual(restoreActionOf({ ...args, overwrite: false, choices: chosen }), {
                apiVersion: "actions.kio.kasten.io/v1alpha1",
                kind: "RestoreAction",
                metadata: { name: "r", namespace: "shop" },
                spec: { ...plain, ...spec },
            }),
        );
    }

    it("overwrites if it may", () => {
        const { spec } = restoreActionOf({ ...args, overwrite: true });
        assert.deepEqual(spec, { ...plain, overwriteExisting: true });
    });
});

describe("a restore is told from others", () => {
    it("by run and namespace alone, where nothing is chosen: as in states of earlier versions", () => {
        assert.equal(restoreName(identity), "restore-shop-1");
        assert.equal(markOf(identity), "token");
    });

    it("by what is chosen, in whatever order Pulumi gives it", () => {
        const one = { filters: { include: [{ group: "apps", resource: "deployments" }] } };
        const same = { filters: { include: [{ resource: "deployments", group: "apps" }] } };
        const other = { filters: { exclude: [{ group: "apps", resource: "deployments" }] } };
        const name = (of: object) => restoreName({ ...identity, choices: of });
        assert.match(name(one), /^restore-shop-1-[0-9a-f]{8}$/);
        assert.equal(name(one), name(same));
        assert.notEqual(name(one), name(other));
        assert.equal(
            markOf({ ...identity, choices: one }),
            name(one).replace("restore-shop-1", "token"),
        );
    });

    it("and takes names that are short enough for a namespace", () => {
        assert.deepEqual(newNames(identity.targetNamespace, identity.runId).slice(0, 3), [
            "shop",
            "shop-1",
            "shop-1-2",
        ]);
        const longest = newNames("n".repeat(40), "r".repeat(20));
        assert.equal(Math.max(...longest.map(name => name.length)), 63);
        assert.equal(new Set(longest).size, 9);
    });
});

describe("what was restored", () => {
    const into = (namespace: string) =>
        ({
            result: { restoreAction: { name: `${namespace}/restore-shop-1-1` } },
        }) as RestoreOutputs;
    const wanted = (onConflict: RestoreInputs["onConflict"]) =>
        ({ onConflict, targetNamespace: "shop" }) as RestoreInputs;
    const table = [
        ["shop", "fail", true],
        ["shop", "replace", true],
        ["shop", "newName", true],
        ["shop-1", "newName", true],
        ["shop-1", "fail", false],
        ["shop-1", "replace", false],
    ] as const;
    for (const [namespace, onConflict, serves] of table) {
        it(`into ${namespace} ${serves ? "serves" : "is not what is wanted"} where onConflict is now ${onConflict}`, () => {
            assert.equal(restoreAction.serves?.(into(namespace), wanted(onConflict)), serves);
        });
    }
});

describe("a restore with choices", function () {
    this.timeout(20_000);
    let api: FakeKubeApi;
    let k10: FakeK10;
    beforeEach(async () => {
        api = new FakeKubeApi();
        k10 = new FakeK10(api);
        await api.start();
        k10.content("shop-new", startTime);
    });
    afterEach(() => api.stop());

    const inputs = (more: Partial<RestoreInputs> = {}): RestoreInputs => ({
        ...{ ...identity, kubeconfig: api.kubeconfig, clusterUid: "u", timeout: 20 },
        ...{ restorePointContent: "shop-new", onConflict: "fail", restored: "keep" },
        ...more,
    });
    const run = (more?: Partial<RestoreInputs>) => restoreAction.run(inputs(more), () => undefined);
    const namespace = (name: string, mark?: string) =>
        api.put("/api/v1/namespaces", {
            metadata: { name, ...(mark ? { annotations: { [runAnnotation]: mark } } : {}) },
        });
    const restores = () =>
        [...api.objects.keys()]
            .filter(key => key.includes("/restoreactions/"))
            .map(key => key.replace(`${actions}/`, ""));
    const posts = () => api.requests.filter(line => /^POST .*\/restoreactions$/.test(line)).length;

    it("takes another name for its restore point where that of an earlier run has it", async () => {
        api.put("/apis/apps.kio.kasten.io/v1alpha1/namespaces/shop/restorepoints", {
            metadata: { name: "restore-shop-1", namespace: "shop" },
            spec: { restorePointContentRef: { name: "shop-old" } },
        });
        assert.equal((await run()).restorePoint, "shop/restore-shop-1-2");
    });

    it("of another run with the same `runId` is another one", async () => {
        await run();
        const again = { runToken: "other", onConflict: "replace" } as const;
        await run(again);
        await run(again);
        assert.deepEqual(restores(), [
            "shop/restoreactions/restore-shop-1-1",
            "shop/restoreactions/restore-shop-1-2",
        ]);
        assert.equal(posts(), 2);
    });

    it("is another one than that without them, which stays as it is", async () => {
        await run();
        await assert.rejects(run({ choices }), /Namespace `shop` exists on the target/);
        await run({ choices, onConflict: "replace" });
        const name = restoreName({ ...identity, choices });
        assert.deepEqual(restores(), [
            "shop/restoreactions/restore-shop-1-1",
            `shop/restoreactions/${name}-1`,
        ]);
        const { spec } = api.objects.get(`${actions}/shop/restoreactions/${name}-1`)!;
        assert.deepEqual(spec?.["transforms"], [
            { transformSetRef: { name: "to-openshift", namespace: "kasten-io" } },
        ]);
    });

    it("uses a restore point of another namespace: K10 need not bind a content twice", async () => {
        namespace("other");
        k10.content("shop-new", startTime).status = {
            state: "Bound",
            restorePointRef: { name: "made-by-k10", namespace: "other" },
        };
        const { restorePoint } = await run();
        assert.equal(restorePoint, "other/made-by-k10");
        const { spec } = api.objects.get(`${actions}/shop/restoreactions/restore-shop-1-1`)!;
        assert.deepEqual(spec?.["subject"], {
            apiVersion: "apps.kio.kasten.io/v1alpha1",
            kind: "RestorePoint",
            name: "made-by-k10",
            namespace: "other",
        });
        assert.equal(api.requests.filter(line => /^POST .*restorepoints$/.test(line)).length, 0);
    });

    it("records what it is going to overwrite, once, also if it is interrupted", async () => {
        namespace("shop");
        const put = (path: string, name: string) =>
            api.put(`${path}/namespaces/shop/${name.split("/")[0]}`, {
                metadata: { name: name.split("/")[1] ?? "", namespace: "shop" },
            });
        put("/api/v1", "configmaps/a");
        put("/api/v1", "configmaps/kube-root-ca.crt");
        put("/api/v1", "services/web");
        put("/apis/apps/v1", "deployments/web");
        const replaced = { objects: 3, kinds: { ConfigMap: 1, Deployment: 1, Service: 1 } };
        k10.stories["restoreactions"] = [failed("disk full")];
        await assert.rejects(run({ onConflict: "replace" }), /disk full/);
        // What the interrupted restore has brought is not what was there before.
        put("/api/v1", "configmaps/b");
        const { result } = await run({ onConflict: "replace" });
        assert.deepEqual(result.replaced, replaced);
    });

    it("records nothing of a namespace that it makes", async () => {
        const { result } = await run({ onConflict: "replace" });
        assert.equal("replaced" in result, false);
    });

    describe("under a new name", () => {
        const newName = { onConflict: "newName" } as const;

        it("takes the namespace's own name where it is free", async () => {
            const { result } = await run(newName);
            assert.equal(result.restoreAction.name, "shop/restore-shop-1-1");
        });

        it("takes the next name that is free, and touches nothing of the others", async () => {
            namespace("shop");
            namespace("shop-1", "token of another run");
            const { result, restorePoint } = await run(newName);
            assert.equal(result.restoreAction.name, "shop-1-2/restore-shop-1-1");
            assert.equal(restorePoint, "shop-1-2/restore-shop-1");
            assert.equal(
                api.objects.get("/api/v1/namespaces/shop")?.metadata.annotations,
                undefined,
            );
            const { spec } = api.objects.get(
                `${actions}/shop-1-2/restoreactions/restore-shop-1-1`,
            )!;
            assert.deepEqual(
                [spec?.["targetNamespace"], spec?.["overwriteExisting"]],
                ["shop-1-2", false],
            );
        });

        it("goes on where it was interrupted, also when a better name has become free", async () => {
            namespace("shop");
            await run(newName);
            api.objects.delete("/api/v1/namespaces/shop");
            const { result } = await run(newName);
            assert.equal(result.restoreAction.name, "shop-1/restore-shop-1-1");
            assert.equal(posts(), 1);
        });

        it("looks for another one when somebody takes the name meanwhile", async () => {
            namespace("shop");
            let first = true;
            api.intercept = (method, path) => {
                if (method === "POST" && path === "/api/v1/namespaces" && first) {
                    first = false;
                    namespace("shop-1");
                }
                return undefined;
            };
            const { result } = await run(newName);
            assert.equal(result.restoreAction.name, "shop-1-2/restore-shop-1-1");
        });

        it("says so when there is none", async () => {
            newNames(identity.targetNamespace, identity.runId).forEach(name => namespace(name));
            await assert.rejects(run(newName), {
                message:
                    "The target has a namespace of each name that `crossing:onConflict: newName` tries, from `shop` to `shop-1-8`. Delete one, or set `crossing:restore.targetNamespace` to another name.",
            });
            assert.equal(posts(), 0);
        });

        it("is deleted with the stack if that is wished: the namespace of this restore and no other", async () => {
            namespace("shop");
            await run(newName);
            const remove = () =>
                restoreAction.remove!(inputs({ ...newName, restored: "delete" }), () => undefined);
            await remove();
            await remove();
            assert.deepEqual(
                api.requests.filter(line => line.startsWith("DELETE")),
                ["DELETE /api/v1/namespaces/shop-1"],
            );
        });
    });

    describe("that is deleted with the stack", () => {
        const over = { onConflict: "replace", owner: "crossing/shop" } as const;
        const remove = async (more: Partial<RestoreInputs> = {}) => {
            const lines: string[] = [];
            const state = inputs({ ...over, restored: "delete", ...more });
            await restoreAction.remove!(state, line => lines.push(line));
            const deleted = api.requests.filter(line => line.startsWith("DELETE")).length;
            return [deleted, ...lines];
        };
        const kept =
            "namespace shop stays: this stack has restored over it, and not made it; `crossing:restored` does not mean it";
        const gone = "deleting namespace shop, as `crossing:restored` says";
        const nothing = JSON.stringify({ objects: 0, kinds: {} });
        const annotations = () => api.objects.get("/api/v1/namespaces/shop")?.metadata.annotations;

        it("leaves a namespace that was there before", async () => {
            namespace("shop");
            await run(over);
            assert.deepEqual(annotations(), {
                [runAnnotation]: "token",
                "crossing/made-by": "",
                [replacedAnnotation]: nothing,
            });
            assert.deepEqual(await remove(), [0, kept]);
        });

        it("leaves one that another stack has made", async () => {
            await run({ ...over, owner: "crossing/other", runToken: "theirs" });
            await run(over);
            assert.deepEqual(annotations(), {
                [runAnnotation]: "token",
                "crossing/made-by": "crossing/other",
                [replacedAnnotation]: nothing,
            });
            assert.deepEqual(await remove(), [0, kept]);
        });

        it("takes along one that an earlier run of the stack has made", async () => {
            await run({ ...over, runToken: "earlier" });
            await run(over);
            assert.deepEqual(annotations(), {
                [runAnnotation]: "token",
                "crossing/made-by": "crossing/shop",
                [replacedAnnotation]: nothing,
            });
            assert.deepEqual(await remove(), [1, gone]);
        });

        it("gives way to the next run, where that would be in its way", async () => {
            const drill = { ...over, onConflict: "fail", restored: "delete" } as const;
            await run({ ...drill, runToken: "earlier" });
            const before = api.requests.length;
            await run(drill);
            const changes = api.requests
                .slice(before)
                .filter(line => /^(DELETE|POST) \/api\/v1\/namespaces/.test(line));
            assert.deepEqual(changes, [
                "DELETE /api/v1/namespaces/shop",
                "POST /api/v1/namespaces",
            ]);
            assert.equal(annotations()?.[runAnnotation], "token");
        });

        it("is no other stack's, and none that was there before: those are in the way, and stay", async () => {
            const drill = { ...over, onConflict: "fail", restored: "delete" } as const;
            const refused = /^Namespace `shop` exists on the target, and a restore would overwrite/;
            await run({ ...drill, owner: "crossing/other", runToken: "theirs" });
            await assert.rejects(run(drill), { message: refused });
            await run({ ...over, owner: "crossing/other" });
            await assert.rejects(run({ ...drill, runToken: "next" }), { message: refused });
            assert.ok(!api.requests.some(line => line.startsWith("DELETE")));
        });

        it("takes along one that a version made which wrote no maker, and none in the state", async () => {
            namespace("shop", "token");
            assert.deepEqual(await remove(), [1, gone]);
            namespace("shop", "token");
            assert.deepEqual(await remove({ owner: undefined }), [2, gone]);
        });

        it("leaves one that such a version's run would be restored over: who made it is not known", async () => {
            namespace("shop", "earlier");
            await run(over);
            assert.deepEqual(await remove(), [0, kept]);
        });
    });

    it("ends in a failure where exceptions are one, and starts anew", async () => {
        k10.stories["restoreactions"] = [
            [{ state: "Complete", startTime, exceptions: [{ message: "PVC data is empty" }] }],
        ];
        await assert.rejects(run({ exceptions: "fail" }), {
            message:
                "Restore `shop/restore-shop-1-1` failed after 0s: Restore `shop/restore-shop-1-1` is Complete with exceptions, which `crossing:exceptions` makes a failure: PVC data is empty. Put that right and run `pulumi up` again, which starts the next attempt of the same run; or set `crossing:exceptions` to `warn` to take it as it is. Details: kubectl -n shop get restoreactions.actions.kio.kasten.io restore-shop-1-1 -o yaml",
        });
        const { result } = await run({ exceptions: "fail" });
        assert.equal(result.restoreAction.name, "shop/restore-shop-1-2");
    });
});
