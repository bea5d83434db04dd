/** What a route must be like to be served, apart from its host. */
import { certificates, objection } from "./pem";
import type { Route, Tls } from "./types";

export interface Refusal {
    reason: string;
    message: string;
}

/** Reasons and fields as in github.com/openshift/router, pkg/router/routeapihelpers/validation.go. */
export function refusal({ spec }: Route): Refusal | undefined {
    const { tls, path = "" } = spec;
    const wrong = [...(tls ? [...combinations(tls), ...unreadable(tls)] : [])];
    if (wrong.length > 0) {
        return { reason: "ExtendedValidationFailed", message: wrong.join(", ") };
    }
    const missing = [
        ...(tls?.externalCertificate ? ["spec.tls.externalCertificate"] : []),
        ...(spec.httpHeaders ? ["spec.httpHeaders"] : []),
        ...(tls?.termination === "reencrypt" && !tls.destinationCACertificate
            ? ["reencrypt without spec.tls.destinationCACertificate"]
            : []),
        ...(/^(\/[\x21-\x26\x28-\x7e]*)?$/.test(path) ? [] : ["such a spec.path"]),
    ];
    return missing.length === 0
        ? undefined
        : {
              reason: "NotServedByStandIn",
              message: `this stand-in for OpenShift's router does not serve ${missing.join(" and ")}`,
          };
}

/** Where keys and certificates stand: their contents never show in a message. */
const invalid = (field: string, what: string, why: string) =>
    `spec.tls.${field}: Invalid value: "redacted ${what} data": ${why}`;

const fields = {
    certificate: "certificate",
    key: "key",
    caCertificate: "ca certificate",
    destinationCACertificate: "destination ca certificate",
} as const;

function combinations(tls: Tls): string[] {
    const { termination } = tls;
    if (termination === "passthrough") {
        return (Object.keys(fields) as (keyof typeof fields)[])
            .filter(field => tls[field])
            .map(field =>
                invalid(
                    field,
                    fields[field],
                    "passthrough termination does not support certificates",
                ),
            );
    }
    return termination === "edge" && tls.destinationCACertificate
        ? [
              invalid(
                  "destinationCACertificate",
                  fields.destinationCACertificate,
                  "edge termination does not support destination certificates",
              ),
          ]
        : [];
}

/** What the proxy could not load. */
function unreadable(tls: Tls): string[] {
    const { certificate, key, caCertificate = "" } = tls;
    const wrong = (["certificate", "caCertificate", "destinationCACertificate"] as const)
        .filter(field => tls[field] && !certificates(tls[field]))
        .map(field => invalid(field, fields[field], "it is not a certificate in PEM"));
    if (wrong.length > 0 || (!certificate && !key)) {
        return wrong;
    }
    if (!certificate || !key) {
        const [field, other] = certificate ? ["key", "certificate"] : ["certificate", "key"];
        return [`spec.tls.${field}: Required value: there is a ${other} without it`];
    }
    const why = objection(`${certificates(certificate)}${certificates(caCertificate) ?? ""}`, key);
    return why ? [invalid("key", fields.key, why)] : [];
}
