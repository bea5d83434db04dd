/** What is installed, and what runs by itself from then on. */
import { changesOf } from "./changes.ts";
import { type Effect, metadata, note, on, text, warning } from "./effect.ts";
import { code } from "./markdown.ts";
import type { Properties, Resource } from "./preview.ts";

export function k10(resource: Resource): Effect[] {
    const [from, to] = [resource.old, resource.new].map(({ version }) => text(version));
    return installation(
        resource,
        `K10 ${to} is installed ${on(resource)}`,
        from === to ? undefined : `K10 ${on(resource)} goes from ${from} to ${to}`,
    );
}

/** Its version is the operator's. */
export function k10OfOperator(resource: Resource): Effect[] {
    return installation(resource, `K10 is installed ${on(resource)} by its operator`);
}

/** The end of a Subscription is told with K10's own, and so is its beginning. */
export function operator(resource: Resource): Effect[] {
    const [from, to] = [resource.old, resource.new].map(
        ({ spec }) => (spec as Properties | undefined) ?? {},
    );
    return resource.operation === "change" || resource.operation === "replace"
        ? ["channel", "startingCSV"]
              .filter(key => from[key] !== to[key])
              .map(key => {
                  const [before, after] = [from, to].map(({ [key]: value }) =>
                      value === undefined ? "none" : text(value),
                  );
                  return note(
                      `K10's operator ${on(resource)}, and K10 with it: ${code(key)} ${before} → ${after}`,
                  );
              })
        : [];
}

/** @param otherVersion said of a change, if it is one of the version */
function installation(resource: Resource, installed: string, otherVersion?: string): Effect[] {
    const where = on(resource);
    switch (resource.operation) {
        case "create":
            return [note(installed)];
        case "delete":
            return [
                warning(
                    `K10 is removed ${where}, with its policies and its catalog of restore points`,
                ),
            ];
        case "replace":
            return [
                warning(
                    `K10 **is removed and installed anew** ${where}: its catalog of restore points is lost`,
                ),
            ];
        case "change":
            return [note(otherVersion ?? `K10 ${where} is installed again with other settings`)];
    }
}

export function schedule(resource: Resource): Effect[] {
    const name = text(metadata(resource)["name"]);
    const [from, to] = [resource.old, resource.new].map(
        properties => (properties["spec"] as Properties | undefined)?.["frequency"],
    );
    if (resource.operation === "create" || resource.operation === "replace") {
        return to === undefined || to === "@onDemand"
            ? []
            : [note(`policy ${name} ${on(resource)} runs by itself, by schedule ${text(to)}`)];
    }
    if (resource.operation === "delete") {
        return [note(`policy ${name} ${on(resource)} is deleted: it runs no more`)];
    }
    return changesOf(resource).some(change => change.path.endsWith("spec.frequency"))
        ? [note(`schedule of policy ${name} ${on(resource)}: ${text(from)} → ${text(to)}`)]
        : [];
}
