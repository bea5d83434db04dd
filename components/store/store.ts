/** What every object store offers, wherever it comes from. */
import * as pulumi from "@pulumi/pulumi";

export interface Store {
    readonly bucket: pulumi.Output<string>;
    readonly region: pulumi.Output<string>;
    /** Where each cluster reaches the store: `http://172.30.77.200:9000`. */
    readonly endpoint: { source: pulumi.Output<string>; target: pulumi.Output<string> };
    /** Secret. */
    readonly accessKey: pulumi.Output<string>;
    /** Secret. */
    readonly secretKey: pulumi.Output<string>;
}
