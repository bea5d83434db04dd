/** How the list of OpenShift's behaviours is written down. */
import type { Behaviour } from "../behaviour.ts";
import type { OpenShift } from "./world.ts";

type Check = Behaviour<OpenShift>["check"];

export const behaviour = (name: string, source: string, check: Check): Behaviour<OpenShift> => ({
    ...{ name, source, check, confirmed: true },
});

/** A section of OpenShift's documentation, chapter "Managing security context constraints". */
export const docs = (section: string) => `OpenShift 4, Managing SCCs, "${section}"`;

/** A file of OpenShift's admission: github.com/openshift/apiserver-library-go. */
export const admission = (file: string) =>
    `apiserver-library-go, pkg/securitycontextconstraints/${file}`;

/** A file of what gives namespaces their ids: github.com/openshift/cluster-policy-controller. */
export const policy = (file: string) => `cluster-policy-controller, pkg/security/${file}`;

export const sections = {
    about: docs("About security context constraints"),
    strategies: docs("Security context constraints strategies"),
    volumes: docs("Controlling volumes"),
    admission: docs("Admission control"),
    priority: docs("Security context constraints prioritization"),
    preallocated: docs("About pre-allocated security context constraints values"),
    example: docs("Example security context constraints"),
    creating: docs("Creating security context constraints"),
    required: docs("Configuring a workload to require a specific SCC"),
    roles: docs("Role-based access to security context constraints"),
    commands: docs("Security context constraints commands"),
};
