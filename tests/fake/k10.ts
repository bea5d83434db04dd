/** What K10 does with actions, as far as a test needs it: states that follow one another with each look. */
import { FakeKubeApi, FakeObject } from "./kube-api";

const actions = "/apis/actions.kio.kasten.io/v1alpha1/namespaces";
const apps = "/apis/apps.kio.kasten.io/v1alpha1";
const config = "/apis/config.kio.kasten.io/v1alpha1/namespaces/kasten-io";

export const startTime = "2026-11-21T12:00:00Z";
export const endTime = "2026-11-21T12:00:05Z";

/** The states that a new action goes through, one with each look at it. The last one stays. */
export type Story = Record<string, unknown>[];

export const complete: Story = [
    { state: "Pending" },
    { state: "Running", startTime, progress: 50 },
    { state: "Complete", startTime, endTime, progress: 100 },
];

/** K10's nesting: `cause` is a string that holds JSON, again and again. */
export const failed = (message: string): Story => [
    { state: "Running", startTime },
    {
        state: "Failed",
        startTime,
        endTime,
        error: {
            message: "Job failed to be executed",
            cause: JSON.stringify({ message: "Phase failed", cause: JSON.stringify({ message }) }),
        },
    },
];

export class FakeK10 {
    /** How each new action goes, by its plural; after the last one, `complete`. */
    readonly stories: Record<string, Story[]> = {};
    /** Whether a CancelAction does what it asks for. */
    cancels = true;
    /** Called when an action becomes Complete. */
    onComplete: (path: string, action: FakeObject) => void = () => undefined;

    private readonly open = new Map<string, Story>();
    readonly api: FakeKubeApi;

    constructor(api: FakeKubeApi) {
        this.api = api;
        api.onCreate = (path, object) => {
            if (path.includes("/cancelactions/")) {
                this.cancel(path, object);
            } else if (path.startsWith(actions)) {
                const plural = path.split("/").at(-2) ?? "";
                this.open.set(path, [...(this.stories[plural]?.shift() ?? complete)]);
                object.status = { state: "Pending" };
            }
            if (path.includes("/restorepoints/")) {
                this.bind(object);
            }
        };
        api.onGet = (path, object) => {
            const story = this.open.get(path);
            const next = story?.shift();
            if (object && next) {
                object.status = next;
                if (next["state"] === "Complete") {
                    this.onComplete(path, object);
                }
            }
        };
    }

    policy(name: string, validation = "Success", extra: Record<string, unknown> = {}): FakeObject {
        return this.api.put(`${config}/policies`, {
            metadata: { name, namespace: "kasten-io" },
            spec: extra,
            status: { validation },
        });
    }

    /** An action that is there already. */
    action(
        plural: string,
        namespace: string,
        name: string,
        status: Record<string, unknown>,
    ): FakeObject {
        return this.api.put(`${actions}/${namespace}/${plural}`, {
            metadata: { name, namespace },
            status,
        });
    }

    /** A subordinate of a run. */
    subordinate(plural: string, namespace: string, name: string, run: string, more: object): void {
        this.api.put(`${actions}/${namespace}/${plural}`, {
            metadata: { name, namespace, labels: { "k10.kasten.io/runActionName": run } },
            ...more,
        });
    }

    /** What an export left, as an import brings it. `labels` come on top; one that is undefined is not there. */
    content(
        name: string,
        actionTime: string,
        namespace = "shop",
        labels: Record<string, string | undefined> = {},
    ): FakeObject {
        const all = {
            "k10.kasten.io/appNamespace": namespace,
            "k10.kasten.io/policyName": `${namespace}-export`,
            "k10.kasten.io/exportProfile": "crossing",
            "k10.kasten.io/exportType": "portableAppData",
            ...labels,
        };
        const given = Object.entries(all).filter(
            (entry): entry is [string, string] => entry[1] !== undefined,
        );
        return this.api.put(`${apps}/restorepointcontents`, {
            metadata: { name, labels: Object.fromEntries(given) },
            status: { state: "Unbound", actionTime },
        });
    }

    /** What a backup on this very cluster left. */
    localContent(name: string, actionTime: string, policyName?: string): FakeObject {
        return this.content(name, actionTime, "shop", {
            "k10.kasten.io/policyName": policyName,
            "k10.kasten.io/exportProfile": undefined,
            "k10.kasten.io/exportType": undefined,
        });
    }

    /** Nothing is stored of a CancelAction. */
    private cancel(path: string, { spec }: FakeObject): void {
        const { kind, namespace, name } = spec!["subject"] as Record<string, string>;
        const target = `${actions}/${namespace}/${kind.toLowerCase()}s/${name}`;
        const action = this.api.objects.get(target);
        this.api.objects.delete(path);
        if (action && this.cancels) {
            this.open.delete(target);
            action.status = { ...action.status, state: "Cancelled", endTime };
        }
    }

    private bind(point: FakeObject): void {
        const ref = point.spec?.["restorePointContentRef"] as { name: string };
        const content = this.api.objects.get(`${apps}/restorepointcontents/${ref.name}`);
        if (content) {
            content.status = {
                ...content.status,
                state: "Bound",
                restorePointRef: {
                    name: point.metadata.name,
                    namespace: point.metadata.namespace,
                },
            };
        }
    }
}
