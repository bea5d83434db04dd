/** A policy of a K10 that is faked, and a run of it in time that passes only while somebody sleeps. */
import { Cluster } from "../../../../actions/src/kube/client";
import type { Clock } from "../../../../actions/src/kube/poll";
import { backupActions, exportActions } from "../../../../actions/src/k10/api";
import { PolicyRun, PolicyRunOptions, runPolicy } from "../../../../actions/src/k10/policy-run";
import { FakeK10, Story } from "../../../fake/k10";
import { FakeKubeApi, status } from "../../../fake/kube-api";

type Status = Story[number];

const runs = "/apis/actions.kio.kasten.io/v1alpha1/namespaces/kasten-io/runactions";
const done = { state: "Complete", startTime: "2026-11-21T12:00:00Z" };

class Runner {
    api = new FakeKubeApi();
    k10 = new FakeK10(this.api);
    lines: string[] = [];
    /** The subjects of CancelActions. */
    cancelled: unknown[] = [];
    clock = new FakeClock();
    private story: Status[] = [];
    private readonly actions = new Map<Status, () => void>();
    private current = "";

    async start(): Promise<void> {
        Object.assign(this, new Runner());
        await this.api.start();
        this.k10.policy("shop-export");
        const onCreate = this.api.onCreate;
        this.api.onCreate = (path, object) => {
            if (path.includes("/cancelactions/")) {
                this.cancelled.push(object.spec?.["subject"]);
            }
            if (path.startsWith(runs)) {
                this.current = object.metadata.name;
                this.began();
            }
            onCreate(path, object);
        };
        const onGet = this.api.onGet;
        this.api.onGet = (path, object) => {
            onGet(path, object);
            const status = object?.status;
            const act = status && this.actions.get(status);
            if (act) {
                this.actions.delete(status);
                act();
            }
        };
    }

    private began: () => void = () => undefined;
    /** Does something when a run is started. */
    onStart(act: () => void): void {
        this.began = act;
    }

    /** The next looks at the run show this; `act` happens with the first of them. */
    looks(count: number, status: Status, act?: () => void): void {
        for (let i = 0; i < count; i++) {
            const own = { ...status };
            if (i === 0 && act) {
                this.actions.set(own, act);
            }
            this.story.push(own);
        }
    }

    /** What the current run started. */
    started(plural: string, name: string, status: Status): void {
        this.k10.subordinate(plural, "shop", name, this.current, { status });
    }

    /** What K10 says of the phases of an action that a run started. */
    details(plural: string, name: string, phases: () => unknown): void {
        this.api.intercept = (_, path) =>
            path.endsWith(`/${plural}/${name}%2Fdetails`)
                ? { code: 200, body: { status: { actionDetails: { phases: phases() } } } }
                : undefined;
    }

    complete(name: string): void {
        this.api.objects.get(`${runs}/${name}`)!.status = done;
    }

    /** CancelActions are answered with 422, and something happens meanwhile. */
    refuseToCancel(meanwhile: () => void): void {
        this.k10.stories["runactions"] = [];
        this.api.intercept = (method, path) => {
            if (method === "POST" && path.includes("/cancelactions")) {
                this.api.onGet = () => undefined;
                meanwhile();
                return status(422, "not yet cancelable");
            }
            return undefined;
        };
    }

    requests(method: string, part: string): number {
        return this.api.requests.filter(line => line.startsWith(method) && line.includes(part))
            .length;
    }

    async run(more: Partial<PolicyRunOptions> = {}): Promise<PolicyRun> {
        this.lines.length = 0;
        this.k10.stories["runactions"] = [[...this.story, done]];
        this.story = [];
        return runPolicy({
            cluster: await Cluster.connect(this.api.kubeconfig),
            ...{ namespace: "kasten-io", policy: "shop-export", runId: "1", title: "Export" },
            ...{ wait: "export", timeout: 600, validationTimeout: 5, clock: this.clock },
            starts: { BackupAction: backupActions, ExportAction: exportActions },
            report: line => this.lines.push(line),
            ...more,
        });
    }
}

class FakeClock implements Clock {
    time = 1_000_000;
    now = () => this.time;
    sleep = (ms: number) => {
        this.time += ms;
        return Promise.resolve();
    };
}

/** Anew for each test. */
export function policyRunner(): Runner {
    const runner = new Runner();
    beforeEach(() => runner.start());
    afterEach(() => runner.api.stop());
    return runner;
}
