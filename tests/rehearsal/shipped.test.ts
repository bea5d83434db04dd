/** The constraints that OpenShift ships, against what its documentation says of them. */
import assert from "node:assert/strict";
import { byPriority, missingShipped, points, shipped } from "../../rehearsal/src";
import { scc } from "./support/objects";

describe("the shipped constraints", () => {
    /**
     * `oc get scc`, as "Managing security context constraints" of OpenShift 4.12 to 4.16 shows it, section
     * "Listing security context constraints": PRIV, CAPS, SELINUX, RUNASUSER, FSGROUP, SUPGROUP, PRIORITY.
     */
    const table: Record<string, string> = {
        anyuid: "false [] MustRunAs RunAsAny RunAsAny RunAsAny 10",
        hostaccess: "false [] MustRunAs MustRunAsRange MustRunAs RunAsAny -",
        "hostmount-anyuid": "false [] MustRunAs RunAsAny RunAsAny RunAsAny -",
        hostnetwork: "false [] MustRunAs MustRunAsRange MustRunAs MustRunAs -",
        "hostnetwork-v2": "false [NET_BIND_SERVICE] MustRunAs MustRunAsRange MustRunAs MustRunAs -",
        nonroot: "false [] MustRunAs MustRunAsNonRoot RunAsAny RunAsAny -",
        "nonroot-v2": "false [NET_BIND_SERVICE] MustRunAs MustRunAsNonRoot RunAsAny RunAsAny -",
        privileged: "true [*] RunAsAny RunAsAny RunAsAny RunAsAny -",
        restricted: "false [] MustRunAs MustRunAsRange MustRunAs RunAsAny -",
        "restricted-v2": "false [NET_BIND_SERVICE] MustRunAs MustRunAsRange MustRunAs RunAsAny -",
    };

    it("are those that OpenShift lists, with the same fields", () => {
        const listed = Object.fromEntries(
            shipped.map(each => [
                each.metadata.name,
                [
                    each.allowPrivilegedContainer,
                    `[${(each.allowedCapabilities ?? []).join(" ")}]`,
                    each.seLinuxContext?.type,
                    each.runAsUser?.type,
                    each.fsGroup?.type,
                    each.supplementalGroups?.type,
                    each.priority ?? "-",
                ].join(" "),
            ]),
        );
        assert.deepEqual(listed, table);
    });

    /** openshift-docs, modules/security-context-constraints-about.adoc, table "Default security context constraints". */
    it("drop, allow and default what the documentation says of the second versions", () => {
        for (const name of ["restricted-v2", "nonroot-v2", "hostnetwork-v2"]) {
            const second = scc(name);
            assert.deepEqual(second.requiredDropCapabilities, ["ALL"], name);
            assert.deepEqual(second.allowedCapabilities, ["NET_BIND_SERVICE"], name);
            assert.deepEqual(second.seccompProfiles, ["runtime/default"], name);
            assert.equal(second.allowPrivilegeEscalation, false, name);
        }
    });

    /** sccadmission/admission.go, requireStandardSCCs: its list and its sentence. */
    it("are all needed: without one nothing is admitted", () => {
        assert.equal(missingShipped(shipped), undefined);
        assert.equal(
            missingShipped(shipped.filter(({ metadata }) => !/^host(acc|net)/.test(metadata.name))),
            "securitycontextconstraints.security.openshift.io cache is missing hostaccess, hostnetwork, hostnetwork-v2",
        );
    });
});

describe("the order of constraints", () => {
    /**
     * In the refusals of real clusters the constraints stand in the order of the attempts. Source:
     * github.com/pulp/pulp-operator issue 1319 and github.com/Alfresco/acs-deployment issue 990.
     */
    it("is that of OpenShift's own refusals", () => {
        assert.deepEqual(
            byPriority(shipped.toReversed()).map(({ metadata }) => metadata.name),
            [
                ...["anyuid", "restricted-v2", "restricted", "nonroot-v2", "nonroot"],
                ...["hostmount-anyuid", "hostnetwork-v2", "hostnetwork", "hostaccess"],
                "privileged",
            ],
        );
    });

    /** apiserver-library-go, util/sort/byrestrictions_test.go: TestPointValue, Test{Volume,Capabilities}PointValue. */
    const cases: [string, Parameters<typeof points>[0], number][] = [
        ["nothing", { metadata: { name: "x" } }, 5_000],
        [
            "privileged, any user, any label",
            {
                metadata: { name: "x" },
                allowPrivilegedContainer: true,
                runAsUser: { type: "RunAsAny" },
                seLinuxContext: { type: "RunAsAny" },
            },
            1_085_000,
        ],
        [
            "one user, one label, host paths",
            {
                metadata: { name: "x" },
                runAsUser: { type: "MustRunAs" },
                seLinuxContext: { type: "MustRunAs" },
                volumes: ["hostPath"],
            },
            125_000,
        ],
        ["trivial volumes", { metadata: { name: "x" }, volumes: ["secret", "none"] }, 5_000],
        ["another volume", { metadata: { name: "x" }, volumes: ["secret", "nfs"] }, 55_000],
        ["all volumes", { metadata: { name: "x" }, volumes: ["*"] }, 105_000],
        ["default", { metadata: { name: "x" }, defaultAddCapabilities: ["KILL", "MKNOD"] }, 5_600],
        ["allow", { metadata: { name: "x" }, allowedCapabilities: ["KILL", "MKNOD"] }, 5_020],
        ["allow star", { metadata: { name: "x" }, allowedCapabilities: ["*"] }, 9_000],
        ["allow all case", { metadata: { name: "x" }, allowedCapabilities: ["All"] }, 9_000],
        ["drop", { metadata: { name: "x" }, requiredDropCapabilities: ["KILL", "MKNOD"] }, 4_900],
        ["drop all case", { metadata: { name: "x" }, requiredDropCapabilities: ["all"] }, 2_000],
        ["drop star", { metadata: { name: "x" }, requiredDropCapabilities: ["*"] }, 4_950],
        [
            "mixture",
            {
                metadata: { name: "x" },
                defaultAddCapabilities: ["SETUID", "SETGID"],
                allowedCapabilities: ["*"],
                requiredDropCapabilities: ["SYS_CHROOT"],
            },
            9_550,
        ],
    ];
    for (const [title, constraint, expected] of cases) {
        it(`counts points: ${title}`, () => assert.equal(points(constraint), expected));
    }

    /** apiserver-library-go, sccadmission/admission_test.go: TestAdmitWithPrioritizedSCC. */
    it("is by priority, then restrictiveness, then name", () => {
        const base = { seLinuxContext: { type: "RunAsAny" } };
        const named = (name: string, priority: number, type: string) => ({
            ...base,
            ...{ metadata: { name }, priority, runAsUser: { type } },
        });
        const sorted = byPriority([
            named("same-b", 1, "MustRunAs"),
            named("same-a", 1, "MustRunAs"),
            named("laxer", 5, "MustRunAsRange"),
            named("stricter", 5, "MustRunAs"),
            named("first", 100, "RunAsAny"),
        ]);
        assert.deepEqual(
            sorted.map(({ metadata }) => metadata.name),
            ["first", "stricter", "laxer", "same-a", "same-b"],
        );
    });
});
