/** Leave to use security context constraints, as the configuration writes it. */
import assert from "node:assert/strict";
import { ConfigMistakes, parse } from "../../config/parse";

const mistakes = (values: Record<string, unknown>): string[] => {
    try {
        parse(values, []);
    } catch (error) {
        assert.ok(error instanceof ConfigMistakes, String(error));
        return error.mistakes;
    }
    return [];
};
const grants = (...given: object[]) => ({ grants: given });
const anyuid = { application: "shop", scc: "anyuid" };
const sourceStack = "organization/crossing/source";
const store = { type: "stack", stack: "organization/crossing/store" };

describe("grants", () => {
    it("are none, and of ServiceAccount default if nothing else is said", () => {
        assert.deepEqual(parse({}, []).grants, []);
        assert.deepEqual(parse(grants(anyuid), []).grants, [
            { ...anyuid, serviceAccount: "default" },
        ]);
    });

    const table: [what: string, values: Record<string, unknown>, mistakes: string[]][] = [
        ["of a ServiceAccount", grants({ ...anyuid, serviceAccount: "web" }), []],
        [
            "of a restore into another namespace, by either name",
            {
                ...grants(anyuid, { application: "copy", scc: "anyuid" }),
                restore: { targetNamespace: "copy" },
            },
            [],
        ],
        [
            "without what it needs",
            grants({}),
            [
                "`crossing:grants.0.application` is missing: give the namespace of an application that crosses.",
                "`crossing:grants.0.scc` is missing: name a SecurityContextConstraints, such as `nonroot-v2`.",
            ],
        ],
        [
            "of what does not cross",
            grants(anyuid, { application: "stock", scc: "anyuid" }),
            [
                "`crossing:grants.1.application` is `stock`, which does not cross: name one of `shop`.",
            ],
        ],
        [
            "where there is no OpenShift",
            { ...grants(anyuid), target: { type: "kind" } },
            [
                "`crossing:grants` are for OpenShift, which the target is not: remove them, or set `platform: openshift` in `crossing:target`.",
            ],
        ],
        [
            "on the source",
            { ...grants(anyuid), role: "source", store },
            [
                "`crossing:grants` are for the target, which `role: source` does not hold: move them to its stack.",
            ],
        ],
        [
            "of a drill on OpenShift, which restores where it backs up",
            {
                ...{ ...grants(anyuid), role: "drill", onConflict: "newName" },
                source: { type: "kind", platform: "openshift" },
            },
            [],
        ],
        [
            "of a drill elsewhere",
            { ...grants(anyuid), role: "drill", onConflict: "newName" },
            [
                "`crossing:grants` are for OpenShift, which the source is not: remove them, or set `platform: openshift` in `crossing:source`.",
            ],
        ],
        [
            "of a target alone, whose source says what crosses",
            { ...grants({ application: "stock", scc: "x" }), role: "target", sourceStack, store },
            [],
        ],
    ];
    for (const [what, values, expected] of table) {
        it(`${what}: ${expected.length === 0 ? "fine" : "a mistake"}`, () => {
            assert.deepEqual(mistakes(values), expected);
        });
    }
});
