import bidiFactory from "bidi-js";

const bidi = bidiFactory();

/** A text with the direction of each of its characters. */
export interface Paragraph {
  readonly text: string;
  /** Absent where everything reads from left to right. */
  readonly levels?: ReturnType<typeof bidi.getEmbeddingLevels>;
}

/** A stretch of one direction, in reading order; stretches of a line come in the order they are drawn, from the left. */
export interface Stretch {
  readonly text: string;
  readonly isRightToLeft: boolean;
}

const RIGHT_TO_LEFT = /[\p{sc=Arab}\p{sc=Hebrew}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}\u200F\u2067]/u;
const STRONG_RIGHT_TO_LEFT = /[\p{sc=Arab}\p{sc=Hebrew}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}]/u;
/** Direction marks and isolates: they steer the order and have no shape. */
const MARKS = /[\u061C\u200E\u200F\u2066-\u2069]/g;

/** Text with the blanks that a layout knows: one kind of space, one kind of line end, no soft hyphen, composed letters. */
export const plainText = (text: string): string =>
  text
    .normalize("NFC")
    .replace(/\r\n?|\u2028|\u2029/g, "\n")
    .replace(/[\t\u00A0\u2000-\u200A\u202F\u205F]/g, " ")
    .replace(/[\u00AD\u200B\u2060\uFEFF]/g, "");

/** Keeps the direction of a foreign text from reordering what stands beside it (Unicode first strong isolate). */
export const isolated = (text: string): string => (RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text);

export const paragraphsOf = (text: string): Paragraph[] =>
  plainText(text)
    .split("\n")
    .map((line) => {
      const clean = line.trimEnd();
      return RIGHT_TO_LEFT.test(clean) ? { text: clean, levels: bidi.getEmbeddingLevels(clean) } : { text: clean };
    });

/** Stretches of `[start, end)` of a paragraph, from the left. */
export const stretchesOf = (paragraph: Paragraph, start: number, end: number): Stretch[] => {
  const { text, levels } = paragraph;
  if (start >= end) return [];
  if (!levels) return [{ text: text.slice(start, end), isRightToLeft: false }];
  const order = bidi.getReorderedIndices(text, levels, start, end - 1);
  const place = new Map(order.map((logical, visual) => [logical, visual]));
  const stretches: { from: number; level: number; text: string }[] = [];
  for (let index = start; index < end; index += 1) {
    const level = levels.levels[index] ?? 0;
    const last = stretches.at(-1);
    if (last?.level === level) last.text += text.charAt(index);
    else stretches.push({ from: index, level, text: text.charAt(index) });
  }
  return stretches
    .sort((a, b) => (place.get(a.from) ?? 0) - (place.get(b.from) ?? 0))
    .map(({ level, text: logical }) => ({ isRightToLeft: level % 2 === 1, text: shown(logical, level % 2 === 1) }))
    .filter((stretch) => stretch.text !== "");
};

const shown = (logical: string, isRightToLeft: boolean): string => {
  const visible = logical.replace(MARKS, "");
  if (!isRightToLeft) return visible;
  return Array.from(visible, (character) => bidi.getMirroredCharacter(character) ?? character).join("");
};

/** The shaper reverses letters of right-to-left scripts itself, but not a run of signs alone. */
export const reversedSigns = (text: string): string =>
  STRONG_RIGHT_TO_LEFT.test(text) ? text : Array.from(text).reverse().join("");

const BREAK_ANYWHERE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\u3000-\u303F\uFF00-\uFFEF]/u;
const NEVER_FIRST = /[、。，．）」』】〉》！？：；ー々,.!?:;)\]}%]/u;
const NEVER_LAST = /[（「『【〈《([{]/u;

/** Where a line may end: indices after spaces, after hyphens and slashes inside words, and between ideographs. */
export const breaksOf = (text: string): number[] => {
  const breaks: number[] = [];
  for (let index = 1; index < text.length; index += 1) {
    const [before, after] = [text.charAt(index - 1), text.charAt(index)];
    const isBetweenWords = before === " " && after !== " ";
    const isInsideWord =
      /[-/_]/.test(before) && /[\p{L}\p{N}]/u.test(after) && index > 1 && text.charAt(index - 2) !== " ";
    const isIdeograph = (BREAK_ANYWHERE.test(before) || BREAK_ANYWHERE.test(after)) && before !== " " && after !== " ";
    if (isBetweenWords || isInsideWord || (isIdeograph && !NEVER_FIRST.test(after) && !NEVER_LAST.test(before)))
      breaks.push(index);
  }
  return [...breaks, text.length];
};
