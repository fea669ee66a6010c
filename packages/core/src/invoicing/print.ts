import { compare, exact, isPositive, isZero, toText } from "../money/index.ts";
import type { Step } from "../rating/index.ts";
import { addDays, daysIn, type Day } from "../time/index.ts";
import { documentTypeOf, type DraftDocument, type DraftLine, type DraftParty, isCreditNote } from "./draft-document.ts";

/** What issuing added; a draft that is printed has only the day of printing. */
export interface PrintFacts {
  readonly invoiceId: string;
  readonly number: string | undefined;
  readonly issueDate: Day;
  readonly dueDate: Day | undefined;
  /** Decimal text; what was paid before printing plays no part, so that the bytes stay the same. */
  readonly digest: string;
  /** The one invoice that the document corrects, where it corrects one only. */
  readonly corrects?: { readonly number: string; readonly issueDate: Day } | undefined;
}

const partyOf = (party: DraftParty) => ({
  name: party.name,
  addressLines: [...party.address_lines, ...(party.country === null ? [] : [party.country])],
  taxIds: party.tax_ids.map(({ scheme, id }) => ({ label: scheme, value: id })),
  ...(party.email === null ? {} : { email: party.email }),
});

/** Decimals that a printed step shows at most; the evidence behind the digest keeps all of them. */
const SHOWN_DECIMALS = 6;
const shown = (decimal: string): string => toText(exact(decimal), SHOWN_DECIMALS);

/** A step in words and figures; a step of a lump (cost plus markup) has an amount only. */
const printedStep = (step: Step, isLump: boolean) => ({
  text: step.text,
  ...(isLump ? {} : { quantity: shown(step.quantity), unitPrice: shown(step.unit_price) }),
  ...(isZero(exact(step.flat_fee)) ? {} : { flatFee: shown(step.flat_fee) }),
  amount: shown(step.amount),
});

const serviceNote = (line: DraftLine, document: DraftDocument): string[] => {
  const { service } = line;
  const { period } = document;
  return service.start === period.start && service.end === period.end
    ? []
    : [`${service.start} to ${service.end}: ${daysIn(service)} of ${daysIn(period)} days`];
};

/** Whether quantity, unit price and amount of a line say all that its one step says. */
const saysItself = (line: DraftLine): boolean => {
  const [step, ...more] = line.steps;
  if (!step || more.length > 0 || line.charge?.price.model !== "per_unit") return false;
  return compare(exact(step.quantity), exact(line.quantity)) === 0;
};

const printedLine = (line: DraftLine, document: DraftDocument) => {
  const isLump = line.charge === null || line.charge.price.model === "flat" || line.charge.price.model === "cost_plus";
  const hasSteps = line.steps.length > 1 || !(isLump || saysItself(line));
  return {
    title: line.title,
    ...(line.metric_code === null ? {} : { detail: line.metric_code }),
    ...(isLump ? {} : { quantity: line.quantity, unit: line.unit }),
    ...(isLump || line.charge?.price.model !== "per_unit" ? {} : { unitPrice: line.charge.price.unit_price }),
    amount: line.amount,
    steps: hasSteps ? line.steps.map((step) => printedStep(step, isLump)) : [],
    notes: serviceNote(line, document),
  };
};

/** An invoice as plain data for the printer, which computes nothing. Without a number it is marked as a draft. */
export const printedInvoice = (document: DraftDocument, facts: PrintFacts) => {
  const plan = document.plans.at(-1);
  const isCredit = isCreditNote(document);
  const due = facts.dueDate ?? addDays(facts.issueDate, document.dates.payment_term_days);
  return {
    kind: documentTypeOf(document),
    invoiceId: facts.invoiceId,
    ...(facts.number === undefined ? {} : { number: facts.number }),
    issueDate: facts.issueDate,
    taxPoint: document.dates.tax_point,
    ...(isCredit ? {} : { dueDate: due }),
    period: document.period,
    currency: document.currency,
    seller: partyOf(document.seller),
    buyer: partyOf(document.buyer),
    ...(plan === undefined ? {} : { plan: { name: plan.plan_code, version: plan.version } }),
    ...(facts.corrects === undefined
      ? {}
      : { corrects: { ...facts.corrects, reason: "cost that was delivered later" } }),
    lines: document.lines.map((line) => printedLine(line, document)),
    gross: document.gross,
    discounts: document.discounts.map(({ name, amount }) => ({
      text: name,
      amount: isPositive(exact(amount)) ? `-${amount}` : amount,
    })),
    subtotal: document.subtotal,
    taxes: document.taxes.map((tax) => ({
      name: tax.name,
      rate: tax.rate_percent,
      base: tax.base,
      amount: tax.amount,
    })),
    total: document.total,
    settlements: [],
    amountDue: document.total,
    payment: {
      instructions: isCredit
        ? []
        : document.seller.payment_instructions.split("\n").filter((line) => line.trim() !== ""),
    },
    notes: [],
    evidenceDigest: facts.digest.replace(/^sha256:/, ""),
    footer: document.seller.name,
  };
};
