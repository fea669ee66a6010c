import { z } from "zod";
import { invalid, missing, monthInput } from "../kernel/index.ts";
import { view } from "../record/index.ts";
import { pathsOf } from "./daily.store.ts";
import { listDeliveries, readDelivery, readFinding, readFindings } from "./deliveries.store.ts";
import { parseFindingId, shownFinding } from "./finding.ts";

/** Lines of evidence that are shown at once. */
const EVIDENCE_ROWS = 200;

/**
 * Findings of the deliveries that count or wait (superseded ones with `all`), newest period first: what is wrong, what to do, the query that
 * shows it, and who accepted it.
 */
export const costFindings = view(
  "cost.findings",
  {
    needs: "cost:read",
    input: z.object({
      period: monthInput.optional(),
      state: z.enum(["open", "accepted", "all"]).default("open"),
      severity: z.enum(["warning", "quarantine"]).optional(),
      superseded: z.stringbool().default(false),
    }),
  },
  (door, { period, state, severity, superseded }) =>
    door.load(async (tx) => {
      const deliveries = (await listDeliveries(tx, { period })).filter(
        (delivery) => superseded || delivery.status !== "superseded",
      );
      const found = await readFindings(
        tx,
        deliveries.map((delivery) => delivery.deliveryId),
      );
      const wanted = found.filter(
        (item) =>
          (severity === undefined || item.severity === severity) &&
          (state === "all" || (item.acceptedAt !== null) === (state === "accepted")),
      );
      return {
        findings: deliveries.flatMap((delivery) =>
          wanted
            .filter((item) => item.deliveryId === delivery.deliveryId)
            .map((item) => ({
              ...shownFinding(item),
              period: delivery.period,
              currency: delivery.currency,
              delivery_status: delivery.status,
            })),
        ),
      };
    }),
);

/** Runs the evidence query of a finding over the lines of its delivery: the first 200 rows. Amounts are decimal text. Throws missing. */
export const findingEvidence = view(
  "cost.finding-evidence",
  { needs: "cost:read", input: z.object({ finding_id: z.string() }) },
  async (door, { finding_id }) => {
    const of = parseFindingId(finding_id);
    const { found, delivery } = await door.load(async (tx) => ({
      found: await readFinding(tx, of),
      delivery: await readDelivery(tx, of.deliveryId),
    }));
    if (!found || !delivery) throw missing("finding", finding_id);
    const { evidence_query: query, ...shown } = shownFinding(found);
    if (query === null)
      throw invalid("finding_id", `${found.code} is a check of an earlier version, which has no query`);
    const rows = await door.lake.query(`${query}\nlimit ${EVIDENCE_ROWS}`, {
      tables: { fact_cost_raw: await pathsOf(door, delivery.columnarFiles) },
    });
    return { ...shown, evidence_query: query, rows };
  },
);
