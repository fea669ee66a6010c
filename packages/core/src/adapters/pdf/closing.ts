import { invalid } from "../../kernel/index.ts";
import type { InvoiceDocument } from "../../ports/index.ts";
import { titleText } from "./wording.ts";
import { COLORS, STYLES } from "./palette.ts";
import { type Block, CONTENT_WIDTH, PAGE, type Sheet } from "./sheet.ts";
import { child, type Element, paragraph } from "./structure.ts";
import type { Line } from "./typesetter.ts";

/** How to pay, remarks, and the digest under which the evidence is kept. */
export const drawClosing = (sheet: Sheet, root: Element, document: InvoiceDocument): void => {
  const { instructions, url } = document.payment;
  if (instructions.length > 0 || url !== undefined) {
    const section = heading(sheet, root, "Payment");
    for (const text of instructions) full(sheet, paragraph(sheet, section, text));
    if (url !== undefined) {
      const link = paragraph(sheet, section, url, { ...STYLES.body, color: COLORS.accent }, { tag: "Link", link: url });
      full(sheet, link);
      // Written now, because the reference to the clickable area names the page that is open when it is written.
      link.element.end();
    }
    sheet.y += 12;
  }
  if (document.notes.length > 0) {
    const section = heading(sheet, root, "Notes");
    for (const text of document.notes) full(sheet, paragraph(sheet, section, text));
    sheet.y += 12;
  }
  const evidence = `Evidence digest of usage, prices and rule versions (SHA-256): ${document.evidenceDigest}`;
  full(sheet, paragraph(sheet, root, evidence, STYLES.small));
};

const heading = (sheet: Sheet, root: Element, text: string): Element => {
  const section = child(sheet, root, "Sect");
  sheet.keep(sheet.type.lineHeight(STYLES.heading) + sheet.type.lineHeight(STYLES.body) * 2);
  full(sheet, paragraph(sheet, section, text, STYLES.heading, { tag: "H2" }), 2);
  return section;
};

const full = (sheet: Sheet, block: Block, after = 0): void =>
  sheet.row([{ x: PAGE.left, width: CONTENT_WIDTH, blocks: [block] }], after);

/** What repeats on every page, drawn last, when the number of pages is known. */
export const drawMargins = (sheet: Sheet, document: InvoiceDocument): void => {
  const { start, count } = sheet.pdf.bufferedPageRange();
  const foot = PAGE.height - PAGE.bottom + 22;
  const draft = document.number === undefined ? "Draft: no tax document. " : "";
  const small = sheet.type.wrap(`${draft}${document.footer}`, STYLES.small, CONTENT_WIDTH - PAGE_NUMBER_WIDTH);
  if (small.length > FOOTER_LINES) throw invalid("footer", `takes ${small.length} lines, and ${FOOTER_LINES} fit`);
  const seller = sheet.type.wrap(document.seller.name, STYLES.small, CONTENT_WIDTH / 2).slice(0, 1);
  for (let index = 0; index < count; index += 1) {
    sheet.pdf.switchToPage(start + index);
    if (index > 0) {
      sheet.artifact(() => {
        put(sheet, seller, HEADER_TOP);
        putRight(sheet, `${titleText(document)}, continued`, HEADER_TOP);
      }, "Pagination");
      sheet.rule(PAGE.left, CONTENT_WIDTH, HEADER_TOP + 18, COLORS.line);
    }
    sheet.rule(PAGE.left, CONTENT_WIDTH, foot - 6, COLORS.line);
    sheet.artifact(() => {
      put(sheet, small, foot);
      putRight(sheet, `Page ${index + 1} of ${count}`, foot);
    }, "Pagination");
  }
};

const HEADER_TOP = 38;
const FOOTER_LINES = 2;
const PAGE_NUMBER_WIDTH = 90;

const put = (sheet: Sheet, lines: readonly Line[], top: number): void =>
  lines.forEach((line, index) =>
    sheet.type.draw(line, STYLES.small, PAGE.left, top + index * sheet.type.lineHeight(STYLES.small)),
  );

const putRight = (sheet: Sheet, text: string, top: number): void => {
  for (const line of sheet.type.wrap(text, STYLES.small, CONTENT_WIDTH / 2).slice(0, 1)) {
    const width = sheet.type.lineWidth(line, STYLES.small);
    sheet.type.draw(line, STYLES.small, PAGE.left + CONTENT_WIDTH - width, top);
  }
};
