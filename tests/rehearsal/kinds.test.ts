/** OpenShift's kinds as Kubernetes gets to know them. That it accepts them: the lab suite. */
import assert from "node:assert/strict";
import { apiManifests, openshiftVersion } from "crossing-openshift-rehearsal";

interface Definition {
    group: string;
    scope: string;
    names: Record<string, unknown>;
    versions: { name: string; subresources?: object; schema: { openAPIV3Schema: Schema } }[];
}

interface Schema {
    properties: Record<string, Schema>;
    required?: string[];
    default?: unknown;
    enum?: unknown[];
}

const definitions = apiManifests()
    .filter(({ kind }) => kind === "CustomResourceDefinition")
    .map(({ metadata, spec }) => ({ name: metadata.name, ...(spec as Definition) }));
const schemaOf = (name: string) =>
    definitions.find(each => each.name === name)?.versions[0]?.schema.openAPIV3Schema.properties;

describe("OpenShift's kinds", () => {
    /** `oc api-resources` on OpenShift 4.20. */
    it("have its groups, names and scopes", () => {
        assert.deepEqual(
            definitions.map(({ name, group, scope, names, versions }) => [
                ...[name, scope, names["kind"], names["shortNames"] ?? []],
                ...[`${group}/${versions[0]?.name}`, Object.keys(versions[0]?.subresources ?? {})],
            ]),
            [
                [
                    "routes.route.openshift.io",
                    "Namespaced",
                    "Route",
                    [],
                    "route.openshift.io/v1",
                    ["status"],
                ],
                [
                    "projects.project.openshift.io",
                    "Cluster",
                    "Project",
                    [],
                    "project.openshift.io/v1",
                    [],
                ],
                [
                    "imagestreams.image.openshift.io",
                    "Namespaced",
                    "ImageStream",
                    ["is"],
                    "image.openshift.io/v1",
                    ["status"],
                ],
                [
                    "deploymentconfigs.apps.openshift.io",
                    "Namespaced",
                    "DeploymentConfig",
                    ["dc"],
                    "apps.openshift.io/v1",
                    ["status", "scale"],
                ],
                [
                    "clusterversions.config.openshift.io",
                    "Cluster",
                    "ClusterVersion",
                    [],
                    "config.openshift.io/v1",
                    [],
                ],
            ],
        );
        for (const { name, group, names } of definitions) {
            assert.equal(name, `${String(names["plural"])}.${group}`);
            assert.equal(names["listKind"], `${String(names["kind"])}List`);
            assert.equal(names["singular"], String(names["kind"]).toLowerCase());
        }
    });

    it("know the fields of a Route, with the defaults that OpenShift fills in", () => {
        const spec = schemaOf("routes.route.openshift.io")?.["spec"];
        const fields = spec?.properties ?? {};
        assert.deepEqual(Object.keys(fields), [
            ...["host", "subdomain", "path", "to", "alternateBackends", "port", "tls"],
            ...["httpHeaders", "wildcardPolicy"],
        ]);
        assert.deepEqual(spec?.required, ["to"]);
        assert.equal(fields["wildcardPolicy"]?.default, "None");
        assert.equal(fields["to"]?.properties["kind"]?.default, "Service");
        assert.equal(fields["to"]?.properties["weight"]?.default, 100);
        assert.deepEqual(Object.keys(fields["tls"]?.properties ?? {}), [
            ...["termination", "insecureEdgeTerminationPolicy", "certificate", "key"],
            ...["caCertificate", "destinationCACertificate", "externalCertificate"],
        ]);
        assert.deepEqual(fields["tls"]?.properties["termination"]?.enum, [
            ...["edge", "passthrough", "reencrypt"],
        ]);
    });

    it("come with one ClusterVersion, which says that it is a stand-in wherever people look", () => {
        const [version, ...more] = apiManifests().filter(each => each.kind === "ClusterVersion");
        assert.deepEqual(more, []);
        assert.equal(version?.metadata.name, "version");
        const { history, conditions } = version["status"] as {
            history: Record<string, unknown>[];
            conditions: { type: string; status: string; message: string }[];
        };
        assert.deepEqual(
            history.map(({ state, version, image }) => [state, version, image]),
            [
                [
                    ...["Completed", openshiftVersion],
                    "none (a stand-in for OpenShift on a plain Kubernetes cluster)",
                ],
            ],
        );
        assert.deepEqual(
            conditions.map(({ type, status, message }) => [type, status, message]),
            [
                ["Available", "True", "This is a stand-in, not OpenShift."],
                ["Failing", "False", ""],
                ["Progressing", "False", "Stand-in: looks like 4.20.0, is not OpenShift"],
            ],
        );
    });
});
