import * as command from "@pulumi/command";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { OpenShiftReady } from "../openshift/ready";
import { Cluster, connect } from "./cluster";
import { readKubeconfig } from "./kubeconfig";

/** A CRC that is there. */
export interface AdoptedCrc {
    start: false;
    /** The path of its kubeconfig, which is read and never written. */
    kubeconfig: string;
}

/** How a CRC is started. */
export interface StartedCrc {
    start: true;
    cpus: number;
    /** MiB. */
    memory: number;
    /** GiB. */
    disk: number;
    /** The path of Red Hat's pull secret. CRC reads it; nobody else does. */
    pullSecretFile: string;
    /** What the end of the cluster means for the machine. */
    onDestroy: "keep" | "stop" | "delete";
}

export interface CrcClusterArgs {
    /** The configuration key that the cluster comes from, for messages. */
    key: string;
    /** Where it comes from. */
    from: AdoptedCrc | StartedCrc;
    /** The UID of namespace `kube-system`, where it was asked for before. @default the connection tells */
    uid?: string;
}

/** Seconds until OpenShift is ready. `crc start` waits for its operators by itself. */
const timeout = 900;

/** OpenShift Local (CRC): one that is there already, or one that is started for this stack. */
export class CrcCluster extends pulumi.ComponentResource implements Cluster {
    readonly kubeconfig: pulumi.Output<string>;
    readonly uid: pulumi.Output<string>;
    readonly version: pulumi.Output<string>;
    readonly server: pulumi.Output<string>;
    readonly provider: k8s.Provider;
    readonly owner?: pulumi.Resource;

    constructor(name: string, args: CrcClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        const { uid: known, ...shown } = args;
        super("crossing:cluster:CrcCluster", name, shown, opts);
        const { from, key } = args;
        const started = from.start ? this.start(name, from, key) : undefined;
        const kubeconfig = pulumi.secret(started?.stdout ?? this.read(from as AdoptedCrc, key));
        // Only a machine that is deleted takes with it what is in it: a stopped one comes back.
        const owner = from.start && from.onDestroy === "delete" ? started : undefined;
        const here = { parent: this, deletedWith: owner };
        const ready = new OpenShiftReady(name, { kubeconfig, key, timeout }, here);
        const connected = { ...here, dependsOn: [ready] };
        const { connection, provider, uid } = connect(name, kubeconfig, key, connected, known);

        this.kubeconfig = kubeconfig;
        this.uid = uid;
        this.version = connection.version;
        this.server = connection.server;
        this.provider = provider;
        this.owner = owner;
        this.registerOutputs({
            kubeconfig: this.kubeconfig,
            uid: this.uid,
            version: this.version,
            server: this.server,
        });
    }

    private start(name: string, from: StartedCrc, key: string): command.local.Command {
        const owner = new random.RandomId(`${name}-owner`, { byteLength: 16 }, { parent: this });
        const script = "sh components/cluster/crc.sh";
        return new command.local.Command(
            name,
            {
                create: `${script} create`,
                // A machine is never made anew for other settings: they count from its next start.
                update: `${script} show`,
                delete: `${script} delete`,
                environment: {
                    OWNER: pulumi.interpolate`${pulumi.getProject()}/${pulumi.getStack()}/${owner.hex}`,
                    KEY: key,
                    CPUS: String(from.cpus),
                    MEMORY: String(from.memory),
                    DISK: String(from.disk),
                    PULL_SECRET_FILE: from.pullSecretFile,
                    ON_DESTROY: from.onDestroy,
                },
                // stdout is the kubeconfig: only what CRC says meanwhile may be shown.
                logging: "stderr",
            },
            {
                parent: this,
                additionalSecretOutputs: ["stdout"],
                // There is one CRC: another one comes after it.
                deleteBeforeReplace: true,
                // The first start loads some gigabytes.
                customTimeouts: { create: "60m", delete: "15m" },
            },
        );
    }

    private read({ kubeconfig }: AdoptedCrc, key: string): string {
        try {
            return readKubeconfig({ kubeconfig, key });
        } catch (error) {
            throw new pulumi.ResourceError((error as Error).message, this, true);
        }
    }
}
