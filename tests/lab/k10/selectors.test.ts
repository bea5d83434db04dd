import assert from "node:assert/strict";
import type { KubeObject } from "../../../lab/k10/server/json.ts";
import { kindOf } from "../../../lab/k10/server/kinds.ts";
import {
    matchesWildcard,
    parseFieldSelector,
    parseLabelSelector,
} from "../../../lab/k10/server/selectors.ts";
import { table, wantsTable } from "../../../lab/k10/server/table.ts";
import { selectedNamespaces } from "../../../lab/k10/server/work/subordinates.ts";

describe("K10 stand-in: selectors", () => {
    const labels = { app: "web", tier: "front", "k10.kasten.io/appName": "demo" };
    const byLabel: [string, boolean][] = [
        ["", true],
        ["app=web", true],
        ["app==web,tier=front", true],
        ["app=db", false],
        ["app!=db", true],
        ["none!=db", true],
        ["app", true],
        ["!app", false],
        ["!none", true],
        ["app in (db, web)", true],
        ["app in (db)", false],
        ["none in (db)", false],
        ["app notin (db,web)", false],
        ["none notin (db)", true],
        ["k10.kasten.io/appName in (demo),tier", true],
        ["app=", false],
    ];
    it("by label", () => {
        for (const [text, expected] of byLabel) {
            assert.equal(parseLabelSelector(text)(labels), expected, text);
        }
        assert.equal(parseLabelSelector("app")(undefined), false);
        assert.throws(() => parseLabelSelector("a=b=c"), {
            code: 400,
            message: "unable to parse requirement: a=b=c",
        });
    });

    it("by field", () => {
        const object: KubeObject = {
            apiVersion: "v1",
            kind: "K",
            metadata: { name: "a", namespace: "n" },
            status: { state: "Active" },
        };
        const matches = (text: string) => parseFieldSelector(text)(object);
        assert.equal(matches("metadata.name=a,metadata.namespace=n"), true);
        assert.equal(matches("metadata.name!=a"), false);
        assert.equal(matches("status.state=Deleted"), false);
        assert.throws(() => matches("spec.x=1"), {
            code: 400,
            message: "field label not supported: spec.x",
        });
    });

    it("wildcards", () => {
        assert.equal(matchesWildcard("shop-1", "shop-*"), true);
        assert.equal(matchesWildcard("my.shop", "my.shop"), true);
        assert.equal(matchesWildcard("myxshop", "my.shop"), false);
        assert.equal(matchesWildcard("anything", "*"), true);
    });

    it("namespaces of a policy", () => {
        const namespaces = ["shop-1", "shop-2", "blog", "kube-system", "kasten-io"].map(name => ({
            apiVersion: "v1",
            kind: "Namespace",
            metadata: { name, ...(name === "blog" && { labels: { team: "a" } }) },
        }));
        const key = "k10.kasten.io/appNamespace";
        const names = (operator: string, ...values: string[]) => ({ key, operator, values });
        const selected = (...matchExpressions: object[]) =>
            selectedNamespaces({ matchExpressions }, namespaces);
        assert.deepEqual(selected(names("In", "shop-1", "blog", "none")), ["shop-1", "blog"]);
        assert.deepEqual(selected(names("In", "*")), ["shop-1", "shop-2", "blog"]);
        assert.deepEqual(selected(names("In", "shop-*"), names("NotIn", "shop-2")), ["shop-1"]);
        assert.deepEqual(selected(names("In", "kube-system")), ["kube-system"]);
        assert.deepEqual(selected({ key: "team", operator: "In", values: ["a"] }), ["blog"]);
        assert.deepEqual(selectedNamespaces({ matchLabels: { [key]: "blog" } }, namespaces), [
            "blog",
        ]);
    });
});

describe("K10 stand-in: tables", () => {
    const object: KubeObject = {
        apiVersion: "actions.kio.kasten.io/v1alpha1",
        kind: "RunAction",
        metadata: {
            name: "run-1",
            namespace: "kasten-io",
            creationTimestamp: "2026-01-01T00:00:00Z",
        },
        status: { state: "Running", progress: 40 },
    };

    it("say in each row that a stand-in served it", () => {
        const result = table(kindOf("RunAction"), [object], "7") as {
            columnDefinitions: { name: string }[];
            rows: { cells: unknown[]; object: object }[];
        };
        assert.deepEqual(
            result.columnDefinitions.map(column => column.name),
            ["Name", "Created At", "State", "Pct", "Served By"],
        );
        assert.deepEqual(result.rows, [
            {
                cells: ["run-1", "2026-01-01T00:00:00Z", "Running", 40, "k10 stand-in"],
                object: {
                    kind: "PartialObjectMetadata",
                    apiVersion: "meta.k8s.io/v1",
                    metadata: object.metadata,
                },
            },
        ]);
        const { rows } = table(kindOf("RestoreAction"), [object], "7", "None") as typeof result;
        assert.deepEqual(rows, [
            { cells: ["run-1", "2026-01-01T00:00:00Z", "Running", "k10 stand-in"] },
        ]);
    });

    it("are given to those who ask for them first", () => {
        const kubectl =
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
        const asked: [string, boolean][] = [
            [kubectl, true],
            ["application/json", false],
            ["*/*", false],
            ["", false],
            [
                "application/vnd.kubernetes.protobuf;as=Table;v=v1,application/json;as=Table;v=v1",
                true,
            ],
            ["application/json,application/json;as=Table;v=v1", false],
            ["application/json;as=Table;v=v1beta1", false],
        ];
        for (const [accept, expected] of asked) {
            assert.equal(wantsTable(accept), expected, accept);
        }
    });
});
