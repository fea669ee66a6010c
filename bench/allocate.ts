import { allocatePeriod } from "@commops/core/allocation";
import { openBench } from "./bench-world.ts";
import { measured, peakMemory, report } from "./measure.ts";

const [folder = "", period = ""] = process.argv.slice(2);
const { runtime, call } = await openBench(folder);
const { result, measure } = await measured(() => allocatePeriod.run(call, { period }));
await runtime.close();
const { direct, allocated, overhead, untagged } = result;
report({ ...measure, peak: peakMemory(), kinds: { direct, allocated, overhead, untagged } });
