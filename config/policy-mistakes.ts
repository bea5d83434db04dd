/**
 * What K10 would not accept of a policy (K10 documentation, API "Policies"), and what a crossing or a backup would lack.
 * K10 says the former only once a policy is there, and runs it not at all.
 */
import type { FurtherPolicySettings, PolicySettings, Schedule } from "./policy";
import { frequencies, onDemand } from "./policy";
import type { Settings } from "./schema";

const tiers = ["hourly", "daily", "weekly", "monthly", "yearly"] as const;

/** What of a subFrequency may hold several values, with which frequency, and what may not be there at all. */
const parts = {
    minutes: { several: "@hourly", never: [] },
    hours: { several: "@daily", never: [] },
    weekdays: { several: "@weekly", never: ["@monthly", "@yearly"] },
    days: { several: "@monthly", never: ["@weekly"] },
    months: { several: "@yearly", never: [] },
} as const;

const rank = (frequency: string) => (frequencies as readonly string[]).indexOf(frequency);

const frequencyOf = (settings: Schedule | undefined) => settings?.frequency ?? onDemand;

function subFrequencyMistakes(key: string, settings: Schedule): string[] {
    const { subFrequency = {} } = settings;
    const frequency = frequencyOf(settings);
    if (Object.keys(subFrequency).length > 0 && frequency === onDemand) {
        return [
            `\`${key}.subFrequency\` is of no use on demand: remove it, or set \`${key}.frequency\`.`,
        ];
    }
    return (Object.keys(parts) as (keyof typeof parts)[]).flatMap(part => {
        const given = subFrequency[part] ?? [];
        const { several, never } = parts[part];
        const name = `\`${key}.subFrequency.${part}\``;
        if (given.length > 0 && (never as readonly string[]).includes(frequency)) {
            return [`${name} has no meaning with frequency \`${frequency}\`: remove it.`];
        }
        if (given.length > 1 && frequency !== several) {
            return [
                `${name} has several values, which only frequency \`${several}\` may have: give one.`,
            ];
        }
        return part === "minutes" && given.length > 1 && given.some(minute => minute % 5 !== 0)
            ? [`${name} has several values, which must be multiples of 5: correct them.`]
            : [];
    });
}

function retentionMistakes(
    key: string,
    retention: Schedule["retention"],
    frequency: string,
    isNeeded: boolean,
): string[] {
    const given = tiers.filter(tier => retention?.[tier] !== undefined);
    if (frequency === onDemand) {
        return given.length > 0
            ? [`\`${key}\` is of no use on demand, where nothing is retired by itself: remove it.`]
            : [];
    }
    if (given.length === 0 && isNeeded) {
        return [
            `\`${key}\` is missing, which frequency \`${frequency}\` needs: say how many restore points are kept, such as \`{ daily: 7 }\`.`,
        ];
    }
    return given
        .filter(tier => tiers.indexOf(tier) < rank(frequency))
        .map(
            tier =>
                `\`${key}.${tier}\` is more often than frequency \`${frequency}\`: remove it, or run the policy more often.`,
        );
}

/** What a preset says itself may not be said beside it. */
function presetMistakes(key: string, settings: PolicySettings): string[] {
    const { export: exported } = settings;
    const said = [
        ...(["frequency", "subFrequency", "retention"] as const).filter(name => settings[name]),
        ...(["frequency", "retention", "blockModeProfile"] as const)
            .filter(name => exported[name])
            .map(name => `export.${name}`),
    ];
    return said.map(
        name =>
            `\`${key}.${name}\` is set beside \`${key}.preset\`, which says that itself: remove one of them.`,
    );
}

/** What is wrong with when a policy runs and what it keeps. */
function scheduleMistakes(key: string, settings: PolicySettings): string[] {
    if (settings.preset) {
        return presetMistakes(key, settings);
    }
    const { export: exported } = settings;
    const [own, exports] = [frequencyOf(settings), exported.frequency];
    const mistakes = [
        ...subFrequencyMistakes(key, settings),
        ...retentionMistakes(`${key}.retention`, settings.retention, own, true),
    ];
    if (!exported.enabled) {
        return mistakes;
    }
    if (exports && exports !== own && own === onDemand) {
        mistakes.push(
            `\`${key}.export.frequency\` is \`${exports}\`, but the policy runs on demand: remove it, or set \`${key}.frequency\`.`,
        );
    } else if (exports && rank(exports) < rank(own)) {
        mistakes.push(
            `\`${key}.export.frequency\` is \`${exports}\`, more often than the policy itself, which is \`${own}\`: use the same or a longer one.`,
        );
    }
    return [
        ...mistakes,
        ...retentionMistakes(`${key}.export.retention`, exported.retention, exports ?? own, false),
    ];
}

/** The crossing is what its policy exports, with its data. */
function crossingMistakes({ policy, importPolicy }: Settings): string[] {
    const key = "crossing:policy";
    const mistakes = policy ? scheduleMistakes(key, policy) : [];
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

function furtherMistakes(name: string, settings: FurtherPolicySettings): string[] {
    const key = `crossing:policies.${name}`;
    const mistakes = scheduleMistakes(key, settings);
    const { export: exported, withoutData } = settings;
    const all = exported.enabled && exported.data && !exported.overrides?.some(each => !each.data);
    if (!all && !withoutData) {
        mistakes.push(
            `\`${key}\` leaves out data of volumes, which would be lost with their cluster: export all of it, or say \`withoutData: true\`.`,
        );
    }
    if (settings.namespaces && settings.selector) {
        mistakes.push(
            `\`${key}.namespaces\` and \`${key}.selector\` both say which applications: remove one of them.`,
        );
    }
    const { matchLabels = {}, matchExpressions = [] } = settings.selector ?? {};
    if (settings.selector && Object.keys(matchLabels).length + matchExpressions.length === 0) {
        mistakes.push(
            `\`${key}.selector\` selects nothing: give \`matchLabels\` or \`matchExpressions\`.`,
        );
    }
    return mistakes;
}

/** All that is wrong with the policies of a configuration. */
export function policyMistakes(settings: Settings): string[] {
    const { role, policies = {}, blueprintBindings = [], applications } = settings;
    const own = ["crossing", ...applications.map(({ namespace }) => namespace)].flatMap(name =>
        ["export", "import"].map(suffix => `${name}-${suffix}`),
    );
    const mistakes = crossingMistakes(settings);
    for (const [name, each] of Object.entries(policies)) {
        mistakes.push(...furtherMistakes(name, each));
        if (own.includes(name)) {
            mistakes.push(
                `\`crossing:policies.${name}\` has the name of the crossing's own policy: choose another one.`,
            );
        }
    }
    const elsewhere = { source: "target", target: "source", store: "", all: "" }[role];
    const placed = [
        ...Object.entries(policies).map(([name, { on }]) => [`policies.${name}`, on] as const),
        ...blueprintBindings.map(({ on }, i) => [`blueprintBindings.${i}`, on] as const),
    ];
    for (const [key, on] of placed.filter(([, side]) => side === elsewhere)) {
        mistakes.push(
            `\`crossing:${key}\` is on the ${on}, which is no part of \`role: ${role}\`: set \`on: ${role}\`, or move it to that stack.`,
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
