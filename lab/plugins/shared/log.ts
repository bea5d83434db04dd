/** Lines for Pulumi's display. A plugin's own stdout is seen by nobody. */
import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/engine_pb.js";

// What the real providers' line scanner takes at most, too.
const longestLine = 64 * 1024;

let engine: EngineClient | undefined;

/** Shows one line beside the resource while it works; like the real providers', it does not stay in the output. */
export async function logStatus(urn: string, line: string): Promise<void> {
    // Pulumi starts a plugin with its own address as the last argument.
    const address = process.argv.slice(2).findLast(argument => !argument.startsWith("-"));
    if (address === undefined) {
        return;
    }
    engine ??= new EngineClient(address, credentials.createInsecure());
    const request = new messages.LogRequest();
    request.setSeverity(messages.LogSeverity.INFO);
    request.setUrn(urn);
    request.setMessage(line.slice(0, longestLine));
    request.setEphemeral(true);
    // A line that could not be shown must not fail the work that it tells about.
    await new Promise<void>(resolve => engine!.log(request, () => resolve()));
}
