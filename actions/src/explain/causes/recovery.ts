/** Recovering K10 from its own backup: the words of Kopia, which keeps it. */
import { Cause, Names, showProfiles } from "../cause";

const showSecret = ({ k10 }: Names): string => `kubectl -n ${k10} get secret k10-dr-secret`;
const source = "field E4; k10-api 6";

export const recovery: Cause[] = [
    {
        id: "recovery-passphrase",
        pattern: /invalid repository password/,
        waits: ["recovery"],
        reason: "K10's backup of itself was sealed with another passphrase than the one that is given here",
        fix: "Set the secret `crossing:disasterRecoveryPassphrase` to that of the lost cluster, output `disasterRecoveryPassphrase` of its stack",
        command: showSecret,
        source,
        examples: [
            {
                messages: [
                    "Failed to open the repository of K10's own backups",
                    "invalid repository password",
                ],
                evidence: "software",
            },
        ],
    },
    {
        id: "recovery-no-secret",
        pattern: /secrets? "?k10-dr-secret"? not found/,
        waits: ["recovery"],
        reason: "somebody removed the Secret `k10-dr-secret`, in which K10 looks for the passphrase",
        fix: "Run `pulumi refresh`, so that it is made again",
        command: showSecret,
        source,
        examples: [
            {
                messages: ["Could not get the passphrase", 'secrets "k10-dr-secret" not found'],
                evidence: "software",
            },
        ],
    },
    {
        id: "recovery-unknown-cluster",
        pattern: /repository not initialized in the provided storage/,
        waits: ["recovery"],
        reason: "the location holds no backup that K10 made of itself on that cluster",
        fix: "Correct `location` and `clusterId` in `crossing:k10.recovery`: the latter is the UID of namespace `default` of the lost cluster, output `disasterRecoveryClusterId` of its stack",
        command: showProfiles,
        source,
        examples: [
            {
                messages: [
                    "Failed to open the repository of K10's own backups",
                    "repository not initialized in the provided storage",
                ],
                evidence: "software",
            },
        ],
    },
];
