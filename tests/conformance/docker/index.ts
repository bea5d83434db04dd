/** Pulumi's provider `docker`, as far as the program uses it: networks, volumes, images and containers. */
import { engineHost } from "../../../lab/engine.ts";
import { labEnvironment } from "../../../lab/home.ts";
import { labImage } from "../support/lab-cluster.ts";
import { pluginPart } from "../support/plugin.ts";
import { containers } from "./containers.ts";
import { objects } from "./objects.ts";
import { addresses, type Docker, engine } from "./world.ts";

const host = await engineHost();

export const part = pluginPart<Docker>(
    "docker",
    {
        title: "Pulumi's provider docker",
        makes: [
            `containers, networks (${addresses}.0.0/16) and volumes \`conformance-…\` in the Docker engine`,
        ],
        options: [
            {
                flags: "--image <image>",
                help: "which the engine has: with sh, sleep and cat (default: the lab's)",
            },
        ],
        environment: host ? { DOCKER_HOST: host } : {},
        behaviours: [...objects, ...containers],
    },
    async (plugin, { options }) => {
        if (host === undefined) {
            return { absent: "no Docker engine answers" };
        }
        const image = options["image"] ?? ((await labEnvironment()) && (await labImage()));
        return image === undefined
            ? { absent: "the lab has not been built in this checkout: name an image by --image" }
            : { plugin, image, docker: engine(host) };
    },
);
