/** What the stand-in counts as compliant. */
import assert from "node:assert/strict";
import type { KubeObject } from "../../../lab/k10/server/json.ts";
import { complianceOf } from "../../../lab/k10/server/work/report.ts";

const namespace = (name: string): KubeObject => ({ metadata: { name } }) as KubeObject;
const policy = (action: string, ...namespaces: string[]) =>
    ({
        metadata: { name: "p" },
        spec: {
            actions: [{ action }],
            selector: {
                matchExpressions: [
                    { key: "k10.kasten.io/appNamespace", operator: "In", values: namespaces },
                ],
            },
        },
    }) as unknown as KubeObject;
const backup = (of: string, state: string, startTime: string, policyName?: string) =>
    ({
        metadata: {
            name: "b",
            labels: {
                "k10.kasten.io/appNamespace": of,
                ...(policyName && { "k10.kasten.io/policyName": policyName }),
            },
        },
        status: { state, startTime },
    }) as unknown as KubeObject;

describe("compliance in a report of the stand-in", () => {
    const count = (policies: KubeObject[], backups: KubeObject[]) =>
        complianceOf([namespace("shop"), namespace("books")], policies, backups);

    it("an application that no policy backs up is unmanaged, one that is imported too", () => {
        const manual = backup("shop", "Complete", "2026-01-01");
        assert.deepEqual(count([policy("import", "shop")], [manual]), {
            ...{ applicationCount: 2, compliantCount: 0, nonCompliantCount: 0, unmanagedCount: 2 },
        });
    });

    it("the last backup by a policy decides", () => {
        const backups = [
            backup("shop", "Complete", "2026-01-02", "p"),
            backup("shop", "Failed", "2026-01-01", "p"),
            backup("books", "Failed", "2026-01-02", "p"),
            backup("books", "Complete", "2026-01-01", "p"),
            backup("books", "Complete", "2026-01-03"),
        ];
        assert.deepEqual(count([policy("backup", "shop", "books")], backups), {
            ...{ applicationCount: 2, compliantCount: 1, nonCompliantCount: 1, unmanagedCount: 0 },
            someNonCompliantApps: [{ name: "books" }],
        });
    });

    it("what was never backed up is not compliant", () => {
        assert.deepEqual(count([policy("backup", "shop")], []), {
            ...{ applicationCount: 2, compliantCount: 0, nonCompliantCount: 1, unmanagedCount: 1 },
            someNonCompliantApps: [{ name: "shop" }],
        });
    });
});
