import * as pulumi from "@pulumi/pulumi";
import { program, routerManifests } from "crossing-openshift-rehearsal";
import { Cluster, inside } from "../cluster/cluster";
import { declaring } from "./declare";

export interface RouterArgs {
    /** A plain cluster with `OpenShiftRules` and `OpenShiftKinds`. */
    cluster: Cluster;
    /** A Node.js image, 22 or newer. */
    image: string;
    /** A HAProxy image, 2.6 or newer. */
    haproxy: string;
    /** What the names of Routes end with that are given none: `apps.example.com`. */
    domain: string;
}

/**
 * A stand-in for OpenShift's router: it admits Routes by OpenShift's rules and serves them on ports 80 and 443 of
 * a node. Its pod runs under the constraint `hostnetwork-v2`.
 */
export class Router extends pulumi.ComponentResource {
    constructor(name: string, args: RouterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:openshift:Router", name, args, opts);
        const add = declaring(name, inside(args.cluster, { parent: this }));
        const manifests = routerManifests({ ...args, program: program("router") });
        const [namespace, ...others] = manifests.filter(({ kind }) => kind !== "Deployment");
        const first = namespace ? [add(namespace)] : [];
        const before = others.map(each => add(each, first));
        // Last: its pod is of no use without its account, its rights and its program.
        manifests
            .filter(({ kind }) => kind === "Deployment")
            .forEach(each => add(each, [...first, ...before]));
        this.registerOutputs({});
    }
}
