/** Seeding the sample application: rows that are the same every time, and a sentinel that is of this run alone. */
import type { ClusterInputs, Definition } from "../action";
import { databaseOf, DatabaseRef, SampleData } from "../database";
import { Cluster } from "../kube/client";

export interface SeedInputs extends ClusterInputs, SampleData {
    /** The UID of the volume claim: another volume is empty again. */
    volumeUid: string;
    database: DatabaseRef;
    /** Seconds until the database must answer, and that each answer may take. */
    timeout: number;
}

export interface SeedOutputs {
    /** Orders in the database. */
    orders: number;
}

export const seed: Definition<SeedInputs, SeedOutputs> = {
    title: "seed",
    replaceOn: ["volumeUid", "runId", "runToken"],
    outputs: ["orders"],
    id: inputs => `${inputs.database.namespace}/${inputs.runId}`,
    places: inputs => [inputs.database.namespace],

    async run(inputs, report) {
        const cluster = await Cluster.connect(inputs.kubeconfig);
        const database = databaseOf(cluster, inputs.database, inputs.timeout);
        await database.ping(inputs.timeout, report);
        const orders = await database.seed(inputs);
        report(`${orders} orders, and the sentinel of run ${inputs.runId}`);
        return { orders };
    },
};
