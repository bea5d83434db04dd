/** One side of a crossing in this process: the stand-in's server with its faults, on a fake cluster. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isTerminal } from "../../../../lab/k10/server/action.ts";
import { Api } from "../../../../lab/k10/server/api.ts";
import { Engine } from "../../../../lab/k10/server/engine.ts";
import { faultyBody } from "../../../../lab/k10/server/faults/actions.ts";
import { faultyApi, type Handler } from "../../../../lab/k10/server/faults/api.ts";
import { FAULTS_CONFIG_MAP } from "../../../../lab/k10/server/faults/faults.ts";
import { textAt, type KubeObject } from "../../../../lab/k10/server/json.ts";
import { kindOf } from "../../../../lab/k10/server/kinds.ts";
import { Validator } from "../../../../lab/k10/server/validation.ts";
import { simulate, volume } from "./movers.ts";
import type { FakeS3 } from "./s3.ts";
import { lab, until, type Lab } from "./world.ts";

export const ACTIONS = "/apis/actions.kio.kasten.io/v1alpha1";
export const APPS = "/apis/apps.kio.kasten.io/v1alpha1";
const CONFIG = "/apis/config.kio.kasten.io/v1alpha1/namespaces/kasten-io";
const profileRef = { name: "minio", namespace: "kasten-io" };

export class Side {
    readonly lab: Lab;
    readonly api: Handler;
    readonly #validator: Validator;

    private constructor(here: Lab, retrySeconds: number) {
        this.lab = here;
        const { world } = here;
        const engine = new Engine(world.catalog, retrySeconds, (kind, body) =>
            faultyBody(world.faults, kind, body),
        );
        this.api = faultyApi(new Api(world, engine), world.faults);
        this.#validator = new Validator(world);
        this.#validator.start();
    }

    /** Starts with a valid Profile `minio` of bucket `backups`. */
    static async start(uid: string, s3: FakeS3, retrySeconds = 0.01): Promise<Side> {
        const here = await lab(uid);
        simulate(here);
        const side = new Side(here, retrySeconds);
        const encode = (text: string) => Buffer.from(text).toString("base64");
        here.kube.put("/api/v1/namespaces/kasten-io/secrets/s3", {
            data: { aws_access_key_id: encode("access"), aws_secret_access_key: encode("secret") },
        });
        side.profile("minio", s3, "backups");
        await side.validated("profiles", "minio");
        return side;
    }

    async stop(): Promise<void> {
        this.#validator.stop();
        await this.lab.world.catalog.flush();
        await this.lab.stop();
    }

    /** Sets the fault knobs to these and no others. */
    faults(data: Record<string, string>): void {
        const path = `/api/v1/namespaces/kasten-io/configmaps/${FAULTS_CONFIG_MAP}`;
        this.lab.kube.put(path, { data });
    }

    profile(
        name: string,
        { endpoint, ...more }: { endpoint: string; protectionPeriod?: string },
        bucket: string,
        keys = "s3",
    ): void {
        const secret = { name: keys, namespace: "kasten-io" };
        const { protectionPeriod } = more;
        this.location(name, {
            type: "ObjectStore",
            credential: { secretType: "AwsAccessKey", secret },
            objectStore: {
                ...{ objectStoreType: "S3", name: bucket, endpoint },
                ...(protectionPeriod && { protectionPeriod }),
            },
        });
    }

    /** A Profile of any location. */
    location(name: string, locationSpec: object): void {
        this.lab.kube.put(`${CONFIG}/profiles/${name}`, {
            spec: { type: "Location", locationSpec },
        });
    }

    /** Applies a policy that backs up and exports namespace `shop`. */
    exportPolicy(name: string, profile = profileRef, more: object = {}): void {
        const exportData = { enabled: true };
        this.policy(name, {
            selector: { matchLabels: { "k10.kasten.io/appNamespace": "shop" } },
            actions: [
                { action: "backup", backupParameters: { profile: profileRef } },
                { action: "export", exportParameters: { profile, exportData, ...more } },
            ],
        });
    }

    importPolicy(name: string, receiveString: string): void {
        const importParameters = { profile: profileRef, receiveString };
        this.policy(name, { actions: [{ action: "import", importParameters }] });
    }

    policy(name: string, spec: object): void {
        const path = `${CONFIG}/policies/${name}`;
        const { metadata, status } = this.lab.kube.get(path) ?? {};
        this.lab.kube.put(path, {
            ...(metadata && { metadata }),
            ...(status && { status }),
            spec: { frequency: "@onDemand", ...spec },
        });
    }

    config(plural: string, name: string): KubeObject | undefined {
        return this.lab.kube.get(`${CONFIG}/${plural}/${name}`);
    }

    async validated(plural: string, name: string, wanted = "Success"): Promise<KubeObject> {
        return await until(`${plural} ${name} ${wanted}`, () => {
            const object = this.config(plural, name);
            return textAt(object, "status", "validation") === wanted ? object : undefined;
        });
    }

    /** An application in namespace `shop`: a Deployment and a volume with a file. */
    async application(): Promise<void> {
        const { kube } = this.lab;
        const shop = "/namespaces/shop";
        kube.put(`/api/v1${shop}`);
        kube.put(`/api/v1${shop}/configmaps/settings`, { data: { colour: "blue" } });
        kube.put(`/apis/apps/v1${shop}/deployments/web`, { spec: { replicas: 1 } });
        kube.put(`/api/v1${shop}/persistentvolumeclaims/data`, {
            spec: { storageClassName: "standard" },
            status: { phase: "Bound" },
        });
        const data = volume(this.lab, "shop", "data");
        await mkdir(data, { recursive: true });
        await writeFile(join(data, "rows"), "one two three");
    }

    /** A request as the API server forwards it. */
    async call(method: string, path: string, body?: unknown): Promise<KubeObject> {
        const [pathname, query] = path.split("?");
        const { body: answer } = await this.api.handle({
            ...{ method, path: pathname, query: new URLSearchParams(query), body },
            accept: "application/json",
        });
        return answer as KubeObject;
    }

    /** The actions of a kind as they are stored, past the API and its faults. */
    actions(kind: string): KubeObject[] {
        return this.lab.world.catalog.list(kindOf(kind));
    }

    /** Runs a policy and waits for the end. */
    async run(policy: string, name: string): Promise<KubeObject> {
        await this.call("POST", `${ACTIONS}/namespaces/kasten-io/runactions`, {
            apiVersion: "actions.kio.kasten.io/v1alpha1",
            kind: "RunAction",
            metadata: { name },
            spec: { subject: { kind: "Policy", name: policy, namespace: "kasten-io" } },
        });
        return await until(`${name} ended`, () =>
            this.actions("RunAction").find(each => each.metadata.name === name && isTerminal(each)),
        );
    }
}
