/** Certificates and keys as the proxy gets them: parsed and written anew, since one bad file stops all changes. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";

const block = /-----BEGIN [A-Z0-9 ]+-----[^-]*-----END [A-Z0-9 ]+-----/g;

/** All certificates of a text, or nothing where it holds anything else, or none. */
export function certificates(text: string): string | undefined {
    const found = text.match(block) ?? [];
    if (found.length === 0 || text.replace(block, "").includes("-----")) {
        return undefined;
    }
    try {
        return found.map(each => new X509Certificate(each).toString()).join("");
    } catch {
        return undefined;
    }
}

export const privateKey = (text: string) =>
    createPrivateKey(text).export({ type: "pkcs8", format: "pem" }).toString();

/** What OpenSSL says against a certificate with its chain and key; nothing where a server can use them. */
export function objection(chain: string, key: string): string | undefined {
    try {
        // The level that distributions build into OpenSSL, and so into HAProxy.
        createSecureContext({
            ...{ cert: chain, key: privateKey(key), ciphers: "DEFAULT@SECLEVEL=2" },
        });
        return undefined;
    } catch (error) {
        return (error as { reason?: string }).reason ?? "it cannot be read";
    }
}
