/**
 * The table of causes. Of several that match, the first one explains: those that name what is wrong stand before those
 * that only say where, and a pod's own trouble before that of whoever waits for it.
 */
import type { Cause } from "../cause";
import { blueprints } from "./blueprints";
import { k10 } from "./k10";
import { recovery } from "./recovery";
import { policies } from "./policies";
import { sidecars } from "./sidecars";
import { store } from "./store";
import { volumes } from "./volumes";
import { workloads } from "./workloads";

export const causes: readonly Cause[] = [
    ...sidecars,
    ...blueprints,
    ...workloads,
    ...volumes,
    ...store,
    ...policies,
    ...recovery,
    ...k10,
];
