import { allocatePeriod } from "@commops/core/allocation";
import { importCur } from "@commops/core/cost";
import { generatePeriodDrafts } from "@commops/core/invoicing";
import { openBench } from "./bench-world.ts";
import { measured, peakMemory, report } from "./measure.ts";

const [folder = "", curFile = ""] = process.argv.slice(2);
const { runtime, call } = await openBench(folder);
await importCur.run(call, { path: curFile });
await allocatePeriod.run(call, { period: "2026-06" });
const { result, measure } = await measured(() => generatePeriodDrafts.run(call, { period: "2026-06" }));
await runtime.close();
report({ ...measure, drafted: result.drafted, failed: result.failed, peak: peakMemory() });
