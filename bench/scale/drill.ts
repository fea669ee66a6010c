import { costLines, costSummary } from "@commops/core/cost";
import { openBench } from "../bench-world.ts";
import { measured, peakMemory, report } from "../measure.ts";

/** Opens the lines behind many numbers of the month, each another tenant, service and day, as `GET /cost/lines` does. */
const [folder = "", period = "", count = "60"] = process.argv.slice(2);
const { runtime, call } = await openBench(folder);
const { groups } = await costSummary.run(call, { period, by: "tenant,service,day" });
/** Spread over all numbers, the largest and the smallest among them. */
const asked = Array.from({ length: Number(count) }, (_, index) => {
  const group = groups[Math.floor((index * (groups.length - 1)) / (Number(count) - 1))];
  if (group === undefined) throw new Error(`${period} has no cost`);
  return group;
});

const times: number[] = [];
const { measure } = await measured(async () => {
  for (const { key, rows } of asked) {
    const startedAt = performance.now();
    const day = key["day"] ?? "";
    const filter = { tenant: key["tenant"] ?? "", service: key["service"] ?? "", from: day, to: day };
    const { lines } = await costLines.run(call, { period, ...filter, page_size: 50 });
    times.push(performance.now() - startedAt);
    if (lines.length !== Math.min(rows, 50))
      throw new Error(`${JSON.stringify(key)} has ${rows} lines, and ${lines.length} were opened`);
  }
});
await runtime.close();
const sorted = times.toSorted((a, b) => a - b);
report({
  ...measure,
  peak: peakMemory(),
  questions: times.length,
  median: sorted[Math.floor(sorted.length / 2)],
  longest: sorted.at(-1),
});
