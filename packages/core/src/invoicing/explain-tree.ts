import type { Json } from "../kernel/index.ts";
import {
  exact,
  fraction,
  negate,
  SCALE,
  scaled,
  splitByWeight,
  subtract,
  sumExact,
  toText,
  unscaled,
} from "../money/index.ts";
import { daysIn } from "../time/index.ts";
import type { Adjustment } from "./adjustment-line.ts";
import type { DraftDocument, DraftLine } from "./draft-document.ts";

/** A number and where it comes from. */
export interface ExplainNode {
  /** Where the node is in the tree: "total/subtotal/lines/3/steps/1". */
  readonly path: string;
  readonly kind:
    | "total"
    | "subtotal"
    | "line"
    | "step"
    | "rounding"
    | "discount"
    | "tax"
    | "cost"
    | "allocation"
    | "cost_lines";
  readonly text: string;
  /** Decimal text. */
  readonly amount: string;
  readonly facts?: Json | undefined;
  /** Parts that add up to the amount, exactly. */
  readonly children: readonly ExplainNode[];
  /** What the amount was derived from, without adding up to it. */
  readonly from: readonly ExplainNode[];
}

/** A row of the allocation with the pool that it is a share of, and the query that finds the pool's CUR lines. */
export interface AllocationEvidence {
  readonly allocationId: string;
  readonly text: string;
  readonly cost: string;
  readonly facts: Json;
  readonly pool: { readonly cost: string; readonly lines: number; readonly facts: Json };
}

export type EvidenceById = ReadonlyMap<string, AllocationEvidence>;

const node = (
  path: string,
  kind: ExplainNode["kind"],
  shown: { readonly text: string; readonly amount: string; readonly facts?: Json },
  parts: { readonly children?: readonly ExplainNode[]; readonly from?: readonly ExplainNode[] } = {},
): ExplainNode => ({ path, kind, ...shown, children: parts.children ?? [], from: parts.from ?? [] });

/** The segment of a line, from 1: "2/base" is the base price of the second. */
const segmentOf = (line: DraftLine): string => line.id.split("/")[0] ?? "1";

/** What of a row's cost falls to a segment: the split that the draft made. */
const shareOf = (cost: string, document: DraftDocument, segment: string): string => {
  const parts = document.plans.map((plan, index) => ({ id: String(index + 1), weight: fraction(daysIn(plan)) }));
  return toText(exact(unscaled(splitByWeight(scaled(exact(cost), SCALE), parts).get(segment) ?? 0n, SCALE)));
};

const poolNode = (path: string, evidence: AllocationEvidence): ExplainNode =>
  node(path, "cost_lines", {
    text: `${evidence.pool.lines} cost lines`,
    amount: evidence.pool.cost,
    facts: evidence.pool.facts,
  });

const allocationNode = (path: string, evidence: AllocationEvidence, share: string): ExplainNode =>
  node(
    path,
    "allocation",
    { text: evidence.text, amount: share, facts: evidence.facts },
    { from: [poolNode(`${path}/cost_lines`, evidence)] },
  );

/** A correction's cost: what the restated line carries less what the corrected ones do, each with where it comes from. */
const correctedCostNode = (path: string, line: DraftLine, adjusts: Adjustment, evidence: EvidenceById): ExplainNode => {
  const rows = adjusts.line.allocation_ids.flatMap((id) => {
    const found = evidence.get(id);
    return found ? [allocationNode(`${path}/allocations/${id}`, found, found.cost)] : [];
  });
  const restated = node(
    `${path}/restated`,
    "cost",
    { text: `cost of ${adjusts.period} as it was delivered since`, amount: adjusts.line.cost },
    { from: rows },
  );
  const billed = adjusts.billed.map((part, index) =>
    node(`${path}/billed/${index + 1}`, "cost", {
      text: `less what line ${part.line_no} of ${part.invoice_id} carries`,
      amount: toText(negate(exact(part.cost))),
      facts: part,
    }),
  );
  return node(
    path,
    "cost",
    { text: "difference in allocated cost", amount: line.cost },
    { children: [restated, ...billed] },
  );
};

const costNode = (path: string, line: DraftLine, document: DraftDocument, evidence: EvidenceById): ExplainNode => {
  if (line.adjusts) return correctedCostNode(path, line, line.adjusts, evidence);
  const segment = segmentOf(line);
  const children = line.allocation_ids.flatMap((id) => {
    const found = evidence.get(id);
    return found ? [allocationNode(`${path}/allocations/${id}`, found, shareOf(found.cost, document, segment))] : [];
  });
  return node(path, "cost", { text: "allocated cost that the line carries", amount: line.cost }, { children });
};

const stepNodes = (path: string, line: DraftLine): ExplainNode[] => {
  const steps = line.steps.map((step, index) =>
    node(`${path}/steps/${index + 1}`, "step", { text: step.text, amount: step.amount, facts: step }),
  );
  const left = subtract(exact(line.amount), sumExact(line.steps.map((step) => exact(step.amount))));
  const rounding = node(`${path}/rounding`, "rounding", { text: `rounded to ${line.amount}`, amount: toText(left) });
  return left.n === 0n ? steps : [...steps, rounding];
};

const lineFacts = (line: DraftLine, document: DraftDocument): Json => {
  const plan = document.plans[Number(segmentOf(line)) - 1];
  const usage = document.inputs.usage.values.filter(
    (value) => value.metric_code === line.metric_code && value.start === plan?.start,
  );
  return {
    line_no: line.line_no,
    line_type: line.line_type,
    sku_code: line.sku_code,
    service: line.service,
    quantity: line.quantity,
    unit: line.unit,
    amount_unrounded: line.amount_exact,
    plan: plan ?? null,
    charge: line.charge,
    usage,
    ...(line.adjusts
      ? { adjusts: { invoice_id: line.adjusts.invoice_id, restatement_id: line.adjusts.restatement_id } }
      : {}),
  };
};

const lineNode = (line: DraftLine, document: DraftDocument, evidence: EvidenceById | undefined): ExplainNode => {
  const path = `total/subtotal/lines/${line.line_no}`;
  const from = evidence ? [costNode(`${path}/cost`, line, document, evidence)] : [];
  return node(
    path,
    "line",
    { text: line.title, amount: line.amount, facts: lineFacts(line, document) },
    { children: stepNodes(path, line), from },
  );
};

/**
 * The tree of an invoice from its total down to rating steps, allocation rows, rule versions and the queries of its CUR lines. Without
 * evidence (for a tenant) it ends at the rating steps.
 */
export const explainTree = (document: DraftDocument, evidence: EvidenceById | undefined): ExplainNode => {
  const lines = document.lines.map((line) => lineNode(line, document, evidence));
  const discounts = document.discounts.map((discount, index) =>
    node(`total/subtotal/discounts/${index + 1}`, "discount", {
      text: discount.name,
      amount: toText(negate(exact(discount.amount))),
      facts: discount,
    }),
  );
  const subtotal = node(
    "total/subtotal",
    "subtotal",
    { text: "lines less discounts", amount: document.subtotal },
    { children: [...lines, ...discounts] },
  );
  const taxes = document.taxes.map((tax, index) =>
    node(`total/taxes/${index + 1}`, "tax", {
      text: `${tax.name} ${tax.rate_percent} % on ${tax.base}`,
      amount: tax.amount,
      facts: tax,
    }),
  );
  return node(
    "total",
    "total",
    { text: `${document.period.start} to ${document.period.end}`, amount: document.total },
    { children: [subtotal, ...taxes] },
  );
};
