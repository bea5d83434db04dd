import assert from "node:assert/strict";
import {
    newKey,
    normalPath,
    openHandOff,
    openManifest,
    openVolume,
    sealHandOff,
    sealManifest,
    volumeCipher,
    VOLUME_HEADER,
    volumeHeader,
    volumeOffset,
    type HandOff,
} from "../../../lab/k10/server/seal.ts";

const here = { bucket: "backups", path: "k10/uid/migration" };
const handOff: HandOff = {
    version: 1,
    clusterUID: "2d38390e-a913-4caa-83a4-552ead298158",
    policy: { name: "nightly", namespace: "kasten-io" },
    profilePath: "k10/uid/migration",
    id: "366ed902fdf954286f41e8c7",
    dataKey: newKey(),
};
const cipherError = { message: "cipher: message authentication failed" };

describe("K10 stand-in: receiveString", () => {
    it("has the length and the alphabet of real ones, and is another one each time", () => {
        const strings = Array.from({ length: 20 }, () => sealHandOff(handOff, here));
        for (const string of strings) {
            assert.equal(string.length, 565);
            assert.match(string, /^bIzAPpoanm[A-Za-z0-9+/]+$/);
        }
        assert.equal(new Set(strings).size, 20);
    });

    it("opens beside the same bucket and path, however the path is written", () => {
        const string = sealHandOff(handOff, here);
        assert.deepEqual(openHandOff(string, here), handOff);
        assert.deepEqual(openHandOff(string, { ...here, path: "/k10/uid/migration/" }), handOff);
        assert.equal(normalPath("//a/b/"), "a/b");
    });

    it("grows when names are long", () => {
        const long = { ...handOff, policy: { name: "n".repeat(250), namespace: "kasten-io" } };
        const string = sealHandOff(long, here);
        assert.ok(string.length > 565);
        assert.deepEqual(openHandOff(string, here), long);
    });

    it("does not open beside another bucket or path, nor when it is damaged anywhere", () => {
        const string = sealHandOff(handOff, here);
        assert.throws(() => openHandOff(string, { ...here, bucket: "other" }), cipherError);
        assert.throws(
            () => openHandOff(string, { ...here, path: "k10/else/migration" }),
            cipherError,
        );
        for (let at = 0; at < string.length; at++) {
            const other = string[at] === "A" ? "B" : "A";
            const damaged = string.slice(0, at) + other + string.slice(at + 1);
            assert.throws(() => openHandOff(damaged, here), cipherError, `at ${at}`);
        }
        for (const text of ["", "bIzAPpoanm", "bIzAPpoanmAAAA", "something else", `${string}A`]) {
            assert.throws(() => openHandOff(text, here), cipherError, text);
        }
    });
});

describe("K10 stand-in: what lies in the bucket", () => {
    it("manifests open with their key only, and not when a byte is damaged", () => {
        const key = newKey();
        const sealed = sealManifest({ objects: [1, "zwei"] }, key);
        assert.deepEqual(openManifest(sealed, key), { objects: [1, "zwei"] });
        assert.throws(() => openManifest(sealed, newKey()), cipherError);
        for (const at of [0, 12, sealed.length - 1]) {
            const damaged = Buffer.from(sealed);
            damaged[at] ^= 1;
            assert.throws(() => openManifest(damaged, key), cipherError, `at ${at}`);
        }
        assert.throws(() => openManifest(sealed.subarray(0, 10), key), cipherError);
    });

    it("a damaged byte of a volume comes out damaged, silently, and alone", () => {
        const volume = { key: newKey() };
        const plain = Buffer.from("once upon a time there was a row".repeat(1000));
        const header = volumeHeader();
        const object = Buffer.concat([header, volumeCipher(volume, header).update(plain)]);
        assert.equal(object.length, plain.length + VOLUME_HEADER);
        assert.ok(!object.includes("once upon"));
        assert.deepEqual(openVolume(object, volume), plain);

        const at = plain.indexOf("row");
        object[volumeOffset(at)] ^= 1;
        const opened = openVolume(object, volume);
        assert.equal(opened.subarray(at, at + 3).toString(), "sow");
        opened[at] ^= 1;
        assert.deepEqual(opened, plain);
    });

    it("an object that is no volume is refused", () => {
        const volume = { key: newKey() };
        const message = "This object is not a volume that the K10 stand-in wrote.";
        assert.throws(() => openVolume(Buffer.alloc(100), volume), { message });
        assert.throws(() => openVolume(Buffer.alloc(3), volume), { message });
    });
});
