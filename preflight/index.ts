import type { Finding } from "./finding";
import { Facts, rules } from "./rules";

export { clusterFindings } from "./clusters";
export type { ClusterFacts } from "./clusters";
export { sentence } from "./finding";
export type { Finding } from "./finding";
export type { Facts, Reached } from "./rules";

/** What the configuration of one side gives rise to: known before the first resource. */
export const findings = (facts: Facts): Finding[] => rules.flatMap(rule => rule(facts));
