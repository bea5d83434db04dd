/** Everything that the lab is made of, in order. */
import { requireMachine } from "../doctor.ts";
import { engineHost, engineStep, packagesStep } from "../engine.ts";
import { prepareCheckout } from "../home.ts";
import { remaining, runSteps } from "../steps.ts";
import type { Step } from "../steps.ts";
import { debian, nodeRoot, rootStep } from "./debian.ts";
import { goStep, graphs } from "./go.ts";
import { minioStep } from "./images.ts";
import { nodeImageStep } from "./node-image.ts";

export const programSteps: Step[] = [
    goStep(graphs.tools),
    goStep(graphs.kubernetes),
    goStep(graphs.storage),
    goStep(graphs.nodehost),
    goStep(graphs.minio),
    goStep(graphs.provider),
];

export const engineSteps: Step[] = [packagesStep(), engineStep()];

/** Whether images are there can only be asked of an engine that runs. */
export const imageSteps: Step[] = [
    rootStep(debian),
    rootStep(nodeRoot),
    minioStep(),
    nodeImageStep(),
];

/** Builds what is missing. The second time takes seconds. */
export async function buildLab(): Promise<void> {
    const first = [...programSteps, ...engineSteps];
    if ((await remaining(first)).length > 0) {
        await requireMachine();
    }
    await runSteps(first);
    await useEngine();
    await runSteps(imageSteps);
    await prepareCheckout();
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
