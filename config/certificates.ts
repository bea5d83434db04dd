/** Certificates of authorities that are not among the known ones, from a PEM file. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import * as v from "valibot";
import { text } from "./fields";

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The path of a PEM file: relative to the program, absolute, or beginning with `~/`. Once it is read, the
 * certificates in it: what else the file holds, a private key for example, stays there.
 */
export const caFile = v.pipe(
    text,
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
        const path = dataset.value.startsWith("~/")
            ? join(homedir(), dataset.value.slice(2))
            : resolve(dataset.value);
        let content: string;
        try {
            content = readFileSync(path, "utf8");
        } catch (error) {
            const { code } = error as NodeJS.ErrnoException;
            const why = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
            const message = `the file ${why}, give the path of a PEM file, relative to the folder of Pulumi.yaml`;
            addIssue({ message });
            return NEVER;
        }
        const found = content.match(block) ?? [];
        if (found.length === 0) {
            addIssue({ message: "the file holds no certificate, give one in PEM form" });
            return NEVER;
        }
        const broken = found.findIndex(each => !isCertificate(each));
        if (broken >= 0) {
            const message = `certificate ${broken + 1} of the file cannot be read, give a PEM file of certificates`;
            addIssue({ message });
            return NEVER;
        }
        return `${found.join("\n")}\n`;
    }),
);

function isCertificate(pem: string): boolean {
    try {
        return new X509Certificate(pem).raw.length > 0;
    } catch {
        return false;
    }
}
