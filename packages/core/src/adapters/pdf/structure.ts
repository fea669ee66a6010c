import { COLORS, STYLES } from "./palette.ts";
import type { Block, Cell, Sheet } from "./sheet.ts";
import type { Style } from "./typesetter.ts";

export type Element = PDFKit.PDFStructureElement;

/** A new element under a parent. */
export const child = (
  sheet: Sheet,
  parent: Element,
  tag: string,
  options: PDFKit.Mixins.StructureElementOptions = {},
): Element => {
  const element = sheet.pdf.struct(tag, options);
  parent.add(element);
  return element;
};

/** A paragraph in a style, as an element of its own. */
export const paragraph = (
  sheet: Sheet,
  parent: Element,
  text: string,
  style: Style = STYLES.body,
  options: Pick<Block, "align" | "space" | "link"> & { tag?: string } = {},
): Block => {
  const { tag = "P", ...look } = options;
  return { text, style, element: child(sheet, parent, tag), ...look };
};

/** A small label above what it names. */
export const labelled = (sheet: Sheet, parent: Element, label: string, text: string): Block[] => [
  paragraph(sheet, parent, label, STYLES.label),
  paragraph(sheet, parent, text, STYLES.body, { space: 2 }),
];

/** Cells beside each other that share a width by weight. */
export const beside = (
  x: number,
  width: number,
  gap: number,
  columns: readonly { readonly weight?: number; readonly blocks: readonly Block[] }[],
): Cell[] => {
  const weights = columns.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const room = width - gap * (columns.length - 1);
  let left = x;
  return columns.map(({ weight = 1, blocks }) => {
    const cell = { x: left, width: (room * weight) / weights, blocks };
    left += cell.width + gap;
    return cell;
  });
};

/** A thin line over the whole width, with space below it. */
export const separator = (sheet: Sheet, x: number, width: number, after = 12): void => {
  sheet.rule(x, width, sheet.y, COLORS.line);
  sheet.y += after;
};
