import type { Config } from "../config";
import { Ground, makeGround } from "./ground";

/** The store alone, for sources and targets that come and go. */
export async function store(config: Config) {
    const ground = await makeGround(config, []);
    return storeOutputs(ground);
}

/** What sources and targets need to know of a store. */
export const storeOutputs = ({ store, network }: Ground) => ({
    bucket: store.bucket,
    region: store.region,
    network,
    sourceStoreEndpoint: store.endpoint.source,
    targetStoreEndpoint: store.endpoint.target,
    programStoreEndpoint: store.endpoint.program,
    storeAccessKey: store.accessKey,
    storeSecretKey: store.secretKey,
    storeCertificates: store.certificates,
    storeProtectionPeriod: store.protectionPeriod,
});
