/** The service Identity: who this is. */
import { DRIVER_NAME, VERSION } from "./world.ts";

export const identity = {
    GetPluginInfo: () => ({
        name: DRIVER_NAME,
        vendorVersion: VERSION,
        manifest: {
            "crossing.lab/stand-in": "csi-driver",
            description:
                "Stand-in of Crossing's lab for a storage system: directories on the node, snapshots by copy",
        },
    }),

    GetPluginCapabilities: () => ({
        capabilities: [
            { service: { type: "CONTROLLER_SERVICE" } },
            { service: { type: "VOLUME_ACCESSIBILITY_CONSTRAINTS" } },
            { volumeExpansion: { type: "ONLINE" } },
        ],
    }),

    Probe: () => ({ ready: { value: true } }),
};
