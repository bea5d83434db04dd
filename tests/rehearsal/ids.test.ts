/** Users, groups and labels. Cases from OpenShift's own tests. */
import { Case, checkRules } from "./support/rules";

const user: Case[] = [
    { title: "any user", scc: {}, container: { runAsUser: 0 } },
    {
        title: "one user, none asked for",
        scc: { runAsUser: { type: "MustRunAs", uid: 5 } },
        fills: { container: { runAsUser: 5, runAsNonRoot: true } },
    },
    {
        // admission_test.go, TestAdmitWithPrioritizedSCC
        title: "one user, another asked for",
        scc: { runAsUser: { type: "MustRunAs", uid: 6 } },
        container: { runAsUser: 5 },
        refused: "provider lax: .containers[0].runAsUser: Invalid value: 5: must be: 6",
    },
    {
        title: "the namespace's first user, none asked for",
        scc: { runAsUser: { type: "MustRunAsRange" } },
        fills: { container: { runAsUser: 1, runAsNonRoot: true } },
    },
    {
        // admission_test.go, TestAdmitSuccess (specifyUIDInRange)
        title: "another of the namespace's users",
        scc: { runAsUser: { type: "MustRunAsRange" } },
        container: { runAsUser: 3 },
        fills: { container: { runAsUser: 3, runAsNonRoot: true } },
    },
    {
        title: "a range of the constraint's own",
        scc: { runAsUser: { type: "MustRunAsRange", uidRangeMin: 50, uidRangeMax: 60 } },
        container: { runAsUser: 3 },
        refused: "must be in the ranges: [50, 60]",
    },
    {
        title: "the pod's user for a container without one",
        scc: { runAsUser: { type: "MustRunAsRange" } },
        pod: { securityContext: { runAsUser: 2 } },
        fills: { pod: { runAsUser: 2 }, container: { runAsNonRoot: true } },
    },
    {
        title: "not root, and the image decides",
        scc: { runAsUser: { type: "MustRunAsNonRoot" } },
        fills: { container: { runAsNonRoot: true } },
    },
    {
        // user/nonroot_test.go
        title: "not root, but root asked for",
        scc: { runAsUser: { type: "MustRunAsNonRoot" } },
        container: { runAsUser: 0, runAsNonRoot: true },
        refused: ".runAsUser: Invalid value: 0: running with the root UID is forbidden",
    },
    {
        title: "not root, but leave to be root asked for",
        scc: { runAsUser: { type: "MustRunAsNonRoot" } },
        container: { runAsUser: 7, runAsNonRoot: false },
        refused: ".runAsNonRoot: Invalid value: false: must be true",
    },
    {
        title: "a strategy that there is not",
        scc: { runAsUser: { type: "Nobody" } },
        refused: "Unrecognized RunAsUser strategy type Nobody",
    },
];

const groups: Case[] = [
    {
        // matcher.go, getPreallocatedFSGroup: of the range only its first.
        title: "the namespace's first group owns volumes",
        scc: { fsGroup: { type: "MustRunAs" } },
        fills: { pod: { fsGroup: 2 } },
    },
    {
        title: "no other may",
        scc: { fsGroup: { type: "MustRunAs" } },
        pod: { securityContext: { fsGroup: 3 } },
        refused:
            ".spec.securityContext.fsGroup: Invalid value: []int64{3}: 3 is not an allowed group",
    },
    {
        // admission_test.go, TestAdmitSuccess (specifySupGroup)
        title: "any of the namespace's groups may be a supplemental one",
        scc: { supplementalGroups: { type: "MustRunAs" } },
        pod: { securityContext: { supplementalGroups: [3] } },
        fills: { pod: { supplementalGroups: [3] } },
    },
    {
        title: "the first is, where none is asked for",
        scc: { supplementalGroups: { type: "MustRunAs" } },
        fills: { pod: { supplementalGroups: [2] } },
    },
    {
        title: "a foreign one is not",
        scc: { supplementalGroups: { type: "MustRunAs" } },
        pod: { securityContext: { supplementalGroups: [3, 9] } },
        refused: ".supplementalGroups: Invalid value: []int64{3, 9}: 9 is not an allowed group",
    },
    {
        // provider_test.go (failSupplementalGroupEmpty)
        title: "none at all is none of them",
        scc: { supplementalGroups: { type: "MustRunAs", ranges: [{ min: 1, max: 1 }] } },
        pod: { securityContext: { supplementalGroups: [] } },
        refused: "unable to validate empty groups against required ranges",
    },
];

const labels: Case[] = [
    {
        title: "the namespace's labels",
        scc: { seLinuxContext: { type: "MustRunAs" } },
        fills: { pod: { seLinuxOptions: { level: "s0:c1,c0" } } },
    },
    {
        // selinux/mustrunas_test.go: the order of categories does not matter.
        title: "the same in another order",
        scc: { seLinuxContext: { type: "MustRunAs" } },
        pod: { securityContext: { seLinuxOptions: { level: "s0:c0,c1" } } },
        fills: { pod: { seLinuxOptions: { level: "s0:c0,c1" } } },
    },
    {
        // admission_test.go, TestAdmitFailure (invalidMCSLabels)
        title: "others",
        scc: { seLinuxContext: { type: "MustRunAs" } },
        container: { seLinuxOptions: { level: "s1:q0,q1" } },
        refused: '.containers[0].seLinuxOptions.level: Invalid value: "s1:q0,q1": must be s0:c1,c0',
    },
    {
        title: "a type besides the level",
        scc: { seLinuxContext: { type: "MustRunAs" } },
        pod: { securityContext: { seLinuxOptions: { level: "s0:c1,c0", type: "spc_t" } } },
        refused: '.seLinuxOptions.type: Invalid value: "spc_t": must be ',
    },
];

describe("the ids that a constraint allows", () => {
    checkRules("user", user);
    checkRules("groups", groups);
    checkRules("labels", labels);
});
