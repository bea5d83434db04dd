/**
 * Faults on demand, all off unless the ConfigMap `k10-stand-in-faults` says otherwise. It is read again and
 * again, so that a fault can be switched while the server runs. Counts begin anew when a knob's text changes.
 */
import { messageOf } from "../failure.ts";
import { textAt, type KubeObject } from "../json.ts";
import type { Cluster } from "../kube.ts";
import { log } from "../log.ts";
import { pathOf } from "../resources.ts";
import {
    hits,
    parseLimits,
    parseSeconds,
    settingErrors,
    type LimitKnob,
    type SecondsKnob,
} from "./settings.ts";

export const FAULTS_CONFIG_MAP = "k10-stand-in-faults";

const CONFIG_MAPS = { group: "", version: "v1", resource: "configmaps" };

/** How every fault introduces itself: nobody must take it for trouble of the stand-in or of K10. */
export function faultText(knob: LimitKnob): string {
    return `fault ${knob} of the K10 stand-in`;
}

export class Faults {
    readonly #cluster: Cluster;
    readonly #path: string;
    readonly #freshMs: number;
    #texts: Record<string, string> = {};
    #readAt = -Infinity;
    readonly #counts = new Map<string, { text: string; count: number }>();

    /** @param freshMs How long the ConfigMap is not read again. */
    constructor(cluster: Cluster, namespace: string, freshMs = 1_000) {
        this.#cluster = cluster;
        this.#path = pathOf(CONFIG_MAPS, namespace, FAULTS_CONFIG_MAP);
        this.#freshMs = freshMs;
    }

    /** Whether this occurrence of `name` goes wrong. Asking counts as an occurrence. */
    async strikes(knob: LimitKnob, name: string): Promise<boolean> {
        const text = await this.#text(knob);
        const limits = parseLimits(text);
        const key = limits.has(name) ? name : "*";
        const limit = limits.get(key);
        if (!limit) {
            return false;
        }
        const before = this.#counts.get(`${knob}/${key}`);
        const count = before?.text === text ? before.count + 1 : 1;
        this.#counts.set(`${knob}/${key}`, { text, count });
        return hits(limit, count);
    }

    async seconds(knob: SecondsKnob): Promise<number> {
        return parseSeconds(await this.#text(knob));
    }

    async #text(knob: string): Promise<string> {
        if (Date.now() - this.#readAt >= this.#freshMs) {
            this.#readAt = Date.now();
            try {
                this.#take(await this.#cluster.find(this.#path));
            } catch (error) {
                log(`reading ConfigMap ${FAULTS_CONFIG_MAP}: ${messageOf(error)}`);
            }
        }
        return this.#texts[knob] ?? "";
    }

    /** Takes over what the ConfigMap says, without the entries that cannot be read. */
    #take(configMap: KubeObject | undefined): void {
        const data = Object.keys(configMap?.["data"] ?? {});
        const texts = Object.fromEntries(
            data.map(knob => [knob, textAt(configMap, "data", knob)] as const),
        );
        const set = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));
        if (JSON.stringify(set) === JSON.stringify(this.#texts)) {
            return;
        }
        const usable = Object.entries(set).filter(([knob, text]) => {
            const errors = settingErrors({ [knob]: text });
            errors.forEach(error => log(`ConfigMap ${FAULTS_CONFIG_MAP}: ${error}; it is ignored`));
            return errors.length === 0;
        });
        this.#texts = Object.fromEntries(usable);
        log(`faults: ${usable.map(([knob, text]) => `${knob} ${text}`).join("; ") || "none"}`);
    }
}
