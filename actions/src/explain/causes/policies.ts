/** Policies, their runs, and the hand-off between the clusters. */
import { Cause, showProfiles } from "../cause";

const showPolicies = ({ k10 }: { k10: string }) =>
    `kubectl -n ${k10} get policies.config.kio.kasten.io`;

export const policies: Cause[] = [
    {
        id: "receive-string",
        pattern: /message authentication failed/,
        reason: "the receive string does not belong to this bucket and export policy",
        fix: "Correct `crossing:receiveString`, or unset it to have it read from the source",
        command: showPolicies,
        source: "field 5 (receiveString), 3; k10-api 10.13, 16.5; Kasten's knowledge base, failures during import",
        examples: [
            {
                messages: ["Job failed to be executed", "cipher: message authentication failed"],
                evidence: "seen",
            },
            {
                messages: [
                    "Job failed to be executed",
                    "Could not Open data during decryption",
                    "Could not decrypt cipher text",
                    "chacha20poly1305: message authentication failed",
                ],
                evidence: "documented",
            },
        ],
    },
    {
        id: "import-same-cluster",
        pattern: /(into|on) the (same )?cluster that the data was exported from|same cluster/i,
        waits: ["import", "policy"],
        reason: "`crossing:source` and `crossing:target` lead to the same cluster, and K10 imports only what another cluster exported",
        fix: "Name another cluster by `crossing:target`",
        command: () => "kubectl get namespace default -o jsonpath={.metadata.uid}",
        source: "field 5 (import policy), 4.1 ENGINE; k10-api 1.15",
        examples: [
            {
                messages: ["Cannot import into the cluster that the data was exported from"],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "import-nothing",
        // What the program itself has seen, waiting for what an import brings.
        pattern: /^\d+ older ones(;|$)/,
        waits: ["import"],
        reason: "the export of this run has not reached the place in the bucket that this profile reads",
        fix: "Make sure that both profiles name the same bucket, and choose another `crossing:runId` if the export was made into another one",
        command: () => "kubectl get restorepointcontents.apps.kio.kasten.io --show-labels",
        source: "k10-api 1.11, 9; field A15",
        examples: [{ messages: ["0 older ones"], evidence: "software" }],
    },
    {
        id: "policy-invalid",
        pattern: /Cannot execute action for an invalid policy/,
        reason: "K10 has not validated the policy in its present form",
        fix: "Look why `status.validation` of the policy is not `Success`",
        command: showPolicies,
        source: "field 0.2; k10-api 1.7, 9",
        examples: [
            {
                messages: [
                    "Cannot execute action for an invalid policy",
                    "Policy kasten-io/shop-export has validation Failed",
                ],
                evidence: "seen",
            },
        ],
    },
    {
        id: "profile-missing",
        pattern: /No profile found|Profile \S+ not found/,
        reason: "the location profile was deleted, or the policy names another one",
        fix: "Run `pulumi refresh`, so that the profile is made again",
        command: ({ k10 }) => `kubectl -n ${k10} get profiles.config.kio.kasten.io`,
        source: "field A13; k10-api 4.3",
        examples: [
            { messages: ["No profile found"], evidence: "seen" },
            {
                messages: ["exportParameters.profile: Profile kasten-io/gone not found"],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "profile-invalid",
        pattern: /Profile is invalid/,
        reason: "K10 cannot use the location profile: its store, bucket or keys have a mistake that the profile's own status names",
        fix: "Put right what `status.error` of the profile says",
        command: showProfiles,
        source: "field 0.2; k10-api 3.1, 9",
        examples: [
            { messages: ["Profile is invalid: kasten-io/crossing"], evidence: "seen" },
            {
                messages: [
                    "Profile is invalid",
                    "Profile kasten-io/crossing has not been validated",
                ],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "nothing-selected",
        pattern: /No application matches the selector/,
        reason: "the application's namespace does not exist on the source, or K10 excludes it",
        fix: "Correct `crossing:applications`, or take the namespace out of K10's `excludedApps`",
        command: () => "kubectl get namespaces --show-labels",
        source: "k10-api 3.2 (selector), 12 (excludedApps)",
        examples: [
            {
                messages: ["No application matches the selector of policy shop-export"],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "no-artifacts",
        pattern: /No artifacts provided/,
        reason: "the restore point is empty: the backup found nothing in the namespace",
        fix: "Make sure that the application is in the namespace, and choose another `crossing:runId`",
        command: ({ namespace }) => `kubectl -n ${namespace} get all`,
        source: "k10-api 4.3",
        examples: [{ messages: ["No artifacts provided."], evidence: "seen" }],
    },
    {
        id: "licence",
        pattern:
            /licen[cs]e\b.*(expired|invalid|not valid|exceeded|limit|complian|required)|(expired|invalid|no valid|exceeds?) .*licen[cs]e/i,
        reason: "K10's licence does not cover this cluster: the embedded one is for 5 nodes after 30 days",
        fix: "Give K10 a licence by the value `license` in `crossing:k10.values`, or use a cluster with fewer nodes",
        command: () => "kubectl get nodes",
        source: "field A27, A59, 5 (Free); k10-api 12 (license)",
        examples: [
            {
                messages: ["Job failed to be executed", "License is invalid: node limit exceeded"],
                evidence: "unconfirmed",
            },
        ],
    },
    {
        id: "namespace-going",
        pattern: /because it is being terminated|namespaces? "[^"]+" is being deleted/,
        reason: "the namespace is being deleted",
        fix: "Wait until it is gone; if it does not go, its conditions say what holds it",
        command: ({ namespace }) => `kubectl get namespace ${namespace} -o yaml`,
        source: "field 3 (terminating namespace); aggregated-api (namespace deletion)",
        examples: [
            {
                messages: [
                    "unable to create new content in namespace shop because it is being terminated",
                ],
                evidence: "software",
            },
            { messages: ['namespaces "shop" is being deleted'], evidence: "unconfirmed" },
        ],
    },
    {
        id: "namespace-missing",
        pattern: /namespaces "[^"]+" not found/,
        reason: "the namespace was deleted while K10 worked on it",
        fix: "Make sure that nothing deletes the namespace",
        command: () => "kubectl get namespaces",
        source: "k10-api 1.14",
        examples: [{ messages: ['namespaces "shop" not found'], evidence: "software" }],
    },
];
