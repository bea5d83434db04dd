/**
 * ReportAction and Report (K10 documentation, API "ReportActions" and "Reports", a developer preview): what there is and
 * whether it is backed up. Of the documented sections the stand-in fills general, licensing, policies and compliance.
 */
import type { Body } from "../action.ts";
import {
    labels,
    REPORTING_GROUP,
    STAND_IN,
    STAND_IN_ANNOTATION,
    suffix,
    VERSION,
} from "../constants.ts";
import { at, listAt, textAt, type KubeObject } from "../json.ts";
import { kindOf } from "../kinds.ts";
import { NAMESPACES, NODES, pathOf } from "../resources.ts";
import { configResource, type World } from "../world.ts";
import { isSystem, selectedNamespaces } from "./subordinates.ts";

const BACKUP = kindOf("BackupAction");
const REPORTS = { group: REPORTING_GROUP, version: VERSION, resource: "reports" };

/** The body of a ReportAction: writes a Report that is named after it (seen in the documentation's example). */
export function report(world: World): Body {
    return async run => {
        const object = await run.phase("Generating report", () => reportOf(world, run.object));
        await world.cluster.create(pathOf(REPORTS, world.config.namespace), object);
    };
}

async function reportOf(world: World, action: KubeObject): Promise<KubeObject> {
    const { cluster, config } = world;
    const { items: namespaces } = await cluster.list(pathOf(NAMESPACES));
    const { items: policies } = await cluster.list(
        pathOf(configResource("policies"), config.namespace),
    );
    const { items: nodes } = await cluster.list(pathOf(NODES));
    const now = new Date();
    const days = Number(at(action.spec, "statsIntervalDays") ?? 0);
    const hours = Number(at(action.spec, "statsIntervalHours") ?? 0);
    const start = new Date(now.getTime() - (24 * days + hours) * 3_600_000);
    return {
        apiVersion: `${REPORTING_GROUP}/${VERSION}`,
        kind: "Report",
        metadata: {
            name: `${action.metadata.name}-${suffix(5)}`,
            namespace: config.namespace,
            annotations: { [STAND_IN_ANNOTATION]: STAND_IN },
        },
        spec: {
            reportTimestamp: now.toISOString(),
            statsIntervalDays: days,
            statsIntervalHours: hours,
            statsIntervalStartTimestamp: start.toISOString(),
            statsIntervalEndTimestamp: now.toISOString(),
        },
        results: {
            general: {
                ...{ k10Version: world.version, k10Namespace: config.namespace },
                ...{ k8sVersion: world.kubernetes, clusterId: world.clusterUID },
            },
            licensing: {
                ...{ type: "Starter", expiry: "0000-00-00T00:00:00Z", status: "Valid" },
                ...{ nodeCount: nodes.length, nodeLimit: FREE_NODES },
            },
            policies: {
                summaries: policies.map(policy => ({
                    ...{ name: policy.metadata.name, namespace: policy.metadata.namespace },
                    actions: listAt(policy.spec, "actions").map(each => textAt(each, "action")),
                    frequency: textAt(policy.spec, "frequency"),
                    validation: textAt(policy, "status", "validation"),
                })),
            },
            compliance: complianceOf(
                namespaces.filter(({ metadata }) => !isSystem(metadata.name)),
                policies,
                world.catalog.list(BACKUP),
            ),
        },
    };
}

/** Nodes that Kasten's free licence covers. */
const FREE_NODES = 5;
/** So many names of applications that are not compliant are told (K10 documentation, API "Reports"). */
const MOST_NAMES = 10;

/**
 * Unconfirmed, because the documentation does not say: an application is managed if the backup of any policy selects it,
 * and compliant if the last backup that a policy made of it is Complete.
 */
export function complianceOf(
    applications: KubeObject[],
    policies: KubeObject[],
    backups: KubeObject[],
): object {
    const backingUp = policies.filter(({ spec }) =>
        listAt(spec, "actions").some(each => textAt(each, "action") === "backup"),
    );
    const managed = new Set(
        backingUp.flatMap(({ spec }) => selectedNamespaces(at(spec, "selector"), applications)),
    );
    const names = applications.map(({ metadata }) => metadata.name).filter(n => managed.has(n));
    const wrong = names.filter(name => !isCompliant(name, backups)).sort();
    return {
        applicationCount: applications.length,
        compliantCount: names.length - wrong.length,
        nonCompliantCount: wrong.length,
        unmanagedCount: applications.length - names.length,
        ...(wrong.length > 0 && {
            someNonCompliantApps: wrong.slice(0, MOST_NAMES).map(name => ({ name })),
        }),
    };
}

function isCompliant(namespace: string, backups: KubeObject[]): boolean {
    const own = backups
        .filter(
            ({ metadata }) =>
                metadata.labels?.[labels.appNamespace] === namespace &&
                metadata.labels[labels.policyName] !== undefined,
        )
        .sort((a, b) => (started(a) < started(b) ? -1 : 1));
    return textAt(own.at(-1), "status", "state") === "Complete";
}

const started = (action: KubeObject) => textAt(action, "status", "startTime");
