/** `locationSecrets`: JSON by location and field. It is checked by names alone, so that no message can show a value. */
import { Locations, secretFields } from "./locations";

/** By location, then by field. */
export type LocationSecrets = Record<string, Record<string, string>>;

const set = (path: string) =>
    `set it by \`pulumi config set --secret --path crossing:locationSecrets${path}\``;

/** @param text the value of `locationSecrets`, if it is set */
export function readLocationSecrets(
    locations: Locations,
    text: string | undefined,
): { secrets: LocationSecrets; mistakes: string[] } {
    const all = fields(text === undefined ? {} : json(text));
    if (!all) {
        const mistake = `\`crossing:locationSecrets\` is no JSON object with a key for each location: ${set(".<location>.<field>")}.`;
        return { secrets: {}, mistakes: [mistake] };
    }
    const unknown = Object.keys(all)
        .filter(name => !Object.hasOwn(locations, name))
        .map(
            name =>
                `\`crossing:locationSecrets.${name}\` belongs to no location: remove it, or add \`${name}\` to \`crossing:locations\`.`,
        );
    const secrets: LocationSecrets = {};
    const wrong = Object.entries(locations).flatMap(([name, { type }]) => {
        const given = Object.hasOwn(all, name) ? fields(all[name]) : {};
        if (!given) {
            return [
                `\`crossing:locationSecrets.${name}\` has no keys with values: ${set(`.${name}.<field>`)}.`,
            ];
        }
        secrets[name] = given as Record<string, string>;
        return mistakesOf(name, type, given);
    });
    return { secrets, mistakes: [...unknown, ...wrong] };
}

function mistakesOf(
    name: string,
    type: keyof typeof secretFields,
    given: Record<string, unknown>,
): string[] {
    const key = (field: string) => `\`crossing:locationSecrets.${name}.${field}\``;
    const needed = secretFields[type];
    const useless = Object.keys(given)
        .filter(field => !needed.includes(field))
        .map(field => `${key(field)} is no secret of a location of type \`${type}\`: remove it.`);
    const wrong = needed.flatMap(field => {
        const value = given[field];
        if (value === undefined) {
            return [
                `${key(field)} is missing, which a location of type \`${type}\` needs: ${set(`.${name}.${field}`)}.`,
            ];
        }
        if (typeof value !== "string" || value === "") {
            return [`${key(field)} is no text: ${set(`.${name}.${field}`)}.`];
        }
        return field === "serviceAccount" && !fields(json(value))
            ? [
                  `${key(field)} is no JSON object: give the contents of the service account's key file.`,
              ]
            : [];
    });
    return [...useless, ...wrong];
}

function json(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return undefined;
    }
}

const fields = (value: unknown): Record<string, unknown> | undefined =>
    typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : undefined;
