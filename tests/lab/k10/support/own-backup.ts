/** K10's backup of itself, as a stack sets it up. */
import type { Side } from "./side.ts";

export const OWN = "k10-disaster-recovery-policy";
export const SECRET = "/api/v1/namespaces/kasten-io/secrets/k10-dr-secret";

/** Gives K10 what its own backup is sealed with. */
export function passphrase(where: Side, text: string): void {
    where.lab.kube.put(SECRET, { data: { key: Buffer.from(text).toString("base64") } });
}

/** Has K10 back itself up by a policy, once it is run. */
export async function ownBackup(side: Side): Promise<void> {
    side.policy(OWN, {
        frequency: "@daily",
        retention: { daily: 7 },
        selector: { matchLabels: { "k10.kasten.io/appNamespace": "kasten-io" } },
        actions: [
            {
                action: "backup",
                backupParameters: { profile: { name: "minio", namespace: "kasten-io" } },
            },
        ],
    });
    await side.validated("policies", OWN);
}
