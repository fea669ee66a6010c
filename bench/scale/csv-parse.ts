import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { unscaled } from "@commops/core/money";
import { parse } from "csv-parse";
import { z } from "zod";
import { measured, peakMemory, report } from "../measure.ts";
import { digestOf } from "./answer.ts";

/** Cost per tenant and service by csv-parse, from the files as they came: what every question costs without a copy of the lines. */
const DECIMALS = 12;
const units = (text: string): bigint => {
  const [whole = "0", decimals = ""] = text.split(".");
  return BigInt(whole + decimals.padEnd(DECIMALS, "0"));
};
const tagShape = z.object({ user_tenant_id: z.string().default("") });
const recordShape = z.array(z.string());

const sums = new Map<string, bigint>();
const readFile = async (path: string): Promise<void> => {
  const parser = createReadStream(path).pipe(createGunzip()).pipe(parse());
  let at: { tags: number; service: number; cost: number } | undefined;
  parser.on("readable", () => {
    for (let record: unknown = parser.read(); record !== null; record = parser.read()) {
      const cells = record as z.output<typeof recordShape>;
      if (at === undefined) {
        const names = recordShape.parse(record);
        const indexOf = (name: string): number => names.indexOf(name);
        at = {
          tags: indexOf("resource_tags"),
          service: indexOf("line_item_product_code"),
          cost: indexOf("line_item_unblended_cost"),
        };
        continue;
      }
      const { user_tenant_id } = tagShape.parse(JSON.parse(cells[at.tags] ?? "{}"));
      const key = `${user_tenant_id}\t${cells[at.service] ?? ""}`;
      sums.set(key, (sums.get(key) ?? 0n) + units(cells[at.cost] ?? "0"));
    }
  });
  await new Promise((resolve, reject) => {
    parser.on("end", resolve);
    parser.on("error", reject);
  });
};

const { measure } = await measured(async () => {
  for (const path of process.argv.slice(2)) await readFile(path);
});
const digest = digestOf(
  [...sums].map(([key, cost]) => {
    const [tenant = "", service = ""] = key.split("\t");
    return { tenant, service, cost: unscaled(cost, DECIMALS) };
  }),
);
report({ ...measure, peak: peakMemory(), digest });
