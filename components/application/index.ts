export type { SampleDatabase } from "./databases";
export { SampleApplication, SampleApplicationArgs, sampleBlueprint, sampleRefs } from "./sample";
export { Seed } from "./seed";
