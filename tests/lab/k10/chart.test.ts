import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { configKeys, parseConfig } from "../../../lab/k10/server/config.ts";

const chart = fileURLToPath(new URL("../../../lab/k10/chart", import.meta.url));
const read = (...path: string[]) => readFileSync(join(chart, ...path), "utf8");
const values = parse(read("values.yaml")) as Record<string, unknown>;

interface Schema {
    type?: string;
    const?: unknown;
    minimum?: number;
    properties?: Record<string, Schema>;
}

const schema = JSON.parse(read("values.schema.json")) as Schema;
const at = (path: string) =>
    path.split(".").reduce<Schema | undefined>((inner, key) => inner?.properties?.[key], schema);

/** A text that the server takes for a setting that the chart does not copy from `standIn`. */
function sample(key: string): string {
    if (/PerAction$/.test(key)) {
        return "3";
    }
    if (/Timeout$/.test(key)) {
        return (values["executor"] as Record<string, string>)[key];
    }
    if (key === "genericBackupWebhookPort") {
        return String(at("injectGenericVolumeBackupSidecar.webhookServer.port")?.minimum);
    }
    return /Selector$/.test(key) ? "{}" : "true";
}

describe("K10 stand-in: chart", () => {
    it("says in its description, notes and objects that it is a stand-in", () => {
        const { name, version, appVersion, description } = parse(read("Chart.yaml")) as Record<
            string,
            string
        >;
        assert.deepEqual(
            [name, version, appVersion],
            ["k10", "9.0.4-standin.1", "9.0.4-standin.1"],
        );
        assert.match(description, /^A STAND-IN for Veeam Kasten K10/);
        assert.match(read("templates", "NOTES.txt"), /^This is a STAND-IN for Veeam Kasten K10/);
        assert.match(read("templates", "_helpers.tpl"), /crossing\.lab\/stand-in: k10/);
    });

    it("has the CRDs of config.kio.kasten.io, which outlive the release", () => {
        const crds = readdirSync(join(chart, "crds")).map(
            file =>
                parse(read("crds", file)) as {
                    metadata: { name: string; annotations: object };
                    spec: {
                        versions: {
                            name: string;
                            subresources: object;
                            additionalPrinterColumns: { name: string }[];
                            schema: {
                                openAPIV3Schema: { properties: { spec: Record<string, unknown> } };
                            };
                        }[];
                    };
                },
        );
        assert.deepEqual(crds.map(crd => crd.metadata.name).sort(), [
            "blueprintbindings.config.kio.kasten.io",
            "blueprints.cr.kanister.io",
            ...["policies", "policypresets", "profiles"].map(
                plural => `${plural}.config.kio.kasten.io`,
            ),
            "reports.reporting.kio.kasten.io",
            "transformsets.config.kio.kasten.io",
        ]);
        // A Report has results in place of a status.
        for (const { metadata, spec } of crds.filter(
            each => !each.metadata.name.startsWith("reports."),
        )) {
            if (metadata.name === "blueprints.cr.kanister.io") {
                // Kanister's: its actions stand beside the metadata.
                const { openAPIV3Schema: own } = spec.versions[0].schema;
                assert.deepEqual(Object.keys(own).sort(), [
                    ...["description", "type", "x-kubernetes-preserve-unknown-fields"],
                ]);
                continue;
            }
            const [version] = spec.versions;
            assert.equal(version.name, "v1alpha1");
            assert.deepEqual(version.subresources, { status: {} });
            const columns = version.additionalPrinterColumns.map(column => column.name);
            const isBinding = metadata.name.startsWith("blueprintbindings");
            assert.deepEqual(columns, [...(isBinding ? ["Disabled"] : []), "Status", "Age"]);
            const { spec: inner } = version.schema.openAPIV3Schema.properties;
            assert.equal(inner["x-kubernetes-preserve-unknown-fields"], true);
            assert.deepEqual(metadata.annotations, { "crossing.lab/stand-in": "k10" });
        }
    });

    it("knows every default value in its schema", () => {
        const check = (value: unknown, path: string[]) => {
            const found = at(path.join("."));
            if (path.join(".") === "standIn.resources") {
                return;
            }
            if (typeof value === "object" && value !== null) {
                Object.entries(value).forEach(([key, inner]) => check(inner, [...path, key]));
            } else {
                assert.ok(found, path.join("."));
                assert.equal(found.const, undefined, path.join("."));
            }
        };
        check(values, []);
    });

    it("refuses the values that Kasten has removed, and says what to set instead", () => {
        const removed = [
            "persistence",
            "apigateway",
            "grafana.enabled",
            "global.persistence.grafana",
            "restore.copyImagePullSecrets",
            "executorReplicas",
            "maxJobWaitDuration",
            "kanisterPodMetricSidecar",
            "services.executor",
            "limiter.genericVolumeSnapshots",
            "limiter.csiSnapshots",
            "limiter.imageCopies",
        ];
        for (const path of removed) {
            assert.match(String(at(path)?.const), /^REMOVED from the K10 chart: /, path);
        }
    });

    it("gives the server every setting that it reads", () => {
        const template = read("templates", "config.yaml");
        const standIn = values["standIn"] as Record<string, number | string>;
        const settings = Object.fromEntries(
            configKeys.map(key => {
                assert.ok(template.includes(`\n  ${key}: `) || key in standIn, key);
                return [key, String(standIn[key] ?? sample(key))];
            }),
        );
        const config = parseConfig(settings);
        assert.equal(config.seconds.validation, standIn["validationSeconds"]);
        assert.equal(config.genericBackup.token, true);
        assert.equal(config.seconds.snapshotReady, 1800);
    });

    it("has K10's names", () => {
        const all = readdirSync(join(chart, "templates"))
            .map(file => read("templates", file))
            .join("\n");
        for (const name of [
            "name: aggregatedapis-svc",
            "name: gateway",
            "name: catalog-pv-claim",
            "name: k10-config",
            "name: k10-eula-info",
            "name: k10-admin",
            "name: k10-basic",
            "name: k10:admins",
            "port: 443",
            "targetPort: 10250",
            // Seen on live clusters.
            "name: k10-sidecar-injector",
            "failurePolicy: Ignore",
        ]) {
            assert.ok(all.includes(name), name);
        }
    });
});

describe("K10 stand-in: configuration", () => {
    it("names all that is missing or wrong at once", () => {
        const all = Object.fromEntries(
            configKeys.map(key => [key, /Selector$|Timeout$/.test(key) ? sample(key) : "1"]),
        );
        assert.equal(parseConfig(all).copyPasses, 1);
        const ready = (text: string) =>
            parseConfig({ ...all, csiSnapshotReadyTimeout: text }).seconds.snapshotReady;
        assert.deepEqual([ready("1h30m"), ready("1.5s"), ready("20ms")], [5400, 1.5, 0.02]);
        assert.throws(
            () =>
                parseConfig({
                    ...all,
                    genericBackupObjectSelector: "app=web",
                    csiSnapshotReadyTimeout: "30",
                }),
            {
                message:
                    "The ConfigMap k10-config cannot be used: `csiSnapshotReadyTimeout` must be a duration, for example `30m`; `genericBackupObjectSelector` must be a LabelSelector as JSON.",
            },
        );
        const rest = Object.fromEntries(Object.entries(all).filter(([key]) => key !== "namespace"));
        assert.throws(() => parseConfig({ ...rest, retrySeconds: "soon", copyPasses: "-1" }), {
            message:
                "The ConfigMap k10-config cannot be used: `retrySeconds` must be a number that is not negative; `namespace` is missing; `copyPasses` must be a number that is not negative.",
        });
    });
});
