import { actualText, type Line, type Style, type Typesetter } from "./typesetter.ts";

/** A4 in points, with the space that content keeps from its edges. */
export const PAGE = { width: 595.28, height: 841.89, left: 48, right: 48, top: 44, next: 76, bottom: 66 } as const;
export const CONTENT_WIDTH = PAGE.width - PAGE.left - PAGE.right;

/** A paragraph of a cell: what it says, how it looks, and its element in the document's structure. */
export interface Block {
  readonly text: string;
  readonly style: Style;
  readonly element: PDFKit.PDFStructureElement;
  readonly align?: "left" | "right";
  /** Points above it. */
  readonly space?: number;
  /** Where a click leads. */
  readonly link?: string;
}

/** A column of a row: its left edge and width in points. */
export interface Cell {
  readonly x: number;
  readonly width: number;
  readonly blocks: readonly Block[];
}

interface Placed {
  readonly line: Line;
  readonly block: Block;
  readonly cell: Cell;
  readonly above: number;
  readonly height: number;
}

/** Pages that fill from the top. Rows stay whole where they can, and go on over the page where they cannot. */
export class Sheet {
  readonly pdf: PDFKit.PDFDocument;
  readonly type: Typesetter;
  y = 0;
  /** Draws what stands at the top of a new page, such as the head of the table that goes on there. */
  onNewPage: (() => void) | undefined;

  constructor(pdf: PDFKit.PDFDocument, type: Typesetter) {
    this.pdf = pdf;
    this.type = type;
    this.pdf.addPage();
    this.y = PAGE.top;
  }

  /** Draws a row, and moves below it. `after` is the space in points that follows. */
  row(cells: readonly Cell[], after = 0): void {
    const columns = cells.map((cell) => this.#place(cell));
    this.keep(Math.max(0, ...columns.map(heightOf)));
    let open = columns;
    for (;;) {
      open = this.#fill(open);
      if (open.length === 0) break;
      this.newPage();
    }
    this.y += after;
  }

  /** Height in points of the row that these cells make. */
  heightOf(cells: readonly Cell[]): number {
    return Math.max(0, ...cells.map((cell) => heightOf(this.#place(cell))));
  }

  /**
   * Begins a new page unless `height` points are left; what fills more than half a page is not kept together.
   * Says whether it did.
   */
  keep(height: number): boolean {
    const room = PAGE.height - PAGE.bottom - this.y;
    const whole = PAGE.height - PAGE.bottom - PAGE.next;
    const isNeeded = height > room && (height <= whole / 2 || room < whole / 4);
    if (isNeeded) this.newPage();
    return isNeeded;
  }

  newPage(): void {
    this.pdf.addPage();
    this.y = PAGE.next;
    this.onNewPage?.();
  }

  /** What is decoration, or is repeated, and no part of what the document says. */
  artifact(draw: () => void, type: "Layout" | "Pagination" = "Layout"): void {
    this.pdf.markContent("Artifact", { type });
    draw();
    this.pdf.endMarkedContent();
  }

  rule(x: number, width: number, y: number, color: string, weight = 0.75): void {
    this.artifact(() => {
      this.pdf
        .lineWidth(weight)
        .strokeColor(color)
        .moveTo(x, y)
        .lineTo(x + width, y)
        .stroke();
    });
  }

  #place(cell: Cell): Placed[] {
    return cell.blocks.flatMap((block) =>
      this.type.wrap(block.text, block.style, cell.width).map((line, index) => {
        const above = index === 0 ? (block.space ?? 0) : 0;
        return { line, block, cell, above, height: above + this.type.lineHeight(block.style) };
      }),
    );
  }

  /** Draws of each column what fits on the page, and returns the columns that are not done. */
  #fill(columns: readonly (readonly Placed[])[]): Placed[][] {
    const top = this.y;
    const limit = PAGE.height - PAGE.bottom;
    const open: Placed[][] = [];
    for (const column of columns) {
      let y = top;
      let done = 0;
      for (const placed of column) {
        if (y + placed.height > limit && y > PAGE.next) break;
        this.#draw(placed, y + placed.above);
        y += placed.height;
        done += 1;
      }
      this.y = Math.max(this.y, y);
      if (done < column.length) open.push(column.slice(done));
    }
    return open;
  }

  #draw({ line, block, cell }: Placed, y: number): void {
    if (line.start === line.end) return;
    const { style, element } = block;
    const width = this.type.lineWidth(line, style);
    const x = block.align === "right" ? cell.x + cell.width - width : cell.x;
    const actual = actualText(line);
    const span = actual === undefined ? element : this.pdf.struct("Span", { actual });
    if (span !== element) element.add(span);
    span.add(this.pdf.markStructureContent("Span"));
    this.type.draw(line, style, x, y);
    this.pdf.endMarkedContent();
    if (block.link !== undefined)
      this.pdf.link(x, y, width, this.type.lineHeight(style), block.link, { structParent: element });
  }
}

const heightOf = (column: readonly Placed[]): number => column.reduce((sum, placed) => sum + placed.height, 0);
