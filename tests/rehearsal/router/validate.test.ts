/** What keeps a route from being served. */
import assert from "node:assert/strict";
import { refusal } from "../../../rehearsal/src/router/validate";
import type { Tls } from "../../../rehearsal/src/router/types";
import { Certificate, selfSigned } from "../../../rehearsal/src/server/certificate";
import { route } from "./support/routes";

const notServed = (what: string) => ({
    reason: "NotServedByStandIn",
    message: `this stand-in for OpenShift's router does not serve ${what}`,
});
const failed = (...messages: string[]) => ({
    reason: "ExtendedValidationFailed",
    message: messages.join(", "),
});

describe("a route is refused", () => {
    let own: Certificate;
    let other: Certificate;
    before(async () => {
        [own, other] = await Promise.all([selfSigned("x.test"), selfSigned("y.test")]);
    });

    const tls = (more: Partial<Tls>) =>
        refusal(route("web", { tls: { termination: "edge", ...more } }));

    it("never where nothing is wrong", () => {
        assert.equal(refusal(route("web")), undefined);
        assert.equal(tls({}), undefined);
        const { cert: certificate, key } = own;
        assert.equal(tls({ certificate, key, caCertificate: other.cert }), undefined);
        // A chain in one field.
        assert.equal(tls({ certificate: `${certificate}\n${other.cert}`, key }), undefined);
        assert.equal(
            tls({
                termination: "reencrypt",
                certificate,
                key,
                destinationCACertificate: other.cert,
            }),
            undefined,
        );
        assert.equal(tls({ termination: "passthrough" }), undefined);
    });

    it("for certificates that its termination has no use for", () => {
        const { cert: certificate, key } = own;
        assert.deepEqual(
            tls({ termination: "passthrough", certificate, key }),
            failed(
                'spec.tls.certificate: Invalid value: "redacted certificate data": passthrough termination does not support certificates',
                'spec.tls.key: Invalid value: "redacted key data": passthrough termination does not support certificates',
            ),
        );
        assert.deepEqual(
            tls({ destinationCACertificate: certificate }),
            failed(
                'spec.tls.destinationCACertificate: Invalid value: "redacted destination ca certificate data": edge termination does not support destination certificates',
            ),
        );
    });

    const unreadable = (field: string, what: string) =>
        failed(
            `spec.tls.${field}: Invalid value: "redacted ${what} data": it is not a certificate in PEM`,
        );

    it("for what is not a certificate, without showing it", () => {
        const { cert: certificate, key } = own;
        for (const nonsense of [
            "nonsense",
            key,
            `${certificate}\n${key}`,
            `${certificate}\n-----BEGIN`,
        ]) {
            assert.deepEqual(
                tls({ certificate: nonsense, key }),
                unreadable("certificate", "certificate"),
            );
        }
        assert.deepEqual(
            tls({ certificate, key, caCertificate: "nonsense" }),
            unreadable("caCertificate", "ca certificate"),
        );
        assert.deepEqual(
            tls({ termination: "reencrypt", destinationCACertificate: "nonsense" }),
            unreadable("destinationCACertificate", "destination ca certificate"),
        );
    });

    it("for a certificate without its key, and a key without or of another certificate", () => {
        const { cert: certificate, key } = own;
        assert.deepEqual(
            tls({ certificate }),
            failed("spec.tls.key: Required value: there is a certificate without it"),
        );
        assert.deepEqual(
            tls({ key }),
            failed("spec.tls.certificate: Required value: there is a key without it"),
        );
        assert.deepEqual(
            tls({ certificate, key: other.key }),
            failed('spec.tls.key: Invalid value: "redacted key data": key values mismatch'),
        );
        assert.match(
            tls({ certificate, key: "nonsense" })?.message ?? "",
            /^spec\.tls\.key: Invalid value: "redacted key data": /,
        );
    });

    it("plainly, for what OpenShift's router serves and this one does not", () => {
        assert.deepEqual(
            tls({ externalCertificate: { name: "x" } }),
            notServed("spec.tls.externalCertificate"),
        );
        assert.deepEqual(
            refusal(route("web", { httpHeaders: { actions: {} } })),
            notServed("spec.httpHeaders"),
        );
        assert.deepEqual(
            tls({ termination: "reencrypt" }),
            notServed("reencrypt without spec.tls.destinationCACertificate"),
        );
        for (const path of ["/a b", "/'", "/a\nbackend x", "/ü"]) {
            assert.deepEqual(refusal(route("web", { path })), notServed("such a spec.path"), path);
        }
    });
});
