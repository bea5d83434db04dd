/** The ids that each namespace is given. */
import assert from "node:assert/strict";
import { behaviour, policy, sections } from "./behaviour.ts";
import { mcs, supplementalGroups, uidRange } from "./world.ts";

const controller = policy("controller/namespace_security_allocation_controller.go");

export const namespaces = [
    behaviour(
        "A new namespace is annotated with a range of 10000 user ids.",
        sections.preallocated,
        ({ place }) => {
            assert.match(place.annotations[uidRange] ?? "none", /^\d+\/10000$/);
            return Promise.resolve();
        },
    ),
    behaviour(
        "Its supplemental groups are the same range.",
        controller,
        ({ place: { annotations } }) => {
            assert.equal(annotations[supplementalGroups], annotations[uidRange]);
            return Promise.resolve();
        },
    ),
    behaviour(
        "It is annotated with an SELinux level of two categories.",
        policy("mcs/label.go"),
        ({ place }) => {
            assert.match(place.annotations[mcs] ?? "none", /^s0:c\d+,c\d+$/);
            return Promise.resolve();
        },
    ),
    behaviour(
        "Two namespaces made at the same time have different ranges and levels.",
        sections.preallocated,
        async (world, scratch) => {
            const places = [
                ...[world.place],
                ...(await Promise.all([world.newPlace(scratch), world.newPlace(scratch)])),
            ];
            for (const annotation of [uidRange, mcs]) {
                const given = places.map(({ annotations }) => annotations[annotation]);
                assert.equal(new Set(given).size, 3, given.join(" "));
            }
        },
    ),
    behaviour(
        "A namespace that brings its range along keeps it, and its pods get ids of that.",
        controller,
        async (world, scratch) => {
            const own = {
                ...{ [uidRange]: "1777770000/10000", [supplementalGroups]: "1888880000/10000" },
                [mcs]: "s0:c7,c3",
            };
            const place = await world.newPlace(scratch, own);
            const pod = await world.pod({}, { place });
            const found = await world.kube.find({
                ...{ apiVersion: "v1", kind: "Namespace", metadata: { name: place.namespace } },
            });
            const { annotations = {} } = found?.metadata ?? {};
            assert.deepEqual(
                Object.fromEntries(Object.keys(own).map(key => [key, annotations[key]])),
                own,
            );
            assert.equal(pod.spec?.containers[0]?.securityContext?.runAsUser, 1777770000);
            assert.deepEqual(
                [pod.spec?.securityContext?.fsGroup, pod.spec?.securityContext?.seLinuxOptions],
                [1888880000, { level: "s0:c7,c3" }],
            );
        },
    ),
    behaviour(
        "A SELinux level that it brings along stays, beside the range that it is given.",
        controller,
        async (world, scratch) => {
            const place = await world.newPlace(scratch, { [mcs]: "s0:c9,c8" });
            assert.match(place.annotations[uidRange] ?? "none", /^\d+\/10000$/);
            assert.equal(place.annotations[mcs], "s0:c9,c8");
        },
    ),
];
