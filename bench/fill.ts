import { fillBench, openBench } from "./bench-world.ts";
import { report } from "./measure.ts";

const [folder = "", usageFile = ""] = process.argv.slice(2);
const { runtime, call } = await openBench(folder);
const tenants = await fillBench(call, usageFile);
await runtime.close();
report({ tenants });
