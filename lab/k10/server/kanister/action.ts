/** Runs an action of a Blueprint for an object, as K10 does by an ActionSet of Kanister's. */
import type { Run } from "../action.ts";
import { Failure } from "../failure.ts";
import { at, fieldsAt, isFields, listAt, textAt, type Fields, type KubeObject } from "../json.ts";
import type { Captured } from "../layout.ts";
import { pathOf, SECRETS } from "../resources.ts";
import type { World } from "../world.ts";
import { runPod } from "./pods.ts";
import { rendered, type Parameters } from "./template.ts";

/** What an action hands to others, as the restore point keeps it. */
export interface Artifact {
    kopiaSnapshot?: string;
    keyValue?: Record<string, string>;
}
export type Artifacts = Record<string, Artifact>;

/** Seconds (K10 documentation, "Reserved Action Names and Timeouts"; of `delete` unconfirmed). */
const TIMEOUTS: Record<string, number> = { backup: 45 * 60, restore: 600 * 60, delete: 45 * 60 };
const HOOK_TIMEOUT = 20 * 60;

const FUNCTIONS = ["KubeTask", "MultiContainerRun"];

export interface ActionOptions {
    blueprint: KubeObject;
    action: string;
    /** What it is for; nothing where it is gone. */
    object?: Pick<Captured, "object">;
    namespace: string;
    /** What kando is given by `toJson .Profile`; hooks have none. */
    profile?: Fields;
    artifacts?: Artifacts;
}

/** An artifact by the names that templates have for it. */
const artifactParameters = (artifacts: Artifacts): Parameters =>
    Object.fromEntries(
        Object.entries(artifacts).map(([name, { kopiaSnapshot, keyValue }]) => [
            name,
            {
                ...(kopiaSnapshot !== undefined && { KopiaSnapshot: kopiaSnapshot }),
                ...(keyValue && { KeyValue: keyValue }),
            },
        ]),
    );

async function secretsOf(
    world: World,
    phase: unknown,
    parameters: Parameters,
): Promise<Parameters> {
    const secrets: Parameters = {};
    for (const [name, object] of Object.entries(fieldsAt(phase, "objects"))) {
        const ref = rendered(object as Fields, parameters);
        if (textAt(ref, "kind") !== "Secret") {
            throw new Failure(
                `The K10 stand-in does not support objects of kind ${textAt(ref, "kind")}`,
                { retry: false },
            );
        }
        const path = pathOf(SECRETS, textAt(ref, "namespace"), textAt(ref, "name"));
        const data = fieldsAt(await world.cluster.get(path), "data") as Record<string, string>;
        const open = (text: string) => Buffer.from(text, "base64").toString();
        secrets[name] = {
            Data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, open(text)])),
        };
    }
    return secrets;
}

/** @returns the action's output artifacts */
export async function runAction(
    world: World,
    run: Run,
    options: ActionOptions,
): Promise<Artifacts> {
    const { blueprint, action, object, namespace, profile, artifacts = {} } = options;
    const { name: blueprintName } = blueprint.metadata;
    const spec = fieldsAt(blueprint, "actions", action);
    if (at(spec, "deferPhase") !== undefined) {
        throw new Failure("The K10 stand-in does not support deferPhase", { retry: false });
    }
    const phases: Record<string, { Output?: Parameters; Secrets: Parameters }> = {};
    const parameters: Parameters = {
        Namespace: { Name: namespace },
        ...(object && {
            // As it is captured it has none.
            Object: { ...object.object, metadata: { ...object.object.metadata, namespace } },
            [object.object.kind]: { Name: object.object.metadata.name, Namespace: namespace },
        }),
        ...(profile && { Profile: profile }),
        ArtifactsIn: artifactParameters(artifacts),
        Phases: phases,
    };
    const of = object ? ` for ${object.object.kind} ${object.object.metadata.name}` : "";
    for (const phase of listAt(spec, "phases")) {
        const [name, func] = [textAt(phase, "name"), textAt(phase, "func")];
        await run.phase(`Blueprint ${blueprintName}: ${action}${of}, phase ${name}`, async () => {
            try {
                if (!FUNCTIONS.includes(func)) {
                    throw new Failure(`The K10 stand-in does not support function ${func}`, {
                        retry: false,
                    });
                }
                phases[name] = { Secrets: await secretsOf(world, phase, parameters) };
                const args = rendered(fieldsAt(phase, "args"), parameters);
                const seconds = TIMEOUTS[action] ?? HOOK_TIMEOUT;
                phases[name].Output = await runPod(world, func, args, seconds, run.check);
            } catch (cause) {
                run.check();
                throw new Failure(
                    `Failed to execute phase ${name} of action ${action} of Blueprint ${blueprintName}${of}`,
                    { cause },
                );
            }
        });
    }
    const outputs = rendered(fieldsAt(spec, "outputArtifacts"), parameters);
    return Object.fromEntries(
        Object.entries(outputs).filter(([, each]) => isFields(each)),
    ) as Artifacts;
}
