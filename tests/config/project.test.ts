import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import * as v from "valibot";
import { schema, secretKeys } from "../../config/schema";

interface Declared {
    type: string;
    description: string;
    default: unknown;
}

/** What Pulumi.yaml tells of the configuration must be what the program makes of it. */
describe("Pulumi.yaml", () => {
    const project = parse(readFileSync("Pulumi.yaml", "utf8")) as {
        config: Record<string, Declared>;
    };
    const defaults = v.getDefaults(schema) as Record<string, unknown>;

    it("declares every key that has a default, with that default and a description", () => {
        const withDefault = Object.entries(defaults).filter(([, value]) => value !== undefined);
        assert.deepEqual(
            Object.fromEntries(
                Object.entries(project.config).map(([key, declared]) => [key, declared.default]),
            ),
            Object.fromEntries(withDefault),
        );
        for (const [key, { type, description }] of Object.entries(project.config)) {
            const given = Array.isArray(defaults[key]) ? "array" : typeof defaults[key];
            assert.equal(type, given === "number" ? "integer" : given, key);
            assert.match(description, /^[A-Z`].*\.$/, key);
        }
    });

    it("leaves out what Pulumi would otherwise require, and names it", () => {
        const text = readFileSync("Pulumi.yaml", "utf8");
        for (const key of ["name", "snapshots", "diagnostics", ...secretKeys]) {
            assert.ok(!(key in project.config), key);
            assert.ok(text.includes(`\`${key}\``), key);
        }
    });
});
