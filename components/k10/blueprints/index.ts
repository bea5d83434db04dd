export { restoredNamespaces, Workload, workloadIn } from "./bound";
export { blueprintActions, BlueprintSettings, Database, databases } from "./catalogue";
