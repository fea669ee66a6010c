import { compare, divide, exact, type Exact, isNegative, isZero, multiply, negate } from "@commops/core/money";
import type { Answer } from "../../api.ts";
import { type Moves, readMoves } from "../comparison.ts";
import { fieldsOf, textOf } from "../plain-data.ts";

export type Approval = Answer<"GET /approvals">["approvals"][number];

/** A request as the inbox shows it. */
export interface Request {
  readonly approval: Approval;
  readonly title: string;
  readonly amount: string;
  readonly currency: string;
  /** What changed against the month before; undefined for what is no invoice. */
  readonly moves: Moves | undefined;
  readonly margin: string | undefined;
}

const decimal = (value: unknown): string => textOf(value) ?? "0";

export const readRequest = (approval: Approval): Request => {
  const summary = fieldsOf(approval.summary);
  const isInvoice = approval.kind === "invoice";
  return {
    approval,
    title: textOf(summary["tenant_name"]) ?? approval.tenant_id ?? approval.subject_id,
    amount: decimal(isInvoice ? summary["total"] : summary["amount_usd"]),
    currency: textOf(summary["currency"]) ?? "USD",
    moves: isInvoice ? readMoves(summary["comparison"]) : undefined,
    margin: textOf(summary["margin"]),
  };
};

const LIMIT: Exact = exact("0.10");
const magnitude = (value: Exact): Exact => (isNegative(value) ? negate(value) : value);

/** The change in percent of last month; undefined where there was nothing. */
export const changePercent = (moves: Moves): number | undefined => {
  const before = exact(moves.previousTotal);
  if (isZero(before)) return undefined;
  const ratio = multiply(divide(exact(moves.change), before), exact("10000"));
  return Number(ratio.n / ratio.d) / 100;
};

/** Nothing odd: a month before to compare with, within 10 % of it, no line new or gone, and all of the change explained. */
export const isUnremarkable = ({ moves }: Request): boolean =>
  moves?.previousInvoice !== undefined &&
  isZero(exact(moves.residual)) &&
  moves.lines.every((line) => line.state === "same" || line.state === "changed") &&
  compare(magnitude(exact(moves.change)), multiply(magnitude(exact(moves.previousTotal)), LIMIT)) <= 0;
