import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Cluster, inside } from "../cluster/cluster";
import { passphraseSecret } from "./recovery-record";
import { k10Namespace } from "./specs";

export interface PassphraseArgs {
    cluster: Cluster;
    /** @default one is made up */
    passphrase?: pulumi.Input<string>;
}

/** The passphrase of K10's own backup where K10 looks for it, to make one as well as to be recovered from one. */
export class Passphrase extends pulumi.ComponentResource {
    /** Secret. Without it the backup cannot be opened. */
    readonly passphrase: pulumi.Output<string>;
    readonly secret: k8s.core.v1.Secret;

    constructor(name: string, args: PassphraseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:k10:Passphrase", name, args, opts);
        this.passphrase = pulumi.secret(
            args.passphrase ??
                new random.RandomPassword(name, { length: 32, special: false }, { parent: this })
                    .result,
        );
        this.secret = new k8s.core.v1.Secret(
            name,
            {
                metadata: { name: passphraseSecret, namespace: k10Namespace },
                stringData: { key: this.passphrase },
            },
            inside(args.cluster, { parent: this }),
        );
        this.registerOutputs({ passphrase: this.passphrase });
    }
}
