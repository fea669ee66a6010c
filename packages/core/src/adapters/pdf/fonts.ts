import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { create, type Font } from "fontkit";
import { Problem } from "../../kernel/index.ts";

export type Weight = "regular" | "bold";

interface Family {
  /** File stem of the family inside its package. */
  readonly name: string;
  readonly package: string;
  /** Characters for which the family is worth loading. */
  readonly covers: RegExp;
  /** Its glyphs depend on their neighbours: a run is shaped as one. */
  readonly isShaped: boolean;
}

export interface LoadedFamily extends Family {
  readonly fonts: Readonly<Record<Weight, Font>>;
}

/** Latin, Greek, Cyrillic and Devanagari: always there, and the first choice for every character it has. */
const BASE: Family = { name: "NotoSans", package: "noto-sans", covers: /^/u, isShaped: false };

const CJK = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303F\uFF00-\uFFEF]/u;

/** Loaded when a document needs them and their package is installed. Han is tried in Japanese forms first. */
const FURTHER: readonly Family[] = [
  { name: "NotoSansArabic", package: "noto-sans-arabic", covers: /[\p{scx=Arab}\u060C\u061B\u061F]/u, isShaped: true },
  { name: "NotoSansHebrew", package: "noto-sans-hebrew", covers: /\p{sc=Hebrew}/u, isShaped: true },
  { name: "NotoSansThai", package: "noto-sans-thai", covers: /\p{sc=Thai}/u, isShaped: true },
  { name: "NotoSansJP", package: "noto-sans-jp", covers: CJK, isShaped: false },
  { name: "NotoSansKR", package: "noto-sans-kr", covers: /\p{sc=Hangul}/u, isShaped: false },
  { name: "NotoSansSC", package: "noto-sans-sc", covers: CJK, isShaped: false },
  { name: "NotoSansTC", package: "noto-sans-tc", covers: CJK, isShaped: false },
];

const FILES: Readonly<Record<Weight, string>> = { regular: "400Regular", bold: "700Bold" };

const require = createRequire(import.meta.url);

const folderOf = (family: Family): string | undefined => {
  try {
    return dirname(require.resolve(`@expo-google-fonts/${family.package}/package.json`));
  } catch {
    return undefined;
  }
};

const parse = async (folder: string, family: Family, weight: Weight): Promise<Font> => {
  const font = create(await readFile(join(folder, FILES[weight], `${family.name}_${FILES[weight]}.ttf`)));
  if (!("layout" in font)) throw new Problem("internal", "INTERNAL", `${family.name} is a collection, not a font`);
  return font;
};

const readFamily = async (family: Family): Promise<LoadedFamily | undefined> => {
  const folder = folderOf(family);
  if (folder === undefined) return undefined;
  const [regular, bold] = await Promise.all([parse(folder, family, "regular"), parse(folder, family, "bold")]);
  return { ...family, fonts: { regular, bold } };
};

/** Parsing costs far more than printing: each font is parsed once a process. */
const loaded = new Map<string, Promise<LoadedFamily | undefined>>();

const load = (family: Family): Promise<LoadedFamily | undefined> => {
  const known = loaded.get(family.name);
  if (known) return known;
  const loading = readFamily(family);
  loaded.set(family.name, loading);
  loading.catch(() => loaded.delete(family.name));
  return loading;
};

/** Whether both weights of a family can show a code point. */
export const hasGlyph = (family: LoadedFamily, codePoint: number): boolean =>
  family.fonts.regular.hasGlyphForCodePoint(codePoint) && family.fonts.bold.hasGlyphForCodePoint(codePoint);

/**
 * The families that together show a text, in order of preference, and the code points that none of them has. Throws an
 * internal Problem when the base family is not installed.
 */
export const familiesFor = async (
  text: string,
): Promise<{ families: readonly LoadedFamily[]; missing: ReadonlySet<number> }> => {
  const base = await load(BASE);
  if (!base) {
    throw new Problem("internal", "FONT_MISSING", `@expo-google-fonts/${BASE.package} is not installed: run npm ci.`);
  }
  const families = [base];
  const lacks = (codePoint: number): boolean => !families.some((family) => hasGlyph(family, codePoint));
  let missing = [...new Set(Array.from(text, (character) => character.codePointAt(0) ?? 0))].filter(lacks);
  for (const family of FURTHER) {
    if (!missing.some((codePoint) => family.covers.test(String.fromCodePoint(codePoint)))) continue;
    const further = await load(family);
    if (!further) continue;
    families.push(further);
    missing = missing.filter(lacks);
  }
  return { families, missing: new Set(missing) };
};

/** Npm package that would show a character, where one is known. */
export const packageFor = (character: string): string | undefined => {
  const family = FURTHER.find(({ covers }) => covers.test(character));
  return family && `@expo-google-fonts/${family.package}`;
};

/**
 * Forgets the glyphs of earlier documents. fontkit keeps with each glyph the characters it was first used for, and these
 * are written into the file: without this, the bytes of a document would depend on what was printed before it.
 */
export const forgetGlyphs = (families: readonly LoadedFamily[]): void => {
  for (const { fonts } of families) for (const font of Object.values(fonts)) Reflect.set(font, "_glyphs", {});
};
