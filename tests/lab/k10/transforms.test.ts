import assert from "node:assert/strict";
import type { KubeObject } from "../../../lab/k10/server/json.ts";
import type { Captured } from "../../../lab/k10/server/layout.ts";
import { transformed } from "../../../lab/k10/server/transforms.ts";

const deployment: Captured = {
    group: "apps",
    version: "v1",
    resource: "deployments",
    object: {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", annotations: { "example.com/a": "1" } },
        spec: {
            replicas: 2,
            template: {
                spec: {
                    containers: [
                        { name: "a", image: "docker.io/library/a:1" },
                        { name: "b", image: "quay.io/b:2" },
                    ],
                },
            },
        },
    },
};
const images = ({ object }: Captured) => {
    const spec = object.spec as { template: { spec: { containers: { image: string }[] } } };
    return spec.template.spec.containers.map(each => each.image);
};
const run = (json: object[], subject: object = { resource: "deployments" }) =>
    transformed(deployment, [{ name: "t", subject, json }]);

describe("K10 stand-in: transforms", () => {
    it("the six operations", () => {
        const result = run([
            { op: "test", path: "/spec/replicas", value: 2 },
            { op: "replace", path: "/spec/replicas", value: 1 },
            { op: "add", path: "/metadata/labels", value: {} },
            { op: "add", path: "/metadata/labels/a~1b", value: "c" },
            {
                op: "add",
                path: "/spec/template/spec/containers/-",
                value: { name: "c", image: "c" },
            },
            { op: "copy", from: "/spec/replicas", path: "/spec/minReadySeconds" },
            { op: "move", from: "/metadata/annotations", path: "/metadata/old" },
            { op: "remove", path: "/spec/template/spec/containers/0" },
        ]);
        assert.deepEqual(result.object.metadata, {
            name: "web",
            labels: { "a/b": "c" },
            old: { "example.com/a": "1" },
        });
        assert.equal(result.object.spec?.["replicas"], 1);
        assert.equal(result.object.spec?.["minReadySeconds"], 1);
        assert.deepEqual(images(result), ["quay.io/b:2", "c"]);
    });

    it("the argument stays as it is", () => {
        const before = structuredClone(deployment);
        run([{ op: "remove", path: "/spec" }]);
        assert.deepEqual(deployment, before);
    });

    it("wildcards and regular expressions", () => {
        assert.deepEqual(
            images(
                run([
                    {
                        op: "replace",
                        path: "/spec/template/spec/containers/*/image",
                        regex: "^docker\\.io/(.*)$",
                        value: "mirror.local/$1",
                    },
                ]),
            ),
            ["mirror.local/library/a:1", "quay.io/b:2"],
        );
        assert.deepEqual(images(run([{ op: "replace", path: "/**/image", value: "x" }])), [
            "x",
            "x",
        ]);
        assert.deepEqual(
            images(run([{ op: "remove", path: "/spec/template/spec/containers/*" }])),
            [],
        );
    });

    it("back-references stand for what the wildcard was", () => {
        const result = run([
            { op: "add", path: "/metadata/labels", value: {} },
            {
                op: "copy",
                from: "/metadata/annotations/*",
                path: "/metadata/labels/$1",
                regex: "1",
                value: "one",
            },
        ]);
        assert.deepEqual(result.object.metadata.labels, { "example.com/a": "one" });
    });

    it("a test that fails skips the rest of its transform only", () => {
        const json = (value: number) => [
            { op: "test", path: "/spec/replicas", value },
            { op: "remove", path: "/spec/replicas" },
        ];
        const skipped = transformed(deployment, [
            { subject: { group: "apps" }, json: json(7) },
            { subject: { name: "web" }, json: [{ op: "add", path: "/spec/x", value: 1 }] },
        ]);
        assert.equal(skipped.object.spec?.["replicas"], 2);
        assert.equal(skipped.object.spec?.["x"], 1);
        assert.equal(run(json(2)).object.spec?.["replicas"], undefined);
        const regex = (text: string) =>
            run([
                { op: "test", path: "/**/image", regex: text },
                { op: "remove", path: "/spec" },
            ]).object.spec;
        assert.equal(regex("^quay"), undefined);
        assert.deepEqual(regex("^nowhere"), deployment.object.spec);
    });

    it("only subjects change", () => {
        const json = [{ op: "remove", path: "/spec" }];
        for (const subject of [
            { group: "core" },
            { version: "v2" },
            { name: "db" },
            { resource: "pods" },
        ]) {
            assert.deepEqual(run(json, subject), deployment, JSON.stringify(subject));
        }
        assert.equal(run(json, {}).object.spec, undefined);
    });

    it("anything else that fails names transform, operation and object", () => {
        const table: [object, string, string][] = [
            [
                { op: "replace", path: "/spec/nope", value: 1 },
                "Transform t: replace /spec/nope failed on deployments/web",
                "nothing at this path in the document",
            ],
            [
                { op: "remove", path: "/spec/template/spec/initContainers/*" },
                "Transform t: remove /spec/template/spec/initContainers/* failed on deployments/web",
                "nothing at this path in the document",
            ],
            [
                { op: "replace", path: "/spec/replicas", regex: "2", value: "3" },
                "Transform t: replace /spec/replicas failed on deployments/web",
                "regex needs a text at the path",
            ],
        ];
        for (const [operation, message, cause] of table) {
            assert.throws(
                () => run([operation]),
                (error: Error) => {
                    assert.equal(error.message, message);
                    assert.equal((error.cause as Error).message, cause);
                    return true;
                },
            );
        }
    });

    it("needs no object of a special kind", () => {
        const object = { apiVersion: "v1", kind: "List", metadata: { name: "l" } } as KubeObject;
        const odd = { group: "", version: "v1", resource: "lists", object };
        assert.deepEqual(transformed(odd, []), odd);
    });
});
