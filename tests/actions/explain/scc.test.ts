/** Which grant would let a refused pod in. The texts are OpenShift's, as tests/conformance/openshift/refusals.ts has them. */
import assert from "node:assert/strict";
import { explain } from "../../../actions/src/explain";
import { grantFor, leastScc } from "../../../actions/src/explain/scc";

const range = "must be in the ranges: [1000650000, 1000659999]";
const user = (id: number) =>
    `provider restricted-v2: .containers[0].runAsUser: Invalid value: ${id}: ${range}`;
const group =
    "provider restricted-v2: .spec.securityContext.fsGroup: Invalid value: []int64{999}: 999 is not an allowed group";
const notUsable = 'provider "anyuid": Forbidden: not usable by user or serviceaccount';
const refusal = (...problems: string[]) =>
    `Error creating: pods "web-1-" is forbidden: unable to validate against any security context constraint: [${[...problems, notUsable].join(", ")}]`;

describe("leastScc", () => {
    const table: [what: string, problems: string[], scc: string | undefined][] = [
        ["a user id of its own", [user(70)], "nonroot-v2"],
        ["a group id of its own", [group], "nonroot-v2"],
        ["both", [group, user(999)], "nonroot-v2"],
        ["user 0", [user(0)], "anyuid"],
        ["user 0 in one of its containers", [user(70), group, user(0)], "anyuid"],
        ["nothing that is known", [], undefined],
        [
            "a privileged container, too",
            [
                user(0),
                "provider restricted-v2: .containers[0].privileged: Invalid value: true: Privileged containers are not allowed",
            ],
            undefined,
        ],
        [
            "a folder of the node, too",
            [
                user(70),
                'provider restricted-v2: .spec.volumes[0]: Invalid value: "hostPath": hostPath volumes are not allowed to be used',
            ],
            undefined,
        ],
        [
            "a profile that may not be set, too",
            [
                user(70),
                "provider restricted-v2: .containers[0].seccomp: Forbidden: seccomp may not be set",
            ],
            undefined,
        ],
    ];
    for (const [what, problems, scc] of table) {
        it(`for ${what} is ${scc}`, () => {
            assert.equal(leastScc(refusal(...problems)), scc);
        });
    }
});

describe("grantFor", () => {
    const names = { k10: "kasten-io", namespace: "shop-2" };
    const lines = ["PVC data: slow", `ReplicaSet web-1: ${refusal(user(70))}`];

    it("names the application, its ServiceAccounts and the least that lets them in", () => {
        assert.equal(
            grantFor({ lines, serviceAccounts: ["default"], names }),
            "The least that lets this pod in is `crossing:grants: [{ application: shop-2, serviceAccount: default, scc: nonroot-v2 }]`.",
        );
        assert.equal(
            grantFor({
                ...{ lines, serviceAccounts: ["a", "b"] },
                names: { ...names, application: "shop" },
            }),
            "The least that lets this pod in is `crossing:grants: [{ application: shop, serviceAccount: a, scc: nonroot-v2 }, { application: shop, serviceAccount: b, scc: nonroot-v2 }]`.",
        );
    });

    it("is nothing where it is not known who asks, or for K10 itself", () => {
        assert.equal(grantFor({ lines, serviceAccounts: [], names }), undefined);
        const ofK10 = { k10: "kasten-io", namespace: "kasten-io" };
        assert.equal(grantFor({ lines, serviceAccounts: ["k10-k10"], names: ofK10 }), undefined);
    });

    it("stands between the fix and the command", () => {
        assert.equal(
            explain({
                ...{ what: "Restore `shop-2/r` failed after 5s", wait: "restore", names },
                ...{ messages: ["not ready"], then: "run `pulumi up` again", command: "x" },
                surroundings: {
                    ...{ namespace: "shop-2", serviceAccounts: ["web"] },
                    lines: [`ReplicaSet web-1: ${refusal(user(0))}`],
                },
            }),
            `Restore \`shop-2/r\` failed after 5s: not ready. In namespace \`shop-2\`: ReplicaSet web-1: ${refusal(user(0))}. Probably OpenShift's security context constraints do not allow the pod to run as it asks to. Let the pod ask for no user id and no privilege, or let its ServiceAccount use an SCC that allows it by \`crossing:grants\`, \`nonroot-v2\` before \`anyuid\`, then run \`pulumi up\` again. The least that lets this pod in is \`crossing:grants: [{ application: shop-2, serviceAccount: web, scc: anyuid }]\`. Details: kubectl -n shop-2 get events --sort-by=.lastTimestamp`,
        );
    });
});
