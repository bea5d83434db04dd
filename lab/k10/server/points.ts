/** Restore points and their contents in the catalog (K10 documentation, API "RestorePoints"). */
import { labels } from "./constants.ts";
import type { Ref, KubeObject } from "./json.ts";
import { omit, textAt } from "./json.ts";
import { kindOf } from "./kinds.ts";
import type { PointNote, World } from "./world.ts";

const POINT = kindOf("RestorePoint");
const CONTENT = kindOf("RestorePointContent");

/** `<namespace>-<restore point>`: seen on live clusters. */
export function contentName(namespace: string, restorePoint: string): string {
    return `${namespace}-${restorePoint}`;
}

export interface NewPoint {
    namespace: string;
    name: string;
    labels: Record<string, string>;
    actionTime: string;
    /** Null for manual backups. */
    scheduledTime: string | null;
    logicalSizeBytes?: number;
    physicalSizeBytes?: number;
}

/** Creates a content that no restore point is bound to yet: what an import does. */
export function createContent(
    world: World,
    point: NewPoint,
    note: PointNote,
): KubeObject | undefined {
    const { labels, actionTime, scheduledTime } = point;
    const content = world.catalog.create(CONTENT, {
        name: contentName(point.namespace, point.name),
        labels,
        status: { state: "Unbound", actionTime, scheduledTime },
    });
    if (content) {
        world.catalog.setNote(content.metadata.uid ?? "", note);
    }
    return content;
}

/** Creates a restore point in its namespace and its content, bound to each other: what backup and export do. */
export function createPoint(
    world: World,
    point: NewPoint,
    note: PointNote,
): KubeObject | undefined {
    const content = createContent(world, point, note);
    if (content) {
        const { logicalSizeBytes, physicalSizeBytes } = point;
        bind(world, content, { namespace: point.namespace, name: point.name }, point.labels, {
            ...(logicalSizeBytes !== undefined && { logicalSizeBytes }),
            ...(physicalSizeBytes !== undefined && { physicalSizeBytes }),
        });
    }
    return content;
}

/** Creates a restore point for a content and binds them; undefined where the name is taken. */
export function bind(
    world: World,
    content: KubeObject,
    ref: Ref,
    more: Record<string, string> = {},
    status: object = {},
    annotations: Record<string, string> = {},
): KubeObject | undefined {
    const { actionTime, scheduledTime } = content.status ?? {};
    const point = world.catalog.create(POINT, {
        ...ref,
        labels: { ...more, ...content.metadata.labels },
        annotations,
        spec: { restorePointContentRef: { name: content.metadata.name } },
        status: { state: "Bound", actionTime, scheduledTime, ...status },
    });
    if (point) {
        world.catalog.update(content, stored => {
            stored.status = { ...stored.status, state: "Bound", restorePointRef: ref };
        });
    }
    return point;
}

/** Removes a restore point; its content stays, unbound. */
export function unbind(world: World, point: KubeObject): void {
    const name = textAt(point, "spec", "restorePointContentRef", "name");
    const content = world.catalog.get(CONTENT, undefined, name);
    world.catalog.remove(point);
    if (content && textAt(content, "status", "restorePointRef", "name") === point.metadata.name) {
        world.catalog.update(content, stored => {
            const rest = omit(stored.status ?? {}, ["restorePointRef"]);
            stored.status = { ...rest, state: "Unbound" };
        });
    }
}

/** The content of a restore point and what the catalog knows of it. */
export function contentOf(
    world: World,
    point: KubeObject,
): { content: KubeObject; note: PointNote } | undefined {
    const name = textAt(point, "spec", "restorePointContentRef", "name");
    const content = world.catalog.get(CONTENT, undefined, name);
    const note = content && world.catalog.note<PointNote>(content.metadata.uid ?? "");
    return content && note ? { content, note } : undefined;
}

/** The labels that say which application something belongs to. */
export function appLabels(namespace: string): Record<string, string> {
    return {
        [labels.appName]: namespace,
        [labels.appNamespace]: namespace,
        [labels.appType]: "namespace",
    };
}
