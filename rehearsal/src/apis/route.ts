/**
 * Routes. Fields, defaults and limits: github.com/openshift/api, route/v1/types.go, with the additions that its
 * custom resource definition makes for clusters without OpenShift's API server.
 */
import { Kind, list, object, open, text, time, whole } from "./crd";

const dnsName = {
    type: "string",
    maxLength: 253,
    pattern:
        "^([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9])(\\.([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]{0,61}[a-zA-Z0-9]))*$",
};

const target = object(
    {
        kind: { type: "string", enum: ["Service", ""], default: "Service" },
        name: { type: "string", minLength: 1 },
        weight: { ...whole, minimum: 0, maximum: 256, default: 100 },
    },
    { required: ["kind", "name"] },
);

const tls = object(
    {
        termination: { type: "string", enum: ["edge", "passthrough", "reencrypt"] },
        insecureEdgeTerminationPolicy: {
            type: "string",
            enum: ["Allow", "None", "Redirect", ""],
        },
        certificate: text,
        key: text,
        caCertificate: text,
        destinationCACertificate: text,
        externalCertificate: object({ name: text }, { required: ["name"] }),
    },
    {
        required: ["termination"],
        "x-kubernetes-validations": [
            {
                rule: "self.termination != 'passthrough' || !has(self.insecureEdgeTerminationPolicy) || self.insecureEdgeTerminationPolicy != 'Allow'",
                message:
                    "cannot have both spec.tls.termination: passthrough and spec.tls.insecureEdgeTerminationPolicy: Allow",
            },
        ],
    },
);

const headers = object({ actions: object({ request: list(open), response: list(open) }) });

const condition = object(
    { type: text, status: text, reason: text, message: text, lastTransitionTime: time },
    { required: ["status", "type"] },
);

export const route: Kind = {
    group: "route.openshift.io",
    kind: "Route",
    plural: "routes",
    scope: "Namespaced",
    all: true,
    subresources: { status: {} },
    columns: [
        { name: "Host", type: "string", jsonPath: ".status.ingress[0].host" },
        {
            name: "Admitted",
            type: "string",
            jsonPath: '.status.ingress[0].conditions[?(@.type=="Admitted")].status',
        },
        { name: "Service", type: "string", jsonPath: ".spec.to.name" },
        { name: "TLS", type: "string", jsonPath: ".spec.tls.termination" },
    ],
    schema: object(
        {
            spec: object(
                {
                    host: dnsName,
                    subdomain: dnsName,
                    path: { type: "string", pattern: "^/" },
                    to: target,
                    alternateBackends: list(target, { maxItems: 3 }),
                    port: object(
                        { targetPort: { "x-kubernetes-int-or-string": true } },
                        { required: ["targetPort"] },
                    ),
                    tls,
                    httpHeaders: headers,
                    wildcardPolicy: {
                        type: "string",
                        enum: ["None", "Subdomain", ""],
                        default: "None",
                    },
                },
                {
                    required: ["to"],
                    "x-kubernetes-validations": [
                        {
                            rule: "!has(self.path) || self.path == '' || !has(self.tls) || self.tls.termination != 'passthrough'",
                            message: "passthrough termination does not support paths",
                        },
                    ],
                },
            ),
            status: object({
                ingress: list(
                    object({
                        host: text,
                        routerName: text,
                        routerCanonicalHostname: text,
                        wildcardPolicy: text,
                        conditions: list(condition),
                    }),
                ),
            }),
        },
        { required: ["spec"] },
    ),
};
