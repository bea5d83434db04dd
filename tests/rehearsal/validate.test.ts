/** The last look at a pod, after all other webhooks. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { admit, shipped, validate } from "../../rehearsal/src";
import { admitted, pod, refusal, request } from "./support/objects";

const required = (name: string) => ({ "openshift.io/required-scc": name });

const strip = <T extends object>(value: T) =>
    Object.fromEntries(
        Object.entries(value).filter(([, each]) => each !== undefined),
    ) as Partial<T>;

describe("the last look at a pod", () => {
    it("passes what the first one made", async () => {
        const made = admitted(await admit(request(pod())));
        assert.equal((await validate(request(made))).allowed, true);
    });

    it("finds what somebody changed in between", async () => {
        const made = admitted(await admit(request(pod())));
        made.spec.containers?.push({ name: "injected", securityContext: { privileged: true } });
        const message = refusal(await validate(request(made)));
        // Its list is Go's: blanks between the elements, no commas.
        assert.match(
            message,
            /constraint: \[provider restricted-v2: \.containers\[1\]\.privileged: Invalid value: true: Privileged containers are not allowed provider "anyuid": Forbidden: not usable by user or serviceaccount provider "restricted"/,
        );
    });

    it("refuses a pod that no constraint has completed", async () => {
        assert.equal((await validate(request(pod()))).allowed, false);
    });

    it("holds the pod to what it requires", async () => {
        const made = admitted(await admit(request(pod({}, required("restricted-v2")))));
        assert.equal((await validate(request(made))).allowed, true);
        made.metadata.annotations = { ...made.metadata.annotations, "openshift.io/scc": "anyuid" };
        assert.equal(
            refusal(await validate(request(made))),
            'pods "web" is forbidden: required scc/restricted-v2 does not match the suggested scc/anyuid',
        );
    });

    /** Whatever is admitted passes the last look, and a second admission leaves it as it is. */
    it("agrees with the first one for pods of all kinds", async () => {
        const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
        const context = fc
            .record({
                runAsUser: maybe(fc.constantFrom(0, 1001, 1000660000, 1000669999)),
                runAsNonRoot: maybe(fc.boolean()),
                privileged: maybe(fc.boolean()),
                allowPrivilegeEscalation: maybe(fc.boolean()),
                capabilities: maybe(
                    fc.constantFrom({ add: ["NET_BIND_SERVICE"] }, { drop: ["ALL"] }, { drop: [] }),
                ),
            })
            .map(strip);
        const spec = fc
            .record({
                hostNetwork: maybe(fc.boolean()),
                hostPID: maybe(fc.boolean()),
                securityContext: fc
                    .record({
                        runAsUser: maybe(fc.constantFrom(0, 1000660001)),
                        fsGroup: maybe(fc.constantFrom(0, 1000660000)),
                        seLinuxOptions: maybe(fc.constantFrom({ level: "s0:c5,c26" }, {})),
                        seccompProfile: maybe(fc.constantFrom({ type: "RuntimeDefault" })),
                    })
                    .map(strip),
                containers: fc
                    .array(context, { minLength: 1, maxLength: 3 })
                    .map(list =>
                        list.map((each, at) => ({ name: `c${at}`, securityContext: each })),
                    ),
            })
            .map(strip);
        const usable = fc.subarray(shipped.map(({ metadata }) => metadata.name));
        let admissions = 0;
        await fc.assert(
            fc.asyncProperty(spec, usable, async (asked, names) => {
                const first = await admit(request(pod(asked as never), names));
                if (!first.allowed) {
                    return;
                }
                admissions++;
                const again = request(first.pod, names);
                assert.equal((await validate(again)).allowed, true);
                assert.deepEqual(await admit(again), first);
            }),
        );
        assert.ok(admissions > 10, `only ${admissions} pods were admitted`);
    });
});
