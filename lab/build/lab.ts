/** Everything that the lab is made of, in order. */
import { definitionsStep } from "../csi/snapshots.ts";
import { requireMachine } from "../doctor.ts";
import { engineHost, enginePackageStep, engineStep, inotifyStep, packageStep } from "../engine.ts";
import { tryRun } from "../exec.ts";
import { prepareCheckout } from "../home.ts";
import { type Found, ownKind, ownLanguageHost, ownPlugin, ownPulumi } from "../machine.ts";
import { planPlugins } from "../plugins/install.ts";
import { plan, type Planned, runSteps, type State, type Step } from "../steps.ts";
import { type Kubernetes, versions } from "../versions.ts";
import { debian, nodeRoot, rootStep } from "./debian.ts";
import { goStep } from "./go.ts";
import { graphs, kubernetesGraph } from "./graphs.ts";
import { minioStep, ownMinio } from "./images.ts";
import { nodeImageStep } from "./node-image.ts";

export interface LabSteps {
    programs: Step[];
    engine: Step[];
    /** Whether images are there can only be asked of an engine that runs. */
    images: Step[];
}

/** All steps for one version of Kubernetes. */
export function labSteps(kubernetes: Kubernetes): LabSteps {
    const roots = [rootStep(debian), rootStep(nodeRoot)];
    return {
        programs: [
            goStep(graphs.tools),
            goStep(kubernetesGraph(kubernetes)),
            goStep(graphs.parts),
            goStep(graphs.storage),
            definitionsStep(),
            unlessOwn(ownKind, goStep(graphs.kind)),
            unlessOwn(ownPulumi, goStep(graphs.pulumi)),
            unlessOwn(ownLanguageHost, goStep(graphs.nodehost)),
            unlessOwn(ownMinio, goStep(graphs.minio)),
            unlessOwn(
                () => ownPlugin("kubernetes", versions.pulumiKubernetes),
                goStep(graphs.provider),
            ),
        ],
        engine: [enginePackageStep(), inotifyStep(), engineStep()],
        images: [
            packageStep("mmdebstrap", () => mmdebstrapState(roots)),
            ...roots,
            unlessOwn(ownMinio, minioStep()),
            nodeImageStep(kubernetes),
        ],
    };
}

/** A step that is needless where the machine has what it makes. */
function unlessOwn(find: () => Found | Promise<Found>, step: Step): Step {
    return {
        ...step,
        state: async () => {
            const { found, why } = await find();
            if (found !== undefined) {
                return { todo: false, why: `the machine's own: ${why}` };
            }
            const state = await step.state();
            return { ...state, why: `${state.why}; ${why}` };
        },
    };
}

/** What makes the roots is needed where one of them has to be made. */
async function mmdebstrapState(roots: Step[]): Promise<State> {
    if ((await tryRun("mmdebstrap", ["--version"])) !== undefined) {
        return { todo: false, why: "installed" };
    }
    const todo = (await plan(roots)).some(each => each.todo);
    return { todo, why: todo ? "not installed" : "not needed" };
}

/** What `buildLab` would do, and why. Changes nothing. */
export async function planLab(kubernetes: Kubernetes): Promise<Planned[]> {
    const { programs, engine, images } = labSteps(kubernetes);
    const first = await plan([...programs, ...engine]);
    if ((await engineHost()) !== undefined) {
        await useEngine();
    }
    return [...first, ...(await plan(images)), ...planPlugins()];
}

/** Whether programs have to be built. */
export async function compiles(kubernetes: Kubernetes): Promise<boolean> {
    return (await plan(labSteps(kubernetes).programs)).some(each => each.todo);
}

/** Builds what is missing. The second time takes seconds. */
export async function buildLab(kubernetes: Kubernetes): Promise<void> {
    const { programs, engine, images } = labSteps(kubernetes);
    const first = [...programs, ...engine];
    if ((await plan(first)).some(each => each.todo)) {
        await requireMachine(await compiles(kubernetes));
    }
    await runSteps(first);
    await useEngine();
    await runSteps(images);
    await prepareCheckout(kubernetes);
}

/** From here on this process' `docker` calls reach the engine that the lab uses. */
export async function useEngine(): Promise<void> {
    const host = await engineHost();
    if (host) {
        process.env["DOCKER_HOST"] = host;
    } else {
        delete process.env["DOCKER_HOST"];
    }
}
