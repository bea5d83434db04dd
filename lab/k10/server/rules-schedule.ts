/** The part of a Policy's rules that concerns times (K10 documentation, API "Policies"). */
import { at, fieldsAt, isFields, listAt, type Fields } from "./json.ts";

export const FREQUENCIES = ["@hourly", "@daily", "@weekly", "@monthly", "@yearly"];
export const ON_DEMAND = "@onDemand";

const TIERS = ["hourly", "daily", "weekly", "monthly", "yearly"];

interface Entry {
    field: string;
    min: number;
    max: number;
    /** Several values are allowed with this frequency only. */
    several: string;
    /** Not allowed with these. */
    never: string[];
}

const ENTRIES: Entry[] = [
    { field: "minutes", min: 0, max: 59, several: "@hourly", never: [] },
    { field: "hours", min: 0, max: 23, several: "@daily", never: [] },
    { field: "weekdays", min: 0, max: 7, several: "@weekly", never: ["@monthly", "@yearly"] },
    { field: "days", min: 1, max: 31, several: "@monthly", never: ["@weekly"] },
    { field: "months", min: 1, max: 12, several: "@yearly", never: [] },
];

/** Whether a map says anything: K10 takes null and absent entries for nothing. */
function says(value: unknown): value is Fields {
    return isFields(value) && Object.values(value).some(each => each !== null);
}

/** Errors of `retention`: of the policy itself or of its export action. */
export function retentionErrors(retention: unknown, frequency: string, where: string): string[] {
    if (!says(retention)) {
        return [];
    }
    if (frequency === ON_DEMAND) {
        return [`${where} is not allowed with frequency @onDemand`];
    }
    const lowest = FREQUENCIES.indexOf(frequency);
    return Object.entries(retention).flatMap(([tier, count]) => {
        if (!TIERS.includes(tier)) {
            return [`${where}.${tier} is unknown`];
        }
        if (count === null) {
            return [];
        }
        if (typeof count !== "number" || !Number.isInteger(count) || count < 0) {
            return [`${where}.${tier} must be a whole number, not negative`];
        }
        return TIERS.indexOf(tier) < lowest
            ? [`${where}.${tier} is finer than frequency ${frequency}`]
            : [];
    });
}

function subFrequencyErrors(spec: Fields, frequency: string): string[] {
    const sub = at(spec, "subFrequency");
    if (!says(sub)) {
        return [];
    }
    if (frequency === ON_DEMAND) {
        return ["subFrequency is not allowed with frequency @onDemand"];
    }
    const windowed = says(at(spec, "backupWindow"));
    return ENTRIES.flatMap(({ field, min, max, several, never }) => {
        const values = listAt(sub, field);
        const errors: string[] = [];
        if (values.length === 0) {
            return errors;
        }
        if (never.includes(frequency)) {
            errors.push(`subFrequency.${field} is not allowed with frequency ${frequency}`);
        }
        if (values.length > 1 && frequency !== several) {
            errors.push(`subFrequency.${field} may hold several values only with ${several}`);
        }
        if (values.some(value => typeof value !== "number" || value < min || value > max)) {
            errors.push(`subFrequency.${field} must lie between ${min} and ${max}`);
        }
        if (field === "minutes" && values.length > 1 && values.some(v => Number(v) % 5 !== 0)) {
            errors.push("subFrequency.minutes must be multiples of 5 when there are several");
        }
        if (windowed && (field === "minutes" || field === "hours")) {
            errors.push(`subFrequency.${field} is not allowed with backupWindow`);
        }
        return errors;
    });
}

function windowErrors(spec: Fields, frequency: string): string[] {
    const window = at(spec, "backupWindow");
    const errors: string[] = [];
    if (!says(window)) {
        return at(spec, "enableStaggering") === true ? ["enableStaggering needs backupWindow"] : [];
    }
    if (frequency === ON_DEMAND) {
        errors.push("backupWindow is not allowed with frequency @onDemand");
    }
    for (const end of ["start", "end"]) {
        const { hour, minute } = fieldsAt(window, end);
        if (typeof hour !== "number" || typeof minute !== "number" || minute % 5 !== 0) {
            errors.push(`backupWindow.${end} needs hour and minute, the minute a multiple of 5`);
        }
    }
    return errors;
}

/** All errors of frequency, retention, subFrequency and backupWindow of a policy without a preset. */
export function scheduleErrors(spec: Fields, needsRetention: boolean): string[] {
    const frequency = at(spec, "frequency");
    if (frequency === undefined || frequency === "") {
        return ["frequency is required"];
    }
    if (typeof frequency !== "string" || ![...FREQUENCIES, ON_DEMAND].includes(frequency)) {
        return [`frequency ${JSON.stringify(frequency)} is unknown`];
    }
    const retention = at(spec, "retention");
    const missing = needsRetention && frequency !== ON_DEMAND && !says(retention);
    return [
        ...(missing ? [`retention is required with frequency ${frequency}`] : []),
        ...retentionErrors(retention, frequency, "retention"),
        ...subFrequencyErrors(spec, frequency),
        ...windowErrors(spec, frequency),
    ];
}
