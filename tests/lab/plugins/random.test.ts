import assert from "node:assert/strict";
import bcrypt from "bcryptjs";
import { PluginProcess, secret, unknown } from "./support/plugin.ts";
import type { Properties } from "./support/plugin.ts";

const password = "random:index/randomPassword:RandomPassword";
const id = "random:index/randomId:RandomId";
const string = "random:index/randomString:RandomString";
const at = (type: string) => `urn:pulumi:test::project::${type}::thing`;

const plainOf = (value: unknown) => (value as { value: string }).value;

describe("random stand-in", () => {
    let plugin: PluginProcess;
    before(async () => {
        plugin = await PluginProcess.start("random", password);
    });
    after(() => plugin.stop());

    it("says which version it stands in for, and that it is a stand-in", async () => {
        assert.equal(await plugin.version(), "4.21.1");
        assert.deepEqual(await plugin.schema(), {
            name: "random",
            version: "4.21.1",
            description: "Stand-in for the random provider: only what Crossing uses.",
        });
    });

    describe("RandomPassword", () => {
        it("gives a password and its bcrypt hash, both secret, and the defaults in the outputs only", async () => {
            const inputs = { length: 24, special: false };
            assert.deepEqual(await plugin.check(inputs), { inputs, failures: [] });
            const created = await plugin.create(inputs);
            const { result, bcryptHash, ...rest } = created.outputs;
            assert.equal(created.id, "none");
            assert.deepEqual(rest, {
                id: "none",
                length: 24,
                lower: true,
                upper: true,
                number: true,
                numeric: true,
                special: false,
                minLower: 0,
                minUpper: 0,
                minNumeric: 0,
                minSpecial: 0,
            });
            assert.deepEqual(result, secret(plainOf(result)));
            assert.deepEqual(bcryptHash, secret(plainOf(bcryptHash)));
            assert.match(plainOf(result), /^[A-Za-z0-9]{24}$/);
            assert.match(plainOf(bcryptHash), /^\$2[ab]\$10\$/);
            assert.ok(await bcrypt.compare(plainOf(result), plainOf(bcryptHash)));
        });

        it("keeps the minimums and uses the given special characters", async () => {
            const { outputs } = await plugin.up({
                length: 8,
                lower: false,
                upper: false,
                number: false,
                overrideSpecial: "-_",
                minLower: 2,
                minNumeric: 3,
                minUpper: 1,
                minSpecial: 1,
            });
            const text = plainOf(outputs["result"]);
            const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
            assert.deepEqual(
                [count(/[a-z]/g), count(/[0-9]/g), count(/[A-Z]/g), count(/[-_]/g)],
                [2, 3, 1, 2],
            );
        });

        it("chooses every character about as often as any other", async () => {
            const { outputs } = await plugin.create(
                { length: 310_000, special: false },
                at(string),
            );
            const counts = new Map<string, number>();
            for (const character of outputs["result"] as string) {
                counts.set(character, (counts.get(character) ?? 0) + 1);
            }
            assert.equal(counts.size, 62);
            // 5000 are expected of each (500 more or less are 7 sigma); with bytes modulo 62 eight would have 6000.
            assert.deepEqual(
                [...counts.values()].filter(count => Math.abs(count - 5_000) > 500),
                [],
            );
        });

        it("keeps what was secret in its inputs secret", async () => {
            const { outputs } = await plugin.up({
                length: 4,
                keepers: { open: "1", hidden: secret("2") },
            });
            assert.deepEqual(outputs["keepers"], { open: "1", hidden: secret("2") });
        });
    });

    it("RandomString is the same without secrets", async () => {
        const created = await plugin.create({ length: 12, special: false }, at(string));
        assert.equal(created.id, created.outputs["result"]);
        assert.match(created.id, /^[A-Za-z0-9]{12}$/);
        assert.equal("bcryptHash" in created.outputs, false);
    });

    it("RandomId writes the same bytes in four ways, and the prefix before each", async () => {
        const { id: name, outputs } = await plugin.create({ byteLength: 5, prefix: "x-" }, at(id));
        const bytes = Buffer.from(name, "base64url");
        assert.equal(bytes.length, 5);
        assert.deepEqual(outputs, {
            byteLength: 5,
            prefix: "x-",
            id: name,
            b64Std: `x-${bytes.toString("base64")}`,
            b64Url: `x-${name}`,
            dec: `x-${BigInt(`0x${bytes.toString("hex")}`)}`,
            hex: `x-${bytes.toString("hex")}`,
        });
    });

    describe("diff: any change replaces", () => {
        const cases: [string, Properties, Properties, string[]][] = [
            ["nothing", { length: 8 }, { length: 8 }, []],
            ["length", { length: 8 }, { length: 9 }, ["length"]],
            ["a default that is said", { length: 8 }, { length: 8, special: true }, []],
            ["the old name of numeric", { length: 8 }, { length: 8, number: true }, []],
            ["numeric", { length: 8 }, { length: 8, numeric: false }, ["number", "numeric"]],
            ["a minimum", { length: 8 }, { length: 8, minLower: 1 }, ["minLower"]],
            [
                "keepers",
                { length: 8, keepers: { a: "1" } },
                { length: 8, keepers: { a: "2" } },
                ["keepers"],
            ],
            ["keepers added", { length: 8 }, { length: 8, keepers: { a: "1" } }, ["keepers"]],
            ["keepers removed", { length: 8, keepers: { a: "1" } }, { length: 8 }, ["keepers"]],
            ["empty keepers", { length: 8 }, { length: 8, keepers: {} }, []],
            [
                "a keeper that is not known yet",
                { length: 8, keepers: { a: "1" } },
                { length: 8, keepers: { a: unknown } },
                ["keepers"],
            ],
            [
                "a keeper that became secret",
                { length: 8, keepers: { a: "1" } },
                { length: 8, keepers: { a: secret("1") } },
                [],
            ],
            [
                "special characters",
                { length: 8, overrideSpecial: "-" },
                { length: 8, overrideSpecial: "_" },
                ["overrideSpecial"],
            ],
        ];
        for (const [what, before, after, replaces] of cases) {
            it(what, async () => {
                const { outputs } = await plugin.create(before, at(string));
                assert.deepEqual(await plugin.diff(outputs, after, at(string)), {
                    changes: replaces.length > 0 ? "some" : "none",
                    replaces,
                    deleteBeforeReplace: false,
                });
            });
        }

        it("prefix of RandomId", async () => {
            const { outputs } = await plugin.create({ byteLength: 2 }, at(id));
            const same = await plugin.diff(outputs, { byteLength: 2 }, at(id));
            assert.equal(same.changes, "none");
            const other = await plugin.diff(outputs, { byteLength: 2, prefix: "x" }, at(id));
            assert.deepEqual(other.replaces, ["prefix"]);
        });
    });

    it("a refresh gives back what was created", async () => {
        const created = await plugin.up({ length: 5 });
        assert.deepEqual(await plugin.read(created.id, created.outputs), created);
        await plugin.delete(created.id, created.outputs);
    });

    describe("refuses", () => {
        const cases: [string, string, Properties, Record<string, string>][] = [
            [
                "a property that it does not know",
                id,
                { byteLength: 1, colour: "red" },
                {
                    colour: "does not know the property `colour` of `random:index/randomId:RandomId`",
                },
            ],
            [
                "a missing length",
                string,
                {},
                {
                    length: "needs the property `length` of `random:index/randomString:RandomString`",
                },
            ],
            [
                "a length that is text",
                string,
                { length: "8" },
                {
                    length: "expects `length` of `random:index/randomString:RandomString` to be a whole number",
                },
            ],
            [
                "a length of 0",
                string,
                { length: 0 },
                {
                    length: "expects `length` of `random:index/randomString:RandomString` to be at least 1",
                },
            ],
            [
                "too many minimums",
                string,
                { length: 3, minLower: 2, minUpper: 2 },
                { length: "needs `length` to be at least 4, the sum of the minimums" },
            ],
            [
                "nothing to choose from",
                string,
                { length: 3, lower: false, upper: false, numeric: false, special: false },
                { length: "has no characters left to choose from" },
            ],
            [
                "two opinions on digits",
                string,
                { length: 3, number: true, numeric: false },
                { number: "cannot have `number` other than `numeric`" },
            ],
            [
                "keepers that are no texts",
                string,
                { length: 3, keepers: { a: 1 } },
                {
                    "keepers.a":
                        "expects `keepers.a` of `random:index/randomString:RandomString` to be a string",
                },
            ],
        ];
        for (const [what, type, inputs, expected] of cases) {
            it(what, async () => {
                assert.deepEqual(
                    (await plugin.check(inputs, {}, at(type))).failures,
                    Object.entries(expected).map(([property, reason]) => ({
                        property,
                        reason: `The random stand-in ${reason}.`,
                    })),
                );
            });
        }

        it("nothing that is not known yet", async () => {
            const inputs = { length: unknown, minLower: 5, keepers: { a: unknown } };
            assert.deepEqual(await plugin.check(inputs), { inputs, failures: [] });
        });

        it("a type and a function that it does not know", async () => {
            const pet = "random:index/randomPet:RandomPet";
            await assert.rejects(plugin.check({}, {}, at(pet)), {
                message: `random stand-in: does not know the resource type \`${pet}\``,
            });
            await assert.rejects(plugin.invoke("random:index/f:f"), {
                message: "random stand-in: does not know the function `random:index/f:f`",
            });
        });

        it("configuration", async () => {
            const configured = await PluginProcess.start("random", id, {
                PULUMI_CONFIG: JSON.stringify({ seed: "1" }),
            });
            try {
                await assert.rejects(configured.check({ byteLength: 1 }), {
                    message:
                        "random stand-in: does not know the configuration `random:seed`: take it out of the stack",
                });
            } finally {
                await configured.stop();
            }
        });
    });
}).timeout(20_000);
