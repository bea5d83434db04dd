/** What `kubectl get` prints: the server, not kubectl, makes the table. */
import { DR_GROUP, STAND_IN } from "./constants.ts";
import { at, textAt, type KubeObject } from "./json.ts";
import type { Kind } from "./kinds.ts";

interface Column {
    name: string;
    type: "string" | "integer" | "date";
    format?: "name";
    description: string;
    cell: (object: KubeObject) => unknown;
}

const name: Column = {
    name: "Name",
    type: "string",
    format: "name",
    description: "Name of the object",
    cell: object => object.metadata.name,
};

const created: Column = {
    name: "Created At",
    type: "date",
    description: "When the object was created",
    cell: object => object.metadata.creationTimestamp,
};

const state: Column = {
    name: "State",
    type: "string",
    description: "status.state",
    cell: object => textAt(object, "status", "state"),
};

const phase: Column = {
    name: "Phase",
    type: "string",
    description: "status.phase",
    cell: object => textAt(object, "status", "phase"),
};

const percent: Column = {
    name: "Pct",
    type: "integer",
    description: "status.progress",
    cell: object => at(object, "status", "progress") ?? 0,
};

// Whoever lists these objects must see at a glance that no Kasten K10 made them.
const servedBy: Column = {
    name: "Served By",
    type: "string",
    description: "This is a stand-in for Veeam Kasten K10, not the real one",
    cell: () => `${STAND_IN} stand-in`,
};

/** Kinds whose progress K10 shows (K10 documentation, API "RunActions", "BackupActions", "ExportActions"). */
const WITH_PERCENT = ["BackupAction", "ExportAction", "RunAction"];

function columnsOf(kind: Kind): Column[] {
    const more = WITH_PERCENT.includes(kind.kind)
        ? [state, percent]
        : kind.group === DR_GROUP
          ? [state, phase]
          : [state];
    return [name, created, ...more, servedBy];
}

/** How much of each object a row carries: the query parameter `includeObject`. */
export type IncludeObject = "None" | "Metadata" | "Object";

/** A `meta.k8s.io/v1` Table of objects of one kind. */
export function table(
    kind: Kind,
    objects: KubeObject[],
    resourceVersion: string,
    include: IncludeObject = "Metadata",
): object {
    const columns = columnsOf(kind);
    return {
        kind: "Table",
        apiVersion: "meta.k8s.io/v1",
        metadata: { resourceVersion },
        columnDefinitions: columns.map(({ name, type, format = "", description }) => ({
            name,
            type,
            format,
            description,
            priority: 0,
        })),
        rows: objects.map(object => ({
            cells: columns.map(column => column.cell(object)),
            ...(include === "Object" && { object }),
            ...(include === "Metadata" && { object: partial(object) }),
        })),
    };
}

function partial(object: KubeObject): object {
    return {
        kind: "PartialObjectMetadata",
        apiVersion: "meta.k8s.io/v1",
        metadata: object.metadata,
    };
}

/** Whether an `Accept` header asks for a table before anything else that we can give. */
export function wantsTable(accept: string): boolean {
    for (const range of accept.split(",").map(part => part.trim().toLowerCase())) {
        const [type, ...parameters] = range.split(";").map(part => part.trim());
        if (type !== "application/json" && type !== "*/*" && type !== "application/*") {
            continue;
        }
        const as = parameters.find(parameter => parameter.startsWith("as="));
        if (as === undefined) {
            return false;
        }
        if (as === "as=table") {
            return parameters.includes("v=v1");
        }
    }
    return false;
}
