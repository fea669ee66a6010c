import type { Font } from "fontkit";
import { hasGlyph, type LoadedFamily, type Weight } from "./fonts.ts";
import { breaksOf, type Paragraph, paragraphsOf, reversedSigns, stretchesOf } from "./paragraph.ts";

export interface Style {
  readonly size: number;
  readonly weight: Weight;
  readonly color: string;
}

/** A line of a text: `[start, end)` of one paragraph. */
export interface Line {
  readonly paragraph: Paragraph;
  readonly start: number;
  readonly end: number;
}

interface Run {
  /** In the order and with the mirrored brackets that the shaper expects. */
  readonly text: string;
  readonly family: LoadedFamily;
}

/** Scripts whose glyphs do not tell their letters: shared, joined or reordered. */
const SHAPED = /[\p{sc=Arabic}\p{sc=Devanagari}\p{sc=Thai}]/u;

/** What a line says where its glyphs alone do not tell, for copying and for reading aloud. */
export const actualText = (line: Line): string | undefined => {
  const text = line.paragraph.text.slice(line.start, line.end);
  return SHAPED.test(text) ? text : undefined;
};

/** Space from one line's top to the next, as a multiple of the font size: room for the accents of every script. */
const LEADING = 1.4;

const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Letters that lean on the one before them, and what joins them: these stay in its font. */
const LEANING = /^(?:[\p{M} ]|\u200C|\u200D)$/u;
const SIGN = /^[\p{P}\p{S}]$/u;

/** Measures, wraps and draws text of mixed scripts and directions on one document. */
export class Typesetter {
  readonly #pdf: PDFKit.PDFDocument;
  readonly #families: readonly LoadedFamily[];
  readonly #widths = new Map<string, number>();
  readonly #wrapped = new Map<string, readonly Line[]>();

  constructor(pdf: PDFKit.PDFDocument, families: readonly LoadedFamily[]) {
    this.#pdf = pdf;
    this.#families = families;
    for (const family of families) {
      const fonts: [string, Font][] = Object.entries(family.fonts);
      for (const [weight, font] of fonts) pdf.registerFont(`${family.name}-${weight}`, font);
    }
  }

  lineHeight(style: Style): number {
    return style.size * LEADING;
  }

  /** The lines of a text no wider than `width` points; a word that is wider by itself is cut between letters. */
  wrap(text: string, style: Style, width: number): readonly Line[] {
    const key = `${style.size} ${style.weight} ${width} ${text}`;
    const known = this.#wrapped.get(key);
    if (known) return known;
    const lines = paragraphsOf(text).flatMap((paragraph) => this.#wrapParagraph(paragraph, style, width));
    this.#wrapped.set(key, lines);
    return lines;
  }

  /** Width in points of the widest line when nothing wraps. */
  widthOf(text: string, style: Style): number {
    return Math.max(
      0,
      ...paragraphsOf(text).map((paragraph) =>
        this.lineWidth({ paragraph, start: 0, end: paragraph.text.length }, style),
      ),
    );
  }

  lineWidth(line: Line, style: Style): number {
    let width = 0;
    for (const run of this.#runsOf(line)) width += this.#runWidth(run, style);
    return width;
  }

  /** Draws a line with its left edge at x and its top at y. */
  draw(line: Line, style: Style, x: number, y: number): void {
    // One baseline for all fonts of the line, a fixed share of the size below its top.
    const baseline = y + style.size * 1.05;
    let left = x;
    this.#pdf.fillColor(style.color);
    for (const run of this.#runsOf(line)) {
      this.#select(run.family, style);
      this.#pdf.text(run.text, left, baseline, { lineBreak: false, baseline: "alphabetic", ...featuresOf(run) });
      left += this.#runWidth(run, style);
    }
  }

  #wrapParagraph(paragraph: Paragraph, style: Style, width: number): Line[] {
    const lines: Line[] = [];
    const { text } = paragraph;
    let start = 0;
    let end = 0;
    const fits = (to: number): boolean => this.lineWidth(trimmed(paragraph, start, to), style) <= width;
    const finish = (): void => {
      lines.push(trimmed(paragraph, start, end));
      start = end;
    };
    for (const next of breaksOf(text)) {
      if (end > start && !fits(next)) finish();
      if (!fits(next)) {
        for (const to of letterEnds(text, start, next)) {
          if (end > start && !fits(to)) finish();
          end = to;
        }
      }
      end = next;
    }
    lines.push(trimmed(paragraph, start, text.length));
    return lines;
  }

  #runsOf(line: Line): Run[] {
    return stretchesOf(line.paragraph, line.start, line.end).flatMap(({ text, isRightToLeft }) => {
      const runs = this.#runsOfStretch(text);
      return isRightToLeft ? runs.reverse().map((run) => ({ ...run, text: reversedSigns(run.text) })) : runs;
    });
  }

  #runsOfStretch(text: string): Run[] {
    const runs: { text: string; family: LoadedFamily }[] = [];
    for (const character of text) {
      const codePoint = character.codePointAt(0) ?? 0;
      const last = runs.at(-1);
      const leans = LEANING.test(character) || (last?.family.isShaped === true && SIGN.test(character));
      const stays = last !== undefined && leans && hasGlyph(last.family, codePoint);
      const family = stays ? last.family : this.#families.find((candidate) => hasGlyph(candidate, codePoint));
      if (!family) throw new RangeError(`no font shows U+${codePoint.toString(16)}`);
      if (last?.family === family) last.text += character;
      else runs.push({ text: character, family });
    }
    return runs;
  }

  #runWidth(run: Run, style: Style): number {
    const key = `${run.family.name} ${style.weight} ${run.text}`;
    const known = this.#widths.get(key);
    if (known !== undefined) return known * style.size;
    this.#select(run.family, { ...style, size: 1 });
    const width = this.#pdf.widthOfString(run.text, featuresOf(run));
    this.#widths.set(key, width);
    return width * style.size;
  }

  #select(family: LoadedFamily, style: Style): void {
    this.#pdf.font(`${family.name}-${style.weight}`).fontSize(style.size);
  }
}

const trimmed = (paragraph: Paragraph, start: number, end: number): Line => {
  let last = end;
  while (last > start && paragraph.text.charAt(last - 1) === " ") last -= 1;
  return { paragraph, start, end: last };
};

const letterEnds = (text: string, start: number, end: number): number[] =>
  Array.from(GRAPHEMES.segment(text.slice(start, end)), ({ index, segment }) => start + index + segment.length);

/** With any list of features, even an empty one, pdfkit shapes a run as one; without, it shapes and reuses each word. */
const featuresOf = (run: Run): { features?: [] } => (run.family.isShaped ? { features: [] } : {});
