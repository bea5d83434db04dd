import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Cluster, connect } from "./cluster";
import { KindConfigArgs, kindConfig } from "./kind-config";

export interface KindClusterArgs extends KindConfigArgs {
    /** The name of the kind cluster. */
    clusterName: string;
    /** The node image. */
    nodeImage: pulumi.Input<string>;
    /** The Docker network that the nodes join. Never the one that kind shares between clusters. */
    network: pulumi.Input<string>;
    /** The configuration key that the cluster comes from, for messages. */
    key: string;
}

/** A kind cluster of this stack alone. The user's kubeconfig and current context are never touched. */
export class KindCluster extends pulumi.ComponentResource implements Cluster {
    readonly kubeconfig: pulumi.Output<string>;
    readonly uid: pulumi.Output<string>;
    readonly version: pulumi.Output<string>;
    readonly server: pulumi.Output<string>;
    readonly provider: k8s.Provider;
    readonly owner: pulumi.Resource;

    constructor(name: string, args: KindClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:cluster:KindCluster", name, args, opts);
        const owner = new random.RandomId(`${name}-owner`, { byteLength: 16 }, { parent: this });
        const config = kindConfig(args);
        const script = "sh components/cluster/kind.sh";
        const cluster = new command.local.Command(
            name,
            {
                create: `${script} create`,
                // Nothing but another cluster is worth making one anew: what else changes is only noted.
                update: `${script} show`,
                delete: `${script} delete`,
                environment: {
                    CLUSTER: args.clusterName,
                    NODE_IMAGE: args.nodeImage,
                    NETWORK: args.network,
                    KIND_CONFIG: config,
                    OWNER: pulumi.interpolate`${pulumi.getProject()}/${pulumi.getStack()}/${owner.hex}`,
                    OWNER_FILE: `.crossing/owners/${args.clusterName}`,
                },
                triggers: [args.clusterName, args.nodeImage, args.network, config],
                // stdout is the kubeconfig: only what kind says meanwhile may be shown.
                logging: "stderr",
            },
            {
                parent: this,
                additionalSecretOutputs: ["stdout"],
                deleteBeforeReplace: true,
                customTimeouts: { create: "10m", delete: "5m" },
            },
        );
        const kubeconfig = pulumi.secret(cluster.stdout);
        const { connection, provider } = connect(name, kubeconfig, args.key, {
            parent: this,
            deletedWith: cluster,
        });

        this.kubeconfig = kubeconfig;
        this.uid = connection.uid;
        this.version = connection.version;
        this.server = connection.server;
        this.provider = provider;
        this.owner = cluster;
        this.registerOutputs({
            kubeconfig: this.kubeconfig,
            uid: this.uid,
            version: this.version,
            server: this.server,
        });
    }
}
