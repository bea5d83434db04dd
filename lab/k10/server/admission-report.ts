/** What may be created as a ReportAction (K10 documentation, API "ReportActions"). */
import { refuse } from "./checks.ts";
import type { Engine } from "./engine.ts";
import { at, fieldsAt, type KubeObject } from "./json.ts";
import type { Kind } from "./kinds.ts";
import type { NewObject } from "./catalog.ts";
import { invalidValue } from "./status.ts";
import { report } from "./work/report.ts";
import type { World } from "./world.ts";

/** Starts a report on the whole installation: its subject is K10's namespace. */
export function admitReport(
    world: World,
    engine: Engine,
    creation: NewObject & { kind: Kind },
): () => KubeObject | undefined {
    const { spec, namespace } = creation;
    const own = world.config.namespace;
    const subject = fieldsAt(spec, "subject");
    const hours =
        24 * Number(at(spec, "statsIntervalDays") ?? 0) +
        Number(at(spec, "statsIntervalHours") ?? 0);
    refuse(creation, [
        ...(namespace === own
            ? []
            : [invalidValue("metadata.namespace", namespace, `must be ${own}`)]),
        ...(subject["name"] === own && subject["namespace"] === own
            ? []
            : [invalidValue("spec.subject", subject, `must be ${own} in ${own}`)]),
        ...(hours > 0
            ? []
            : [
                  invalidValue(
                      "spec.statsIntervalDays",
                      hours,
                      "must be more than nothing with hours",
                  ),
              ]),
    ]);
    return () => engine.begin(creation.kind, creation, report(world), 1);
}
