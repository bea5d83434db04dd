/** The content that stands for a restore point in the store: which of those that K10 lists is meant. */
import { hint } from "../explain";
import type { Cluster } from "../kube/client";
import { UserError } from "../kube/errors";
import { poll } from "../kube/poll";
import { actionTime, labels, RestorePointContent, restorePointContents, startOf } from "./api";
import type { PointChoice } from "./restore-spec";

/** Seconds until what was imported or exported is listed (on live clusters: minutes at worst). */
export const contentTimeout = 300;

export interface WantedContent {
    /** The application's namespace, where it was backed up. */
    applicationNamespace: string;
    /** Another restore point than that of the run. */
    restorePoint?: PointChoice;
    /** When the backup of the run began (RFC 3339): what is older is of another run. */
    notBefore: string;
    /** How such contents came here. */
    came: "imported" | "exported";
    /** Which contents came so. Only its name chooses another one. */
    isOurs: (content: RestorePointContent) => boolean;
    /** Where K10 is installed. */
    namespace: string;
    /** Seconds. */
    timeout: number;
}

/**
 * Waits for the content that is to be restored to be listed.
 * @returns its name
 */
export async function findContent(
    cluster: Cluster,
    wanted: WantedContent,
    report: (line: string) => void,
): Promise<string> {
    const { applicationNamespace, restorePoint, came } = wanted;
    const choose = chooser(wanted);
    return poll(
        {
            what: `a restore point of namespace \`${applicationNamespace}\` ${describe(restorePoint)} to be ${came}`,
            timeout: wanted.timeout,
            hint: seen =>
                hint(
                    {
                        ...{ wait: came === "imported" ? "import" : "export", messages: [seen] },
                        names: { k10: wanted.namespace, namespace: applicationNamespace },
                        then: "run `pulumi up` again",
                    },
                    `${restorePoint ? "Correct `crossing:restore.restorePoint`. " : ""}Details: kubectl get restorepointcontents.apps.kio.kasten.io --show-labels`,
                ),
            report,
        },
        async () => {
            const contents = await cluster.list<RestorePointContent>(restorePointContents, {
                labels: { [labels.appNamespace]: applicationNamespace },
            });
            const meant = contents.filter(choose).sort(newestFirst);
            // Of this run is the first one: a policy that also runs on a schedule goes on making others.
            const name = meant.at(restorePoint ? 0 : -1)?.metadata?.name;
            return name
                ? { done: true, value: name }
                : { done: false, seen: instead(contents, wanted) };
        },
    );
}

/**
 * Which contents are meant. Of this run are those that are not older than the run's backup, by the time at which the
 * source made them. A name is the content's own, or that of its restore point: K10 names the one after the other. By name
 * it may be one that no import brought.
 */
function chooser({
    restorePoint,
    applicationNamespace,
    isOurs,
    ...wanted
}: WantedContent): (content: RestorePointContent) => boolean {
    if (restorePoint && "name" in restorePoint) {
        const names = [restorePoint.name, `${applicationNamespace}-${restorePoint.name}`];
        return ({ metadata }) => names.includes(metadata?.name ?? "");
    }
    if (restorePoint) {
        const notAfter = Date.parse(restorePoint.time);
        return content => isOurs(content) && actionTime(content) <= notAfter;
    }
    const notBefore = startOf(wanted.notBefore);
    if (Number.isNaN(notBefore)) {
        throw new UserError(
            `The restore point of namespace \`${applicationNamespace}\` cannot be told from older ones: the start of the backup is \`${wanted.notBefore}\`, which is no time.`,
        );
    }
    return content => isOurs(content) && actionTime(content) >= notBefore;
}

/** The order of K10's list means nothing. */
const newestFirst = (a: RestorePointContent, b: RestorePointContent) =>
    actionTime(b) - actionTime(a);

function describe(choice: PointChoice | undefined): string {
    if (!choice) {
        return "from this run";
    }
    return "name" in choice ? `named \`${choice.name}\`` : `of \`${choice.time}\` or before`;
}

/** So many names of what is there instead. */
const shown = 5;

/** What is there instead of what is looked for. */
function instead(
    contents: RestorePointContent[],
    { isOurs, restorePoint, came }: WantedContent,
): string {
    const ours = contents.filter(isOurs);
    const others = contents.filter(each => !ours.includes(each));
    const way = came === "imported" ? "that no import brought" : "that were not exported by it";
    const more =
        others.length > 0
            ? `; and ${others.length} ${way}, which only its name would choose: ${list(others)}`
            : "";
    return `${restorePoint ? list(ours) : `${ours.length} older ones`}${more}`;
}

function list(contents: RestorePointContent[]): string {
    const names = contents
        .sort(newestFirst)
        .map(each => `${each.metadata?.name} (${new Date(actionTime(each)).toISOString()})`);
    const more = names.length > shown ? ` and ${names.length - shown} more` : "";
    return names.length === 0 ? "there is none" : `${names.slice(0, shown).join(", ")}${more}`;
}
