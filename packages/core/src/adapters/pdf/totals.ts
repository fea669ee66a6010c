import { displayAmount, displayNumber } from "../../money/index.ts";
import type { InvoiceDocument } from "../../ports/index.ts";
import { dayText, dueLabel } from "./wording.ts";
import { COLORS, STYLES } from "./palette.ts";
import { isolated } from "./paragraph.ts";
import { CONTENT_WIDTH, PAGE, type Sheet } from "./sheet.ts";
import { child, type Element, paragraph } from "./structure.ts";
import type { Style } from "./typesetter.ts";

interface Sum {
  readonly label: string;
  readonly amount: string;
  readonly style: Style;
  readonly hasRuleAbove?: boolean;
}

const WIDTH = CONTENT_WIDTH * 0.56;
const LEFT = PAGE.left + CONTENT_WIDTH - WIDTH;
const AMOUNT_SHARE = 0.42;

/** From the sum of the lines to what is due, in the order of EN 16931: discounts, subtotal, taxes, total, settlements. */
export const drawTotals = (sheet: Sheet, root: Element, document: InvoiceDocument): void => {
  const table = child(sheet, root, "Table");
  const sums = sumsOf(document);
  sheet.keep(sums.length * 18);
  for (const sum of sums) drawSum(sheet, table, sum);
  if (document.usd) {
    const { total, rate, rateDate, source } = document.usd;
    const note = `1 ${document.currency} = ${displayNumber(rate)} USD on ${dayText(rateDate)}, ${isolated(source)}`;
    drawSum(sheet, table, { label: "Total in USD", amount: `${displayAmount(total, "USD")} USD`, style: STYLES.body });
    sheet.row([{ x: LEFT, width: WIDTH, blocks: [paragraph(sheet, root, note, STYLES.small, { align: "right" })] }]);
  }
  sheet.y += 14;
};

const sumsOf = (document: InvoiceDocument): Sum[] => {
  const amount = (value: string): string => displayAmount(value, document.currency);
  const withCurrency = (value: string): string => `${amount(value)} ${document.currency}`;
  const plain = STYLES.body;
  return [
    ...(document.discounts.length === 0
      ? []
      : [{ label: "Sum of lines", amount: amount(document.gross), style: plain }]),
    ...document.discounts.map((discount) => ({ label: discount.text, amount: amount(discount.amount), style: plain })),
    {
      label: "Subtotal",
      amount: amount(document.subtotal),
      style: STYLES.strong,
      hasRuleAbove: document.discounts.length > 0,
    },
    ...document.taxes.map((tax) => ({
      label: `${isolated(tax.name)} ${displayNumber(tax.rate)} % of ${amount(tax.base)}`,
      amount: amount(tax.amount),
      style: plain,
    })),
    { label: "Total", amount: withCurrency(document.total), style: STYLES.total, hasRuleAbove: true },
    ...document.settlements.map((settlement) => ({
      label: settlement.text,
      amount: amount(settlement.amount),
      style: plain,
    })),
    ...(document.settlements.length === 0
      ? []
      : [
          {
            label: dueLabel(document),
            amount: withCurrency(document.amountDue),
            style: STYLES.total,
            hasRuleAbove: true,
          },
        ]),
  ];
};

const drawSum = (sheet: Sheet, table: Element, { label, amount, style, hasRuleAbove }: Sum): void => {
  const element = child(sheet, table, "TR");
  const gap = 12;
  const right = Math.max(WIDTH * AMOUNT_SHARE, Math.min(sheet.type.widthOf(amount, style), WIDTH * 0.7));
  const cells = [
    {
      x: LEFT,
      width: WIDTH - right - gap,
      blocks: [{ text: label, style, element: child(sheet, element, "TH", { scope: "Row" }) }],
    },
    {
      x: LEFT + WIDTH - right,
      width: right,
      blocks: [{ text: amount, style, element: child(sheet, element, "TD"), align: "right" as const }],
    },
  ];
  sheet.keep(sheet.heightOf(cells) + 8);
  if (hasRuleAbove === true) {
    sheet.y += 3;
    sheet.rule(LEFT, WIDTH, sheet.y, COLORS.line);
    sheet.y += 5;
  }
  sheet.row(cells, 2);
};
