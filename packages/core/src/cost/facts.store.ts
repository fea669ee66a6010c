import type { LakeRow } from "../ports/index.ts";
import { pathsOf } from "./daily.store.ts";
import type { ColumnarFile } from "./delivery.ts";
import type { DeliveryFacts, OddLines } from "./delivery-checks.ts";
import type { LakePorts } from "./prepare.store.ts";
import { DUPLICATES, FACTS, OTHER_PROVIDERS, UNKNOWN_TYPES } from "./queries.ts";

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

/** Counts over the lines of a delivery that findings and finality are decided on. */
export const readFacts = async (ports: LakePorts, columnar: readonly ColumnarFile[]): Promise<DeliveryFacts> => {
  const options = { tables: { fact_cost_raw: await pathsOf(ports, columnar) } };
  const [facts] = await ports.lake.query(FACTS, options);
  const [duplicates] = await ports.lake.query(DUPLICATES, options);
  return {
    rows: count(facts, "line_count"),
    splitRows: count(facts, "split_count"),
    rowsWithoutNet: count(facts, "without_net"),
    rowsWithoutInvoice: count(facts, "without_invoice"),
    rowsWithCost: count(facts, "with_cost"),
    unknownTypes: oddLines(await ports.lake.query(UNKNOWN_TYPES, options), "line_item_type"),
    otherProviders: oddLines(await ports.lake.query(OTHER_PROVIDERS, options), "provider"),
    duplicates:
      count(duplicates, "pair_count") === 0
        ? undefined
        : {
            keys: count(duplicates, "pair_count"),
            lines: count(duplicates, "line_count"),
            file: text(duplicates, "source_file"),
            row: count(duplicates, "first_row"),
          },
  };
};
