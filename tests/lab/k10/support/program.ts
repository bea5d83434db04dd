/** The program's own actions against the stand-in's server. Pulumi's provider process is not in between. */
import assert from "node:assert/strict";
import { profiles, policies } from "crossing-actions/dist/k10/api.js";
import { exportAction, type ExportInputs } from "crossing-actions/dist/k10/export.js";
import { importAction, type ImportInputs } from "crossing-actions/dist/k10/import.js";
import { recovery, type RecoveryInputs } from "crossing-actions/dist/k10/recovery.js";
import { ready } from "crossing-actions/dist/k10/ready.js";
import { sidecars } from "crossing-actions/dist/k10/sidecars.js";
import { restoreAction } from "crossing-actions/dist/k10/restore.js";
import { waitValidated } from "crossing-actions/dist/k10/validation.js";
import { Cluster } from "crossing-actions/dist/kube/client.js";
import { front, type Front } from "./front.ts";
import type { FakeS3 } from "./s3.ts";
import { Side } from "./side.ts";

/** Seconds for what is expected to end by itself. */
const GENEROUS = 15;
const report = () => undefined;

/** One side of a crossing, as the program sees it. */
export class Program {
    readonly side: Side;
    readonly #entry: Front;

    private constructor(side: Side, entry: Front) {
        this.side = side;
        this.#entry = entry;
    }

    static async start(uid: string, s3: FakeS3): Promise<Program> {
        const side = await Side.start(uid, s3);
        return new Program(side, await front(side.lab.kube, side.api));
    }

    async stop(): Promise<void> {
        this.#entry.stop();
        await this.side.stop();
    }

    get #cluster() {
        return { kubeconfig: this.#entry.kubeconfig, clusterUid: "c" };
    }

    exports(more: Partial<ExportInputs> = {}) {
        const inputs = {
            ...{ ...this.#cluster, namespace: "kasten-io", policy: "shop-export" },
            ...{ runId: "1", receiveStringGiven: false },
            ...{ timeout: GENEROUS, validationTimeout: GENEROUS, ...more },
        };
        return exportAction.run(inputs, report);
    }

    imports(more: Partial<ImportInputs> = {}) {
        const inputs = {
            ...{ ...this.#cluster, namespace: "kasten-io", policy: "shop-import" },
            ...{
                runId: "1",
                applicationNamespace: "shop",
                sourceClusterUid: "the cluster that exported",
            },
            ...{ backupStartTime: "2026-01-01T00:00:00Z" },
            ...{ timeout: GENEROUS, validationTimeout: GENEROUS, ...more },
        };
        return importAction.run(inputs, report);
    }

    restores(restorePointContent: string, runId: string, timeout = GENEROUS) {
        const inputs = {
            ...{ ...this.#cluster, runId, runToken: "token", restorePointContent },
            ...{ targetNamespace: "shop", onConflict: "fail" as const },
            ...{ restored: "keep" as const, timeout },
        };
        return restoreAction.run(inputs, report);
    }

    /** Recovers K10 from the backup that the lost cluster's made of itself. */
    recovers(more: Partial<RecoveryInputs> = {}) {
        const inputs = {
            ...{ ...this.#cluster, namespace: "kasten-io", profile: "minio" },
            ...{ clusterId: "uid-of-lost", skip: [], timeout: GENEROUS, ...more },
        };
        return recovery.run(inputs, report);
    }

    /** Looks at once whether K10's sidecar or a snapshot covers the claims of the application. */
    covers() {
        const inputs = {
            ...{ ...this.#cluster, namespace: "shop", runId: "1", sample: false, timeout: 0.1 },
            namespaceLabels: { backup: "sidecar" },
        };
        return sidecars.run(inputs, report);
    }

    ready() {
        const { kubeconfig } = this.#entry;
        return ready.run({ kubeconfig, namespace: "kasten-io", revision: 1, timeout: 0.5 }, report);
    }

    /** Waits for what K10 has refused already; the quarter of a minute of doubt passes at once. */
    async validated(kind: "Profile" | "Policy", name: string): Promise<void> {
        const plural = kind === "Profile" ? "profiles" : "policies";
        await this.side.validated(plural, name, "Failed");
        let time = 0;
        await waitValidated({
            cluster: await Cluster.connect(this.#entry.kubeconfig),
            resource: kind === "Profile" ? profiles : policies,
            ...{ kind, namespace: "kasten-io", name, timeout: 60, report },
            clock: { now: () => time, sleep: ms => Promise.resolve(void (time += ms)) },
        });
    }
}

/** The message of what must fail. */
export async function failureOf(work: Promise<unknown>): Promise<string> {
    try {
        await work;
    } catch (error) {
        assert.ok(error instanceof Error);
        return error.message;
    }
    throw new Error("it did not fail");
}
