/** The certificate of the webhook, and the router's: made at the first start and kept in a Secret. */
import { X509Certificate } from "node:crypto";
import { generate } from "selfsigned";
import { hasCode, KubeApi } from "./kube";

export interface Certificate {
    /** PEM. It is its own authority. */
    cert: string;
    key: string;
}

interface Secret {
    metadata: { name: string; resourceVersion?: string };
    data?: Record<string, string>;
}

const years = 10;
const month = 30 * 24 * 3_600 * 1_000;

export async function selfSigned(host: string): Promise<Certificate> {
    const notAfterDate = new Date();
    notAfterDate.setFullYear(notAfterDate.getFullYear() + years);
    const { cert, private: key } = await generate([{ name: "commonName", value: host }], {
        keyType: "ec",
        algorithm: "sha256",
        notAfterDate,
        extensions: [
            { name: "basicConstraints", cA: true, critical: true },
            { name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
            { name: "extKeyUsage", serverAuth: true },
            { name: "subjectAltName", altNames: [{ type: 2, value: host }] },
        ],
    });
    return { cert, key };
}

/**
 * @param host a name, or `*.` and a domain for all names in it
 * @returns the certificate in the Secret, or a new one if that is missing, is for another host or ends soon
 */
export async function keptCertificate(
    api: KubeApi,
    { namespace, name, host }: { namespace: string; name: string; host: string },
): Promise<Certificate> {
    const collection = `/api/v1/namespaces/${namespace}/secrets`;
    const found = await api.get<Secret>(`${collection}/${name}`).catch((error: unknown) => {
        if (hasCode(error, 404)) {
            return undefined;
        }
        throw error;
    });
    const kept = read(found);
    if (kept && serves(kept, host)) {
        return kept;
    }
    const made = await selfSigned(host);
    const secret = {
        apiVersion: "v1",
        kind: "Secret",
        type: "kubernetes.io/tls",
        metadata: { name, namespace, resourceVersion: found?.metadata.resourceVersion },
        data: { "tls.crt": encode(made.cert), "tls.key": encode(made.key) },
    };
    await (found ? api.replace(`${collection}/${name}`, secret) : api.create(collection, secret));
    return made;
}

const encode = (text: string) => Buffer.from(text).toString("base64");
const decode = (text: string) => Buffer.from(text, "base64").toString();

function read(secret: Secret | undefined): Certificate | undefined {
    const { "tls.crt": cert, "tls.key": key } = secret?.data ?? {};
    return cert && key ? { cert: decode(cert), key: decode(key) } : undefined;
}

function serves({ cert }: Certificate, host: string): boolean {
    try {
        const parsed = new X509Certificate(cert);
        const left = Date.parse(parsed.validTo) - Date.now();
        return parsed.checkHost(host.replace("*", "any")) !== undefined && left > month;
    } catch {
        return false;
    }
}
