/** Stand-in for the `docker` provider: the resources and properties that Crossing uses, and nothing else. */
import { serve } from "../shared/plugin.ts";
import { container } from "./container.ts";
import { network } from "./network.ts";
import { remoteImage } from "./image.ts";
import { volume } from "./volume.ts";

await serve({
    name: "docker",
    version: "5.2.0",
    resources: {
        "docker:index/container:Container": container,
        "docker:index/network:Network": network,
        "docker:index/remoteImage:RemoteImage": remoteImage,
        "docker:index/volume:Volume": volume,
    },
});
