import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { generateCur, generateUsage } from "@commops/core/synthetic";
import { month } from "@commops/core/time";
import { writePacked } from "./packed.ts";

/**
 * A month of cost and usage, by the product's own generator: the same arguments give the same bytes. The cost is one plain file, or with
 * `linesPerFile` the packed files of a folder.
 */
const [folder = ".", rows = "1000000", tenantCount = "200", linesPerFile] = process.argv.slice(2);
const tenants = Array.from({ length: Number(tenantCount) }, (_, index) => ({
  tenantId: `BENCH-${String(index + 1).padStart(5, "0")}`,
  planCode: "bench",
  size: 1 + (index % 7),
}));
const recipe = { seed: 42, month: month("2026-06"), tenants, rows: Number(rows) };

const write = async (name: string, chunks: Iterable<string>): Promise<void> => {
  const file = createWriteStream(join(folder, name));
  for (const chunk of chunks) if (!file.write(chunk)) await once(file, "drain");
  file.end();
  await once(file, "finish");
};

if (linesPerFile === undefined) await write("cur.csv", generateCur(recipe));
else await writePacked(join(folder, "cost"), generateCur(recipe), Number(linesPerFile));
await write(
  "usage.csv",
  (function* lines() {
    yield "usage_date,tenant_id,metric_code,metric_value\n";
    for (const row of generateUsage(recipe))
      yield `${row.usage_date},${row.tenant_id},${row.metric_code},${row.metric_value}\n`;
  })(),
);
