/** X.509 certificates for tests: Node can sign but not build them, and no key belongs into a repository. */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

export interface Certificate {
    /** PEM. */
    cert: string;
    key: string;
}

interface Authority extends Certificate {
    name: string;
    privateKey: KeyObject;
}

function der(tag: number, ...parts: Buffer[]): Buffer {
    const body = Buffer.concat(parts);
    const length =
        body.length < 128
            ? Buffer.from([body.length])
            : body.length < 256
              ? Buffer.from([0x81, body.length])
              : Buffer.from([0x82, body.length >> 8, body.length & 0xff]);
    return Buffer.concat([Buffer.from([tag]), length, body]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const set = (...parts: Buffer[]) => der(0x31, ...parts);
const hex = (text: string) => Buffer.from(text, "hex");
const oid = {
    commonName: der(0x06, hex("550403")),
    ecdsaWithSha256: der(0x06, hex("2a8648ce3d040302")),
    basicConstraints: der(0x06, hex("551d13")),
    subjectAltName: der(0x06, hex("551d11")),
};

const nameOf = (commonName: string) =>
    sequence(set(sequence(oid.commonName, der(0x0c, Buffer.from(commonName)))));

function time(date: Date): Buffer {
    const text = date.toISOString().replace(/[-:T]/g, "").slice(2, 14);
    return der(0x17, Buffer.from(`${text}Z`));
}

function build(commonName: string, host: string | undefined, issuer: Authority | undefined) {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const isAuthority = issuer === undefined;
    const algorithm = sequence(oid.ecdsaWithSha256);
    const constraints = sequence(...(isAuthority ? [der(0x01, hex("ff"))] : []));
    const extensions = [
        sequence(oid.basicConstraints, der(0x01, hex("ff")), der(0x04, constraints)),
        ...(host === undefined
            ? []
            : [sequence(oid.subjectAltName, der(0x04, sequence(der(0x82, Buffer.from(host)))))]),
    ];
    const day = 24 * 3600 * 1000;
    const body = sequence(
        der(0xa0, der(0x02, hex("02"))),
        der(0x02, Buffer.concat([hex("01"), randomBytes(8)])),
        algorithm,
        nameOf(issuer?.name ?? commonName),
        sequence(time(new Date(Date.now() - day)), time(new Date(Date.now() + day))),
        nameOf(commonName),
        publicKey.export({ type: "spki", format: "der" }),
        der(0xa3, sequence(...extensions)),
    );
    const signature = sign("sha256", body, issuer?.privateKey ?? privateKey);
    const whole = sequence(body, algorithm, der(0x03, hex("00"), signature));
    const lines = whole.toString("base64").replace(/.{64}/g, "$&\n");
    return {
        cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
        key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
        name: commonName,
        privateKey,
    };
}

/** A certificate authority that is valid for a day. */
export function authority(commonName: string): Authority {
    return build(commonName, undefined, undefined);
}

/** A certificate of an authority, for a host name where one is given. */
export function certificate(commonName: string, issuer: Authority, host?: string): Certificate {
    return build(commonName, host, issuer);
}
