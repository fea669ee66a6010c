import type { Layers, Line } from "./layers.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line as it is drawn: its path, the tip of its arrow (which points down), and where its label stands. */
export interface DrawnLine {
  readonly line: Line;
  readonly path: string;
  readonly tip: Point;
  readonly label: Point | undefined;
}

/** Rows from top to bottom. */
export interface Rows {
  readonly tops: readonly number[];
  readonly bottoms: readonly number[];
  readonly height: number;
}

interface Placed {
  readonly layers: Layers;
  readonly middleOf: ReadonlyMap<string, number>;
  readonly rows: Rows;
  /** Where an item ends, from the top of its row. */
  readonly heightOf: ReadonlyMap<string, number>;
}

const ROW_GAP = 30;
const CHANNEL = 10;
const LANE = 14;
const CORNER = 6;
/** Lines that lead back up keep this far from the middle of an item, where the lines down are. */
const ASIDE = 16;

/** Heights of the rows; between two rows is room for each line that leads back up from or to there. */
export const rowsOf = ({ rows, loops, rankOf }: Layers): Rows => {
  const channels = new Map<number, number>();
  const add = (gap: number): void => void channels.set(gap, (channels.get(gap) ?? 0) + 1);
  for (const loop of loops) {
    add(rankOf.get(loop.from) ?? 0);
    add((rankOf.get(loop.to) ?? 0) - 1);
  }
  const tops: number[] = [];
  const bottoms: number[] = [];
  let y = (channels.get(-1) ?? 0) * CHANNEL;
  for (const [rank, row] of rows.entries()) {
    tops.push(y);
    let height = 0;
    for (const cell of row) height = Math.max(height, cell.height);
    y += height;
    bottoms.push(y);
    y += (rank === rows.length - 1 ? 0 : ROW_GAP) + (channels.get(rank) ?? 0) * CHANNEL;
  }
  return { tops, bottoms, height: y };
};

/**
 * A line down: straight through rows, bent only between them, so that it crosses no item. Its path goes from the tip up, so that the
 * dashes of lines that end together fall together.
 */
const downward = (line: Line, route: readonly string[], at: Placed): DrawnLine => {
  const { layers, middleOf, rows, heightOf } = at;
  const xOf = (key: string): number => middleOf.get(key) ?? 0;
  const topOf = (key: string): number => rows.tops[layers.rankOf.get(key) ?? 0] ?? 0;
  const bottomOf = (key: string): number => rows.bottoms[layers.rankOf.get(key) ?? 0] ?? 0;
  const steps = [`M${xOf(line.to)} ${topOf(line.to)}`];
  for (let index = route.length - 1; index > 0; index -= 1) {
    const [key, before] = [route[index] ?? line.to, route[index - 1] ?? line.from];
    const middle = (bottomOf(before) + topOf(key)) / 2;
    const upTo = topOf(before) + (index === 1 ? (heightOf.get(before) ?? 0) : 0);
    steps.push(`C${xOf(key)} ${middle} ${xOf(before)} ${middle} ${xOf(before)} ${bottomOf(before)}V${upTo}`);
  }
  const labelKey = line.labelWidth > 0 ? route[1] : undefined;
  return {
    line,
    path: steps.join(""),
    tip: { x: xOf(line.to), y: topOf(line.to) },
    label: labelKey === undefined ? undefined : { x: xOf(labelKey), y: (topOf(labelKey) + bottomOf(labelKey)) / 2 },
  };
};

/** A line back up: out below its state, in a lane right of everything, and in from above. */
const upward = (line: Line, lane: number, channel: { below: number; above: number }, at: Placed): DrawnLine => {
  const { layers, middleOf, rows, heightOf } = at;
  const [source, target] = [layers.rankOf.get(line.from) ?? 0, layers.rankOf.get(line.to) ?? 0];
  const out = (middleOf.get(line.from) ?? 0) + ASIDE;
  const into = (middleOf.get(line.to) ?? 0) + ASIDE;
  const start = (rows.tops[source] ?? 0) + (heightOf.get(line.from) ?? 0);
  const end = rows.tops[target] ?? 0;
  const [below, above] = [(rows.bottoms[source] ?? 0) + channel.below, end - channel.above];
  return {
    line,
    path: [
      `M${into} ${end}V${above + CORNER}Q${into} ${above} ${into + CORNER} ${above}H${lane - CORNER}`,
      `Q${lane} ${above} ${lane} ${above + CORNER}V${below - CORNER}Q${lane} ${below} ${lane - CORNER} ${below}`,
      `H${out + CORNER}Q${out} ${below} ${out} ${below - CORNER}V${start}`,
    ].join(""),
    tip: { x: into, y: end },
    label: line.labelWidth > 0 ? { x: lane + line.labelWidth / 2 + 4, y: (below + above) / 2 } : undefined,
  };
};

/** All lines, and how wide the drawing becomes by those that lead back up. */
export const drawLines = (
  at: Placed,
  width: number,
): { readonly lines: readonly DrawnLine[]; readonly width: number } => {
  const { layers } = at;
  const span = (line: Line): number => (layers.rankOf.get(line.from) ?? 0) - (layers.rankOf.get(line.to) ?? 0);
  const used = new Map<number, number>();
  const take = (gap: number): number => {
    const taken = (used.get(gap) ?? 0) + 1;
    used.set(gap, taken);
    return taken * CHANNEL + 2;
  };
  let edge = width;
  const loops = layers.loops
    .toSorted((a, b) => span(a) - span(b))
    .map((line) => {
      const lane = edge + LANE;
      edge = lane + (line.labelWidth > 0 ? line.labelWidth + 6 : 0);
      const channel = {
        below: take(layers.rankOf.get(line.from) ?? 0),
        above: take((layers.rankOf.get(line.to) ?? 0) - 1),
      };
      return upward(line, lane, channel, at);
    });
  const down = [...layers.routes].map(([line, route]) => downward(line, route, at));
  return { lines: [...down, ...loops], width: edge };
};
