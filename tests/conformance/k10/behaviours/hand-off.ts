/** The receive string on the exporting cluster (§10). */
import assert from "node:assert/strict";
import type { Behaviour } from "../../behaviour.ts";
import { receiveStringOf } from "../crossing.ts";
import { path } from "../objects.ts";
import { minutes, type World } from "../world.ts";

export const handOff: Behaviour<World>[] = [
    {
        name: "The receive string stands in the export policy, in the parameters of its action export.",
        ...{ source: "PC, K2, KX, ES, VD, §10", confirmed: true, deadline: minutes },
        async check({ source, crossing }) {
            const { policy } = await crossing.exported();
            const item = path.config("policies", policy.namespace, policy.name);
            assert.notEqual(receiveStringOf(await source.kube.get(item)), undefined);
        },
    },
    {
        name: "The receive string stands in the ExportActions of a run, in spec or status.",
        ...{ source: 'D api "Get Export String", D24, §10', confirmed: true, deadline: minutes },
        async check({ crossing }) {
            const { exports } = await crossing.exported();
            const found = exports.map(
                ({ spec, status }) => spec?.["receiveString"] || status?.["receiveString"],
            );
            // Not the string itself: it opens the backup.
            const kinds = found.map(each => (each ? typeof each : "empty"));
            assert.deepEqual(new Set(kinds), new Set(["string"]));
        },
    },
    {
        name: "A receive string has more than 100 characters, of base64's alphabet and without padding.",
        ...{ source: "PC, §10", confirmed: true, deadline: minutes },
        async check({ crossing }) {
            const { receiveString } = await crossing.exported();
            const isSuch = /^[A-Za-z0-9+/]{101,}$/.test(receiveString);
            assert.ok(isSuch, `it has ${receiveString.length} characters, others among them`);
        },
    },
];
