/** Diagnostics: a folder of texts that explains a failure to somebody who was not there, without a secret in it. */
import { join, resolve } from "node:path";
import { k10Namespace } from "../k10/api";
import { Cluster } from "../kube/client";
import { within } from "../kube/clock";
import { UserError } from "../kube/errors";
import { fileName } from "./bundle";
import { collect } from "./collect";

/** Where diagnostics go when an action fails. */
export interface DiagnosticsInputs {
    /** A folder; relative to the program. */
    folder: string;
}

export interface Request {
    kubeconfig: string;
    /** What the folder's name begins with: "restore", "source". */
    title: string;
    folder: string;
    /** Beside those in which K10 has worked. */
    namespaces?: readonly string[];
    /** Further texts that must not appear. */
    secrets?: readonly string[];
    /** What failed, as it was told. */
    failure?: string;
    now?: Date;
}

/** Seconds that collecting may take: a failure must be told all the same. */
const patience = 90;

/**
 * Reads a cluster and writes what it found.
 * @returns the folder that was made
 * @throws UserError when the time is over; errors of the file system; never for what a cluster does not answer
 */
export async function writeDiagnostics(request: Request): Promise<string> {
    const { kubeconfig, title, namespaces = [], secrets = [], now = new Date() } = request;
    const cluster = await Cluster.connect(kubeconfig);
    const bundle = await within(
        patience * 1_000,
        collect({ cluster, namespaces, secrets }),
        () => new UserError(`the cluster did not answer within ${patience} seconds`),
    );
    bundle.text("README.txt", contents);
    bundle.text("failure.txt", request.failure === undefined ? "None.\n" : `${request.failure}\n`);
    const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
    const folder = join(resolve(request.folder), fileName(`${title}-${time}`));
    await bundle.write(folder);
    return folder;
}

const contents = `What Crossing read out of a cluster to explain a failure.

failure.txt       what failed
problems.txt      what could not be read
versions.json     Kubernetes and nodes
cluster/          StorageClasses, VolumeSnapshotClasses, VolumeSnapshotContents, APIServices of K10
k10/              Profiles, Policies, actions with their /details, restore points
namespaces/       pods, claims, snapshots, workloads, events
logs/             the last lines of the containers in namespace ${k10Namespace}

Secrets are left out, and their values are replaced by [secret] wherever they stand, as are receive strings, tokens and
keys. Values of fewer than 4 characters are not. Read it before you give it away all the same.
`;
