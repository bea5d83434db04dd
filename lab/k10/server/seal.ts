/**
 * What the stand-in writes to a bucket, and who can read it.
 *
 * - The receiveString (K10 documentation, "Get Export String") is an authenticated envelope. Its key is
 *   derived from the bucket's name and the path of the location profile, so it opens only beside a
 *   profile of the same bucket and path. It carries a random data key.
 * - Manifests are sealed with that data key and carry the keys of the volumes.
 * - Volumes are streams of AES-256-CTR **without any check of integrity and without compression**. The
 *   real K10 would notice a damaged byte. The stand-in restores it as it is, on purpose: the program has to
 *   prove by the application's own data that it arrived, and this gives its proof something to catch.
 *
 * Nothing here touches a network or a file.
 */
import {
    createCipheriv,
    createDecipheriv,
    hkdfSync,
    randomBytes,
    scryptSync,
    type Cipher,
    type CipherGCM,
} from "node:crypto";

/** All receiveStrings that have been seen in public begin with these characters. */
const RECEIVE_PREFIX = "bIzAPpoanm";

/** What Go's `crypto/cipher` says, and therefore what K10 says of a string that is not for this profile. */
const CIPHER_MESSAGE = "cipher: message authentication failed";

/** A sealed thing does not open: wrong key, wrong bucket, wrong path, or damaged. */
export class SealError extends Error {
    constructor() {
        super(CIPHER_MESSAGE);
    }
}

/** A bucket and the path inside it that a location profile writes to. */
export interface SealLocation {
    bucket: string;
    path: string;
}

/** What a receiveString carries from the exporting to the importing cluster. */
export interface HandOff {
    version: 1;
    /** UID of the exporting cluster's namespace `default`. */
    clusterUID: string;
    policy: { name: string; namespace: string };
    /** `objectStore.path` of the exporting profile: where the importing side looks. */
    profilePath: string;
    /** Names the list of points that belong to this string. */
    id: string;
    /** 32 bytes in hex: seals the manifests. */
    dataKey: string;
}

/** The key of one volume. */
export interface VolumeKey {
    /** 32 bytes in hex. */
    key: string;
}

const SALT = 16;
const IV = 12;
const TAG = 16;
// 416 bytes are 555 characters of base64; with the prefix 565, as real strings have.
const ENVELOPE = 416;

/** `a/b` for `/a/b/`: K10 and people write paths both ways. */
export function normalPath(path: string): string {
    return path.split("/").filter(Boolean).join("/");
}

function handOffKey(location: SealLocation, salt: Buffer): Buffer {
    const secret = `${location.bucket}\n${normalPath(location.path)}`;
    return Buffer.from(hkdfSync("sha256", secret, salt, "k10-stand-in hand-off", 32));
}

