export { Baseline } from "./baseline";
export { bothEvidence, Evidence, sourceEvidence, targetEvidence } from "./evidence";
export { FetchedBaseline, KeptBaseline } from "./kept";
export { togetherOf } from "./together";
export { Verification } from "./verification";
export { SourceTimings, sourceTimings, TargetTimings, targetTimings } from "./timings";
