import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { compareImages, imagesOf, ofNoRegistry } from "../../../actions/src/proof/images";

const pod = (
    containers: [image: string, id?: string][],
    first: [string, string?][] = [],
): V1Pod => {
    const of = (list: [string, string?][], prefix: string) =>
        list.map(([image], i) => ({ name: `${prefix}${i}`, image }));
    const statuses = (list: [string, string?][], prefix: string) =>
        list.flatMap(([image, imageID], i) =>
            imageID === undefined
                ? []
                : [{ ...{ name: `${prefix}${i}`, image, imageID }, ready: true, restartCount: 0 }],
        );
    return {
        spec: { containers: of(containers, "c"), initContainers: of(first, "i") },
        status: {
            containerStatuses: statuses(containers, "c"),
            initContainerStatuses: statuses(first, "i"),
        },
    };
};

describe("images of an application", () => {
    it("are each told once, by name, with those of init containers", () => {
        const pods = [
            pod([["web:1", "docker.io/library/web@sha256:aa"]], [["init:1", "sha256:bb"]]),
            pod([["web:1"], ["db:1", "sha256:cc"]]),
        ];
        assert.deepEqual(imagesOf(pods), [
            { image: "db:1", id: "sha256:cc" },
            { image: "init:1", id: "sha256:bb" },
            { image: "web:1", id: "docker.io/library/web@sha256:aa" },
        ]);
        assert.deepEqual(ofNoRegistry(imagesOf(pods)), ["db:1", "init:1"]);
    });

    it("that no node has yet are known to be of no registry by nobody", () => {
        assert.deepEqual(imagesOf([pod([["web:1"]])]), [{ image: "web:1", id: "" }]);
        assert.deepEqual(ofNoRegistry([{ image: "web:1", id: "" }]), []);
    });

    it("are the same by their digest, whichever registry they came from", () => {
        const expected = [
            { image: "a:1", id: "docker.io/library/a@sha256:aa" },
            { image: "b:1", id: "docker.io/library/b@sha256:bb" },
            { image: "c:1", id: "sha256:cc" },
            { image: "d:1", id: "sha256:dd" },
        ];
        const actual = [
            { image: "a:1", id: "mirror.example.com/a@sha256:aa" },
            { image: "b:1", id: "docker.io/library/b@sha256:b2" },
            { image: "c:1", id: "" },
        ];
        assert.deepEqual(compareImages(expected, actual), [
            { image: "a:1", digest: "sha256:aa", restored: "same" },
            { image: "b:1", digest: "sha256:bb", restored: "other" },
            { image: "c:1", digest: "sha256:cc", restored: "none" },
            { image: "d:1", digest: "sha256:dd", restored: "none" },
        ]);
    });
});
