/**
 * What K10 would not accept of a policy (K10 documentation, API "Policies"), and what a crossing or a backup would lack.
 * K10 says the former only once a policy is there, and runs it not at all.
 */
import { locationOf } from "./location-rules";
import type { FurtherPolicySettings } from "./policy";
import { blockModeMistakes, clusterFilterMistakes, selectionMistakes } from "./policy-scope";
import { presetMistakes } from "./presets";
import { scheduleMistakes, subFrequencyMistakes } from "./schedule-mistakes";
import { placeOf } from "./roles";
import type { Settings } from "./schema";

/** The crossing is what its policy exports, with its data. */
function crossingMistakes(settings: Settings): string[] {
    const { policy, importPolicy } = settings;
    const key = "crossing:policy";
    const mistakes = policy
        ? [
              ...scheduleMistakes(key, policy),
              ...clusterFilterMistakes(key, policy),
              ...blockModeMistakes(settings, "policy", policy.export.blockModeProfile, {
                  ...{ side: "source", location: settings.exportLocation },
                  whose: "exportLocation",
              }),
          ]
        : [];
    for (const [name, isThere] of [
        ["enabled", policy?.export.enabled],
        ["data", policy?.export.data],
    ] as const) {
        if (isThere === false) {
            mistakes.push(
                `\`${key}.export.${name}\` is \`false\`, but what this policy exports is what crosses: remove it, and write a policy of snapshots alone below \`crossing:policies\`.`,
            );
        }
    }
    return [...mistakes, ...subFrequencyMistakes("crossing:importPolicy", { ...importPolicy })];
}

function furtherMistakes(settings: Settings, name: string, of: FurtherPolicySettings): string[] {
    const path = `policies.${name}`;
    const key = `crossing:${path}`;
    const { location, on } = of;
    return [
        ...scheduleMistakes(key, of),
        ...selectionMistakes(key, of),
        ...dataMistakes(key, of),
        ...(location === undefined
            ? []
            : locationOf(settings, `${path}.location`, location, true, [on])),
        ...(location !== undefined && of.preset !== undefined
            ? [
                  `\`${key}.location\` is set beside \`${key}.preset\`, which says that itself: remove one of them.`,
              ]
            : []),
        ...blockModeMistakes(settings, path, of.export.blockModeProfile, {
            ...{ side: on, location, whose: `${path}.location` },
        }),
    ];
}

/** A backup without the data of volumes is none, if nobody says that it need not be. */
function dataMistakes(key: string, of: FurtherPolicySettings): string[] {
    const { export: exported, withoutData, cluster } = of;
    const all = exported.enabled && exported.data && !exported.overrides?.some(each => !each.data);
    return all || withoutData || cluster
        ? []
        : [
              `\`${key}\` leaves out data of volumes, which would be lost with their cluster: export all of it, or say \`withoutData: true\`.`,
          ];
}

/** All that is wrong with the policies of a configuration. */
export function policyMistakes(settings: Settings): string[] {
    const { role, policies = {}, blueprintBindings = [], applications, transformSets } = settings;
    const own = ["crossing", ...applications.map(({ namespace }) => namespace)].flatMap(name =>
        ["export", "import"].map(suffix => `${name}-${suffix}`),
    );
    const mistakes = [...crossingMistakes(settings), ...presetMistakes(settings)];
    for (const [name, each] of Object.entries(policies)) {
        mistakes.push(...furtherMistakes(settings, name, each));
        if (own.includes(name)) {
            mistakes.push(
                `\`crossing:policies.${name}\` has the name of the crossing's own policy: choose another one.`,
            );
        }
    }
    const here = placeOf(role);
    const elsewhere = { source: "target", target: "source", store: "", all: "" }[here];
    const placed = [
        ...Object.entries(policies).map(([name, { on }]) => [`policies.${name}`, on] as const),
        ...blueprintBindings.map(({ on }, i) => [`blueprintBindings.${i}`, on] as const),
    ];
    for (const [key, on] of placed.filter(([, side]) => side === elsewhere)) {
        mistakes.push(
            `\`crossing:${key}\` is on the ${on}, which is no part of \`role: ${role}\`: set \`on: ${here}\`, or move it to that stack.`,
        );
    }
    if (transformSets && (role === "source" || role === "store")) {
        mistakes.push(
            `\`crossing:transformSets\` are on the target, which is no part of \`role: ${role}\`: move them to that stack.`,
        );
    }
    const names = blueprintBindings.map(({ name, on }) => `${on}/${name}`);
    blueprintBindings.forEach(({ name }, i) => {
        if (names.indexOf(names[i] ?? "") < i) {
            mistakes.push(
                `\`crossing:blueprintBindings.${i}.name\` is \`${name}\`, as is that of an earlier one: choose another one.`,
            );
        }
    });
    return mistakes;
}
