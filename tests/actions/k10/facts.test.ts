import assert from "node:assert/strict";
import type { Action, RestorePointDetails } from "../../../actions/src/k10/api";
import { exportTimes, pointFacts, times } from "../../../actions/src/k10/facts";
import { endTime, startTime } from "../../fake/k10";

const metadata = { name: "scheduled-x", namespace: "shop" };
const name = "shop/scheduled-x";
const action = (status: object, spec = {}): Action => ({ metadata, spec, status });

describe("what is kept of an action", () => {
    const done = { state: "Complete", startTime, endTime };
    const table: [string, object, ReturnType<typeof times>][] = [
        ["its name, times and state", done, { name, ...done }],
        [
            "how many exceptions it has",
            { ...done, exceptions: [{ message: "x" }, {}] },
            { name, ...done, exceptions: 2 },
        ],
        [
            "nothing of exceptions that it does not have",
            { ...done, exceptions: [] },
            { name, ...done },
        ],
        [
            "no end of what has none",
            { state: "Running", startTime, endTime: null },
            { name, state: "Running", startTime, endTime: "" },
        ],
        ["nothing of what is null", { ...done, exceptions: null }, { name, ...done }],
        ["no state that K10 does not tell", {}, { name, startTime: "", endTime: "" }],
    ];
    for (const [what, status, expected] of table) {
        it(`is ${what}`, () => assert.deepEqual(times(action(status)), expected));
    }

    it("is never what can read the backup", () => {
        const spec = { receiveString: "hunter2", migrationToken: { name: "x" } };
        const status = { ...done, receiveString: "hunter2", policySpec: { actions: ["hunter2"] } };
        assert.doesNotMatch(JSON.stringify(exportTimes(action(status, spec))), /hunter2/);
    });

    const progressDetails = { totalBytes: 300, readBytes: 300, processedBytes: 300 };
    const exports: [string, object, ReturnType<typeof exportTimes>["moved"]][] = [
        [
            "what it moved",
            { ...progressDetails, transferredBytes: 100, totalVolumes: 2 },
            { volumes: 2, totalBytes: 300, transferredBytes: 100 },
        ],
        [
            "a number that is 0",
            { ...progressDetails, transferredBytes: 0 },
            { totalBytes: 300, transferredBytes: 0 },
        ],
        ["no number that K10 does not tell", progressDetails, { totalBytes: 300 }],
        ["nothing where K10 has dropped them all", {}, undefined],
        ["nothing of what is null", { totalBytes: null, totalVolumes: null }, undefined],
    ];
    for (const [what, details, moved] of exports) {
        it(`is, of an export, ${what}`, () => {
            const found = exportTimes(action({ ...done, progressDetails: details }));
            assert.deepEqual(found, { name, ...done, ...(moved && { moved }) });
        });
    }

    it("is of an export without data that it moved nothing", () => {
        assert.deepEqual(exportTimes(action(done)), { name, ...done });
    });
});

describe("what is kept of a restore point", () => {
    const facts = (artifacts?: unknown[], actionTime?: string) =>
        pointFacts({
            status: { actionTime, restorePointDetails: { artifacts, originatingPolicies: [] } },
        } as unknown as RestorePointDetails);
    const volume = (pvcName: string) => ({
        meta: { kanister: { meta: { k8sVolume: { pvcName } } } },
    });
    const table: [string, ReturnType<typeof facts>, ReturnType<typeof pointFacts>][] = [
        ["its time", facts(undefined, startTime), { time: startTime }],
        ["that it is empty", facts([]), { artifacts: 0 }],
        [
            "its kinds and volumes, from artifacts with a kind",
            facts([
                { kind: "PersistentVolumeClaim", name: "web" },
                { kind: "Deployment", name: "web" },
                { kind: "PersistentVolumeClaim", name: "data" },
            ]),
            {
                artifacts: 3,
                kinds: { PersistentVolumeClaim: 2, Deployment: 1 },
                volumes: ["data", "web"],
                list: [
                    { kind: "Deployment", name: "web" },
                    { kind: "PersistentVolumeClaim", name: "data" },
                    { kind: "PersistentVolumeClaim", name: "web" },
                ],
            },
        ],
        [
            "its kinds and volumes, from artifacts with a resource",
            facts([
                { resource: { group: "apps", resource: "deployments", name: "web" } },
                { resource: { resource: "persistentvolumeclaims", name: "data" } },
            ]),
            {
                artifacts: 2,
                kinds: { deployments: 1, persistentvolumeclaims: 1 },
                volumes: ["data"],
                list: [
                    { kind: "deployments", name: "web" },
                    { kind: "persistentvolumeclaims", name: "data" },
                ],
            },
        ],
        [
            "the volumes of Kanister's artifacts, each once",
            facts([volume("data"), volume("data"), volume("web")]),
            { artifacts: 3, volumes: ["data", "web"] },
        ],
        [
            "the number of artifacts of an unknown form",
            facts([{}, { kind: 7, meta: null }]),
            { artifacts: 2 },
        ],
    ];
    for (const [what, found, expected] of table) {
        it(`is ${what}`, () => assert.deepEqual(found, expected));
    }

    it("has two hundred of its artifacts by name, and the number of all", () => {
        const names = Array.from({ length: 250 }, (_, i) => `s${1_000 + i}`);
        const { artifacts, kinds, list } = facts(
            [...names].reverse().map(name => ({ kind: "Secret", name })),
        );
        assert.deepEqual([artifacts, kinds], [250, { Secret: 250 }]);
        assert.deepEqual(
            list?.map(({ name }) => name),
            names.slice(0, 200),
        );
        assert.deepEqual(facts([{ kind: "Namespace" }]).list, [{ kind: "Namespace" }]);
    });

    it("is nothing where K10 tells nothing", () => {
        assert.deepEqual(pointFacts({}), {});
    });
});
