/** What is told of a crossing's configuration: rows of the list `findings`. */
import { Finding, tell } from "./finding";

/** An address that something is reached by. */
export interface Reached {
    /** `the store`, or the name of a location in backticks. */
    what: string;
    url: string;
    /** Whether the way to it stays within one machine or cluster. */
    local?: boolean;
}

/** What the configuration says of one side. */
export interface Facts {
    side: Finding["side"];
    /** The object stores, as this side reaches them. */
    reached: Reached[];
    /** Whether people reach K10's dashboard from outside of the cluster without TLS. */
    plainDashboard: boolean;
    /** Seconds that the token of the dashboard is good for, if one is made. */
    tokenSeconds?: number;
    /** Keys of what Kasten's free edition lacks. */
    beyondFree: string[];
    /** Whether K10 is given a licence. */
    licensed: boolean;
    /** Of the source: where the crossing exports to. */
    copy?: {
        /** `the store`, or the name of the location in backticks. */
        where: string;
        /** Whether it goes with the source cluster. */
        inSource: boolean;
        /** The keys of policies that K10 runs by itself. */
        scheduled: string[];
        /** Whether K10 backs up its own catalogue. */
        ownBackup: boolean;
    };
    /** Of the target: the keys of policies that K10 runs by itself there, where nothing has it back up its own catalogue. */
    scheduled?: string[];
    /** Where it is restored: whether what is restored is compared with the baseline. */
    verified?: boolean;
}

/** In the order in which they are told. */
export const rules: ((facts: Facts) => Finding[])[] = [
    copyOutside,
    ownBackup,
    wayToStores,
    wayToDashboard,
    dashboardToken,
    edition,
    proof,
];

const listed = (keys: string[]) => keys.map(key => `\`${key}\``).join(", ");

/** At least one copy has to outlive the cluster (C20). */
function copyOutside({ side, copy }: Facts): Finding[] {
    const { ok, warn } = tell("STORE-COPY-001", side);
    if (!copy) {
        return [];
    }
    return [
        copy.inSource
            ? warn(
                  `\`crossing:exportLocation\` is ${copy.where}, which lies in the source cluster, so that no copy outlives it`,
                  "name a location outside; a share of `type: nfs` that lies outside says so by `external: true`",
              )
            : ok(`what is exported to ${copy.where} outlives the source cluster`),
    ];
}

/** K10's catalogue lies in its cluster: whoever relies on schedules has to be able to bring it back (C20, E4). */
function ownBackup({ side, copy, scheduled = [] }: Facts): Finding[] {
    const { ok, warn } = tell("K10-DR-001", side);
    if (!copy) {
        return scheduled.length > 0
            ? [
                  warn(
                      `${listed(scheduled)} run by K10's own schedule on the ${side}, and its catalogue of what was backed up goes with its cluster`,
                      "set up Kasten Disaster Recovery in its dashboard",
                  ),
              ]
            : [];
    }
    if (copy.ownBackup) {
        return [ok("K10 backs up its own catalogue")];
    }
    return [
        copy.scheduled.length > 0
            ? warn(
                  `${listed(copy.scheduled)} run by K10's own schedule, and its catalogue of what was backed up goes with its cluster`,
                  "set `crossing:k10.disasterRecovery`",
              )
            : ok("no policy runs by itself, so that nobody relies on K10's catalogue later on"),
    ];
}

/** What K10 exports it encrypts by itself. All else that goes to a store is as open as the way to it (E26). */
function wayToStores({ side, reached }: Facts): Finding[] {
    const { ok, warn } = tell("STORE-TLS-001", side);
    return reached.map(({ what, url, local }) => {
        if (!url.startsWith("http:")) {
            return ok(`${what} is reached over TLS`);
        }
        return local
            ? ok(`${what} is reached over HTTP, within one machine or cluster`)
            : warn(
                  `${what} is reached by \`${url}\`, without TLS`,
                  "give it a certificate, with `caFile` where its authority is your own",
              );
    });
}

function wayToDashboard({ side, plainDashboard }: Facts): Finding[] {
    return plainDashboard
        ? [
              tell("K10-TLS-001", side).warn(
                  `K10's dashboard on the ${side} is reached over HTTP, and what people log in with goes in clear`,
                  "set `tlsSecret` of `crossing:k10.ingress`, or leave `tls` of `crossing:k10.route` as it is by default",
              ),
          ]
        : [];
}

/** Longer than that a token should not lie anywhere: 30 days (C11). */
const longToken = 30 * 24 * 3_600;

function dashboardToken({ side, tokenSeconds = 0 }: Facts): Finding[] {
    return tokenSeconds > longToken
        ? [
              tell("K10-TOKEN-001", side).warn(
                  `\`crossing:k10.dashboardToken\` of the ${side} is good for ${Math.round(tokenSeconds / 86_400)} days, and whoever has it may use K10 all that time`,
                  "ask for less where nothing wants so much",
              ),
          ]
        : [];
}

/** The free edition is said to lack multi-cluster, roles of one's own and protection from ransomware (A59). */
function edition({ side, beyondFree, licensed }: Facts): Finding[] {
    const { ok, warn } = tell("K10-LIC-002", side);
    if (licensed) {
        return [ok("K10 is given a licence")];
    }
    return [
        beyondFree.length > 0
            ? warn(
                  `${listed(beyondFree)} may be what Kasten's free edition lacks, and K10 is given no licence on the ${side}`,
                  "set `crossing:k10.values.license`, by `pulumi config set --secret --path`",
              )
            : ok("nothing is asked of K10 that its free edition is known to lack"),
    ];
}

function proof({ side, verified }: Facts): Finding[] {
    const { ok, warn } = tell("PROOF-001", side);
    if (verified === undefined) {
        return [];
    }
    return [
        verified
            ? ok("what is restored is compared with the baseline of this run")
            : warn(
                  "What is restored is not verified: `crossing:restore.restorePoint` names another restore point than that of this run",
                  "leave it out, and the restore is proven",
              ),
    ];
}
