import { fillBench, openBench } from "./bench-world.ts";
import { measured, peakMemory, report } from "./measure.ts";

const [folder = "", usageFile = ""] = process.argv.slice(2);
const { runtime, call } = await openBench(folder);
const { measure } = await measured(() => fillBench(call, usageFile));
await runtime.close();
report({ ...measure, peak: peakMemory() });
