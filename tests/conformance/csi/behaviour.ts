/** How the list of the behaviours of storage is written down. */
import type { Behaviour } from "../behaviour.ts";
import type { Storage } from "./world.ts";

type Check = Behaviour<Storage>["check"];

/** Storage systems take their time: five minutes for each. */
export const behaviour = (name: string, source: string, check: Check): Behaviour<Storage> => ({
    ...{ name, source, check, confirmed: true, deadline: 300 },
});

/** A page and a section of Kubernetes' documentation. */
export const docs = (page: string, section: string) =>
    `Kubernetes documentation, ${page}, "${section}"`;

/** A call of the CSI specification 1.12. */
export const spec = (call: string) => `CSI specification, ${call}`;
