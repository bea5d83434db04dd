/** When each part of a crossing happened, out of the engine's events. */
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";

/** A part of the crossing, in seconds since the start of `pulumi up`. */
export interface Phase {
    title: string;
    start: number;
    end: number;
}

/** The parts in the order of the crossing, and what their resources are called: `<type>::<name>`. */
const parts: [title: string, pattern: RegExp][] = [
    ["source cluster", /:(Command|Connection)::source$/],
    ["target cluster", /:(Command|Connection)::target$/],
    ["store", /::store$/],
    ["OpenShift rules", /::target-rules/],
    ["store probed from source", /::source-store$/],
    ["store probed from target", /::target-store$/],
    ["snapshots on source", /::source-snapshots/],
    ["snapshots on target", /::target-snapshots/],
    ["K10 on source", /::source-k10$/],
    ["K10 on target", /::target-k10$/],
    ["profile on source", /::source-profile$/],
    ["profile on target", /::target-profile$/],
    ["application", /::shop(-(database|web|password))?$/],
    ["rows", /::shop-seed$/],
    ["baseline", /::shop-(fetched-)?baseline$/],
    ["backup and export", /::shop-export(-policy)?$/],
    ["import", /::shop-import(-policy)?$/],
    ["restore", /::shop-restore$/],
    ["verification", /::shop-verification$/],
];

/** Takes the events of one `up`, as they come. */
export class Phases {
    private readonly started: number;
    private readonly times = new Map<string, Phase>();

    constructor(started: number) {
        this.started = started;
    }

    take(event: EngineEvent, now: number): void {
        const before = event.resourcePreEvent?.metadata;
        const after = event.resOutputsEvent?.metadata;
        const { type, urn } = before ?? after ?? { type: "", urn: "" };
        const resource = `${type}::${urn.split("::").at(-1)}`;
        const title = parts.find(([, pattern]) => pattern.test(resource))?.[0];
        // A component has no work of its own.
        if (!title || type.startsWith("crossing:")) {
            return;
        }
        const at = (now - this.started) / 1_000;
        const phase = this.times.get(title);
        if (!phase) {
            this.times.set(title, { title, start: at, end: at });
        } else if (after) {
            phase.end = Math.max(phase.end, at);
        }
    }

    /** In the order of the crossing. */
    list(): Phase[] {
        return parts.flatMap(([title]) => this.times.get(title) ?? []);
    }
}

/** The phases as bars over the time that all of them took. */
export function picture(phases: Phase[], width = 50): string {
    const total = Math.max(...phases.map(phase => phase.end));
    const titles = Math.max(...phases.map(phase => phase.title.length));
    return phases
        .map(({ title, start, end }) => {
            const from = Math.floor((start / total) * width);
            const length = Math.max(1, Math.ceil((end / total) * width) - from);
            const bar = (" ".repeat(from) + "█".repeat(length)).padEnd(width);
            const seconds = (end - start).toFixed(1).padStart(6);
            return `  ${title.padEnd(titles)}  ${bar}  ${seconds} s`;
        })
        .join("\n");
}
