import {
  add,
  type Currency,
  type Exact,
  exactMoney,
  isPositive,
  type Money,
  multiply,
  roundMoney,
  subtractMoney,
  sumMoney,
  toText,
  ZERO,
} from "../money/index.ts";
import { readDecimal } from "./line.ts";
import type { ChargeInput, Commitment, RateInput } from "./rate-input.ts";
import type { ExactLine } from "./rated-invoice.ts";
import { segmentFactor } from "./scaling.ts";
import { step } from "./step.ts";

/**
 * What is missing to a minimum: the minimum, scaled and rounded, less what was billed towards it before and the rounded
 * lines before discounts; zero where nothing is missing.
 */
export const trueUp = <C extends Currency>(minimum: Exact, billed: Exact, lines: Money<C>, currency: C): Money<C> => {
  const target = roundMoney(minimum, currency);
  const used = roundMoney(add(billed, exactMoney(lines)), currency);
  const missing = subtractMoney(target, used);
  return missing.minor > 0n ? missing : { currency, minor: 0n };
};

interface Due {
  readonly id: string;
  readonly title: string;
  readonly minimum: Exact;
  readonly billed: Exact;
  readonly lines: readonly ExactLine[];
  readonly like: Pick<ExactLine, "parentId" | "isTaxable" | "servicePeriod" | "skuCode">;
}

const lineOf = (due: Due, currency: Currency): ExactLine[] => {
  const used = sumMoney(
    currency,
    due.lines.map((line) => line.amount),
  );
  const amount = trueUp(due.minimum, due.billed, used, currency);
  if (amount.minor === 0n) return [];
  const amountExact = exactMoney(amount);
  return [
    {
      ...due.like,
      id: due.id,
      lineType: "minimum",
      title: due.title,
      metricCode: null,
      quantity: "1",
      unit: null,
      unitPrice: toText(amountExact),
      amount,
      amountExact,
      steps: [step({ text: `what is missing to the minimum of ${toText(due.minimum)}`, flatFee: amountExact }).step],
      isDiscountable: false,
      cost: null,
    },
  ];
};

const ofLine = (input: ChargeInput, line: ExactLine, field: string): Due[] => {
  if (input.minimumAmount === undefined || input.minimumAmount === null) return [];
  const minimum = readDecimal(input.minimumAmount, `${field}.minimum_amount`);
  const billed =
    input.earlier?.amount === undefined ? ZERO : readDecimal(input.earlier.amount, `${field}.earlier.amount`);
  const title = `${line.title}: minimum`;
  return [
    {
      id: `${line.id}:minimum`,
      title,
      minimum: multiply(minimum, segmentFactor(input.service, input.cycle)),
      billed,
      lines: [line],
      like: { ...line, parentId: line.id },
    },
  ];
};

const ofCommitment = (commitment: Commitment, lines: readonly ExactLine[], field: string): Due => {
  const minimum = readDecimal(commitment.amount, `${field}.amount`);
  const service = commitment.service ?? commitment.cycle;
  return {
    id: commitment.id,
    title: commitment.title,
    minimum: multiply(minimum, segmentFactor(commitment.service, commitment.cycle)),
    billed: readDecimal(commitment.earlierAmount ?? "0", `${field}.earlier_amount`),
    lines: commitment.lineIds ? lines.filter((line) => commitment.lineIds?.includes(line.id)) : lines,
    like: {
      parentId: null,
      isTaxable: commitment.isTaxable ?? true,
      servicePeriod: service ? { start: service.start, end: service.end } : null,
      skuCode: null,
    },
  };
};

/** The true-up lines that minimums of lines and commitments over lines ask for; a line's own true-up counts towards the latter. */
export const minimumLines = (input: RateInput, lines: readonly ExactLine[], currency: Currency): ExactLine[] => {
  const own = input.lines.flatMap((charge, index) => {
    const line = lines[index];
    return line ? ofLine(charge, line, `lines.${index}`) : [];
  });
  const ownLines = own.flatMap((due) => lineOf(due, currency));
  const countable = [...lines, ...ownLines];
  const shared = (input.commitments ?? []).map((commitment, index) => {
    const ids = commitment.lineIds?.flatMap((id) => [id, `${id}:minimum`]);
    return ofCommitment(ids ? { ...commitment, lineIds: ids } : commitment, countable, `commitments.${index}`);
  });
  return [...ownLines, ...shared.flatMap((due) => lineOf(due, currency))].filter((line) =>
    isPositive(line.amountExact),
  );
};
