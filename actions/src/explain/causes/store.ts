/** The object store: its address, its certificate, its keys, its bucket. */
import { Cause, showProfiles, without } from "../cause";

/** Others have the same troubles with connections: webhooks, pulling images, and the API server with K10. */
const elsewhere = /failed calling webhook|ImagePull|missing response from/;

const source = "field 0.8, A12, A32";

export const store: Cause[] = [
    {
        id: "store-dns",
        pattern: without(elsewhere, /no such host|server misbehaving|ENOTFOUND|EAI_AGAIN/),
        reason: "the name of the store's endpoint is not known inside this cluster",
        fix: ({ endpoint }) =>
            `Set ${endpoint} to a name or address that pods of this cluster resolve, never \`localhost\` or another cluster's DNS`,
        command: showProfiles,
        source: `${source}; k10-api 1.18`,
        examples: [
            {
                messages: [
                    "Could not find profile bucket",
                    "dial tcp: lookup minio.source.svc on 10.96.0.10:53: no such host",
                ],
                evidence: "software",
            },
            {
                messages: ["Could not find profile bucket", "getaddrinfo ENOTFOUND minio.source"],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "store-refused",
        pattern: without(elsewhere, /connection refused|ECONNREFUSED/),
        reason: "nothing listens at the store's endpoint as this cluster reaches it",
        fix: ({ endpoint }) => `Start the store, or correct ${endpoint} and its port`,
        command: showProfiles,
        source,
        examples: [
            {
                messages: [
                    "Could not find profile bucket",
                    "dial tcp 172.30.77.2:9000: connect: connection refused",
                ],
                evidence: "software",
            },
            {
                messages: [
                    "Could not find profile bucket",
                    "connect ECONNREFUSED 172.30.77.2:9000",
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "store-timeout",
        pattern: without(
            elsewhere,
            /i\/o timeout|ETIMEDOUT|no route to host|EHOSTUNREACH|network is unreachable|ENETUNREACH|TimeoutError/,
        ),
        reason: "a network policy, a firewall or a missing route keeps this cluster's pods from the store",
        fix: ({ endpoint }) =>
            `Let pods of K10's namespace reach the store's endpoint, or correct ${endpoint}`,
        command: ({ k10 }) => `kubectl -n ${k10} get networkpolicies -o yaml`,
        source: "field 0.8, A55, 4.1 NETWORK",
        examples: [
            {
                messages: ["Could not find profile bucket", "dial tcp 10.0.0.11:9000: i/o timeout"],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-tls",
        pattern: without(
            elsewhere,
            /x509: |self[- ]signed certificate|unable to verify the first certificate|unable to get local issuer certificate|certificate has expired|Hostname\/IP does not match/i,
        ),
        reason: "K10 does not trust the store's certificate: it is self-signed, expired, of an authority of your own, or for another name",
        fix: ({ caFile, endpoint }) =>
            `Name a file with the authority's certificate by ${caFile}, or give the store a certificate for the name in ${endpoint}`,
        command: showProfiles,
        source: "field A41, 4.1 SECURITY; k10-api 12 (cacertconfigmap)",
        examples: [
            {
                messages: [
                    "Could not find profile bucket",
                    "tls: failed to verify certificate: x509: certificate signed by unknown authority",
                ],
                evidence: "software",
            },
            {
                messages: ["Could not find profile bucket", "self-signed certificate"],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "store-scheme",
        pattern: without(
            elsewhere,
            /server gave HTTP response to HTTPS client|wrong version number|packet length too long|EPROTO/,
        ),
        reason: "the store speaks plain HTTP, and its endpoint says `https`",
        fix: ({ endpoint }) =>
            `Let ${endpoint} begin with \`http://\`, or give the store a certificate`,
        command: showProfiles,
        source: "k10-api 16.10",
        examples: [
            {
                messages: [
                    "Could not find profile bucket",
                    "http: server gave HTTP response to HTTPS client",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-access-key",
        pattern: /InvalidAccessKeyId/,
        reason: "the store does not know the access key",
        fix: ({ secrets }) => `Correct ${secrets}`,
        command: showProfiles,
        source: "field A40",
        examples: [
            {
                messages: [
                    "Could not access profile bucket",
                    "InvalidAccessKeyId: The Access Key Id you provided does not exist in our records.",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-secret-key",
        pattern: /SignatureDoesNotMatch/,
        reason: "the secret key does not belong to the access key",
        fix: ({ secrets }) => `Correct ${secrets}`,
        command: showProfiles,
        source: "field A40",
        examples: [
            {
                messages: [
                    "Could not access profile bucket",
                    "SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided.",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-denied",
        pattern: /AccessDenied|Access Denied/,
        reason: "the keys are good, but may not do this in the bucket",
        fix: "Give their user the right to list, get, put and delete in the bucket, on the target too",
        command: showProfiles,
        source: "field 5 (IAM); k10-api 3.1",
        examples: [
            {
                messages: ["Could not access profile bucket", "AccessDenied: Access Denied."],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-expired",
        pattern: /ExpiredToken|InvalidToken/,
        reason: "the store's keys are no longer valid",
        fix: ({ secrets }) =>
            `Set ${secrets} to keys that are valid for as long as the backup is needed`,
        command: showProfiles,
        source: "field A40, 4.1 SECURITY",
        examples: [
            {
                messages: [
                    "Could not access profile bucket",
                    "ExpiredToken: The provided token has expired.",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-bucket",
        pattern: /NoSuchBucket|specified bucket does not exist|bucket "[^"]+" does not exist/,
        reason: "nobody has made the bucket, or the endpoint is that of another store",
        fix: ({ bucket }) => `Make the bucket, or correct ${bucket}`,
        command: showProfiles,
        source: "field A12",
        examples: [
            {
                messages: [
                    "Could not find profile bucket",
                    'NoSuchBucket: bucket "backups" does not exist',
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-region",
        pattern:
            /PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraint|BucketRegionError/,
        reason: "the bucket is in another region than the profile says",
        fix: ({ region }) => `Set ${region} to the bucket's region`,
        command: showProfiles,
        source: "field A12, E21; K10 documentation, Location Profiles",
        examples: [
            {
                messages: [
                    "Could not find profile bucket",
                    "AuthorizationHeaderMalformed: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-slow",
        pattern: /SlowDown|reduce your request rate|TooManyRequests/,
        reason: "the store is overloaded, or limits requests",
        fix: "Give it a moment, or lower K10's parallelism by `crossing:k10.limiter`",
        command: ({ k10 }) => `kubectl -n ${k10} logs deployment/executor-svc --tail=100`,
        source: "field E8; k10-api 12 (limiter)",
        examples: [
            {
                messages: ["SlowDown: Please reduce your request rate."],
                evidence: "software",
            },
        ],
    },
    {
        id: "clock-skew",
        pattern: /RequestTimeTooSkewed|clock skew detected|clock is out of sync/,
        reason: "the clocks of the store and of this cluster's nodes differ by minutes",
        fix: "Let nodes and store take their time from the same NTP servers",
        command: () => "kubectl get nodes -o wide",
        source: "k10-api 16.16",
        examples: [
            {
                messages: [
                    "Failed to exec command in pod: command terminated with exit code 1. stderr: ERROR error checking for clock skew: clock skew detected: local clock is out of sync with repository timestamp by more than allowed 5m0s",
                ],
                evidence: "seen",
            },
            {
                messages: [
                    "Could not find profile bucket",
                    "RequestTimeTooSkewed: The difference between the request time and the server's time is too large.",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-full",
        pattern: /XMinioStorageFull|minimum free drive threshold|XMinioAdminBucketQuotaExceeded/,
        reason: "the store is full, or the bucket's quota is used up",
        fix: "Give the store more space, or take old exports out of it by K10's retention",
        command: showProfiles,
        source: "field 4.1 CAPACITY",
        examples: [
            {
                messages: [
                    "XMinioStorageFull: Storage backend has reached its minimum free drive threshold. Please delete a few objects to proceed.",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-lock",
        pattern: /ObjectLockConfigurationNotFound|missing ObjectLockConfiguration|WORM protected/,
        reason: "the bucket's object lock is not as the profile or the operation needs it",
        fix: "Use a bucket that was made with object lock and versioning if the profile has a protection period, and wait for the lock to end before anything is deleted",
        command: showProfiles,
        source: "field A60, 5 (immutability); k10-api 3.1 (protectionPeriod)",
        examples: [
            {
                messages: [
                    "ObjectLockConfigurationNotFoundError: Object Lock configuration does not exist for this bucket",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-data-missing",
        pattern: /NoSuchKey|specified key does not exist|BLOB not found/,
        reason: "what the restore point refers to is no longer in the bucket: it was deleted there, or retired by the source's K10",
        fix: "Choose another `crossing:runId`, which exports again",
        command: () => "kubectl get restorepointcontents.apps.kio.kasten.io --show-labels",
        source: "field D16; k10-api 3.2 (retirement), 16.9",
        examples: [
            {
                messages: [
                    "Could not read k10/uid/migration/repo/x.manifest from bucket backups",
                    "NoSuchKey: The specified key does not exist.",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-repository",
        // A recovery of K10 means the repository of its own backups, which has other reasons.
        waits: ["export", "import", "restore", "profile", "policy"],
        pattern:
            /invalid repository password|found existing data in storage location|repository not initialized in the provided storage|(repository|snapshot) id not found/i,
        reason: "a repository of another K10 or of an earlier installation lies in the bucket where this one expects its own",
        fix: "Use another bucket, or remove what lies below the old installation's path if nobody needs it any more",
        command: ({ k10 }) =>
            `kubectl -n ${k10} get storagerepositories.repositories.kio.kasten.io -o yaml`,
        source: "field B14, 3 (repo mismatch)",
        examples: [
            {
                messages: [
                    "Failed to connect to the backup repository",
                    "ERROR error connecting to repository: invalid repository password",
                ],
                evidence: "software",
            },
            {
                messages: [
                    "unable to get repository storage: found existing data in storage location",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "store-unreachable",
        // K10 says nothing else of an address at which it finds nothing.
        pattern: /^Could not find profile bucket\.?$/,
        reason: "the store's endpoint is not reached from inside this cluster, or has no such bucket",
        fix: ({ endpoint, bucket }) =>
            `Set ${endpoint} to an address that pods of this cluster reach, and check ${bucket}`,
        command: showProfiles,
        source: "k10-api 3.1; field A44",
        examples: [{ messages: ["Could not find profile bucket"], evidence: "seen" }],
    },
    {
        id: "store-secret",
        pattern: /Could not get credentials/,
        reason: "the Secret that the profile names is gone, or lacks one of its two keys",
        fix: "Run `pulumi refresh`, so that the Secret is made again",
        command: ({ k10 }) => `kubectl -n ${k10} get secrets`,
        source: "field A40; k10-api 8",
        examples: [
            {
                messages: [
                    "Could not get credentials",
                    'secrets "crossing" not found in namespace kasten-io',
                ],
                evidence: "unconfirmed",
            },
        ],
    },
];
