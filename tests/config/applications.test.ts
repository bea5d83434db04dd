import assert from "node:assert/strict";
import { ConfigMistakes, parse } from "../../config/parse";

function mistakes(values: Record<string, unknown>, secrets: string[] = []): string[] {
    try {
        parse(values, secrets);
    } catch (error) {
        assert.ok(error instanceof ConfigMistakes);
        return error.mistakes;
    }
    return [];
}
const of = (...applications: unknown[]) => mistakes({ applications });

describe("applications of the configuration", () => {
    it("are a sample and namespaces that are there", () => {
        const http = { service: "api", port: 80 };
        const { applications } = parse(
            { applications: [{ sample: {} }, { namespace: "stock", http, after: ["shop"] }] },
            [],
        );
        assert.deepEqual(applications, [
            {
                namespace: "shop",
                after: [],
                sample: { namespace: "shop", database: "postgres", rows: 1_000, storage: "1Gi" },
            },
            {
                namespace: "stock",
                after: ["shop"],
                http: { service: "api", port: 80, path: "", same: "status" },
            },
        ]);
    });

    const either = "give either `sample` or `namespace`";
    const cases: [name: string, applications: unknown[], expected: string[]][] = [
        ["neither", [{}], [`\`crossing:applications.0\` is \`{"after":[]}\`: ${either}.`]],
        [
            "a page of a sample",
            [{ sample: {}, http: { service: "web", port: 8080 } }],
            [
                '`crossing:applications.0` is `{"sample":{"namespace":"shop","database":"postgres","rows":1000,"storage":"1Gi"},"http":{"service":"web","port":8080,"path":"","same":"status"},"after":[]}`: leave `http` out: the sample\'s page is known.',
            ],
        ],
        [
            "a namespace twice",
            [{ sample: {} }, { namespace: "shop" }],
            [
                "`crossing:applications.1` has the namespace `shop` of another application: each needs its own.",
            ],
        ],
        [
            "one after a stranger",
            [{ sample: {}, after: ["books"] }],
            [
                "`crossing:applications.0` comes after `books`, which is no application: name one of `shop`.",
            ],
        ],
        [
            "one after itself",
            [{ sample: {}, after: ["shop"] }],
            [
                "`crossing:applications` wait for each other in a circle (shop): take one of them out of `after`.",
            ],
        ],
        [
            "a circle beside one that waits for nobody",
            [
                { namespace: "a", after: ["b"] },
                { namespace: "b", after: ["a"] },
                { namespace: "c" },
            ],
            [
                "`crossing:applications` wait for each other in a circle (a, b): take one of them out of `after`.",
            ],
        ],
    ];
    for (const [name, applications, expected] of cases) {
        it(`have a mistake: ${name}`, () => {
            assert.deepEqual(of(...applications), expected);
        });
    }

    it("may wait for each other in a chain, named in any order", () => {
        assert.deepEqual(
            of(
                { namespace: "c", after: ["b"] },
                { namespace: "b", after: ["a"] },
                { sample: { namespace: "a" } },
            ),
            [],
        );
    });

    it("leave room for the names of K10's runs in labels", () => {
        const namespace = "n".repeat(40);
        const fits = { applications: [{ namespace }], runId: "r".repeat(13) };
        assert.deepEqual(mistakes(fits), []);
        assert.deepEqual(mistakes({ ...fits, runId: "r".repeat(14) }), [
            `\`crossing:applications.0\` and \`crossing:runId\` make the label \`${namespace}-export-${"r".repeat(14)}-1\` of K10, which is longer than 63 characters: use a shorter \`runId\`.`,
        ]);
    });

    it("have one name of a Route only where there is one sample", () => {
        const route = { host: "shop.example.com" };
        const two = [{ sample: {} }, { sample: { namespace: "books" } }];
        assert.deepEqual(mistakes({ route, applications: two.slice(0, 1) }), []);
        assert.deepEqual(mistakes({ route, applications: two }), [
            "`crossing:route.host` is one name for several applications: remove it, so that the cluster chooses names.",
        ]);
    });

    it("have one receive string only by one policy", () => {
        const applications = [{ sample: {} }, { namespace: "stock" }];
        assert.deepEqual(mistakes({ applications, policyPer: "crossing" }, ["receiveString"]), []);
        assert.deepEqual(mistakes({ applications }, ["receiveString"]), [
            "`crossing:receiveString` is one, but each application has a policy of its own, and so one of its own: remove it, or set `crossing:policyPer` to `crossing`.",
        ]);
    });
});
