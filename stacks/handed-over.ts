/** What is wrong with a target's configuration beside what its source hands over: nobody but the source says what crosses. */
import { mistake } from "../components/mistake";
import { Config, listed } from "../config";
import type { HandOff } from "./source";

/** @throws a mistake that tells all of them, as those of a configuration are told */
export function requireFit(config: Config, handOff: HandOff): void {
    const mistakes = [...unknownGrants(config, handOff), ...severalAsOne(config, handOff)];
    const dumps = handOff.applications.filter(({ dump }) => dump);
    if (config.safetyBackup && dumps.length > 0) {
        mistakes.push(
            "`crossing:safetyBackup` is a BackupAction, which has no location for a dump, and the source hands over a dump: remove it.",
        );
    }
    if (mistakes.length > 0) {
        throw mistake(mistakes.join("\n"));
    }
}

function unknownGrants({ grants, restore }: Config, { applications }: HandOff): string[] {
    const names = applications.map(({ namespace }) => namespace);
    return grants
        .filter(({ application }) => ![...names, restore.targetNamespace].includes(application))
        .map(
            ({ application }) =>
                `\`crossing:grants\` name application \`${application}\`, which the source does not hand over: name one of ${listed(names)}.`,
        );
}

/** What is of one application cannot be of several: of two restores into one namespace, one would be proven by the other. */
function severalAsOne(
    { restore, route, blueprints = [] }: Config,
    { applications }: HandOff,
): string[] {
    const names = applications.map(({ namespace }) => namespace);
    if (names.length < 2) {
        return [];
    }
    const several = `and the source hands over ${listed(names)}`;
    return [
        ...(restore.targetNamespace
            ? [`\`crossing:restore.targetNamespace\` is one namespace, ${several}: remove it.`]
            : []),
        ...(route.host && applications.filter(({ sample }) => sample).length > 1
            ? [
                  `\`crossing:route.host\` is one name, ${several}: remove it, so that the cluster chooses names.`,
              ]
            : []),
        ...blueprints.flatMap(({ resources, namespace }, index) =>
            resources || namespace
                ? []
                : [
                      `\`crossing:blueprints.${index}\` has no \`namespace\`, ${several}: name one of them.`,
                  ],
        ),
    ];
}
