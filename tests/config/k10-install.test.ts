import assert from "node:assert/strict";
import { k10Of } from "../../config/k10";
import { operatorOf } from "../../config/k10-install";
import { ConfigMistakes, parse } from "../../config/parse";

type Values = Record<string, unknown>;

const existing = (platform: string) => ({ type: "existing", kubeconfig: "k", platform });
const bothExisting = {
    source: existing("kubernetes"),
    target: existing("openshift"),
    store: {
        ...{ type: "existing", bucket: "crossing" },
        endpoint: { source: "https://minio:9000", target: "https://minio:9000" },
    },
};
const keys = ["storeAccessKey", "storeSecretKey"];

function mistakes(k10: Values, more: Values = {}): string[] {
    try {
        parse({ ...bothExisting, k10, ...more }, keys);
    } catch (error) {
        assert.ok(error instanceof ConfigMistakes, String(error));
        return error.mistakes;
    }
    return [];
}

const operator = { source: "certified-operators" };
const install = "operator";
const csv = (version: string) => `k10-kasten-operator-rhmp.v${version}`;
const matchLabels = { backup: "sidecar" };

describe("crossing:k10.install", () => {
    /** What is set, what else is configured, and what is wrong. */
    const table: [Values, Values, string[]][] = [
        [{ target: { install, operator } }, {}, []],
        [{ operator, target: { install } }, {}, []],
        [{ install, operator }, { source: existing("openshift") }, []],
        [{ install, operator, source: { install: "helm" } }, {}, []],
        [{ target: { install, operator } }, { target: { type: "crc" } }, []],
        [{ target: { install: "helm" } }, {}, []],
        [{ install: "olm" }, {}, ["`crossing:k10.install` is `olm`: use `helm` or `operator`."]],
        [
            { install, operator },
            {},
            [
                "`crossing:k10.install` is `operator`, which needs OpenShift, and the source is none: set `crossing:k10.source.install` to `helm`.",
            ],
        ],
        [
            { target: { install, operator } },
            { target: { type: "kind", platform: "openshift" } },
            [
                "`crossing:k10.target.install` is `operator`, which needs OpenShift's Operator Lifecycle Manager, and the target is a cluster of kind without it: set `crossing:k10.target.install` to `helm`.",
            ],
        ],
        [
            { target: { install } },
            {},
            [
                "`crossing:k10.operator` is missing, which `install: operator` needs on the target: give at least `source`, the CatalogSource that `kubectl get packagemanifests` shows for K10's package.",
            ],
        ],
        [
            { target: { install, operator: {} } },
            {},
            [
                "`crossing:k10.target.operator.source` is missing: name the CatalogSource that has K10's package, as `kubectl get packagemanifests` shows it.",
            ],
        ],
        [
            { target: { install, operator: { ...operator, startingCSV: "9.0.4" } } },
            {},
            [
                "`crossing:k10.target.operator.startingCSV` is `9.0.4`: name a ClusterServiceVersion such as `k10-kasten-operator-rhmp.v9.0.4`.",
            ],
        ],
        [{ target: { install, operator: { ...operator, startingCSV: csv("9.0.4") } } }, {}, []],
        [
            { target: { install, operator: { ...operator, startingCSV: csv("8.0.15") } } },
            {},
            [
                "`crossing:k10.target.operator.startingCSV` brings K10 8.0.15, and `crossing:k10.version` is `9.0.4`: set that to `8.0.15`, or name another ClusterServiceVersion.",
            ],
        ],
        [
            {
                version: "8.0.15",
                operator: { ...operator, startingCSV: csv("8.0.15") },
                target: { install },
            },
            {},
            [],
        ],
        // Without the webhook that injects it, what is asked for would never come.
        [
            { sidecar: { objectSelector: { matchLabels } }, target: { install, operator } },
            {},
            [
                "`crossing:k10.sidecar` does not go with `install: operator` on the target, where K10 has no webhook that injects the sidecar: remove it, or set `crossing:k10.target.sidecar.enabled` to `false`, and add the sidecar to the workloads by `k10tools k10genericbackup inject`.",
            ],
        ],
        [
            {
                sidecar: { objectSelector: { matchLabels } },
                target: { install, operator, sidecar: { enabled: false } },
            },
            {},
            [],
        ],
        [
            { operator },
            {},
            [
                "`crossing:k10.operator` is of no use, since Helm installs K10: set `crossing:k10.install` to `operator`, or remove it.",
            ],
        ],
        [
            { target: { operator } },
            {},
            [
                "`crossing:k10.target.operator` is of no use, since Helm installs K10 on the target: set `crossing:k10.target.install` to `operator`, or remove it.",
            ],
        ],
    ];
    for (const [k10, more, expected] of table) {
        it(`${JSON.stringify({ k10, ...more })} has ${expected.length} mistakes`, () => {
            assert.deepEqual(mistakes(k10, more), expected);
        });
    }

    it("is Helm's way on one cluster and the operator's on the other, with the names of Kasten's package", () => {
        const { k10 } = parse({ ...bothExisting, k10: { operator, target: { install } } }, keys);
        assert.equal(operatorOf(k10Of(k10, "source")), undefined);
        assert.deepEqual(operatorOf(k10Of(k10, "target")), {
            package: "k10-kasten-operator-rhmp",
            channel: "stable",
            source: "certified-operators",
            sourceNamespace: "openshift-marketplace",
        });
    });
});
