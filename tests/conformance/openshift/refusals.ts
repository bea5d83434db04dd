/**
 * What somebody without grants is refused, in OpenShift's words. They changed a little between versions: `[]int64{5}`
 * became `[5]`, and `.spec.securityContext.hostPID` became `.spec.hostPID`. The patterns know both.
 */
import assert from "node:assert/strict";
import type { V1PodSpec, V1SecurityContext } from "@kubernetes/client-node";
import { refusal } from "../support/cluster.ts";
import { admission, behaviour, sections } from "./behaviour.ts";
import { mcs } from "./world.ts";

const prefix =
    /pods "web" is forbidden: unable to validate against any security context constraint: \[/;

/** A pod that `restricted-v2` refuses, and what it says. */
const refused = (name: string, source: string, spec: Partial<V1PodSpec>, pattern: RegExp) =>
    behaviour(name, source, async world => {
        const message = await refusal(world.pod(spec));
        assert.match(message, prefix);
        assert.match(message, pattern);
    });

const container = (securityContext: V1SecurityContext): Partial<V1PodSpec> => ({
    containers: [{ name: "main", securityContext }],
});

const rules = admission("sccmatching/provider.go");

export const refusals = [
    behaviour(
        "A user outside of the range is refused, and the range is named.",
        sections.strategies,
        async world => {
            const message = await refusal(world.container({ runAsUser: 0 }));
            assert.match(message, prefix);
            const [first, last] = world.place.users;
            const expected = `provider restricted-v2: .containers[0].runAsUser: Invalid value: 0: must be in the ranges: [${first}, ${last}]`;
            assert.ok(message.includes(expected), message);
        },
    ),
    behaviour(
        "The user after the last one of the range is outside of it.",
        sections.strategies,
        async world => {
            const user = world.place.users[1] + 1;
            const message = await refusal(world.container({ runAsUser: user }));
            assert.match(message, new RegExp(`runAsUser: Invalid value: ${user}: must be in`));
        },
    ),
    behaviour(
        "The refusal names every SCC that nobody has granted.",
        admission("sccadmission/admission.go"),
        async world => {
            const message = await refusal(world.container({ runAsUser: 0 }));
            for (const name of ["anyuid", "nonroot-v2", "hostnetwork", "privileged"]) {
                const expected = `provider "${name}": Forbidden: not usable by user or serviceaccount`;
                assert.ok(message.includes(expected), message);
            }
        },
    ),
    refused(
        "A foreign fsGroup is refused.",
        sections.admission,
        { securityContext: { fsGroup: 999 } },
        /provider restricted-v2: \.spec\.securityContext\.fsGroup: Invalid value: (\[\]int64\{999\}|\[999\]): 999 is not an allowed group/,
    ),
    behaviour(
        "Of the namespace's groups only the first may be the fsGroup.",
        sections.preallocated,
        async world => {
            const fsGroup = world.place.users[0] + 1;
            const message = await refusal(world.pod({ securityContext: { fsGroup } }));
            assert.match(message, new RegExp(`${fsGroup} is not an allowed group`));
        },
    ),
    behaviour("A foreign SELinux level is refused.", sections.strategies, async world => {
        const message = await refusal(
            world.pod({ securityContext: { seLinuxOptions: { level: "s0:c1022,c1023" } } }),
        );
        assert.match(message, prefix);
        const expected = `seLinuxOptions.level: Invalid value: "s0:c1022,c1023": must be ${world.place.annotations[mcs]}`;
        assert.ok(message.includes(expected), message);
    }),
    refused(
        "A capability that is not allowed is refused.",
        sections.about,
        container({ capabilities: { add: ["NET_ADMIN"] } }),
        /provider restricted-v2: \.containers\[0\]\.capabilities\.add: Invalid value: "NET_ADMIN": capability may not be added/,
    ),
    refused(
        "A privileged container is refused.",
        sections.about,
        container({ privileged: true }),
        /provider restricted-v2: \.containers\[0\]\.privileged: Invalid value: true: Privileged containers are not allowed/,
    ),
    refused(
        "Leave to escalate is refused, and who would get by with `restricted` is told so.",
        admission("sccadmission/admission.go"),
        container({ allowPrivilegeEscalation: true }),
        /\.containers\[0\]\.allowPrivilegeEscalation: Invalid value: true: Allowing privilege escalation for containers is not allowed, .*no access to scc\/restricted: Forbidden: the pod fails to validate against the `restricted-v2` security context constraint, but would validate successfully against the `restricted` security context constraint/,
    ),
    refused(
        "A folder of the node is refused.",
        sections.volumes,
        { volumes: [{ name: "node", hostPath: { path: "/" } }] },
        /spec\.volumes\[0\]: Invalid value: "hostPath": hostPath volumes are not allowed to be used/,
    ),
    refused(
        "A type of volume that is not listed is refused.",
        sections.volumes,
        { volumes: [{ name: "share", nfs: { server: "nfs.invalid", path: "/" } }] },
        /spec\.volumes\[0\]: Invalid value: "nfs": nfs volumes are not allowed to be used/,
    ),
    refused(
        "The node's network is refused.",
        sections.about,
        { hostNetwork: true },
        /provider restricted-v2: \.spec\S*\.hostNetwork: Invalid value: true: Host network is not allowed to be used/,
    ),
    refused(
        "The node's processes are refused.",
        sections.about,
        { hostPID: true },
        /provider restricted-v2: \.spec\S*\.hostPID: Invalid value: true: Host PID is not allowed to be used/,
    ),
    refused(
        "The node's IPC is refused.",
        sections.about,
        { hostIPC: true },
        /provider restricted-v2: \.spec\S*\.hostIPC: Invalid value: true: Host IPC is not allowed to be used/,
    ),
    refused(
        "A port of the node is refused.",
        sections.about,
        { containers: [{ name: "main", ports: [{ containerPort: 80, hostPort: 9100 }] }] },
        /hostPort: Invalid value: 9100: Host ports are not allowed to be used/,
    ),
    refused(
        "A container without seccomp is refused.",
        sections.about,
        container({ seccompProfile: { type: "Unconfined" } }),
        /unconfined is not an allowed seccomp profile\. Valid values are \[runtime\/default\]/,
    ),
    refused(
        "An unsafe kernel parameter is refused.",
        admission("sysctl/mustmatchpatterns.go"),
        { securityContext: { sysctls: [{ name: "kernel.msgmax", value: "65536" }] } },
        /unsafe sysctl "kernel\.msgmax" is not allowed/,
    ),
    refused(
        "Everything that is wrong is told at once.",
        rules,
        {
            ...{ hostPID: true, ...container({ privileged: true }) },
            volumes: [{ name: "node", hostPath: { path: "/" } }],
        },
        /Host PID is not allowed to be used, .*hostPath volumes are not allowed to be used, .*Privileged containers are not allowed/,
    ),
];
