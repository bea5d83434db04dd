/** Pulumi's provider `random`, as far as the program uses it: RandomId, RandomPassword, RandomString. */
import assert from "node:assert/strict";
import bcrypt from "bcryptjs";
import type { Behaviour } from "../behaviour.ts";
import { type Plugin, pluginPart, type Properties, secret, unknown } from "../support/plugin.ts";

const id = "random:index/randomId:RandomId";
const password = "random:index/randomPassword:RandomPassword";
const string = "random:index/randomString:RandomString";

/** The page of a resource, and the property or section of it. */
const page = (resource: string, where: string) => `Pulumi registry, random.${resource}, ${where}`;

const behaviour = (
    name: string,
    source: string,
    check: Behaviour<Plugin>["check"],
    confirmed = true,
): Behaviour<Plugin> => ({ name, source, confirmed, check, together: true });

const clear = (value: unknown) => (value as { value: string }).value;

/** A change of inputs, and what it means: these resources know no update. */
const replaced = (
    name: string,
    source: string,
    [type, before, after]: [string, Properties, Properties],
    replaces: string[],
) =>
    behaviour(name, source, async plugin => {
        const state = await plugin.create(type, before);
        assert.deepEqual(await plugin.diff(state, after), {
            ...{ changed: replaces.length > 0, replaces },
        });
    });

/** By the check or by the create; the reason names the property, as Pulumi or as Terraform calls it. */
const refused = (
    name: string,
    source: string,
    [type, inputs, reason]: [string, Properties, RegExp],
) =>
    behaviour(name, source, async plugin => {
        await assert.rejects(plugin.create(type, inputs), { message: reason });
    });

