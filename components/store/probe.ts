import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Cluster, inside } from "../cluster/cluster";
import { ownNamespace } from "../cluster/namespace";
import type { K10Settings } from "../k10/values";

export interface ProbeArgs {
    cluster: Cluster;
    /** The store as this cluster reaches it. */
    endpoint: pulumi.Input<string>;
    bucket: pulumi.Input<string>;
    region: pulumi.Input<string>;
    accessKey: pulumi.Input<string>;
    secretKey: pulumi.Input<string>;
    /** Certificates in PEM form of authorities to trust beside the known ones. @default none */
    certificates?: string;
    /** What leads out of the cluster, as K10 goes. @default nothing has to */
    proxy?: K10Settings["proxy"];
    /** An image with a shell and curl. */
    image: pulumi.Input<string>;
}

export const probeNamespace = "crossing-probe";
const script = readFileSync(join(__dirname, "probe.sh"), "utf8");

/** Finds out from inside a cluster whether it can put, get and delete in the store's bucket. */
export class Probe extends pulumi.ComponentResource {
    constructor(name: string, args: ProbeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:store:Probe", name, args, opts);
        const here = inside(args.cluster, { parent: this });

        const namespace = ownNamespace(name, { name: probeNamespace }, here);
        const metadata = { name: "store-probe", namespace: namespace.metadata.name };
        const keys = new k8s.core.v1.Secret(
            name,
            {
                metadata,
                stringData: { ACCESS_KEY: args.accessKey, SECRET_KEY: args.secretKey },
            },
            here,
        );
        const environment = {
            ENDPOINT: args.endpoint,
            BUCKET: args.bucket,
            REGION: args.region,
            ...(args.certificates && { CERTIFICATES: args.certificates }),
            ...proxyVariables(args.proxy),
        };
        new k8s.batch.v1.Job(
            name,
            {
                metadata: {
                    ...metadata,
                    // A failed probe is made anew by the next `up`: a Job never runs twice.
                    annotations: { "pulumi.com/replaceUnready": "true" },
                },
                spec: {
                    backoffLimit: 0,
                    template: {
                        spec: {
                            restartPolicy: "Never",
                            containers: [
                                {
                                    name: "probe",
                                    image: args.image,
                                    command: ["sh", "-c", script],
                                    env: Object.entries(environment).map(([key, value]) => ({
                                        name: key,
                                        value,
                                    })),
                                    envFrom: [{ secretRef: { name: keys.metadata.name } }],
                                },
                            ],
                        },
                    },
                },
            },
            { ...here, deleteBeforeReplace: true, customTimeouts: { create: "5m" } },
        );
        this.registerOutputs({});
    }
}

/** In both spellings: of HTTP_PROXY, curl reads the small one alone. */
function proxyVariables({ http, https, no }: ProbeArgs["proxy"] = {}): Record<string, string> {
    const found = Object.entries({ http_proxy: http, https_proxy: https, no_proxy: no?.join(",") });
    return Object.fromEntries(
        found.flatMap(([name, value]) =>
            value ? [name.toUpperCase(), name].map(each => [each, value]) : [],
        ),
    );
}
