/** The certificate of the webhook. That it serves for HTTPS is shown by webhook.test.ts. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { keptCertificate, selfSigned } from "../../rehearsal/src/server/certificate";
import { KubeApi } from "../../rehearsal/src/server/kube";
import { WatchedKubeApi } from "../fake/watched-kube-api";

const place = { namespace: "rehearsal", name: "webhook", host: "webhook.rehearsal.svc" };
const secrets = "/api/v1/namespaces/rehearsal/secrets";

describe("the certificate of the webhook", () => {
    const fake = new WatchedKubeApi();
    let api: KubeApi;
    const stored = () => {
        const { data } = fake.objects.get(`${secrets}/webhook`) as {
            data?: Record<string, string>;
        };
        return Buffer.from(data?.["tls.crt"] ?? "", "base64").toString();
    };

    before(async () => {
        await fake.start();
        api = new KubeApi({ server: `http://127.0.0.1:${fake.port}`, token: () => "token" });
    });

    beforeEach(() => fake.objects.clear());

    after(() => fake.stop());

    it("is for the Service, for years", async () => {
        const { cert } = await selfSigned(place.host);
        const certificate = new X509Certificate(cert);
        assert.equal(certificate.checkHost(place.host), place.host);
        assert.equal(certificate.checkHost("example.com"), undefined);
        assert.ok(certificate.ca && certificate.verify(certificate.publicKey));
        assert.ok(Date.parse(certificate.validTo) > Date.now() + 9 * 365 * 24 * 3_600_000);
    });

    it("is made once and kept in a Secret", async () => {
        const made = await keptCertificate(api, place);
        assert.equal(stored(), made.cert);
        assert.deepEqual(await keptCertificate(api, place), made);
    });

    it("is made anew where it is for another host, damaged or missing", async () => {
        const made = await keptCertificate(api, place);
        const other = await keptCertificate(api, { ...place, host: "other.svc" });
        assert.notEqual(other.cert, made.cert);
        assert.equal(stored(), other.cert);
        for (const data of [undefined, { "tls.crt": "bm9uc2Vuc2U=", "tls.key": "eA==" }]) {
            fake.put(secrets, { metadata: { name: "webhook" }, ...{ data } });
            const { cert } = await keptCertificate(api, place);
            assert.equal(stored(), cert);
        }
    });

    it("may be for all names of a domain", async () => {
        const domain = { ...place, host: "*.apps.example.com" };
        const made = await keptCertificate(api, domain);
        const certificate = new X509Certificate(made.cert);
        assert.equal(certificate.checkHost("web.apps.example.com"), "*.apps.example.com");
        assert.equal(certificate.checkHost("example.com"), undefined);
        assert.deepEqual(await keptCertificate(api, domain), made);
    });

    it("is not guessed where the Secret cannot be read", async () => {
        fake.fails = method => method === "GET";
        await assert.rejects(keptCertificate(api, place), /GET .*\/secrets\/webhook: out of order/);
        fake.fails = () => false;
    });
});
