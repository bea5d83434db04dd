import * as pulumi from "@pulumi/pulumi";
import { ObjectLock } from "./object-lock";
import { Endpoints, Store } from "./store";

export interface ExistingStoreArgs {
    /** The bucket. It must exist. */
    bucket: pulumi.Input<string>;
    region: pulumi.Input<string>;
    /** Where each cluster, and this program, reach the store. */
    endpoint: Endpoints<pulumi.Input<string>>;
    accessKey: pulumi.Input<string>;
    secretKey: pulumi.Input<string>;
    /** Certificates in PEM form of authorities to trust beside the known ones. @default none */
    certificates?: string;
    /** K10 keeps what it exports from being deleted, which the bucket has to allow. @default it does not */
    protection?: {
        /** For how long, such as `240h`. */
        period: string;
        /** Seconds until the store must answer. */
        timeout: number;
    };
}

/** An S3 store that is there already. It is never removed, nor anything in it. */
export class ExistingStore extends pulumi.ComponentResource implements Store {
    readonly bucket: pulumi.Output<string>;
    readonly ready: pulumi.Resource[];
    readonly region: pulumi.Output<string>;
    readonly endpoint: Endpoints<pulumi.Output<string>>;
    readonly accessKey: pulumi.Output<string>;
    readonly secretKey: pulumi.Output<string>;
    readonly certificates?: string;
    readonly protectionPeriod?: string;

    constructor(name: string, args: ExistingStoreArgs, opts?: pulumi.ComponentResourceOptions) {
        super("crossing:store:ExistingStore", name, args, opts);
        this.bucket = pulumi.output(args.bucket);
        this.region = pulumi.output(args.region);
        this.endpoint = {
            source: pulumi.output(args.endpoint.source),
            target: pulumi.output(args.endpoint.target),
            program: pulumi.output(args.endpoint.program),
        };
        this.accessKey = pulumi.secret(args.accessKey);
        this.secretKey = pulumi.secret(args.secretKey);
        const { certificates, protection } = args;
        this.certificates = certificates;
        this.protectionPeriod = protection?.period;
        this.ready = protection
            ? [
                  new ObjectLock(
                      name,
                      {
                          ...{ endpoint: this.endpoint.program, region: this.region },
                          ...{ bucket: this.bucket, timeout: protection.timeout },
                          ...{ accessKey: this.accessKey, secretKey: this.secretKey },
                          ...(certificates && { certificates }),
                          protectionPeriod: protection.period,
                      },
                      { parent: this },
                  ),
              ]
            : [];
        this.registerOutputs({
            bucket: this.bucket,
            region: this.region,
            endpoint: this.endpoint,
            accessKey: this.accessKey,
            secretKey: this.secretKey,
        });
    }
}