const behaviours = [
    behaviour(
        "A RandomId shows the same bytes in hexadecimal, decimal and both kinds of base64.",
        page("RandomId", "Outputs"),
        async plugin => {
            const { outputs } = await plugin.create(id, { byteLength: 6 });
            const bytes = Buffer.from(outputs["hex"] as string, "hex");
            assert.equal(bytes.length, 6);
            assert.deepEqual(
                [outputs["b64Std"], outputs["b64Url"], outputs["dec"]],
                [
                    ...[bytes.toString("base64"), bytes.toString("base64url")],
                    BigInt(`0x${bytes.toString("hex")}`).toString(),
                ],
            );
        },
    ),
    behaviour(
        "Its prefix stands before each of them, and not in its id.",
        page("RandomId", "prefix"),
        async plugin => {
            const state = await plugin.create(id, { byteLength: 3, prefix: "x-" });
            for (const output of ["hex", "dec", "b64Std", "b64Url"]) {
                assert.match(state.outputs[output] as string, /^x-/, output);
            }
            assert.equal(`x-${state.id}`, state.outputs["b64Url"]);
        },
    ),
    behaviour("Two RandomIds differ.", page("RandomId", "description"), async plugin => {
        const both = [1, 2].map(() => plugin.create(id, { byteLength: 16 }));
        const [one, other] = await Promise.all(both);
        assert.notEqual(one?.id, other?.id);
    }),
    replaced(
        "A RandomId with the same inputs stays.",
        page("RandomId", "keepers"),
        [id, { byteLength: 2 }, { byteLength: 2 }],
        [],
    ),
    replaced(
        "Another byteLength makes another RandomId.",
        page("RandomId", "byteLength: changes on replacement"),
        [id, { byteLength: 2 }, { byteLength: 3 }],
        ["byteLength"],
    ),
    replaced(
        "Another prefix makes another RandomId.",
        page("RandomId", "prefix: changes on replacement"),
        [id, { byteLength: 2 }, { byteLength: 2, prefix: "y" }],
        ["prefix"],
    ),
    refused("A RandomId needs a byteLength.", page("RandomId", "byteLength: required"), [
        ...([id, {}, /byte_?length/i] as const),
    ]),

    behaviour(
        "A RandomPassword has the length that is asked for, and all four kinds of characters by default.",
        page("RandomPassword", "lower, upper, numeric, special"),
        async plugin => {
            const { outputs } = await plugin.create(password, { length: 200 });
            const text = clear(outputs["result"]);
            assert.equal(text.length, 200);
            for (const kind of [/[a-z]/, /[A-Z]/, /[0-9]/, /[!@#$%&*()\-_=+[\]{}<>:?]/]) {
                assert.match(text, kind);
            }
            assert.doesNotMatch(text, /[^a-zA-Z0-9!@#$%&*()\-_=+[\]{}<>:?]/);
        },
    ),
    behaviour("Its outputs name the defaults.", page("RandomPassword", "Outputs"), async plugin => {
        const { outputs } = await plugin.create(password, { length: 9 });
        const names = [
            ...["lower", "upper", "numeric", "special"],
            ...["minLower", "minUpper", "minNumeric", "minSpecial"],
        ];
        assert.deepEqual(
            names.map(name => outputs[name]),
            [true, true, true, true, 0, 0, 0, 0],
        );
    }),
    behaviour(
        "Its result and the hash of it are secrets, and the hash is of the result.",
        page("RandomPassword", "result, bcryptHash"),
        async plugin => {
            const { outputs } = await plugin.create(password, { length: 20 });
            const { result, bcryptHash } = outputs;
            assert.deepEqual(result, secret(clear(result)));
            assert.deepEqual(bcryptHash, secret(clear(bcryptHash)));
            assert.ok(await bcrypt.compare(clear(result), clear(bcryptHash)));
        },
    ),
    behaviour(
        "Kinds that are switched off do not occur.",
        page("RandomPassword", "special, upper, numeric"),
        async plugin => {
            const inputs = { length: 100, special: false, upper: false, numeric: false };
            const { outputs } = await plugin.create(password, inputs);
            assert.match(clear(outputs["result"]), /^[a-z]{100}$/);
        },
    ),
    behaviour(
        "At least the minimum of each kind occurs.",
        page("RandomPassword", "minLower, minUpper, minNumeric, minSpecial"),
        async plugin => {
            const minimums = { minLower: 2, minUpper: 3, minNumeric: 4, minSpecial: 5 };
            const { outputs } = await plugin.create(password, { length: 14, ...minimums });
            const text = clear(outputs["result"]);
            const count = (kind: RegExp) => text.match(kind)?.length ?? 0;
            assert.deepEqual(
                [/[a-z]/g, /[A-Z]/g, /[0-9]/g, /[^a-zA-Z0-9]/g].map(count),
                [2, 3, 4, 5],
            );
        },
    ),
    behaviour(
        "Special characters of one's own take the place of the others.",
        page("RandomPassword", "overrideSpecial"),
        async plugin => {
            const { outputs } = await plugin.create(password, {
                ...{ length: 60, overrideSpecial: "~", lower: false, upper: false },
                numeric: false,
            });
            assert.equal(clear(outputs["result"]), "~".repeat(60));
        },
    ),
    refused(
        "A length that is shorter than the minimums together is refused.",
        page("RandomPassword", "length"),
        [password, { length: 3, minLower: 2, minUpper: 2 }, /length/],
    ),
    refused("A length of 0 is refused.", page("RandomPassword", "length"), [
        password,
        { length: 0 },
        /length/,
    ]),
    refused("A RandomPassword needs a length.", page("RandomPassword", "length: required"), [
        password,
        {},
        /length/,
    ]),
    replaced(
        "With the same inputs a RandomPassword stays.",
        page("RandomPassword", "keepers"),
        [password, { length: 8, special: false }, { length: 8, special: false }],
        [],
    ),
    replaced(
        "A default that is said changes nothing.",
        page("RandomPassword", "special: default true"),
        [password, { length: 8 }, { length: 8, special: true }],
        [],
    ),
    replaced(
        "Another length makes another RandomPassword.",
        page("RandomPassword", "length: changes on replacement"),
        [password, { length: 8 }, { length: 9 }],
        ["length"],
    ),
    replaced(
        "Other keepers make another RandomPassword.",
        page("RandomPassword", "keepers"),
        [
            ...([password, { length: 8, keepers: { run: "1" } }] as [string, Properties]),
            { length: 8, keepers: { run: "2" } },
        ],
        ["keepers"],
    ),
    behaviour(
        "A secret keeper stays secret in the outputs.",
        "Pulumi documentation, Secrets, how Pulumi tracks them",
        async plugin => {
            const keepers = secret({ run: "hidden" });
            const { outputs } = await plugin.create(password, { length: 8, keepers });
            const kept = outputs["keepers"];
            const parts = secret("hidden");
            assert.ok(
                [JSON.stringify(keepers), JSON.stringify({ run: parts })].includes(
                    JSON.stringify(kept),
                ),
                "it is in clear",
            );
        },
    ),
    behaviour(
        "A keeper that is not known yet passes the check, and means another RandomPassword.",
        "Pulumi documentation, Inputs and outputs, unknown values in previews",
        async plugin => {
            const before = { length: 8, keepers: { run: "1" } };
            const state = await plugin.create(password, before);
            const after = { length: 8, keepers: { run: unknown } };
            assert.deepEqual((await plugin.check(password, after)).failures, []);
            assert.deepEqual(await plugin.diff(state, after), {
                ...{ changed: true, replaces: ["keepers"] },
            });
        },
    ),
    behaviour(
        "A refresh gives back what was created.",
        page("RandomPassword", "Look up"),
        async plugin => {
            const state = await plugin.create(password, { length: 8 });
            assert.deepEqual(await plugin.read(state), state);
            await plugin.delete(state);
        },
    ),

    behaviour(
        "A RandomString is the same without secrets, and its id is its result.",
        page("RandomString", "description"),
        async plugin => {
            const state = await plugin.create(string, { length: 12, special: false });
            assert.match(state.outputs["result"] as string, /^[A-Za-z0-9]{12}$/);
            assert.equal(state.id, state.outputs["result"]);
            assert.equal("bcryptHash" in state.outputs, false);
        },
    ),
    replaced(
        "Whether there may be special characters is a reason for another RandomString.",
        page("RandomString", "special: changes on replacement"),
        [string, { length: 8 }, { length: 8, special: false }],
        ["special"],
    ),
];

export const part = pluginPart(
    "random",
    {
        title: "Pulumi's provider random",
        makes: ["nothing that stays: random values in the memory of the plugin's process"],
        behaviours,
    },
    plugin => Promise.resolve(plugin),
);
