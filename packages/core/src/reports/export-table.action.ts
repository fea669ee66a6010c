import { z } from "zod";
import { csvRow, dayInput, forbidden, invalid, missing } from "../kernel/index.ts";
import { SCOPES, type ViewDoor, view } from "../record/index.ts";
import { type ExportPage, readExportPage, type ExportRow } from "./export-table.store.ts";
import { EXPORTABLE, type ExportableTable } from "./exportable.ts";

/** Rows of one read: an export of any length holds no transaction open and little memory. */
const BATCH = 1000;

/** A download that is written while it is read. */
export interface ExportStream {
  readonly file_name: string;
  readonly content_type: string;
  readonly chunks: AsyncIterable<string>;
}

interface Source {
  readonly name: string;
  readonly table: ExportableTable;
  readonly range: Pick<ExportPage, "from" | "to">;
}

const readBatch = (door: ViewDoor, { name, table, range }: Source, after: ExportRow | undefined) =>
  door.load((tx) => readExportPage(tx, door.rows, { name, table, page: { ...range, after, limit: BATCH } }));

async function* csvOf(door: ViewDoor, source: Source, first: readonly ExportRow[]): AsyncGenerator<string> {
  const { columns } = source.table;
  yield csvRow(columns);
  let batch = first;
  while (batch.length > 0) {
    yield batch.map((row) => csvRow(columns.map((column) => row[column]))).join("");
    batch = batch.length < BATCH ? [] : await readBatch(door, source, batch.at(-1));
  }
}

const sourceOf = (input: { readonly table: string } & Source["range"]): Source => {
  const table = Object.hasOwn(EXPORTABLE, input.table) ? EXPORTABLE[input.table] : undefined;
  if (!table)
    throw missing(
      "an export of the table",
      `${input.table} (there are ${Object.keys(EXPORTABLE).toSorted().join(", ")})`,
    );
  if (table.day === null && (input.from !== undefined || input.to !== undefined))
    throw invalid("from", `${input.table} has no day to choose by: leave from and to out`);
  return { name: input.table, table, range: { from: input.from, to: input.to } };
};

/** A billing table as CSV in the order of its key, read and written in batches. Operators only, with the scope of the table. */
export const exportTable = view(
  "reports.export",
  {
    needs: SCOPES.filter((scope) => scope.endsWith(":read")),
    input: z.object({
      table: z.string(),
      format: z.enum(["csv"]).default("csv"),
      from: dayInput.optional(),
      to: dayInput.optional(),
    }),
  },
  async (door, input): Promise<ExportStream> => {
    if (door.actor.tenantId !== undefined)
      throw forbidden("exports of whole tables are the operator's own: download your invoices one by one.");
    const source = sourceOf(input);
    door.need(source.table.needs);
    // Read before the answer begins, so that what goes wrong at once is still an error and no broken download.
    const first = await readBatch(door, source, undefined);
    const range = [input.from, input.to].filter((day) => day !== undefined).map((day) => `-${day}`);
    return {
      file_name: `${input.table}${range.join("")}.csv`,
      content_type: "text/csv; charset=utf-8",
      chunks: csvOf(door, source, first),
    };
  },
);
