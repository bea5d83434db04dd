/** What filters, transforms and `dataOnly` leave of what the proof may expect. */
import assert from "node:assert/strict";
import { Chosen, expectationOf, Filters, isLeftOut } from "../../../actions/src/proof/expected";
import type { ObservedObject } from "../../../actions/src/proof/objects";

const object = (name: string, more: Partial<ObservedObject> = {}): ObservedObject => ({
    ...{ name, content: "", ready: true },
    ...more,
});
const objects = [
    object("ConfigMap settings", { content: "d", labels: { tier: "web", stage: "dev" } }),
    object("CronJob nightly"),
    object("Deployment api", { labels: { tier: "api" } }),
    object("PersistentVolumeClaim data"),
    object("Secret keys", { content: "Opaque: user" }),
    object("Service api", { content: "80/TCP" }),
    object("StatefulSet db"),
];
const names = (found: readonly ObservedObject[]) => found.map(({ name }) => name);

describe("isLeftOut", () => {
    const settings = "ConfigMap settings";
    const all = names(objects);
    const rows: [what: string, filters: Filters, leftOut: string[]][] = [
        ["nothing", {}, []],
        ["a kind by its plural", { exclude: [{ resource: "secrets" }] }, ["Secret keys"]],
        ["a group", { exclude: [{ group: "apps" }] }, ["Deployment api", "StatefulSet db"]],
        [
            "the group without a name, as `core`",
            { exclude: [{ group: "core" }] },
            [settings, "PersistentVolumeClaim data", "Secret keys", "Service api"],
        ],
        ["a name of any kind", { exclude: [{ name: "api" }] }, ["Deployment api", "Service api"]],
        [
            "a kind and a name",
            { exclude: [{ resource: "services", name: "api" }] },
            ["Service api"],
        ],
        ["another version", { exclude: [{ resource: "secrets", version: "v2" }] }, []],
        ["labels", { exclude: [{ matchLabels: { tier: "web", stage: "dev" } }] }, [settings]],
        [
            "labels of which one differs",
            { exclude: [{ matchLabels: { tier: "web", a: "b" } }] },
            [],
        ],
        [
            "In",
            { exclude: [{ matchExpressions: [{ key: "tier", operator: "In", values: ["api"] }] }] },
            ["Deployment api"],
        ],
        [
            "NotIn, which those without the label meet",
            {
                exclude: [
                    { matchExpressions: [{ key: "tier", operator: "NotIn", values: ["api"] }] },
                ],
            },
            all.filter(name => name !== "Deployment api"),
        ],
        [
            "Exists",
            { exclude: [{ matchExpressions: [{ key: "stage", operator: "Exists" }] }] },
            [settings],
        ],
        [
            "DoesNotExist",
            { exclude: [{ matchExpressions: [{ key: "tier", operator: "DoesNotExist" }] }] },
            all.filter(name => name !== settings && name !== "Deployment api"),
        ],
        [
            "all but what is included",
            { include: [{ resource: "deployments" }, { resource: "secrets" }] },
            all.filter(name => !["Deployment api", "Secret keys"].includes(name)),
        ],
        [
            "what is both included and excluded",
            { include: [{ name: "api" }], exclude: [{ resource: "services" }] },
            all.filter(name => name !== "Deployment api"),
        ],
        [
            "nothing where the defaults are included, too",
            {
                include: [
                    { group: "actions.kio.kasten.io", resource: "defaults" },
                    { resource: "widgets" },
                ],
            },
            [],
        ],
    ];
    for (const [what, filters, leftOut] of rows) {
        it(`leaves out ${what}`, () => {
            assert.deepEqual(names(objects.filter(each => isLeftOut(each, filters))), leftOut);
        });
    }
});

