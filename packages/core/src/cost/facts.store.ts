import type { Lake, LakeQuery, LakeRow } from "../ports/index.ts";
import { pathsOf } from "./daily.store.ts";
import type { ColumnarFile } from "./delivery.ts";
import type { DeliveryFacts, OddLines } from "./delivery-checks.ts";
import type { LakePorts } from "./prepare.store.ts";
import { duplicateFileQuery, DUPLICATES, FACTS, OTHER_PROVIDERS, UNKNOWN_TYPES } from "./queries.ts";

const count = (row: LakeRow | undefined, name: string): number => Number(row?.[name] ?? 0);
const text = (row: LakeRow | undefined, name: string): string => String(row?.[name] ?? "");

const oddLines = (rows: readonly LakeRow[], name: string): OddLines[] =>
  rows.map((row) => ({
    name: text(row, name),
    lines: count(row, "line_count"),
    cost: text(row, "cost"),
    file: text(row, "source_file"),
    row: count(row, "first_row"),
  }));

const readDuplicates = async (lake: Lake, options: LakeQuery): Promise<DeliveryFacts["duplicates"]> => {
  const [found] = await lake.query(DUPLICATES, options);
  if (count(found, "pair_count") === 0) return undefined;
  const row = count(found, "first_row");
  const [place] = await lake.query(duplicateFileQuery(row), options);
  return { keys: count(found, "pair_count"), lines: count(found, "line_count"), file: text(place, "source_file"), row };
};

/** Counts over the lines of a delivery that findings and finality are decided on. */
export const readFacts = async (ports: LakePorts, columnar: readonly ColumnarFile[]): Promise<DeliveryFacts> => {
  const options = { tables: { fact_cost_raw: await pathsOf(ports, columnar) } };
  const [facts] = await ports.lake.query(FACTS, options);
  return {
    rows: count(facts, "line_count"),
    splitRows: count(facts, "split_count"),
    rowsWithoutNet: count(facts, "without_net"),
    rowsWithoutInvoice: count(facts, "without_invoice"),
    rowsWithCost: count(facts, "with_cost"),
    unknownTypes: oddLines(await ports.lake.query(UNKNOWN_TYPES, options), "line_item_type"),
    otherProviders: oddLines(await ports.lake.query(OTHER_PROVIDERS, options), "provider"),
    duplicates: await readDuplicates(ports.lake, options),
  };
};
