import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { Cluster, inside } from "../cluster/cluster";
import { ownNamespace } from "../cluster/namespace";
import { Bucket } from "./bucket";
import { makeKeys } from "./minio-keys";
import { deployment, labels, port, restricted } from "./minio-pod";
import { Published } from "./published";
import { Endpoints, Store } from "./store";

export interface MinioInClusterArgs {
    cluster: Cluster;
    /** Which of the crossing's clusters that is, if it is one: it reaches the store by name. */
    side?: "source" | "target";
    /** The namespace. It is made with the store. */
    namespace: string;
    image: pulumi.Input<string>;
    /** The bucket. It is made with the store. */
    bucket: pulumi.Input<string>;
    /** The size of its volume, for example `10Gi`. */
    storage: pulumi.Input<string>;
    /** The StorageClass of its volume. @default the cluster's own */
    storageClass?: string;
    /** How it is reached from outside of the cluster. */
    service: "NodePort" | "LoadBalancer";
    /** Where it is reached, if not at the Service's address. */
    endpoint: Partial<Endpoints<string>>;
    /** Whether OpenShift gives it its user id. */
    openshift: boolean;
    /** What the end of the store means for what is in its bucket: `refuse` to end, or `delete` it. */
    onDestroy: "refuse" | "delete";
    /** Seconds until the store must answer. */
    timeout: number;
}

const service = "minio";

/** A MinIO in a cluster, with keys and a bucket of its own, under the restricted Pod Security Standard. */
export class MinioInCluster extends pulumi.ComponentResource implements Store {
    readonly bucket: pulumi.Output<string>;
    readonly ready: pulumi.Resource[];
    readonly region: pulumi.Output<string>;
    readonly endpoint: Endpoints<pulumi.Output<string>>;
    readonly accessKey: pulumi.Output<string>;
    readonly secretKey: pulumi.Output<string>;

    constructor(name: string, args: MinioInClusterArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:store:MinioInCluster", name, args, opts);
        const here = inside(args.cluster, { parent: this });

        const { accessKey, secretKey } = makeKeys(name, this);
        const namespace = ownNamespace(name, { name: args.namespace, labels: restricted }, here);
        const metadata = { name: service, namespace: namespace.metadata.name };
        const keys = new k8s.core.v1.Secret(
            name,
            {
                metadata,
                stringData: {
                    MINIO_ROOT_USER: accessKey,
                    MINIO_ROOT_PASSWORD: secretKey,
                },
            },
            here,
        );
        const volume = new k8s.core.v1.PersistentVolumeClaim(
            name,
            {
                metadata,
                spec: {
                    accessModes: ["ReadWriteOnce"],
                    ...(args.storageClass ? { storageClassName: args.storageClass } : {}),
                    resources: { requests: { storage: args.storage } },
                },
            },
            here,
        );
        const published = new k8s.core.v1.Service(
            name,
            {
                // Its address is waited for below, and what is behind it by its own resource.
                metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
                spec: { type: args.service, selector: labels, ports: [{ port }] },
            },
            here,
        );
        const server = new k8s.apps.v1.Deployment(
            name,
            {
                metadata,
                spec: deployment({
                    image: args.image,
                    keys: keys.metadata.name,
                    volume: volume.metadata.name,
                    openshift: args.openshift,
                }),
            },
            { ...here, customTimeouts: { create: "10m" } },
        );

        this.endpoint = this.endpoints(name, args, published);
        this.bucket = pulumi.output(args.bucket);
        this.region = pulumi.output("us-east-1");
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        const bucket = new Bucket(
            name,
            {
                endpoint: this.endpoint.program,
                ...{ region: this.region, bucket: this.bucket },
                ...{ accessKey: this.accessKey, secretKey: this.secretKey },
                ...{ onDestroy: args.onDestroy, timeout: args.timeout },
            },
            // Another volume than the one that the bucket was made on has none. It is asked for by the Service, to its end.
            { parent: this, dependsOn: [server, published] },
        );
        this.ready = [bucket];
        this.registerOutputs({
            bucket: this.bucket,
            region: this.region,
            endpoint: this.endpoint,
            accessKey: this.accessKey,
            secretKey: this.secretKey,
        });
    }

    /** By name from within its cluster, from outside at the Service's address, and else as it was told. */
    private endpoints(
        name: string,
        { cluster, side, namespace, endpoint, timeout }: MinioInClusterArgs,
        published: k8s.core.v1.Service,
    ): Endpoints<pulumi.Output<string>> {
        const who = ["source", "target", "program"] as const;
        const isOutside = who.some(each => each !== side && endpoint[each] === undefined);
        const outside =
            isOutside &&
            new Published(
                name,
                {
                    ...{ kubeconfig: cluster.kubeconfig, timeout },
                    ...{ namespace, service: published.metadata.name },
                },
                { parent: this, deletedWith: cluster.owner },
            ).address;
        const of = (each: (typeof who)[number]): pulumi.Output<string> => {
            const own = endpoint[each];
            return own !== undefined
                ? pulumi.output(own)
                : each === side
                  ? pulumi.output(`http://${service}.${namespace}.svc:${port}`)
                  : pulumi.interpolate`http://${outside}`;
        };
        return { source: of("source"), target: of("target"), program: of("program") };
    }
}
