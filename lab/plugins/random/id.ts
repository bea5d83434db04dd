/** RandomId of the `random` stand-in: random bytes, written in several ways. */
import { randomBytes } from "node:crypto";
import type { Fields } from "../shared/fields.ts";
import type { Resource } from "../shared/resource.ts";
import { plainProperties } from "../shared/values.ts";

const fields: Fields = {
    byteLength: {
        type: "integer",
        required: true,
        replaces: true,
        problem: (length: number) => (length < 1 ? "at least 1" : undefined),
    },
    keepers: { type: "map", of: { type: "string" }, replaces: true },
    prefix: { type: "string", replaces: true },
};

interface Inputs {
    byteLength: number;
    prefix?: string;
}

export const randomId: Resource = {
    fields,
    defaultsInInputs: false,
    create({ properties }) {
        const { byteLength, prefix = "" } = plainProperties<Inputs>(properties);
        const bytes = randomBytes(byteLength);
        const id = bytes.toString("base64url");
        const hex = bytes.toString("hex");
        const outputs = {
            ...properties,
            id,
            b64Std: prefix + bytes.toString("base64"),
            b64Url: prefix + id,
            dec: prefix + BigInt(`0x${hex}`).toString(),
            hex: prefix + hex,
        };
        return { id, outputs };
    },
};
