/** RandomString and RandomPassword of the `random` stand-in. */
import { randomInt } from "node:crypto";
import { changedFields } from "../shared/diff.ts";
import { withDefaults } from "../shared/fields.ts";
import type { Failure, Field, Fields } from "../shared/fields.ts";
import type { Difference, Resource } from "../shared/resource.ts";
import { plainProperties } from "../shared/values.ts";
import type { Properties } from "../shared/values.ts";

const yes: Field = { type: "boolean", default: true, replaces: true };
const minimum: Field = {
    type: "integer",
    default: 0,
    replaces: true,
    problem: (value: number) => (value < 0 ? "at least 0" : undefined),
};

const fields: Fields = {
    length: {
        type: "integer",
        required: true,
        replaces: true,
        problem: (value: number) => (value < 1 ? "at least 1" : undefined),
    },
    lower: yes,
    upper: yes,
    // Two names of one thing; `number` is the old one.
    number: { type: "boolean", replaces: true },
    numeric: { type: "boolean", replaces: true },
    special: yes,
    overrideSpecial: { type: "string", replaces: true },
    minLower: minimum,
    minUpper: minimum,
    minNumeric: minimum,
    minSpecial: minimum,
    keepers: { type: "map", of: { type: "string" }, replaces: true },
};

interface Planned {
    length: number;
    lower: boolean;
    upper: boolean;
    numeric: boolean;
    special: boolean;
    overrideSpecial?: string;
    minLower: number;
    minUpper: number;
    minNumeric: number;
    minSpecial: number;
}

/** What the inputs mean: the real provider shows defaults in its outputs only. */
function planned(inputs: Properties): Properties {
    const numeric = inputs["numeric"] ?? inputs["number"] ?? true;
    return withDefaults(fields, { ...inputs, number: numeric, numeric });
}

function check(inputs: Properties): Failure[] {
    const plan = plainProperties<Planned>(planned(inputs));
    if (inputs["number"] !== undefined && inputs["numeric"] !== undefined) {
        if (inputs["number"] !== inputs["numeric"]) {
            return [{ property: "number", reason: "cannot have `number` other than `numeric`" }];
        }
    }
    // A length that is not known yet is in no relation to anything.
    const least = plan.minLower + plan.minUpper + plan.minNumeric + plan.minSpecial;
    if (plan.length < least) {
        const reason = `needs \`length\` to be at least ${least}, the sum of the minimums`;
        return [{ property: "length", reason }];
    }
    if (plan.length > least && alphabet(plan) === "") {
        return [{ property: "length", reason: "has no characters left to choose from" }];
    }
    return [];
}

function diff(olds: Properties, news: Properties): Difference {
    const changed = changedFields(fields, olds, planned(news));
    return { changed, replaces: changed };
}

const lowers = "abcdefghijklmnopqrstuvwxyz";
const uppers = lowers.toUpperCase();
const digits = "0123456789";
const specials = (plan: Planned) => plan.overrideSpecial || "!@#$%&*()-_=+[]{}<>:?";

function alphabet(plan: Planned): string {
    return [
        plan.upper && uppers,
        plan.lower && lowers,
        plan.numeric && digits,
        plan.special && specials(plan),
    ]
        .filter(Boolean)
        .join("");
}

function generate(plan: Planned): string {
    const required = [
        ...choose(uppers, plan.minUpper),
        ...choose(lowers, plan.minLower),
        ...choose(digits, plan.minNumeric),
        ...choose(specials(plan), plan.minSpecial),
    ];
    const free = choose(alphabet(plan), plan.length - required.length);
    return shuffled([...required, ...free]).join("");
}

/** Any character with the same probability: `randomInt` has no modulo bias. */
function choose(from: string, count: number): string[] {
    const characters = [...from];
    return Array.from({ length: count }, () => characters[randomInt(characters.length)]);
}

function shuffled<T>(elements: T[]): T[] {
    const result = [...elements];
    for (let last = result.length - 1; last > 0; last--) {
        const other = randomInt(last + 1);
        [result[last], result[other]] = [result[other], result[last]];
    }
    return result;
}

export const randomString: Resource = {
    fields,
    defaultsInInputs: false,
    check,
    diff,
    create({ properties }) {
        const plan = planned(properties);
        const result = generate(plainProperties<Planned>(plan));
        return { id: result, outputs: { ...plan, id: result, result } };
    },
};

export const randomPassword: Resource = {
    ...randomString,
    secretOutputs: ["bcryptHash", "result"],
    async create({ properties }) {
        const plan = planned(properties);
        const result = generate(plainProperties<Planned>(plan));
        const bcryptHash = await hash(result);
        return { id: "none", outputs: { ...plan, id: "none", result, bcryptHash } };
    },
};

async function hash(password: string): Promise<string> {
    // Loaded here, because starting the plugin must be quick.
    const { default: bcrypt } = await import("bcryptjs");
    // 10 rounds and the first 72 bytes, like the real provider's.
    return await bcrypt.hash(password, 10);
}
