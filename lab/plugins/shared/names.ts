/** Names in Pulumi: `urn:pulumi:stack::project::parentType$type::name`. */
import { randomBytes } from "node:crypto";

export function typeOf(urn: string): string {
    return urn.split("::")[2].split("$").at(-1)!;
}

export function nameOf(urn: string): string {
    return urn.split("::").slice(3).join("::");
}

/** As many hexadecimal digits as wanted, as the real providers put behind names and ids. */
export function randomHex(digits: number): string {
    return randomBytes(Math.ceil(digits / 2))
        .toString("hex")
        .slice(0, digits);
}
