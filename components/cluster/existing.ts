import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Cluster, connect } from "./cluster";
import { selectContext } from "./kubeconfig";

export interface ExistingClusterArgs {
    /** The path of a kubeconfig: relative to the program, absolute, or beginning with `~/`. Read, never written. */
    kubeconfig: string;
    /** The context to use. @default the kubeconfig's current context */
    context?: string;
    /** The configuration key that names it, for messages. */
    key: string;
}

/** A cluster that is there already. Nothing of it is altered but what other components put in. */
export class ExistingCluster extends pulumi.ComponentResource implements Cluster {
    readonly kubeconfig: pulumi.Output<string>;
    readonly uid: pulumi.Output<string>;
    readonly version: pulumi.Output<string>;
    readonly server: pulumi.Output<string>;
    readonly provider: k8s.Provider;

    constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:cluster:ExistingCluster", name, args, opts);

        this.kubeconfig = pulumi.secret(this.read(args));
        const { connection, provider } = connect(name, this.kubeconfig, args.key, { parent: this });
        this.uid = connection.uid;
        this.version = connection.version;
        this.server = connection.server;
        this.provider = provider;
        this.registerOutputs({
            kubeconfig: this.kubeconfig,
            uid: this.uid,
            version: this.version,
            server: this.server,
        });
    }

    private read({ kubeconfig, context, key }: ExistingClusterArgs): string {
        const path = kubeconfig.startsWith("~/")
            ? join(homedir(), kubeconfig.slice(2))
            : resolve(kubeconfig);
        try {
            return selectContext(readFileSync(path, "utf8"), dirname(path), context);
        } catch (error) {
            const { code, message } = error as NodeJS.ErrnoException;
            const unreadable = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
            const why = code ? unreadable : message;
            throw new pulumi.ResourceError(
                `\`${key}.kubeconfig\` names \`${kubeconfig}\`, which ${why}. Give the path of a kubeconfig, relative to the folder of Pulumi.yaml.`,
                this,
                true,
            );
        }
    }
}
