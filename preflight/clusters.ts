/** What is told of a cluster, once it is there. */
import { Finding, tell } from "./finding";

export interface ClusterFacts {
    side: Finding["side"];
    /** Nodes that take workloads, and how many the free licence covers for good. */
    nodes: number;
    freeLicenceNodes: number;
    /** Whether K10 is given a licence. */
    licensed: boolean;
    /** The class by which a snapshot was tried. Absent where none was to be. */
    snapshotClass?: string;
}

export const clusterFindings = (facts: ClusterFacts): Finding[] => [
    ...licensedNodes(facts),
    ...triedSnapshot(facts),
];

/** "5 nodes after the 30-day period" (K10 documentation, "FREE Veeam Kasten Edition and Licensing"; A27). */
function licensedNodes({ side, nodes, freeLicenceNodes, licensed }: ClusterFacts): Finding[] {
    const { ok, warn } = tell("K10-LIC-001", side);
    const evidence = `nodes of the ${side} that take workloads: ${nodes}; Kasten's free licence is for ${freeLicenceNodes}`;
    return [
        nodes > freeLicenceNodes && !licensed
            ? warn(
                  evidence,
                  "it is for more in its first 30 days alone: set `crossing:k10.values.license` by then",
              )
            : ok(evidence),
    ];
}

function triedSnapshot({ side, snapshotClass }: ClusterFacts): Finding[] {
    return snapshotClass === undefined
        ? []
        : [
              tell("SNAP-001", side).ok(
                  `a scratch volume was snapshotted by \`${snapshotClass}\`, cloned and read back`,
              ),
          ];
}
