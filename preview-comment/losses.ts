/** What is lost: clusters, stores, namespaces and volumes that go. */
import { type Effect, metadata, note, on, text, warning } from "./effect.ts";
import { code } from "./markdown.ts";
import type { Operation, Preview, Properties, Resource } from "./preview.ts";

export function cluster({ operation, name }: Resource): Effect[] {
    return gone(
        operation,
        verb => `kind cluster ${code(name)} **is ${verb}**, and everything in it is lost`,
    );
}

export function crc({ operation, name, old }: Resource): Effect[] {
    if (operation !== "delete" && operation !== "replace") {
        return [];
    }
    const end = (old["environment"] as Properties | undefined)?.["ON_DESTROY"];
    const what = `the CRC of ${code(name)}`;
    const again = operation === "replace" ? " and started again" : "";
    return end === "delete"
        ? gone(operation, verb => `${what} **is ${verb}**, and everything in it is lost`)
        : end === "stop"
          ? [note(`${what} is stopped${again}, with what is in it`)]
          : [];
}

export function store({ operation, old }: Resource): Effect[] {
    return gone(
        operation,
        verb =>
            `the store's volume ${text(old["name"])} **is ${verb}**: every backup in it is lost`,
    );
}

export function namespace(resource: Resource, preview: Preview): Effect[] {
    const name = text(metadata(resource)["name"]);
    return inKeptCluster(resource, preview)
        ? gone(
              resource.operation,
              verb =>
                  `namespace ${name} ${on(resource)} **is ${verb}**, and everything in it is lost`,
          )
        : [];
}

export function volume(resource: Resource, preview: Preview): Effect[] {
    const { name, namespace } = metadata(resource);
    return inKeptCluster(resource, preview)
        ? gone(
              resource.operation,
              verb =>
                  `volume claim ${text(name)} in namespace ${text(namespace)} ${on(resource)} **is ${verb}**, and its data is lost`,
          )
        : [];
}

function gone(operation: Operation, sentence: (verb: string) => string): Effect[] {
    const verbs: Partial<Record<Operation, string>> = {
        delete: "deleted",
        replace: "deleted and made anew",
    };
    const verb = verbs[operation];
    return verb === undefined ? [] : [warning(sentence(verb))];
}

/** Where the whole cluster goes, that is said once. */
const inKeptCluster = ({ deletedWith }: Resource, { resources }: Preview) =>
    !resources.some(
        ({ urn, operation }) =>
            urn === deletedWith && (operation === "delete" || operation === "replace"),
    );
