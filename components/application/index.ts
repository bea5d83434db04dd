export { SampleApplication, SampleApplicationArgs, sampleBlueprint, sampleRefs } from "./sample";
export { Seed } from "./seed";
