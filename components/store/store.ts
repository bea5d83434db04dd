/** What every object store offers, wherever it comes from. */
import * as pulumi from "@pulumi/pulumi";

/** One store may have another address for each who reaches it. */
export interface Endpoints<T> {
    source: T;
    target: T;
    program: T;
}

export interface Store {
    readonly bucket: pulumi.Output<string>;
    /** What has to be there before the bucket can be used. */
    readonly ready: pulumi.Resource[];
    readonly region: pulumi.Output<string>;
    /** Where each cluster, and this program, reach the store: `http://172.30.77.200:9000`. */
    readonly endpoint: Endpoints<pulumi.Output<string>>;
    /** Secret. */
    readonly accessKey: pulumi.Output<string>;
    /** Secret. */
    readonly secretKey: pulumi.Output<string>;
    /** Certificates in PEM form of authorities to trust beside the known ones. */
    readonly certificates?: string;
    /** For how long K10 keeps what it exports from being deleted, such as `240h`. */
    readonly protectionPeriod?: string;
}
