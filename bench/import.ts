import { importCur } from "@commops/core/cost";
import { openBench } from "./bench-world.ts";
import { measured, type Measure, peakMemory, report } from "./measure.ts";

const [folder = "", curFile = ""] = process.argv.slice(2);
const { runtime, call } = await openBench(folder);
const { lake, files } = runtime.world;
const conversions: Measure[] = [];
const timed: typeof lake = {
  ...lake,
  convert: async (request) => {
    const { result, measure } = await measured(() => lake.convert(request));
    conversions.push(measure);
    return result;
  },
};
const { result, measure } = await measured(() =>
  importCur.run({ ...call, world: { ...call.world, lake: timed } }, { path: curFile }),
);
const columnar = (await files.list("lake/")).filter((key) => key.endsWith(".parquet"));
const paths = await Promise.all(columnar.map((key) => files.location(key)));
await runtime.close();
const total = (of: keyof Measure): number => conversions.reduce((sum, conversion) => sum + conversion[of], 0);
report({
  ...measure,
  peak: peakMemory(),
  conversion: { wall: total("wall"), cpu: total("cpu") },
  rows: result[0]?.rows,
  period: result[0]?.period,
  paths,
});
