export type { SampleDatabase } from "./databases";
export { SampleApplication, SampleApplicationArgs, sampleRefs } from "./sample";
export { Seed } from "./seed";
