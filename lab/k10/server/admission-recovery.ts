/** What may be created of dr.kio.kasten.io (K10 documentation, API "KastenDR"). */
import type { Start } from "./admission.ts";
import type { NewObject } from "./catalog.ts";
import { refuse } from "./checks.ts";
import { fieldsAt, refAt, textAt } from "./json.ts";
import type { Kind } from "./kinds.ts";
import { conflict, invalidValue, required } from "./status.ts";
import { beginRecovery } from "./work/recovery.ts";
import type { World } from "./world.ts";

/** That there is one of each at a time is documented; how another one is refused is unconfirmed. */
export function admitRecovery(world: World, creation: NewObject & { kind: Kind }): Start {
    const { kind, name, namespace, spec } = creation;
    if (namespace !== world.config.namespace) {
        const why = `must be ${world.config.namespace}`;
        refuse(creation, [invalidValue("metadata.namespace", namespace, why)]);
    }
    const [other] = world.catalog.list(kind);
    if (other) {
        throw conflict(kind, name, `${other.metadata.name} exists, and only one may`);
    }
    const source = fieldsAt(spec, "sourceClusterInfo");
    const review = fieldsAt(spec, "kastenDRReviewDetails");
    const chosen = textAt(review, "id") !== "" && refAt(review, "kastenDRReviewRef");
    if (kind.kind === "KastenDRReview" || !chosen) {
        const fields = ["profileName", "sourceClusterID"];
        const missing = fields.filter(field => textAt(source, field) === "");
        refuse(
            creation,
            missing.map(field => required(`spec.sourceClusterInfo.${field}`)),
        );
    }
    return () => beginRecovery(world, creation);
}
