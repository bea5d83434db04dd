/** Faults of the aggregated API: it is away, or connections to it break. */
import type { ApiAnswer, ApiRequest } from "../api.ts";
import { targetOf } from "../request.ts";
import { ApiError } from "../status.ts";
import type { Faults } from "./faults.ts";

/** The connection is to be closed without an answer. */
export class ConnectionReset extends Error {}

export interface Handler {
    handle(request: ApiRequest): Promise<ApiAnswer>;
}

/** An API whose requests for objects meet the faults; discovery, by which the API server judges it, does not. */
export function faultyApi(api: Handler, faults: Faults): Handler {
    return {
        async handle(request) {
            const target = targetOf(request.path);
            if (!target) {
                return await api.handle(request);
            }
            const verb = verbOf(request.method, target.name);
            if (await faults.strikes("apiUnavailable", verb)) {
                const { plural, group } = target.kind;
                throw new ApiError(
                    503,
                    "ServiceUnavailable",
                    `the server is currently unable to handle the request (${verb} ${plural}.${group})`,
                );
            }
            if (await faults.strikes("apiReset", verb)) {
                throw new ConnectionReset("fault apiReset");
            }
            const answer = await api.handle(request);
            if (await faults.strikes("apiAnswerLost", verb)) {
                throw new ConnectionReset("fault apiAnswerLost");
            }
            return answer;
        },
    };
}

function verbOf(method: string, name: string | undefined): string {
    switch (method) {
        case "GET":
            return name === undefined ? "list" : "get";
        case "POST":
            return "create";
        default:
            return method.toLowerCase();
    }
}
