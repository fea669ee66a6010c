import { displayAmount } from "../../money/index.ts";
import type { DocumentParty, InvoiceDocument } from "../../ports/index.ts";
import { COLORS, STYLES } from "./palette.ts";
import { isolated } from "./paragraph.ts";
import { type Block, CONTENT_WIDTH, PAGE, type Sheet } from "./sheet.ts";
import { beside, child, type Element, labelled, paragraph, separator } from "./structure.ts";
import { dayText, dueLabel, kindText } from "./wording.ts";

const ACCENT_HEIGHT = 5;
const PARTY_GAP = 20;

/** Who bills whom, for what, how much and until when: all that a reader needs before the lines. */
export const drawHead = (sheet: Sheet, root: Element, document: InvoiceDocument): void => {
  sheet.artifact(() => {
    sheet.pdf.rect(0, 0, PAGE.width, ACCENT_HEIGHT).fill(COLORS.accent);
  });
  const head = child(sheet, root, "Sect");
  const number = document.number ?? "Not issued: no tax document";
  const name = paragraph(sheet, head, document.seller.name, STYLES.party, { space: 8 });
  const title = paragraph(sheet, head, kindText(document), STYLES.title, { align: "right", tag: "H1" });
  const numbered = paragraph(sheet, head, number, STYLES.strong, { align: "right" });
  sheet.row(beside(PAGE.left, CONTENT_WIDTH, 24, [{ blocks: [name] }, { blocks: [title, numbered] }]), 16);
  sheet.row(
    beside(PAGE.left, CONTENT_WIDTH, PARTY_GAP, [
      { blocks: party(sheet, head, "From", document.seller) },
      { blocks: party(sheet, head, "Bill to", document.buyer) },
      { blocks: due(sheet, head, document) },
    ]),
    14,
  );
  separator(sheet, PAGE.left, CONTENT_WIDTH, 10);
  for (const strip of factsOf(document)) {
    const columns = strip.map(({ label, text, weight }) => ({ weight, blocks: labelled(sheet, head, label, text) }));
    sheet.row(beside(PAGE.left, CONTENT_WIDTH, 14, columns), 12);
  }
  sheet.y += 4;
};

const party = (sheet: Sheet, parent: Element, label: string, who: DocumentParty): Block[] => {
  const section = child(sheet, parent, "Sect");
  const small = [
    ...who.taxIds.map((id) => `${isolated(id.label)} ${isolated(id.value)}`),
    ...(who.email === undefined ? [] : [who.email]),
  ];
  return [
    paragraph(sheet, section, label, STYLES.label, { tag: "H2" }),
    paragraph(sheet, section, who.name, STYLES.strong, { space: 3 }),
    ...who.addressLines.map((line) => paragraph(sheet, section, line)),
    ...small.map((text, index) => paragraph(sheet, section, text, STYLES.detail, { space: index === 0 ? 4 : 0 })),
  ];
};

const due = (sheet: Sheet, parent: Element, document: InvoiceDocument): Block[] => {
  const amount = `${displayAmount(document.amountDue, document.currency)} ${document.currency}`;
  const fits = sheet.type.widthOf(amount, STYLES.figure) <= (CONTENT_WIDTH - PARTY_GAP * 2) / 3;
  const section = child(sheet, parent, "Sect");
  const blocks = [
    paragraph(sheet, section, dueLabel(document), STYLES.label, { align: "right", tag: "H2" }),
    paragraph(sheet, section, amount, fits ? STYLES.figure : STYLES.smallFigure, { align: "right", space: 1 }),
  ];
  if (document.dueDate === undefined) return blocks;
  const date = `Due ${dayText(document.dueDate)}`;
  return [...blocks, paragraph(sheet, section, date, STYLES.body, { align: "right", space: 1 })];
};

interface Fact {
  readonly label: string;
  readonly text: string;
  readonly weight: number;
}

/** The facts of the document in one strip, and below it those that refer to others. */
const factsOf = (document: InvoiceDocument): Fact[][] => {
  const { period, plan, buyerReference, corrects } = document;
  const own: Fact[] = [
    { label: "Issue date", text: dayText(document.issueDate), weight: 0.9 },
    { label: "Tax point", text: dayText(document.taxPoint), weight: 0.9 },
    { label: "Billing period", text: `${dayText(period.start)} to ${dayText(period.end)}`, weight: 1.9 },
    ...(plan ? [{ label: "Plan", text: `${isolated(plan.name)}, version ${plan.version}`, weight: 1.6 }] : []),
    { label: "Invoice id", text: document.invoiceId, weight: 1.3 },
  ];
  const references: Fact[] = [];
  if (buyerReference !== undefined) references.push({ label: "Your reference", text: buyerReference, weight: 1 });
  if (corrects !== undefined) {
    const corrected = `Invoice ${corrects.number} of ${dayText(corrects.issueDate)}`;
    references.push(
      { label: "Corrects", text: corrected, weight: 1 },
      { label: "Reason", text: corrects.reason, weight: 2 },
    );
  }
  return references.length === 0 ? [own] : [own, references];
};
