import { importCur } from "@commops/core/cost";
import { openBench } from "./bench-world.ts";
import { measured, peakMemory, report } from "./measure.ts";

const [folder = "", curFile = ""] = process.argv.slice(2);
const { runtime, call } = await openBench(folder);
const { result, measure } = await measured(() => importCur.run(call, { path: curFile }));
const parquet = await runtime.world.files.list("lake/");
const paths = await Promise.all(
  parquet.filter((key) => key.endsWith(".parquet")).map((key) => runtime.world.files.localPath(key)),
);
await runtime.close();
report({
  ...measure,
  rows: result[0]?.rows,
  period: result[0]?.period,
  unblended: result[0]?.total_unblended_cost,
  paths,
  peak: peakMemory(),
});
