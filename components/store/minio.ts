import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { Bucket } from "./bucket";
import { makeKeys } from "./minio-keys";
import { Endpoints, Store } from "./store";

export interface MinioStoreArgs {
    /** The name of the container and its volume. */
    containerName: string;
    image: pulumi.Input<string>;
    /** The bucket. It is made with the store. */
    bucket: pulumi.Input<string>;
    /** The Docker network that the clusters are on. */
    network: pulumi.Input<string>;
    /** The container's address there. Fixed, so that a restart changes nothing for the clusters. */
    address: string;
    /** A port of 127.0.0.1 for machines that do not reach containers by their address, as with Docker Desktop. */
    port?: number;
    /** What the end of the store means for what is in its bucket: `refuse` to end, or `delete` it. */
    onDestroy: "refuse" | "delete";
    /** Whether the bucket is made with object lock. @default false */
    objectLock?: boolean;
    /** For how long K10 keeps what it exports from being deleted, such as `240h`. @default it does not */
    protectionPeriod?: string;
    /** Seconds until the store must answer. */
    timeout: number;
}

const port = 9000;

/** A MinIO container beside the clusters, with keys and a bucket of its own. */
export class MinioStore extends pulumi.ComponentResource implements Store {
    readonly bucket: pulumi.Output<string>;
    readonly ready: pulumi.Resource[];
    readonly region: pulumi.Output<string>;
    readonly endpoint: Endpoints<pulumi.Output<string>>;
    readonly accessKey: pulumi.Output<string>;
    readonly secretKey: pulumi.Output<string>;
    readonly protectionPeriod?: string;

    constructor(name: string, args: MinioStoreArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:store:MinioStore", name, args, opts);
        const here = { parent: this };

        const { accessKey, secretKey } = makeKeys(name, this);
        const image = new docker.RemoteImage(
            name,
            // Other projects of the user's may use the image, too.
            { name: args.image, keepLocally: true },
            here,
        );
        const volume = new docker.Volume(name, { name: args.containerName }, here);
        const container = new docker.Container(
            name,
            {
                name: args.containerName,
                image: image.imageId,
                command: ["server", "/data"],
                envs: [
                    pulumi.interpolate`MINIO_ROOT_USER=${accessKey}`,
                    pulumi.interpolate`MINIO_ROOT_PASSWORD=${secretKey}`,
                ],
                networksAdvanced: [{ name: args.network, ipv4Address: args.address }],
                ...(args.port
                    ? { ports: [{ internal: port, external: args.port, ip: "127.0.0.1" }] }
                    : {}),
                volumes: [{ volumeName: volume.name, containerPath: "/data" }],
                restart: "unless-stopped",
            },
            // Its name and its address can be had once only.
            { ...here, deleteBeforeReplace: true, additionalSecretOutputs: ["envs"] },
        );

        const endpoint = pulumi.output(`http://${args.address}:${port}`);
        this.bucket = pulumi.output(args.bucket);
        this.region = pulumi.output("us-east-1");
        this.endpoint = {
            source: endpoint,
            target: endpoint,
            program: args.port ? pulumi.output(`http://127.0.0.1:${args.port}`) : endpoint,
        };
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        this.protectionPeriod = args.protectionPeriod;
        const bucket = new Bucket(
            name,
            {
                endpoint: this.endpoint.program,
                ...{ region: this.region, bucket: this.bucket },
                ...{ accessKey: this.accessKey, secretKey: this.secretKey },
                ...{ onDestroy: args.onDestroy, timeout: args.timeout },
                ...(args.objectLock && { objectLock: true }),
                ...(args.protectionPeriod && { protectionPeriod: args.protectionPeriod }),
            },
            // Another container than the one that the bucket was made in has none.
            { parent: this, dependsOn: [container] },
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
}
