import type { LakeRow } from "../ports/index.ts";
import { pathsOf } from "./daily.store.ts";
import type { ColumnarFile, RawFile } from "./delivery.ts";
import { type Finding, finding } from "./finding.ts";
import type { LakePorts } from "./prepare.store.ts";
import { overlapQuery } from "./queries.ts";

interface Lines {
  readonly rawFiles: readonly RawFile[];
}
interface Ours extends Lines {
  readonly source: string;
  readonly columnar: readonly ColumnarFile[];
}
interface Theirs extends Lines {
  readonly deliveryId: string;
  /** The id that its manifest gave it; null where it came without one. */
  readonly sourceDeliveryId: string | null;
  readonly columnarFiles: readonly ColumnarFile[];
}

/** Two deliveries of a month share most of the charges of the smaller one; parts of one delivery share few. */
const SHARED_AT_LEAST = 0.5;

const count = (row: LakeRow | undefined, name: string): number => Number(row?.[name] ?? 0);
const namesOf = ({ rawFiles }: Lines): string => rawFiles.map((file) => file.name).join(", ");

/**
 * Findings about lines that came without a manifest and would take the place of others that did: where the two share few charges they may be
 * parts of one month, and the others would be lost without a word.
 */
export const partFindings = async (ports: LakePorts, ours: Ours, others: readonly Theirs[]): Promise<Finding[]> => {
  const findings: Finding[] = [];
  const digests = ours.rawFiles.map((file) => file.digest);
  for (const other of others) {
    if (other.sourceDeliveryId !== null || other.columnarFiles.length === 0) continue;
    const tables = { fact_cost_raw: await pathsOf(ports, [...ours.columnar, ...other.columnarFiles]) };
    const [row] = await ports.lake.query(overlapQuery(digests), { tables });
    const [own, theirs, both] = [count(row, "new_count"), count(row, "old_count"), count(row, "both_count")];
    const smaller = Math.min(own, theirs);
    if (smaller === 0 || both >= smaller * SHARED_AT_LEAST) continue;
    findings.push(
      finding(
        "other_lines",
        { file: ours.source, subject: other.deliveryId },
        `${namesOf(ours)} would take the place of ${namesOf(other)} (${other.deliveryId}), and shares ${both} of ${smaller} charges with it: they may be parts of one month, and then one of them would be lost`,
      ),
    );
  }
  return findings;
};
