/** Capabilities and seccomp. Cases from OpenShift's own tests. */
import { Case, checkRules } from "./support/rules";

const capabilities: Case[] = [
    // admission_test.go, TestAdmitCaps
    {
        title: "none may be added",
        scc: { allowedCapabilities: [] },
        container: { capabilities: { add: ["foo"] } },
        refused: 'capabilities.add: Invalid value: "foo": capability may not be added',
    },
    {
        title: "an allowed one may",
        scc: { allowedCapabilities: ["foo"] },
        container: { capabilities: { add: ["foo"] } },
    },
    {
        title: "one that is added by default may",
        scc: { allowedCapabilities: [], defaultAddCapabilities: ["foo"] },
        container: { capabilities: { add: ["foo"] } },
    },
    {
        title: "the default is added",
        scc: { defaultAddCapabilities: ["foo"] },
        fills: { container: { capabilities: { add: ["foo"] } } },
    },
    {
        title: "the default is not added where it is dropped",
        scc: { defaultAddCapabilities: ["foo"] },
        container: { capabilities: { drop: ["foo"] } },
        fills: { container: { capabilities: { drop: ["foo"] } } },
    },
    {
        title: "what must be dropped is",
        scc: { allowedCapabilities: [], requiredDropCapabilities: ["foo"] },
        fills: { container: { capabilities: { drop: ["foo"] } } },
    },
    {
        title: "what must be dropped joins what is",
        scc: { allowedCapabilities: [], requiredDropCapabilities: ["foo"] },
        container: { capabilities: { drop: ["bar"] } },
        fills: { container: { capabilities: { drop: ["bar", "foo"] } } },
    },
    {
        title: "what must be dropped may not be added",
        scc: { allowedCapabilities: [], requiredDropCapabilities: ["foo"] },
        container: { capabilities: { add: ["foo"] } },
        refused: 'capabilities.add: Invalid value: "foo": capability may not be added',
    },
    {
        title: "a star allows all",
        scc: { allowedCapabilities: ["*"] },
        container: { capabilities: { add: ["foo"] } },
    },
];

const podProfile = "seccomp.security.alpha.kubernetes.io/pod";
const seccomp: Case[] = [
    // admission_test.go, TestAdmitSeccomp; provider_test.go
    { title: "none known, none asked for", scc: { seccompProfiles: [] } },
    {
        title: "none known, one asked for",
        scc: { seccompProfiles: null },
        annotations: { [podProfile]: "bar" },
        refused: "Forbidden: seccomp may not be set",
    },
    {
        title: "the first known is the default",
        scc: { seccompProfiles: ["runtime/default", "localhost/x.json"] },
        fills: { pod: { seccompProfile: { type: "RuntimeDefault" } } },
    },
    {
        title: "another known one may be asked for",
        scc: { seccompProfiles: ["runtime/default", "localhost/x.json"] },
        container: { seccompProfile: { type: "Localhost", localhostProfile: "x.json" } },
    },
    {
        title: "an unknown one may not",
        scc: { seccompProfiles: ["foo"] },
        annotations: { [podProfile]: "bar" },
        refused: "Forbidden: bar is not an allowed seccomp profile. Valid values are [foo]",
    },
    {
        title: "docker's default is the runtime's",
        scc: { seccompProfiles: ["docker/default"] },
        pod: { securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
    },
    {
        title: "a star allows all and sets none",
        scc: { seccompProfiles: ["*"] },
        fills: { pod: {} },
    },
];

describe("the features that a constraint allows", () => {
    checkRules("capabilities", capabilities);
    checkRules("seccomp", seccomp);
});
