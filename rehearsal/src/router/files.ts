/** The files that HAProxy reads besides its configuration. */
import type { Certificate } from "../server/certificate";
import type { Verdict } from "./decide";
import { certificates, privateKey } from "./pem";
import type { Route } from "./types";

/** Neither namespaces nor names have underscores. */
const fileName = ({ metadata: { namespace, name } }: Route) => `${namespace}_${name}.pem`;
const certificateFile = (route: Route) => `certificates/${fileName(route)}`;
const defaultFile = "certificates/default.pem";

/** Whom the router trusts behind a route. */
export const authorityFile = (route: Route) => `authorities/${fileName(route)}`;
/** Which certificate is for which name. */
export const listFile = "certificates.list";

/**
 * By path below the shared folder.
 * @param served the routes that are admitted: their certificates and keys are valid
 * @param own the router's certificate, for all routes without one
 */
export function filesOf(
    served: Pick<Verdict, "route" | "host">[],
    own: Certificate,
    folder: string,
): Map<string, string> {
    const list = [`${folder}/${defaultFile}`];
    const files = new Map([[defaultFile, `${own.cert.trim()}\n${own.key.trim()}\n`]]);
    for (const { route, host } of served) {
        const { certificate, key, caCertificate, destinationCACertificate } = route.spec.tls ?? {};
        if (certificate && key) {
            const chain = [certificate, caCertificate ?? ""].map(each => certificates(each) ?? "");
            files.set(certificateFile(route), `${chain.join("")}${privateKey(key)}`);
            list.push(`${folder}/${certificateFile(route)} ${host}`);
        }
        if (destinationCACertificate) {
            files.set(authorityFile(route), certificates(destinationCACertificate) ?? "");
        }
    }
    // The first is also for names that no other is for, and for clients that name none.
    return files.set(listFile, `${list.join("\n")}\n`);
}