function gcm(cipher: CipherGCM, plain: Buffer): Buffer {
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openGcm(key: Buffer, sealed: Buffer): Buffer {
    if (sealed.length < IV + TAG) {
        throw new SealError();
    }
    const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
    try {
        return Buffer.concat([
            decipher.update(sealed.subarray(IV, sealed.length - TAG)),
            decipher.final(),
        ]);
    } catch {
        throw new SealError();
    }
}

/**
 * Seals a hand-off for one bucket and path: `bIzAPpoanm` and base64 without padding, 565 characters
 * unless names and paths are long. The same hand-off gives another string each time.
 */
export function sealHandOff(handOff: HandOff, location: SealLocation): string {
    const plain = Buffer.from(JSON.stringify(handOff));
    const padding = Math.max(0, ENVELOPE - SALT - IV - TAG - plain.length);
    const salt = randomBytes(SALT);
    const iv = randomBytes(IV);
    const cipher = createCipheriv("aes-256-gcm", handOffKey(location, salt), iv);
    // JSON ignores trailing spaces, so they serve as padding.
    const sealed = gcm(cipher, Buffer.concat([plain, Buffer.alloc(padding, " ")]));
    const envelope = Buffer.concat([salt, iv, sealed]);
    return RECEIVE_PREFIX + unpadded(envelope);
}

function unpadded(bytes: Buffer): string {
    return bytes.toString("base64").replace(/=+$/, "");
}

/**
 * Opens a receiveString beside a profile's bucket and path.
 * @throws SealError for any text that was not sealed for exactly this bucket and path.
 */
export function openHandOff(receiveString: string, location: SealLocation): HandOff {
    if (!receiveString.startsWith(RECEIVE_PREFIX)) {
        throw new SealError();
    }
    const text = receiveString.slice(RECEIVE_PREFIX.length);
    const envelope = Buffer.from(text, "base64");
    // Node ignores foreign characters and spare bits: without the comparison a changed string could open.
    if (unpadded(envelope) !== text || envelope.length < SALT + IV + TAG) {
        throw new SealError();
    }
    const key = handOffKey(location, envelope.subarray(0, SALT));
    return JSON.parse(openGcm(key, envelope.subarray(SALT)).toString()) as HandOff;
}

/** A fresh 256-bit key in hex. */
export function newKey(): string {
    return randomBytes(32).toString("hex");
}

/** Seals any JSON value with a data key: nonce, AES-256-GCM ciphertext, tag. */
export function sealManifest(value: unknown, dataKey: string): Buffer {
    const iv = randomBytes(IV);
    const cipher = createCipheriv("aes-256-gcm", Buffer.from(dataKey, "hex"), iv);
    return Buffer.concat([iv, gcm(cipher, Buffer.from(JSON.stringify(value)))]);
}

/** @throws SealError when the bytes are damaged or the key is another. */
export function openManifest(sealed: Uint8Array, dataKey: string): unknown {
    const plain = openGcm(Buffer.from(dataKey, "hex"), Buffer.from(sealed));
    return JSON.parse(plain.toString());
}

/** Seals any JSON value with a passphrase: salt, then as a manifest. */
export function sealWithPassphrase(value: unknown, passphrase: string): Buffer {
    const salt = randomBytes(SALT);
    return Buffer.concat([salt, sealManifest(value, passphraseKey(passphrase, salt))]);
}

/** @throws SealError when the bytes are damaged or the passphrase is another. */
export function openWithPassphrase(sealed: Uint8Array, passphrase: string): unknown {
    const key = passphraseKey(passphrase, sealed.subarray(0, SALT));
    return openManifest(sealed.subarray(SALT), key);
}

const passphraseKey = (passphrase: string, salt: Uint8Array): string =>
    scryptSync(passphrase, salt, 32).toString("hex");

const MAGIC = Buffer.from("k10-stand-in/v1\n");

/** A volume object begins with 16 bytes that name the format and the 16 bytes of the first counter. */
export const VOLUME_HEADER = MAGIC.length + 16;

/** The first bytes of a new volume object. */
export function volumeHeader(): Buffer {
    return Buffer.concat([MAGIC, randomBytes(16)]);
}

/**
 * The offset in a volume object of the byte at `tarOffset` of the volume's tar stream. A test that damages
 * the object there changes that byte of that file and nothing else.
 */
export function volumeOffset(tarOffset: number): number {
    return VOLUME_HEADER + tarOffset;
}

function counter(header: Uint8Array): Uint8Array {
    if (header.length < VOLUME_HEADER || !MAGIC.equals(header.subarray(0, MAGIC.length))) {
        throw new Error("This object is not a volume that the K10 stand-in wrote.");
    }
    return header.subarray(MAGIC.length, VOLUME_HEADER);
}

/** Enciphers what follows the header of a volume object. */
export function volumeCipher(volume: VolumeKey, header: Uint8Array): Cipher {
    return createCipheriv("aes-256-ctr", Buffer.from(volume.key, "hex"), counter(header));
}

/** Deciphers what follows the header. It never fails: a damaged byte comes out damaged. */
export function volumeDecipher(volume: VolumeKey, header: Uint8Array): Cipher {
    // In counter mode both directions are the same operation.
    return volumeCipher(volume, header);
}

/** The tar stream of a whole volume object. */
export function openVolume(object: Uint8Array, volume: VolumeKey): Buffer {
    const decipher = volumeDecipher(volume, object.subarray(0, VOLUME_HEADER));
    return Buffer.concat([decipher.update(object.subarray(VOLUME_HEADER)), decipher.final()]);
}

/** The same while the object is read, piece by piece. @param seen told how many bytes of the stream came */
export async function* openedVolume(
    source: AsyncIterable<Buffer>,
    volume: VolumeKey,
    seen: (bytes: number) => void,
): AsyncGenerator<Buffer> {
    let header = Buffer.alloc(0);
    let decipher: Cipher | undefined;
    for await (const piece of source) {
        let chunk = piece;
        if (!decipher) {
            header = Buffer.concat([header, piece]);
            if (header.length < VOLUME_HEADER) {
                continue;
            }
            decipher = volumeDecipher(volume, header.subarray(0, VOLUME_HEADER));
            chunk = header.subarray(VOLUME_HEADER);
        }
        seen(chunk.length);
        yield decipher.update(chunk);
    }
}
