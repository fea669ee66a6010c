/** Text as it stands on a page: points from the left and from the top of the page. */
export interface ShownText {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly baseline: number;
  readonly isBold: boolean;
  /** Whether it belongs to the structure of the document or is marked as decoration. */
  readonly isMarked: boolean;
}

interface Face {
  readonly letters: readonly string[];
  readonly widths: readonly number[];
  readonly isBold: boolean;
}

/** Reads an uncompressed PDF as this product writes it: every text of every page, in the order it is drawn. */
export const readPdf = (bytes: Uint8Array): ShownText[][] => {
  const source = Buffer.from(bytes).toString("latin1");
  const objects = new Map<string, string>();
  for (const [, id = "", body = ""] of source.matchAll(/(?:^|\n)(\d+) 0 obj\n([^]*?)\nendobj/g)) objects.set(id, body);
  const follow = (body: string, key: string): string =>
    objects.get(new RegExp(`/${key} \\[?(\\d+) 0 R`).exec(body)?.[1] ?? "") ?? "";
  const faceOf = (font: string): Face => {
    const [, list = ""] = /beginbfrange\n[^[]*\[([^]*)\]\nendbfrange/.exec(follow(font, "ToUnicode")) ?? [];
    const [, widths = ""] = /\/W \[0 \[([^\]]*)\]/.exec(follow(font, "DescendantFonts")) ?? [];
    return { letters: lettersOf(list), widths: widths.split(" ").map(Number), isBold: font.includes("Bold") };
  };
  const [, kids = ""] = /\/Kids \[([^\]]*)\]/.exec(source) ?? [];
  return Array.from(kids.matchAll(/(\d+) 0 R/g), ([, id = ""]) => {
    const page = objects.get(id) ?? "";
    const fonts = new Map<string, Face>();
    for (const [, name = "", ref = ""] of follow(page, "Resources").matchAll(/\/(F\d+) (\d+) 0 R/g))
      fonts.set(name, faceOf(objects.get(ref) ?? ""));
    const height = Number(/\/MediaBox \[0 0 \S+ ([^\]]+)\]/.exec(page)?.[1]);
    return shownOn(follow(page, "Contents"), fonts, height);
  });
};

const lettersOf = (list: string): string[] =>
  Array.from(list.matchAll(/<([^>]*)>/g), ([, hex = ""]) =>
    String.fromCharCode(
      ...hex
        .split(" ")
        .filter(Boolean)
        .map((unit) => Number.parseInt(unit, 16)),
    ),
  );

const shownOn = (content: string, fonts: ReadonlyMap<string, Face>, height: number): ShownText[] => {
  const shown: ShownText[] = [];
  let depth = 0;
  let at: { x: number; y: number } = { x: 0, y: 0 };
  let face: Face | undefined;
  let size = 0;
  for (const line of content.split("\n")) {
    if (/ (BDC|BMC)$/.test(line)) depth += 1;
    else if (line === "EMC") depth -= 1;
    const [, x, y] = /^1 0 0 1 (\S+) (\S+) Tm$/.exec(line) ?? [];
    if (x !== undefined && y !== undefined) at = { x: Number(x), y: Number(y) };
    const [, name, points] = /^\/(F\d+) (\S+) Tf$/.exec(line) ?? [];
    if (name !== undefined) [face, size] = [fonts.get(name), Number(points)];
    if (!line.endsWith(" TJ") || !face) continue;
    let [text, width] = ["", 0];
    for (const [, hex, kern] of line.matchAll(/<([0-9a-f]*)>|(-?[\d.]+)/g)) {
      if (kern !== undefined) width -= Number(kern);
      for (const glyph of hex?.match(/.{4}/g) ?? []) {
        text += face.letters[Number.parseInt(glyph, 16)] ?? "?";
        width += face.widths[Number.parseInt(glyph, 16)] ?? 0;
      }
    }
    const right = at.x + (width * size) / 1000;
    shown.push({ text, left: at.x, right, baseline: height - at.y, isBold: face.isBold, isMarked: depth > 0 });
  }
  return shown;
};

/** The texts of a page, one line a row of text, from the top. */
export const rowsOf = (page: readonly ShownText[]): string[] => {
  const rows = new Map<number, ShownText[]>();
  for (const shown of page) rows.set(shown.baseline, [...(rows.get(shown.baseline) ?? []), shown]);
  return [...rows.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, texts]) =>
      texts
        .sort((a, b) => a.left - b.left)
        .map(({ text }) => text)
        .join(" | "),
    );
};
/** All texts of some pages, one line a row. */
export const textOf = (pages: readonly ShownText[][]): string => pages.flatMap(rowsOf).join("\n");
