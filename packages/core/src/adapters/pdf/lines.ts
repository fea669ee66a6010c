import { displayAmount, displayNumber } from "../../money/index.ts";
import type { DocumentLine, DocumentStep, InvoiceDocument } from "../../ports/index.ts";
import { COLORS, STYLES } from "./palette.ts";
import { type Block, type Cell, CONTENT_WIDTH, PAGE, type Sheet } from "./sheet.ts";
import { child, type Element } from "./structure.ts";
import type { Style } from "./typesetter.ts";

type Texts = readonly [description: string, quantity: string, unit: string, price: string, amount: string];

const GAP = 12;
const PADDING = 6;
const INDENT = 12;
/** Description takes what the others leave, and never less than this share. */
const DESCRIPTION_SHARE = 0.4;
const AMOUNT = 4;
const RIGHT = [false, true, false, true, true];

interface Column {
  readonly x: number;
  readonly width: number;
}

/** One row a line, one row below it for each step and note. */
export const drawLines = (sheet: Sheet, root: Element, document: InvoiceDocument): void => {
  const titles: Texts = ["Description", "Quantity", "Unit", "Unit price", `Amount (${document.currency})`];
  const rows = document.lines.map((line) => rowsOf(line, document.currency));
  const columns = columnsOf(sheet, titles, rows.flat());
  const table = child(sheet, root, "Table");
  const header = child(sheet, child(sheet, table, "THead"), "TR");
  drawTitles(sheet, columns, titles, header);
  const body = child(sheet, table, "TBody");
  sheet.onNewPage = () => drawTitles(sheet, columns, titles);
  rows.forEach((parts, index) => {
    const cells = parts.map((part) => cellsOf(sheet, columns, body, part));
    const height = cells.reduce((sum, row) => sum + sheet.heightOf(row), PADDING * 2);
    // The rule belongs to the line below it: none is left over at the foot of a page.
    const isOnNewPage = sheet.keep(height);
    if (index > 0 && !isOnNewPage) sheet.rule(PAGE.left, CONTENT_WIDTH, sheet.y, COLORS.line, 0.5);
    sheet.y += PADDING;
    for (const row of cells) sheet.row(row);
    sheet.y += PADDING;
  });
  sheet.onNewPage = undefined;
  sheet.rule(PAGE.left, CONTENT_WIDTH, sheet.y, COLORS.muted, 0.75);
  sheet.y += 12;
};

interface Row {
  readonly texts: Texts;
  readonly style: Style;
  readonly indent: number;
  readonly isTitle: boolean;
}

const rowsOf = (line: DocumentLine, currency: string): Row[] => [
  {
    texts: [
      line.title,
      number(line.quantity),
      line.unit ?? "",
      price(line.unitPrice, currency),
      displayAmount(line.amount, currency),
    ],
    style: STYLES.body,
    indent: 0,
    isTitle: true,
  },
  ...(line.detail === undefined ? [] : [remark(line.detail)]),
  ...line.steps.map((step) => stepRow(step, currency)),
  ...line.notes.map(remark),
];

const remark = (text: string): Row => ({
  texts: [text, "", "", "", ""],
  style: STYLES.detail,
  indent: 0,
  isTitle: false,
});

const stepRow = (step: DocumentStep, currency: string): Row => {
  const fee = step.flatFee === undefined ? "" : `, plus ${displayAmount(step.flatFee, currency)} flat`;
  return {
    texts: [
      `${step.text}${fee}`,
      number(step.quantity),
      "",
      price(step.unitPrice, currency),
      displayAmount(step.amount, currency),
    ],
    style: STYLES.detail,
    indent: INDENT,
    isTitle: false,
  };
};

const number = (value: string | undefined): string => (value === undefined ? "" : displayNumber(value));
const price = (value: string | undefined, currency: string): string =>
  value === undefined ? "" : displayAmount(value, currency);

/** Number columns are as wide as their widest text, but leave the description its share. */
const columnsOf = (sheet: Sheet, titles: Texts, rows: readonly Row[]): Column[] => {
  const wanted = titles.slice(1).map((title, index) => {
    let width = sheet.type.widthOf(title, STYLES.label);
    for (const row of rows)
      width = Math.max(width, sheet.type.widthOf(row.texts[index + 1] ?? "", styleOf(row, index + 1)));
    return width;
  });
  const total = wanted.reduce((sum, width) => sum + width, 0);
  const room = CONTENT_WIDTH * (1 - DESCRIPTION_SHARE) - GAP * wanted.length;
  const scale = Math.min(1, room / total);
  let right = PAGE.left + CONTENT_WIDTH;
  const columns: Column[] = [];
  for (const width of wanted.toReversed()) {
    columns.unshift({ x: right - width * scale, width: width * scale });
    right -= width * scale + GAP;
  }
  return [{ x: PAGE.left, width: right - PAGE.left }, ...columns];
};

/** The title of a line and its amount stand out: they are what the eye adds up. */
const styleOf = (row: Row, index: number): Style =>
  row.isTitle && (index === 0 || index === AMOUNT) ? STYLES.strong : row.style;

const HEAD_HEIGHT = 20;

/** The titles of the columns: part of the table once, and repeated for the eye on its further pages. */
const drawTitles = (sheet: Sheet, columns: readonly Column[], titles: Texts, header?: Element): void => {
  const top = sheet.y;
  sheet.artifact(() => {
    sheet.pdf.rect(PAGE.left - 6, top, CONTENT_WIDTH + 12, HEAD_HEIGHT).fill(COLORS.head);
  });
  const draw = (index: number, column: Column): void => {
    const [line] = sheet.type.wrap(titles[index] ?? "", STYLES.label, column.width);
    if (!line) return;
    const x = RIGHT[index] === true ? column.x + column.width - sheet.type.lineWidth(line, STYLES.label) : column.x;
    sheet.type.draw(line, STYLES.label, x, top + 4.5);
  };
  columns.forEach((column, index) => {
    if (!header) {
      sheet.artifact(() => draw(index, column), "Pagination");
      return;
    }
    const cell = child(sheet, header, "TH", { scope: "Column" });
    cell.add(sheet.pdf.markStructureContent("Span"));
    draw(index, column);
    sheet.pdf.endMarkedContent();
  });
  sheet.y = top + HEAD_HEIGHT;
};

const cellsOf = (sheet: Sheet, columns: readonly Column[], body: Element, row: Row): Cell[] => {
  const element = child(sheet, body, "TR");
  return columns.map((column, index): Cell => {
    const isFirst = index === 0;
    const block: Block = {
      text: row.texts[index] ?? "",
      style: styleOf(row, index),
      element: isFirst ? child(sheet, element, "TH", { scope: "Row" }) : child(sheet, element, "TD"),
      align: RIGHT[index] === true ? "right" : "left",
    };
    const indent = isFirst ? row.indent : 0;
    return { x: column.x + indent, width: column.width - indent, blocks: [block] };
  });
};
