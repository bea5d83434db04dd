/** What may be created as a ValidateAction (K10 documentation, API "ValidateActions"). */
import { refuse, refusedFields } from "./checks.ts";
import type { Engine } from "./engine.ts";
import { fieldsAt, textAt, type KubeObject } from "./json.ts";
import { kindOf, type Kind } from "./kinds.ts";
import type { NewObject } from "./catalog.ts";
import { contentOf } from "./points.ts";
import { invalidValue, notFound, required } from "./status.ts";
import { validate } from "./work/validate.ts";
import type { World } from "./world.ts";

const POINT = kindOf("RestorePoint");
const CONTENT = kindOf("RestorePointContent");

/** Starts the validation of a restore point or of its content. */
export function admitValidate(
    world: World,
    engine: Engine,
    creation: NewObject & { kind: Kind },
): () => KubeObject | undefined {
    const { spec, namespace } = creation;
    const subject = fieldsAt(spec, "subject");
    const [kind, name] = [textAt(subject, "kind"), textAt(subject, "name")];
    const owner = textAt(subject, "namespace");
    const ofPoint = kind === POINT.kind;
    const places = [world.config.namespace, owner];
    refuse(creation, [
        ...(ofPoint || kind === CONTENT.kind
            ? []
            : [
                  invalidValue(
                      "spec.subject.kind",
                      kind,
                      `must be ${POINT.kind} or ${CONTENT.kind}`,
                  ),
              ]),
        ...(name === "" ? [required("spec.subject.name")] : []),
        ...(ofPoint && owner === "" ? [required("spec.subject.namespace")] : []),
        ...(namespace === undefined || places.includes(namespace)
            ? []
            : [
                  invalidValue(
                      "metadata.namespace",
                      namespace,
                      `must be ${world.config.namespace} or the namespace of the restore point`,
                  ),
              ]),
        // To check less than was asked for would say that data is there which nobody has looked at.
        ...refusedFields(spec, ["volumeDataCheckOptions", "filters"]),
    ]);
    const point = ofPoint ? world.catalog.get(POINT, owner, name) : undefined;
    const content = ofPoint
        ? point && contentOf(world, point)?.content
        : world.catalog.get(CONTENT, undefined, name);
    if (!content) {
        throw notFound(ofPoint ? POINT : CONTENT, name);
    }
    // Only Running, Complete and Failed are documented of it: there is one attempt.
    return () => engine.begin(creation.kind, creation, validate(world, content), 1);
}
