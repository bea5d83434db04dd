/** PolicyPresets: what policies have in common (K10 documentation, API "PolicyPresets"). */
import * as v from "valibot";
import { dnsLabel, oneOf, text } from "./fields";
import { locationOf } from "./location-rules";
import { storeLocation } from "./locations";
import type { PolicySettings } from "./policy";
import { exportParts, frequencies, retention, side, subFrequency, window } from "./policy";
import { blockModeMistakes } from "./policy-scope";
import { scheduleMistakes } from "./schedule-mistakes";
import { placeOf } from "./roles";
import type { Settings } from "./schema";

export const presets = v.record(
    dnsLabel(40),
    v.strictObject({
        comment: v.optional(text),
        /** The clusters whose K10 has it. */
        sides: v.optional(
            v.pipe(
                v.array(side, "give a list of `source` and `target`"),
                v.minLength(1, "name `source`, `target` or both"),
            ),
            ["source"],
        ),
        frequency: oneOf(frequencies),
        subFrequency: v.optional(subFrequency),
        ...window,
        retention,
        /** The location for what is written at the backup itself. */
        location: v.optional(text, storeLocation),
        /** Without it there are snapshots alone. */
        export: v.optional(
            v.strictObject({ ...exportParts, location: v.optional(text, storeLocation) }),
        ),
    }),
);

export type PresetSettings = v.InferOutput<typeof presets>[string];

/** What K10 would not accept of presets, and of the policies that use them. */
export function presetMistakes(settings: Settings): string[] {
    const { presets = {}, policy, policies = {} } = settings;
    const users = [
        ...(policy ? [["policy", policy, "source"] as const] : []),
        ...Object.entries(policies).map(([name, of]) => [`policies.${name}`, of, of.on] as const),
    ];
    return [
        ...Object.entries(presets).flatMap(([name, of]) => ownMistakes(settings, name, of)),
        ...users.flatMap(([key, of, on]) => useMistakes(presets, key, of, on)),
    ];
}

function ownMistakes(settings: Settings, name: string, of: PresetSettings): string[] {
    const path = `presets.${name}`;
    const { sides, location, export: exported } = of;
    const to = exported?.location;
    return [
        ...scheduleMistakes(`crossing:${path}`, {
            ...of,
            export: { ...exported, enabled: exported !== undefined },
        }),
        ...locationOf(settings, `${path}.location`, location, false, sides),
        ...(to === undefined
            ? []
            : locationOf(settings, `${path}.export.location`, to, true, sides)),
        ...sides.flatMap(side =>
            blockModeMistakes(settings, path, exported?.blockModeProfile, {
                ...{ side, location: to, whose: `${path}.export.location` },
            }),
        ),
        ...placeMistakes(settings.role, path, sides),
    ];
}

function placeMistakes(
    role: Settings["role"],
    path: string,
    sides: readonly ("source" | "target")[],
): string[] {
    const here = placeOf(role);
    return here === "all" || sides.includes(here as "source" | "target")
        ? []
        : [
              `\`crossing:${path}\` is on the ${sides[0]}, which is no part of \`role: ${role}\`: set \`sides: [${here}]\`, or move it to that stack.`,
          ];
}

/** A name that is not among the presets is one that is there already. */
function useMistakes(
    presets: Record<string, PresetSettings>,
    key: string,
    { preset = "", export: exported }: PolicySettings,
    on: "source" | "target",
): string[] {
    const used = Object.hasOwn(presets, preset) ? presets[preset] : undefined;
    if (!used) {
        return [];
    }
    const mistakes: string[] = [];
    if (!used.sides.includes(on)) {
        mistakes.push(
            `\`crossing:${key}.preset\` is \`${preset}\`, which is not on the ${on}: add \`${on}\` to \`crossing:presets.${preset}.sides\`.`,
        );
    }
    if (exported.enabled && !used.export) {
        mistakes.push(
            `\`crossing:${key}.preset\` is \`${preset}\`, which exports nothing: add \`crossing:presets.${preset}.export\`${key === "policy" ? "" : `, or set \`crossing:${key}.export.enabled: false\``}.`,
        );
    }
    return mistakes;
}