describe("expectationOf", () => {
    const expectation = (chosen: Partial<Chosen>, of: ObservedObject[] = objects) => {
        const found = expectationOf(of, { transforms: [], ...chosen });
        return {
            objects: found.objects.map(({ name, content }) => `${name}: ${content}`),
            apart: found.apart,
        };
    };
    const asTheyWere = objects.map(({ name, content }) => `${name}: ${content}`);
    const without = (...left: string[]) =>
        asTheyWere.filter(line => !left.some(name => line.startsWith(`${name}:`)));
    const line = (name: string, actual: string) => ({
        ...{ name, passed: true, compared: false },
        ...{ expected: "not compared", actual },
    });
    const operation = (path: string, op = "replace") => ({ op, path });

    it("is all, where nothing was chosen", () => {
        assert.deepEqual(expectation({}), { objects: asTheyWere, apart: [] });
    });

    it("lacks what the backup or the restore left out, and says so", () => {
        const of = objects.map(each =>
            each.name === "CronJob nightly" ? { ...each, leftOut: true as const } : each,
        );
        assert.deepEqual(expectation({ filters: { exclude: [{ resource: "secrets" }] } }, of), {
            objects: without("CronJob nightly", "Secret keys"),
            apart: [line("left out by filters", "2 objects: CronJob nightly, Secret keys")],
        });
    });

    it("lacks autoscalers, which K10 backs up by no default, and says so", () => {
        const of = [...objects, object("HorizontalPodAutoscaler web")];
        assert.deepEqual(expectation({}, of), {
            objects: asTheyWere,
            apart: [
                line("not backed up by K10 by default", "1 object: HorizontalPodAutoscaler web"),
            ],
        });
    });

    it("names ten of what it lacks, and counts the others", () => {
        const many = Array.from({ length: 12 }, (_, i) => object(`Secret s${i}`));
        const { apart } = expectation({ filters: { exclude: [{ resource: "secrets" }] } }, many);
        assert.equal(
            apart[0]?.actual,
            `12 objects: ${names(many.slice(0, 10)).join(", ")}, 2 more`,
        );
    });

    it("is volumes and what uses them, of a restore of data alone", () => {
        assert.deepEqual(expectation({ dataOnly: true }), {
            objects: ["Deployment api: ", "PersistentVolumeClaim data: ", "StatefulSet db: "],
            apart: [
                line(
                    "not restored by `dataOnly`",
                    "4 objects: ConfigMap settings, CronJob nightly, Secret keys, Service api",
                ),
            ],
        });
    });

    it("does not care for transforms of what is not compared", () => {
        const transforms = [
            {
                subject: { resource: "persistentvolumeclaims" },
                json: [operation("/spec/storageClassName")],
            },
            { subject: { group: "apps" }, json: [operation("/spec/template/**/image")] },
            { subject: { name: "api" }, json: [operation("/metadata/labels/tier", "add")] },
            { subject: { name: "settings" }, json: [operation("/data", "test")] },
            { subject: { resource: "secrets", name: "other" }, json: [operation("/data/user")] },
        ];
        assert.deepEqual(expectation({ transforms }), { objects: asTheyWere, apart: [] });
    });

    const changed: [path: string, from: string | undefined, op: string][] = [
        ["/data/a", undefined, "replace"],
        ["/data", undefined, "remove"],
        ["/binaryData/a", undefined, "add"],
        ["/*/a", undefined, "replace"],
        ["/data/$1", "/metadata/labels/*", "copy"],
        ["/metadata/labels/a", "/data/a", "move"],
    ];
    for (const [path, from, op] of changed) {
        it(`does not compare a content that \`${op} ${path}\` changes, but that it is there`, () => {
            const json = [{ op, path, ...(from && { from }) }];
            const transforms = [{ subject: { resource: "configmaps" }, json }];
            assert.deepEqual(expectation({ transforms }), {
                objects: ["ConfigMap settings: any", ...without("ConfigMap settings")],
                apart: [line("content changed by transforms", "1 object: ConfigMap settings")],
            });
        });
    }

    it("does not care for what is copied elsewhere", () => {
        const json = [{ op: "copy", from: "/data/a", path: "/metadata/labels/a" }];
        const transforms = [{ subject: { resource: "configmaps" }, json }];
        assert.deepEqual(expectation({ transforms }).apart, []);
    });

    for (const path of ["/metadata/name", "/metadata", "/**", "/metadata/*", "/kind"]) {
        it(`does not look for what \`${path}\` makes another object of`, () => {
            const transforms = [{ subject: { name: "db" }, json: [operation(path)] }];
            assert.deepEqual(expectation({ transforms }), {
                objects: without("StatefulSet db"),
                apart: [line("renamed by transforms", "1 object: StatefulSet db")],
            });
        });
    }

    it("is nothing, where a TransformSet may have changed all", () => {
        assert.deepEqual(expectation({ transforms: [{ unknown: "kasten-io/gone" }] }), {
            objects: [],
            apart: [
                line(
                    "changed by TransformSet `kasten-io/gone`, which is gone",
                    `7 objects: ${names(objects).join(", ")}`,
                ),
            ],
        });
    });
});
