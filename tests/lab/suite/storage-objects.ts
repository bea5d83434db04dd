/** What the tests of storage put into their cluster. */
export type Manifest = Record<string, unknown>;

export const snapshotClass: Manifest = {
    ...{ apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshotClass" },
    metadata: { name: "csi" },
    ...{ driver: "csi.crossing.lab", deletionPolicy: "Delete" },
};

export const snapshotOf = (claim: string, name: string): Manifest => ({
    ...{ apiVersion: "snapshot.storage.k8s.io/v1", kind: "VolumeSnapshot" },
    metadata: { name },
    spec: {
        volumeSnapshotClassName: "csi",
        source: { persistentVolumeClaimName: claim },
    },
});

/** A claim of the default class, or one that is made from a snapshot. */
export const claim = (name: string, snapshot?: string, storage = "100Mi"): Manifest => ({
    ...{ apiVersion: "v1", kind: "PersistentVolumeClaim" },
    metadata: { name },
    spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage } },
        ...(snapshot !== undefined && {
            dataSource: {
                apiGroup: "snapshot.storage.k8s.io",
                kind: "VolumeSnapshot",
                name: snapshot,
            },
        }),
    },
});

interface PodOptions {
    image: string;
    command: string[];
    /** Each claim is mounted at /<its name>. */
    claims: string[];
    /** The only node that it may run on; otherwise it bears all of them. */
    node?: string;
    user?: number;
}

export const pod = (name: string, options: PodOptions): Manifest => ({
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name } },
    spec: {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 1,
        tolerations: [{ operator: "Exists" }],
        ...(options.node !== undefined && {
            nodeSelector: { "kubernetes.io/hostname": options.node },
        }),
        ...(options.user !== undefined && { securityContext: { runAsUser: options.user } }),
        containers: [
            {
                ...{ name: "main", image: options.image, imagePullPolicy: "Never" },
                command: options.command,
                volumeMounts: options.claims.map(name => ({ name, mountPath: `/${name}` })),
            },
        ],
        volumes: options.claims.map(claimName => ({
            name: claimName,
            persistentVolumeClaim: { claimName },
        })),
    },
});

/** Writes numbered records for ever: to one file, through to the disk, then the same to another. */
export const writer = (folder: string) => [
    ...["perl", "-MIO::Handle", "-e"],
    // Many files between the two, so that time passes between copying the one and copying the other.
    `open my $a, ">>", "${folder}/a";
    for (1..2000) { open my $f, ">", sprintf("${folder}/file-%04d", $_); print $f "x" x 1000 }
    open my $b, ">>", "${folder}/b";
    for (my $i = 1;; $i++) { for my $f ($a, $b) { syswrite $f, sprintf("%08d\\n", $i); $f->sync } }`,
];

/** Says how many records each file of each folder has, and dies of one that is not the next number. */
export const counter = (folders: string[]) => [
    ...["perl", "-e"],
    `for my $folder (@ARGV) { my @counts; for my $file ("a", "b") {
        open my $f, "<", "$folder/$file" or die "$folder/$file: $!"; my $n = 0;
        while (my $line = <$f>) { $line eq sprintf("%08d\\n", ++$n) or die "$folder/$file: record $n is $line" }
        push @counts, $n
    } print "@counts\\n" }`,
    ...folders,
];
