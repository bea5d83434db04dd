/** What is wrong with what a policy selects, and with where it writes volumes. */
import { repositoryOf } from "./location-rules";
import type { FurtherPolicySettings, PolicySettings } from "./policy";
import type { Settings } from "./schema";

/** What K10 calls the cluster's own resources where it asks for namespaces (its documentation, API "Policies"). */
const clusterApplication = "kasten-io-cluster";

const clusterFilters = ["includeClusterResources", "excludeClusterResources"] as const;

/** What is wrong with which applications a policy protects. */
export function selectionMistakes(key: string, settings: FurtherPolicySettings): string[] {
    const { namespaces, selector, cluster, filters } = settings;
    const mistakes: string[] = [];
    if (cluster) {
        const beside = (["namespaces", "selector"] as const).filter(name => settings[name]);
        mistakes.push(
            ...beside.map(
                name =>
                    `\`${key}.${name}\` is set beside \`${key}.cluster\`, which selects the cluster's own resources alone: write two policies.`,
            ),
            ...(["include", "exclude"] as const)
                .filter(name => filters?.[name])
                .map(
                    name =>
                        `\`${key}.filters.${name}\` is of no use with \`${key}.cluster\`, which selects no application: filter by \`includeClusterResources\` and \`excludeClusterResources\`.`,
                ),
        );
    } else if (!selectsCluster(settings)) {
        mistakes.push(...clusterFilterMistakes(key, settings));
    }
    if (namespaces && selector) {
        mistakes.push(
            `\`${key}.namespaces\` and \`${key}.selector\` both say which applications: remove one of them.`,
        );
    }
    const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
    if (selector && Object.keys(matchLabels).length + matchExpressions.length === 0) {
        mistakes.push(
            `\`${key}.selector\` selects nothing: give \`matchLabels\` or \`matchExpressions\`.`,
        );
    }
    return mistakes;
}

/** Whether a policy names the cluster's own resources among its applications. */
function selectsCluster({ namespaces = [], selector = {} }: FurtherPolicySettings): boolean {
    const { matchLabels = {}, matchExpressions = [] } = selector;
    return [
        ...namespaces,
        ...Object.values(matchLabels),
        ...matchExpressions.flatMap(({ operator, values }) => (operator === "In" ? values : [])),
    ].includes(clusterApplication);
}

/** What filters the cluster's own resources in a policy that selects none of them. */
export function clusterFilterMistakes(key: string, { filters }: PolicySettings): string[] {
    return clusterFilters
        .filter(name => filters?.[name])
        .map(
            name =>
                `\`${key}.filters.${name}\` is of no use, since \`${key}\` selects no resources of the cluster: write a policy with \`cluster: true\` below \`crossing:policies\`.`,
        );
}

/**
 * What is wrong with where volumes go block by block.
 * @param key without `crossing:`, as that of the location
 */
export function blockModeMistakes(
    settings: Settings,
    key: string,
    blockModeProfile: string | undefined,
    to: { side: "source" | "target"; location: string | undefined; whose: string },
): string[] {
    const name = `${key}.export.blockModeProfile`;
    if (blockModeProfile === undefined) {
        return [];
    }
    return settings.locations[to.location ?? ""]?.type === "vbr"
        ? [
              `\`crossing:${name}\` is of no use, since \`crossing:${to.whose}\` is \`${to.location}\`, which takes the volumes itself: remove one of them.`,
          ]
        : repositoryOf(settings, name, blockModeProfile, to.side);
}
