/** A thing to be placed: a state, or the start or the end of a machine. */
export interface Item {
  readonly key: string;
  readonly width: number;
  readonly height: number;
}

/** A line to be drawn from one item to another. */
export interface Line {
  readonly from: string;
  readonly to: string;
  readonly kind: "next" | "choice" | "catch";
  /** How wide its label is; 0 without one. */
  readonly labelWidth: number;
}

/** What stands in a row: an item, or the place where a long line passes through. */
export interface Cell extends Item {
  readonly isPassage: boolean;
}

/** Two cells of rows that follow each other, joined by a line. */
export interface Hop {
  readonly from: string;
  readonly to: string;
  /** How much it wants to be straight. */
  readonly pull: number;
}

export interface Layers {
  readonly rows: readonly (readonly Cell[])[];
  readonly hops: readonly Hop[];
  /** The cells that each line passes on its way down, both ends included. */
  readonly routes: ReadonlyMap<Line, readonly string[]>;
  /** Lines that lead back up. */
  readonly loops: readonly Line[];
  readonly rankOf: ReadonlyMap<string, number>;
}

const PASSAGE_WIDTH = 14;
const LABEL_HEIGHT = 20;
/** A long line bends at its ends rather than on its way. */
const STRAIGHT = 6;
const PULL = { next: 6, choice: 3, catch: 1 } as const;

const grouped = (lines: readonly Line[]): ReadonlyMap<string, readonly Line[]> =>
  Map.groupBy(lines, (line) => line.from);

/** Items in an order in which only lines that lead back up lead to an earlier one, and those lines. */
const sorted = (items: readonly Item[], lines: readonly Line[]): { order: string[]; loops: Set<Line> } => {
  const from = grouped(lines);
  const state = new Map<string, "open" | "done">();
  const finished: string[] = [];
  const loops = new Set<Line>();
  for (const { key } of items) {
    const stack: { readonly key: string; next: number }[] = state.has(key) ? [] : [{ key, next: 0 }];
    if (!state.has(key)) state.set(key, "open");
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const line = from.get(top.key)?.[top.next];
      top.next += 1;
      if (line === undefined) {
        state.set(top.key, "done");
        finished.push(top.key);
        stack.pop();
      } else if (state.get(line.to) === "open") loops.add(line);
      else if (!state.has(line.to)) {
        state.set(line.to, "open");
        stack.push({ key: line.to, next: 0 });
      }
    }
  }
  return { order: finished.toReversed(), loops };
};

/** The row of each item: below everything that leads to it, with a row between where a label needs one. */
const ranked = (order: readonly string[], lines: readonly Line[]): Map<string, number> => {
  const from = grouped(lines);
  const rankOf = new Map(order.map((key) => [key, 0]));
  for (const key of order)
    for (const line of from.get(key) ?? []) {
      const least = (rankOf.get(key) ?? 0) + (line.labelWidth > 0 ? 2 : 1);
      rankOf.set(line.to, Math.max(rankOf.get(line.to) ?? 0, least));
    }
  return rankOf;
};

/**
 * Sorts items into rows, each below what leads to it, and gives long lines a passage in every row between. Lines of one kind to one item
 * share their passages, so that a state to which many lead does not make the drawing wide. Terminates for any lines, loops too.
 */
export const layersOf = (items: readonly Item[], lines: readonly Line[]): Layers => {
  const { order, loops } = sorted(items, lines);
  const down = lines.filter((line) => !loops.has(line));
  const rankOf = ranked(order, down);
  const byKey = new Map(items.map((item) => [item.key, item]));
  const rows: Cell[][] = [];
  const rowAt = (rank: number): Cell[] => (rows[rank] ??= []);
  for (const key of order) {
    const item = byKey.get(key);
    if (item !== undefined) rowAt(rankOf.get(key) ?? 0).push({ ...item, isPassage: false });
  }
  const hops = new Map<string, Hop>();
  const routes = new Map<Line, readonly string[]>();
  for (const [index, line] of down.entries()) {
    const [first, last] = [rankOf.get(line.from) ?? 0, rankOf.get(line.to) ?? 0];
    const route = [line.from];
    for (let rank = first + 1; rank < last; rank += 1) {
      const isLabel = rank === first + 1 && line.labelWidth > 0;
      const key = isLabel ? `label ${index}` : `to ${line.to} ${line.kind === "catch" ? "caught" : ""} ${rank}`;
      if (!rankOf.has(key)) {
        rankOf.set(key, rank);
        const [width, height] = isLabel ? [line.labelWidth, LABEL_HEIGHT] : [PASSAGE_WIDTH, 0];
        rowAt(rank).push({ key, width, height, isPassage: true });
      }
      route.push(key);
    }
    route.push(line.to);
    routes.set(line, route);
    for (const [step, to] of route.slice(1).entries()) {
      const from = route[step] ?? line.from;
      const known = hops.get(`${from}\n${to}`)?.pull ?? 0;
      const isBetweenPassages = step > 0 && step < route.length - 2;
      const pull = PULL[line.kind] * (isBetweenPassages ? STRAIGHT : 1);
      hops.set(`${from}\n${to}`, { from, to, pull: Math.max(known, pull) });
    }
  }
  return { rows, hops: [...hops.values()], routes, loops: [...loops], rankOf };
};
