import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { CUR_COLUMNS } from "@commops/core/synthetic";
import postgres from "postgres";
import { z } from "zod";
import { startCluster } from "../../tools/cluster.ts";
import { measured, peakMemory, report } from "../measure.ts";
import { digestOf } from "./answer.ts";

/** The files by COPY into one table of PostgreSQL, typed by hand, and cost per tenant and service by SQL: the first time and the next one. */
const typeOf = (column: string): string => {
  if (/_(start|end)_date$/.test(column)) return "timestamptz";
  if (column === "resource_tags") return "jsonb";
  return /_(cost|amount|fee|commitment|billing_period|to_date)$/.test(column) ? "numeric" : "text";
};
const QUESTION = `
select coalesce(resource_tags->>'user_tenant_id', '') as tenant, line_item_product_code as service,
  sum(line_item_unblended_cost)::numeric(38,12)::text as cost
from cost group by 1, 2`;
const answer = z.array(z.object({ tenant: z.string(), service: z.string(), cost: z.string() }));
const sizes = z.tuple([z.object({ bytes: z.coerce.number() })]);

const cluster = await startCluster();
const client = postgres(cluster.url, { max: 1, onnotice: () => undefined });
try {
  await client.unsafe(
    `create unlogged table cost (${CUR_COLUMNS.map((column) => `${column} ${typeOf(column)}`).join(", ")})`,
  );
  const copied = await measured(async () => {
    for (const path of process.argv.slice(2)) {
      const target = await client.unsafe("copy cost from stdin (format csv, header true)").writable();
      await pipeline(createReadStream(path), createGunzip({ chunkSize: 1 << 20 }), target);
    }
    await client.unsafe("analyze cost");
  });
  const ask = async () => answer.parse(await client.unsafe(QUESTION));
  const first = await measured(ask);
  const again = await measured(ask);
  const [{ bytes }] = sizes.parse(await client.unsafe("select pg_total_relation_size('cost') as bytes"));
  report({
    ...copied.measure,
    first: first.measure,
    again: again.measure,
    peak: peakMemory(),
    bytes,
    digest: digestOf(again.result),
  });
} finally {
  await client.end();
  await cluster.stop();
}
