/** What the router writes into the status of a route. */
import assert from "node:assert/strict";
import { ingressFor } from "../../../rehearsal/src/router/status";
import type { Ingress, Route } from "../../../rehearsal/src/router/types";
import type { Refusal } from "../../../rehearsal/src/router/validate";
import { route } from "./support/routes";

const now = "2026-11-21T12:00:00Z";
const earlier = "2026-11-21T11:00:00Z";
const refused = { reason: "HostAlreadyClaimed", message: "route a already exposes x.test" };

const admitted = (lastTransitionTime: string): Ingress => ({
    host: "x.test",
    routerName: "default",
    routerCanonicalHostname: "router-default.apps.example.com",
    wildcardPolicy: "None",
    conditions: [{ type: "Admitted", status: "True", lastTransitionTime }],
});

function ingress(before: Ingress[] | undefined, why?: Refusal, host = "x.test") {
    const given: Route = route("web", { host });
    given.status = before ? { ingress: before } : undefined;
    return ingressFor({ route: given, host, refused: why }, "apps.example.com", now);
}

describe("the status of a route", () => {
    it("says that the route is admitted", () => {
        assert.deepEqual(ingress(undefined), [admitted(now)]);
    });

    it("says why the route is refused, in place of the earlier answer", () => {
        assert.deepEqual(ingress([admitted(earlier)], refused), [
            {
                ...admitted(now),
                conditions: [
                    { type: "Admitted", status: "False", ...refused, lastTransitionTime: now },
                ],
            },
        ]);
    });

    it("is left alone where it says so already", () => {
        assert.equal(ingress([admitted(earlier)]), undefined);
    });

    it("keeps the time of a condition that stays", () => {
        assert.deepEqual(ingress([admitted(earlier)], undefined, "y.test"), [
            { ...admitted(earlier), host: "y.test" },
        ]);
    });

    it("leaves what other routers say", () => {
        const other: Ingress = { host: "x.test", routerName: "internal" };
        assert.deepEqual(ingress([other]), [other, admitted(now)]);
        const refusedBefore = { ...admitted(earlier), host: "old.test" };
        assert.deepEqual(ingress([refusedBefore, other]), [admitted(earlier), other]);
    });
});
