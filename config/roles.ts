import type { Role } from "./schema";

type Side = "source" | "target";

const sides: Record<Role, readonly Side[]> = {
    all: ["source", "target"],
    store: [],
    source: ["source"],
    target: ["target"],
    drill: ["source"],
};

/** The clusters that a stack of a role holds. */
export const sidesOf = (role: Role): readonly Side[] => sides[role];

/** What a stack holds, as a key of its configuration says it: a drill holds the source. */
export const placeOf = (role: Role) => (role === "drill" ? "source" : role);
