export { SampleApplication, SampleApplicationArgs, sampleRefs } from "./sample";
export { Seed } from "./seed";
