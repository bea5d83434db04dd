/** What makes a TransformSet or a BlueprintBinding valid (K10 documentation, API of each). */
import { fieldsAt, isFields, listAt, refAt, textAt, type Fields } from "./json.ts";

const OPERATIONS = ["test", "add", "remove", "copy", "move", "replace"];

function operationErrors(operation: unknown, where: string): string[] {
    const op = textAt(operation, "op");
    if (!OPERATIONS.includes(op)) {
        return [`${where}: op ${JSON.stringify(op)} is unknown`];
    }
    const has = (field: string) => isFields(operation) && operation[field] !== undefined;
    const errors: string[] = [];
    if (!textAt(operation, "path").startsWith("/")) {
        errors.push(`${where}: path must start with /`);
    }
    if (["copy", "move"].includes(op) && !textAt(operation, "from").startsWith("/")) {
        errors.push(`${where}: from must start with /`);
    }
    if (["add", "replace"].includes(op) && !has("value")) {
        errors.push(`${where}: value is required`);
    }
    if (op === "test" && has("value") && has("regex")) {
        errors.push(`${where}: test takes either value or regex`);
    }
    if (has("regex") && ["add", "remove"].includes(op)) {
        errors.push(`${where}: regex is not allowed with ${op}`);
    }
    try {
        new RegExp(textAt(operation, "regex"));
    } catch {
        errors.push(`${where}: regex is not a regular expression`);
    }
    return errors;
}

/** Errors of one transform; inline ones need no name. */
export function transformErrors(transform: unknown, where: string, needsName: boolean): string[] {
    const subject = fieldsAt(transform, "subject");
    const operations = listAt(transform, "json");
    return [
        ...(needsName && textAt(transform, "name") === "" ? [`${where}.name is required`] : []),
        ...(["group", "version", "resource", "name"].some(key => textAt(subject, key) !== "")
            ? []
            : [`${where}.subject needs at least one of group, version, resource, name`]),
        ...(operations.length === 0 ? [`${where}.json is required: at least one operation`] : []),
        ...operations.flatMap((each, index) => operationErrors(each, `${where}.json[${index}]`)),
    ];
}

export function transformSetErrors(spec: Fields | undefined): string[] {
    const transforms = listAt(spec, "transforms");
    return transforms.length === 0
        ? ["transforms is required: at least one transform"]
        : transforms.flatMap((each, index) => transformErrors(each, `transforms[${index}]`, true));
}

export function blueprintBindingErrors(spec: Fields | undefined): string[] {
    const requirements = [
        ...listAt(spec, "resources", "matchAll"),
        ...listAt(spec, "resources", "matchAny"),
    ];
    return [
        ...(refAt(spec, "blueprintRef") ? [] : ["blueprintRef is required"]),
        ...(requirements.length > 0 ? [] : ["resources needs at least one requirement"]),
    ];
}
