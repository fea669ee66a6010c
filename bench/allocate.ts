import { allocatePeriod } from "@commops/core/allocation";
import { openBench } from "./bench-world.ts";
import { measured, peakMemory, report } from "./measure.ts";

const [folder = "", period = ""] = process.argv.slice(2);
const { runtime, call } = await openBench(folder);
const { result, measure } = await measured(() => allocatePeriod.run(call, { period }));
// Another basis is another allocation of the same cost, rows and all: the same one again would answer from what is there.
const again = await measured(() => allocatePeriod.run(call, { period, basis: "unblended" }));
await runtime.close();
const { direct, allocated, overhead, untagged } = result;
report({ ...measure, again: again.measure, peak: peakMemory(), kinds: { direct, allocated, overhead, untagged } });
