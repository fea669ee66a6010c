import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLake } from "../src/adapters/embedded/lake.ts";
import { csvColumns } from "../src/cost/columns.ts";
import { csvScanner } from "../src/cost/csv-scan.ts";
import { firstRecord } from "../src/cost/csv-header.ts";
import { recogniseFormat } from "../src/cost/formats.ts";
import { normaliseSql } from "../src/cost/normalise-sql.ts";
import { place } from "./database.ts";

/** Turns texts of cost files into canonical lines, in a folder of its own. */
export const openNormaliser = async () => {
  const folder = await mkdtemp(join(tmpdir(), "commops-cost-"));
  const lake = await openLake(join(folder, "lake"));
  let files = 0;
  const rowsOf = (target: string) => lake.query("select * from l order by source_row", { tables: { l: [target] } });
  return {
    folder,
    lake,
    rowsOf,
    /** The canonical lines of a text, in their order. */
    normalise: async (text: string) => {
      files += 1;
      const name = `${files}`;
      const path = await place(folder, `${name}.csv`, text);
      const columns = csvColumns(firstRecord(text, true) ?? []);
      const target = join(folder, `${name}.parquet`);
      const scanner = csvScanner();
      scanner.take(Buffer.from(text));
      const file = { name, digest: "d", kind: "csv", mayBePadded: scanner.done().mayBePadded } as const;
      await lake.convert({
        select: normaliseSql(recogniseFormat(name, columns), columns, file),
        source: { kind: "csv", path, isCompressed: false, width: columns.length },
        target,
      });
      return rowsOf(target);
    },
    close: async () => {
      await lake.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
