import { costSummary } from "@commops/core/cost";
import { openBench } from "../bench-world.ts";
import { measured, peakMemory, report } from "../measure.ts";
import { digestOf } from "./answer.ts";

/** Cost per tenant and service, asked of a product that has imported the month: the first question of a process and the next one. */
const [folder = "", period = ""] = process.argv.slice(2);
const { runtime, call } = await openBench(folder);
const ask = () => costSummary.run(call, { period, by: "tenant,service" });
const first = await measured(ask);
const again = await measured(ask);
await runtime.close();
const digest = digestOf(
  again.result.groups.map(({ key, cost }) => ({ tenant: key["tenant"] ?? "", service: key["service"] ?? "", cost })),
);
report({ ...first.measure, again: again.measure, peak: peakMemory(), digest });
