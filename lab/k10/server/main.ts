/**
 * A stand-in for Veeam Kasten K10. `server.js` serves its APIs; `server.js mover` is what its mover pods run, and
 * `server.js sidecar` the container that it injects into workloads; `server.js kando` is the stand-in for Kanister's kando in
 * the pods of Blueprints.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { kando } from "./kanister/kando.ts";
import { mover } from "./mover/main.ts";

const CONFIG_FOLDER = "/etc/k10";
const TLS_FOLDER = "/etc/k10-tls";
/** Where K10 finds certificates of further authorities, too. */
const AUTHORITIES_FILE = "/etc/ssl/certs/custom-ca-bundle.pem";
const CATALOG_FOLDER = "/catalog";
const API_PORT = 10250;
const GATEWAY_PORT = 8000;
const VERSION = "9.0.4-standin.1";

async function serve(): Promise<void> {
    // A mover must not load all this.
    const [
        { Api },
        { Catalog },
        { readConfig },
        { Engine },
        { faultyBody },
        { faultyApi },
        { Faults },
        { Cluster },
        { log },
        { removeLeftovers },
        { NAMESPACES, pathOf },
        { apiServer, frontProxy, gatewayServer, gitVersion },
        { Validator },
        { webhookServer },
        { endInterrupted },
    ] = await Promise.all([
        import("./api.ts"),
        import("./catalog.ts"),
        import("./config.ts"),
        import("./engine.ts"),
        import("./faults/actions.ts"),
        import("./faults/api.ts"),
        import("./faults/faults.ts"),
        import("./kube.ts"),
        import("./log.ts"),
        import("./leftovers.ts"),
        import("./resources.ts"),
        import("./serve.ts"),
        import("./validation.ts"),
        import("./webhook.ts"),
        import("./work/recovery.ts"),
    ]);
    log(`stand-in for Veeam Kasten K10, version ${VERSION}: this is NOT Kasten's product`);
    const config = await readConfig(CONFIG_FOLDER);
    const cluster = Cluster.own();
    const [catalog, home, version, authentication, cert, key, authorities] = await Promise.all([
        Catalog.open(join(CATALOG_FOLDER, "catalog.json")),
        cluster.get(pathOf(NAMESPACES, undefined, "default")),
        cluster.get<unknown>("/version"),
        cluster.get<unknown>(
            "/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication",
        ),
        readFile(join(TLS_FOLDER, "tls.crt"), "utf8"),
        readFile(join(TLS_FOLDER, "tls.key"), "utf8"),
        readFile(AUTHORITIES_FILE, "utf8").catch(() => undefined),
    ]);
    const faults = new Faults(cluster, config.namespace);
    const world = {
        config,
        cluster,
        catalog,
        folder: CATALOG_FOLDER,
        clusterUID: home.metadata.uid ?? "",
        kubernetes: gitVersion(version),
        version: VERSION,
        ...(authorities !== undefined && { authorities }),
        faults,
    };
    const engine = new Engine(catalog, config.seconds.retry, (kind, body) =>
        faultyBody(faults, kind, body),
    );
    await engine.recover();
    await endInterrupted(world);
    const validator = new Validator(world);
    const server = apiServer({
        api: faultyApi(new Api(world, engine), faults),
        proxy: frontProxy(authentication),
        certificate: { cert, key },
    });
    // Before anything new is started that looks the same.
    await removeLeftovers(world);
    server.listen(API_PORT, () => {
        log(`cluster ${world.clusterUID}, ready after ${Math.round(performance.now())} ms`);
    });
    gatewayServer("k10").listen(GATEWAY_PORT);
    if (config.genericBackup.injected) {
        const { genericBackup, ...image } = config;
        webhookServer({ image, faults, certificate: { cert, key } }).listen(
            genericBackup.webhookPort,
        );
    }
    validator.start();
    const stop = async () => {
        log("stopping");
        validator.stop();
        await catalog.flush();
        process.exit(0);
    };
    process.on("SIGTERM", () => void stop());
    process.on("SIGINT", () => void stop());
}

/** Only has to be there: movers do its work. */
async function sidecar(): Promise<void> {
    const { log } = await import("./log.ts");
    log("sidecar of the stand-in for Veeam Kasten K10");
    const waiting = setInterval(() => undefined, 2 ** 30);
    const stop = () => clearInterval(waiting);
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
}

const programs: Record<string, () => Promise<void>> = { mover, sidecar, kando };
const main = programs[process.argv[2] ?? ""] ?? serve;
main().catch((error: unknown) => {
    process.stderr.write(
        `k10-stand-in: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exit(1);
});
