import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { passphraseSecret } from "./recovery-record";
import { k10Namespace } from "./specs";

/** Where K10 looks for the passphrase of its own backup, to make one as well as to be recovered from one. */
export const passphraseIn = (
    name: string,
    passphrase: pulumi.Input<string>,
    here: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret =>
    new k8s.core.v1.Secret(
        name,
        {
            metadata: { name: passphraseSecret, namespace: k10Namespace },
            stringData: { key: passphrase },
        },
        here,
    );
