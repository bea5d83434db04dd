/** Locations beside the store: what K10 may export to, by type. Their secrets are in `locationSecrets`. */
import * as v from "valibot";
import { caFile } from "./certificates";
import { bucket, dnsLabel, endpoint, flag, oneOf, port, text } from "./fields";

/** The store is a location, too: under the name of its profile. */
export const storeLocation = "crossing";

/**
 * For how long K10 keeps what it exports from being changed or deleted, by the bucket's object lock. As K10 writes it
 * once it is read (`10 days` is `240h`). The limits are K10's ("Immutable backups").
 */
export const protectionPeriod = v.pipe(
    v.string("give a text"),
    v.regex(/^([1-9]|[1-8][0-9]|90) days?$/, "write `1 day` to `90 days`"),
    v.transform(period => `${Number.parseInt(period) * 24}h`),
);

/** The clusters that get the location's profile. */
const sides = v.optional(
    v.pipe(
        v.array(oneOf(["source", "target"]), "give a list of `source` and `target`"),
        v.minLength(1, "name `source`, `target` or both"),
    ),
    ["source", "target"],
);

/** One address for all, or one for each who reaches the location: this program as the source does, if nothing else is said. */
const endpoints = v.lazy(input =>
    typeof input === "string"
        ? v.pipe(
              endpoint,
              v.transform(url => ({ source: url, target: url, program: url })),
          )
        : v.pipe(
              v.strictObject({
                  source: endpoint,
                  target: endpoint,
                  program: v.optional(endpoint),
              }),
              v.transform(({ source, target, program = source }) => ({ source, target, program })),
          ),
);

const s3 = v.strictObject({
    type: v.literal("s3"),
    sides,
    bucket,
    region: v.optional(text, "us-east-1"),
    /** Of a store that is not Amazon's: MinIO, for example. */
    endpoint: v.optional(endpoints),
    caFile: v.optional(caFile),
    protectionPeriod: v.optional(protectionPeriod),
});

/** The S3 gateway of Ceph. */
const rgw = v.strictObject({
    type: v.literal("rgw"),
    sides,
    bucket,
    /** Its zone group. */
    region: v.optional(text, "default"),
    endpoint: endpoints,
    caFile: v.optional(caFile),
    protectionPeriod: v.optional(protectionPeriod),
});

/** Tencent Cloud Object Storage. Its address follows from the region. */
const cos = v.strictObject({
    type: v.literal("cos"),
    sides,
    bucket: v.pipe(
        v.string("give a text"),
        v.regex(
            /^[a-z0-9][a-z0-9-]{0,48}-[1-9][0-9]{7,11}$/,
            "give the bucket's whole name, which ends with the APPID, such as `backups-1250000000`",
        ),
    ),
    region: v.pipe(
        v.string("give a text"),
        v.regex(/^[a-z]+(-[a-z0-9]+)+$/, "give a region such as `ap-guangzhou`"),
    ),
    protectionPeriod: v.optional(protectionPeriod),
});

const azure = v.strictObject({
    type: v.literal("azure"),
    sides,
    container: v.pipe(
        v.string("give a text"),
        v.regex(
            /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
            "use 3 to 63 lower-case letters, digits and single dashes",
        ),
    ),
    /** The storage account. */
    account: v.pipe(
        v.string("give a text"),
        v.regex(/^[a-z0-9]{3,24}$/, "use 3 to 24 lower-case letters and digits"),
    ),
    /** The cloud of the account. Azure's public one if it is not given. */
    environment: v.optional(oneOf(["AzureCloud", "AzureChinaCloud", "AzureUSGovernment"])),
});

const gcs = v.strictObject({
    type: v.literal("gcs"),
    sides,
    bucket: v.pipe(
        v.string("give a text"),
        v.regex(
            /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/,
            "use 3 to 222 lower-case letters, digits, dots, dashes and underscores",
        ),
    ),
    region: v.optional(text),
    /** The Google Cloud project. */
    project: text,
});

/** A claim of an NFS or SMB share in K10's namespace. K10's type is `FileStore`. */
const nfs = v.strictObject({
    type: v.literal("nfs"),
    sides,
    /** The PersistentVolumeClaim in `kasten-io`, on both sides of the same share. */
    claimName: v.pipe(v.string("give a text"), dnsLabel(63)),
    /** A folder of the share. The share itself if it is not given. */
    path: v.optional(text),
    /** Whether the share lies outside the source cluster, and so outlives it. A claim does not tell. */
    external: v.optional(flag, false),
});

/** A repository of Veeam Backup & Replication: volumes only, what else K10 exports needs another location. */
const vbr = v.strictObject({
    type: v.literal("vbr"),
    sides,
    server: v.pipe(
        v.string("give a text"),
        v.regex(/^[A-Za-z0-9.:-]+$/, "give a host name or an address, without a port"),
    ),
    port: v.optional(port, 9419),
    repository: text,
    metadataLocation: text,
    caFile: v.optional(caFile),
});

export const locations = v.record(
    dnsLabel(40),
    v.variant(
        "type",
        [s3, rgw, cos, azure, gcs, nfs, vbr],
        "use `s3`, `rgw`, `cos`, `azure`, `gcs`, `nfs` or `vbr`",
    ),
    "give keys with values",
);

export type Locations = v.InferOutput<typeof locations>;
export type LocationSettings = Locations[string];

/** What opens a location, by its type: the fields of its entry in `locationSecrets`. */
export const secretFields: Record<LocationSettings["type"], readonly string[]> = {
    s3: ["accessKey", "secretKey"],
    rgw: ["accessKey", "secretKey"],
    cos: ["accessKey", "secretKey"],
    azure: ["storageKey"],
    gcs: ["serviceAccount"],
    nfs: [],
    vbr: ["username", "password"],
};

/** Where Tencent's object storage answers in a region. */
export const cosEndpoint = (region: string) => `https://cos.${region}.myqcloud.com`;
