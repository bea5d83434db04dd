import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, connect } from "./cluster";
import { KubeconfigSource, readKubeconfig } from "./kubeconfig";

export interface ExistingClusterArgs extends KubeconfigSource {
    /** The UID of namespace `kube-system`, where it was asked for before. @default the connection tells */
    uid?: string;
}

/** A cluster that is there already. Nothing of it is altered but what other components put in. */
export class ExistingCluster extends pulumi.ComponentResource implements Cluster {
    readonly kubeconfig: pulumi.Output<string>;
    readonly uid: pulumi.Output<string>;
    readonly version: pulumi.Output<string>;
    readonly server: pulumi.Output<string>;
    readonly provider: k8s.Provider;

    constructor(name: string, args: ExistingClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        // Inputs of a component get into the state: the contents of a kubeconfig have credentials of other clusters.
        const { contents: _, uid: __, ...shown } = args;
        super("crossing:cluster:ExistingCluster", name, shown, opts);

        this.kubeconfig = pulumi.secret(this.read(args));
        const here = { parent: this };
        const { kubeconfig } = this;
        const { connection, provider, uid } = connect(name, kubeconfig, args.key, here, args.uid);
        this.uid = uid;
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

    private read(args: ExistingClusterArgs): string {
        try {
            return readKubeconfig(args);
        } catch (error) {
            throw new pulumi.ResourceError((error as Error).message, this, true);
        }
    }
}
