/** An application as an observation sees it: what its database answers, and its page. */
import assert from "node:assert/strict";
import type { ObserveInputs } from "../../../../actions/src/proof/baseline";
import { FakeKubeApi } from "../../../fake/kube-api";
import { databaseRef, readyPod } from "../../database/support/pods";

/** Rows and sums of a table, as the database adds them up. */
export type Tables = Record<string, [rows: number, ...sums: string[]]>;

export const runToken = "5e471e1";

export class FakeApplication {
    tables: Tables = {
        "public.customers": [2, "10", "11"],
        "public.orders": [20, "-3", "4"],
        "public.sentinels": [1, "5", "6"],
    };
    /** The sentinels that are among its rows. */
    sentinels = [runToken];
    private readonly api: FakeKubeApi;
    /** The statements that were run, but for settings. */
    readonly statements: string[] = [];

    constructor(api: FakeKubeApi) {
        this.api = api;
        readyPod(api);
        this.page(200, `<h1>The shop</h1> run ${runToken}`);
        api.exec = command => {
            const statement = command.at(-1) ?? "";
            this.statements.push(statement);
            return { stdout: this.answer(statement) };
        };
    }

    page(code: number, body: string): void {
        this.api.pages.set("shop/services/http%3Aweb%3A8080/proxy/index.html", { code, body });
    }

    inputs(more: Partial<ObserveInputs> = {}): ObserveInputs {
        return {
            kubeconfig: this.api.kubeconfig,
            clusterUid: "cluster-1",
            runId: "nightly",
            runToken,
            namespace: "shop",
            database: databaseRef,
            page: { service: "web", port: 8080, path: "index.html", same: "sentinel" },
            timeout: 10,
            ...more,
        };
    }

    private answer(statement: string): string {
        if (statement === "SELECT 1") {
            return "1\n";
        }
        if (statement.includes("FROM pg_tables")) {
            return lines(Object.keys(this.tables));
        }
        if (statement.includes("sha256(")) {
            return lines(
                Object.entries(this.tables).map(([name, sums]) => [name, ...sums].join("\t")),
            );
        }
        const token = /^SELECT 1 FROM sentinels WHERE token = '(.*)'$/.exec(statement)?.[1];
        assert.ok(token !== undefined, `no test knows the statement ${statement}`);
        return this.sentinels.includes(token) ? "1\n" : "";
    }
}

const lines = (items: string[]) => items.map(item => `${item}\n`).join("");
