/** Faults of the object store, as S3 words them. They travel with the access, so that movers meet them too. */
import type { S3Client } from "@aws-sdk/client-s3";
import type { Faults } from "./faults.ts";

/** An error that answers every request of one opening of a bucket. */
export interface StoreFault {
    code: string;
    message: string;
    httpStatus: number;
}

const SLOW_DOWN: StoreFault = {
    code: "SlowDown",
    message: "SlowDown: Please reduce your request rate.",
    httpStatus: 503,
};

const EXPIRED: StoreFault = {
    code: "ExpiredToken",
    message: "ExpiredToken: The provided token has expired.",
    httpStatus: 400,
};

/** As programs in Go word a connection to which nobody answers, such as K10. */
const TIMEOUT: StoreFault = {
    code: "ETIMEDOUT",
    message: "dial tcp: i/o timeout",
    httpStatus: 0,
};

/** The fault of this opening of a bucket, if one is set. */
export async function storeFault(faults: Faults, bucket: string): Promise<StoreFault | undefined> {
    if (await faults.strikes("credentialsExpired", bucket)) {
        return EXPIRED;
    }
    if (await faults.strikes("storeTimeout", bucket)) {
        return TIMEOUT;
    }
    return (await faults.strikes("storeSlowDown", bucket)) ? SLOW_DOWN : undefined;
}

/** Lets a client meet the fault in place of the store's answers: what it does about it is its own. */
export function refuseAll(client: S3Client, { code, message, httpStatus }: StoreFault): void {
    const error = () =>
        Object.assign(new Error(message), {
            name: code,
            $metadata: { httpStatusCode: httpStatus },
        });
    client.middlewareStack.add(() => () => Promise.reject(error()), {
        step: "deserialize",
        name: "standInFault",
    });
}
