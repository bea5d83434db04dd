/** Everything that the lab is made of, in order. */
import { engineHost, engineStep, packagesStep } from "../engine.ts";
import { prepareCheckout } from "../home.ts";
import { runSteps } from "../steps.ts";
import type { Step } from "../steps.ts";
import { debian, nodeRoot, rootStep } from "./debian.ts";
import { goStep, graphs, requireGo } from "./go.ts";
import { minioStep } from "./images.ts";
import { nodeImageStep } from "./node-image.ts";

const programs: Step[] = [
    goStep(graphs.tools),
    goStep(graphs.kubernetes),
    goStep(graphs.storage),
    goStep(graphs.nodehost),
    goStep(graphs.minio),
    goStep(graphs.provider),
];

const engine: Step[] = [packagesStep(), engineStep()];

const images: Step[] = [rootStep(debian), rootStep(nodeRoot), minioStep(), nodeImageStep()];

/** Builds what is missing. The second time takes seconds. */
export async function buildLab(): Promise<void> {
    await requireGo();
    await runSteps([...programs, ...engine]);
    // Whether images are there can only be asked of an engine that runs.
    process.env["DOCKER_HOST"] = (await engineHost()) || process.env["DOCKER_HOST"] || "";
    if (process.env["DOCKER_HOST"] === "") {
        delete process.env["DOCKER_HOST"];
    }
    await runSteps(images);
    await prepareCheckout();
}
