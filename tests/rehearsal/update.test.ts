/** What happens to a pod that is there already. */
import assert from "node:assert/strict";
import { admit, Pod } from "../../rehearsal/src";
import { admitted, pod, refusal, request, scc } from "./support/objects";

const chosen = (result: Pod) => result.metadata.annotations?.["openshift.io/scc"];
const required = (name: string) => ({ "openshift.io/required-scc": name });

describe("a pod that is there already", () => {
    const change = (before: Pod, change: (after: Pod) => void, more: object = {}) => {
        const after = structuredClone(before);
        change(after);
        return { ...request(after, ["anyuid", "nonroot-v2"]), oldPod: before, ...more };
    };
    const made = async (asked: Pod, usable: string[] = []) =>
        admitted(await admit(request(asked, usable)));

    /** admission_test.go, TestAdmitPreferNonmutatingWhenPossible. */
    it("keeps its constraint, though another now goes first", async () => {
        const before = await made(pod());
        const after = admitted(
            await admit(
                change(before, ({ metadata }) => {
                    metadata.labels = { new: "one" };
                }),
            ),
        );
        // `anyuid` has priority, but would add MKNOD to what it drops; `nonroot-v2` comes later.
        assert.equal(chosen(after), "restricted-v2");
        assert.deepEqual(after.spec, before.spec);
    });

    it("is refused where every constraint would change it", async () => {
        const verdict = await admit(
            change(pod(), ({ metadata }) => {
                metadata.labels = { new: "one" };
            }),
        );
        assert.match(
            refusal(verdict),
            /unable to validate against any security context constraint/,
        );
    });

    it("may be changed by nobody in what it requires", async () => {
        const verdict = await admit(
            change(await made(pod()), ({ metadata }) => {
                metadata.annotations = { ...metadata.annotations, ...required("anyuid") };
            }),
        );
        assert.equal(
            refusal(verdict),
            'pods "web" is forbidden: invalid change of required security context constraint annotation: openshift.io/required-scc',
        );
    });

    it("gets its new ephemeral containers completed, and nothing else", async () => {
        const before = await made(pod());
        const debug = ({ spec }: Pod) => {
            spec.ephemeralContainers = [{ name: "debug" }];
        };
        const subresource = "ephemeralcontainers";
        const sccs = [scc("restricted-v2")];
        const after = admitted(await admit(change(before, debug, { subresource, sccs })));
        assert.equal(after.spec.ephemeralContainers?.[0]?.securityContext?.runAsUser, 1000660000);
        assert.deepEqual(
            { ...after.spec, ephemeralContainers: [] },
            { ...before.spec, ephemeralContainers: [] },
        );
        // Not by that subresource, not at all.
        assert.equal((await admit(change(before, debug, { sccs }))).allowed, false);
        // A pod that has not been completed itself is refused.
        assert.equal((await admit(change(pod(), debug, { subresource, sccs }))).allowed, false);
    });

    /** admission_test.go, TestShouldIgnore and TestShouldIgnoreMetaChanges. */
    const ignored: [string, (after: Pod) => void, string, boolean][] = [
        [
            "the garbage collector's fields",
            ({ metadata }) => (metadata.finalizers = ["f"]),
            "",
            true,
        ],
        ["who owns it", ({ metadata }) => (metadata.ownerReferences = [{}]), "", true],
        [
            "the network's annotation",
            ({ metadata }) => (metadata.annotations = { "k8s.ovn.org/pod-networks": "x" }),
            "",
            true,
        ],
        ["another annotation", ({ metadata }) => (metadata.annotations = { a: "b" }), "", false],
        ["a label", ({ metadata }) => (metadata.labels = { a: "b" }), "", false],
        ["its status", ({ metadata }) => (metadata.labels = { a: "b" }), "status", true],
        ["its spec", ({ spec }) => (spec.hostPID = true), "", false],
    ];
    for (const [title, how, subresource, isIgnored] of ignored) {
        it(`may ${isIgnored ? "" : "not "}change unseen in ${title}`, async () => {
            // Never completed: it passes only where nobody looks.
            const { allowed } = await admit(change(pod(), how, { subresource }));
            assert.equal(allowed, isIgnored);
        });
    }
});
