import type { V1Node } from "@kubernetes/client-node";

/** Whether a node takes pods. */
export const isReady = ({ status }: V1Node): boolean =>
    status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
