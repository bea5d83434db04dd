/** What K10 would not accept of when a policy runs and what it keeps (K10 documentation, API "Policies"). */
import type { PolicySettings, Schedule } from "./policy";
import { frequencies, onDemand } from "./policy";

/** What a policy and a preset say of times. */
type Scheduled = Pick<
    PolicySettings,
    "frequency" | "subFrequency" | "backupWindow" | "staggering" | "retention" | "preset"
> & {
    export: Pick<
        PolicySettings["export"],
        "enabled" | "frequency" | "retention" | "blockModeProfile"
    >;
};

const tiers = ["hourly", "daily", "weekly", "monthly", "yearly"] as const;

/** What of a subFrequency may hold several values, with which frequency, and what may not be there at all. */
const parts = {
    minutes: { several: "@hourly", never: [] },
    hours: { several: "@daily", never: [] },
    weekdays: { several: "@weekly", never: ["@monthly", "@yearly"] },
    days: { several: "@monthly", never: ["@weekly"] },
    months: { several: "@yearly", never: [] },
} as const;

/** What a backup window says itself. */
const within = ["minutes", "hours"];

const rank = (frequency: string) => (frequencies as readonly string[]).indexOf(frequency);

const frequencyOf = (settings: Schedule | undefined) => settings?.frequency ?? onDemand;

export function subFrequencyMistakes(
    key: string,
    settings: Schedule & Pick<PolicySettings, "backupWindow">,
): string[] {
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
        if (given.length > 0 && settings.backupWindow && within.includes(part)) {
            return [
                `${name} does not go with \`${key}.backupWindow\`, which says when within a day: remove one of them.`,
            ];
        }
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

function windowMistakes(key: string, settings: Scheduled): string[] {
    const { backupWindow, staggering } = settings;
    if (!backupWindow) {
        return staggering
            ? [
                  `\`${key}.staggering\` is of no use without \`${key}.backupWindow\`, within which K10 chooses the time: add that, or remove it.`,
              ]
            : [];
    }
    if (frequencyOf(settings) === onDemand) {
        return [
            `\`${key}.backupWindow\` is of no use on demand: remove it, or set \`${key}.frequency\`.`,
        ];
    }
    const { start, end } = backupWindow;
    return start.hour === end.hour && start.minute === end.minute
        ? [`\`${key}.backupWindow\` ends when it starts: make it longer, or remove it.`]
        : [];
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
function besidePreset(key: string, settings: Scheduled): string[] {
    const { export: exported } = settings;
    const said = [
        ...(
            ["frequency", "subFrequency", "backupWindow", "staggering", "retention"] as const
        ).filter(name => settings[name]),
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
export function scheduleMistakes(key: string, settings: Scheduled): string[] {
    if (settings.preset) {
        return besidePreset(key, settings);
    }
    const { export: exported } = settings;
    const [own, exports] = [frequencyOf(settings), exported.frequency];
    const mistakes = [
        ...subFrequencyMistakes(key, settings),
        ...windowMistakes(key, settings),
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
