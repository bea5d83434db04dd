/**
 * Failures whose causes lie in parts of K10 that are not here: its messages, the outermost first, for the knob
 * `actionFailsLike`. Who vouches for them stands beside each; what nobody has published is marked as unconfirmed.
 */
export const TEXTS: Record<string, readonly string[]> = {
    // Seen on live clusters, in public notes and trainings.
    "snapshot-class": [
        "Job failed to be executed",
        "Failed snapshot precheck for workload",
        "Failed to check for CSI PVC",
        "Failed to run CSI prechecks for PVC",
        "Failed to get K10 VolumeSnapshotClass",
        "Failed to find VolumeSnapshotClass with k10.kasten.io/is-snapshot-class=true annotation in the cluster",
    ],
    // Kasten's knowledge base, "How to fix failures during import".
    "receive-string": [
        "Job failed to be executed",
        "Could not Open data during decryption",
        "Could not decrypt cipher text",
        "chacha20poly1305: message authentication failed",
    ],
    // Seen on a live cluster; the last one is kopia's.
    "clock-skew": [
        "Job failed to be executed",
        "Failed to exec command in pod: command terminated with exit code 1.\nstdout: \nstderr: ERROR error checking for clock skew: clock skew detected: local clock is out of sync with repository timestamp by more than allowed 5m0s",
    ],
    // kopia's and Kanister's words, which is what K10 moves data with; the levels above them are unconfirmed.
    repository: [
        "Job failed to be executed",
        "Failed to connect to the backup repository",
        "ERROR error connecting to repository: invalid repository password",
    ],
    "worker-pod": [
        "Job failed to be executed",
        "Failed while waiting for Pod kanister-job-x to be ready: timed out waiting for the condition",
    ],
    // The words are those of a user's report, the levels above them are unconfirmed.
    "export-unsupported": [
        "Job failed to be executed",
        "Failed to export volumes",
        "CSI does not support export",
    ],
    // Seen, of the export of an empty restore point.
    "no-artifacts": ["No artifacts provided."],
    // Unconfirmed: that the licence stops an action is documented, its words are not.
    licence: ["Job failed to be executed", "License is invalid: node limit exceeded"],
    // Of an operating system on which a volume is full; that K10 passes it on is unconfirmed.
    "volume-full": [
        "Job failed to be executed",
        "Failed to restore volume",
        "write /data/x: no space left on device",
    ],
};
