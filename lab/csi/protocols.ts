/** The protocols that the driver speaks, from the Go modules that define them: nothing of them is copied into here. */
import { join } from "node:path";
import protobuf from "protobufjs";
import descriptor from "protobufjs/google/protobuf/descriptor.json" with { type: "json" };
import { moduleFolder } from "../build/go.ts";

// The one file of Google's that csi.proto imports and protobufjs does not know by itself.
protobuf.common("descriptor", descriptor.nested.google.nested.protobuf.nested);

const files = {
    csi: ["github.com/container-storage-interface/spec", "csi.proto"],
    registration: ["k8s.io/kubelet", "pkg/apis/pluginregistration/v1/api.proto"],
} as const;

/** What protobufjs makes of each .proto file. The modules are those of Kubernetes and the sidecars. */
export async function readProtocols(log?: string): Promise<Record<keyof typeof files, object>> {
    const read = async ([module, file]: readonly [string, string]) =>
        (await protobuf.load(join(await moduleFolder(module, log), file))).toJSON();
    const [csi, registration] = [await read(files.csi), await read(files.registration)];
    return { csi, registration };
}
