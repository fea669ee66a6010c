import type { Cell, Hop, Layers } from "./layers.ts";

const SWEEPS = 12;
const SHIFTS = 40;
const GAP = 26;
const PASSAGE_GAP = 14;

interface Neighbour {
  readonly key: string;
  readonly pull: number;
}

type Neighbours = ReadonlyMap<string, readonly Neighbour[]>;

const neighbours = (hops: readonly Hop[], side: "above" | "below"): Neighbours => {
  const found = new Map<string, Neighbour[]>();
  for (const { from, to, pull } of hops) {
    const [of, key] = side === "above" ? [to, from] : [from, to];
    const known = found.get(of);
    if (known) known.push({ key, pull });
    else found.set(of, [{ key, pull }]);
  }
  return found;
};

const weightedMean = (near: readonly Neighbour[], valueOf: (key: string) => number): number | undefined => {
  const pull = near.reduce((sum, one) => sum + one.pull, 0);
  return pull === 0 ? undefined : near.reduce((sum, one) => sum + one.pull * valueOf(one.key), 0) / pull;
};

/** Orders every row by where its neighbours stand, down and up in turn, so that few lines cross. */
const ordered = (layers: Layers, above: Neighbours, below: Neighbours): readonly (readonly Cell[])[] => {
  const rows = layers.rows.map((row) => [...row]);
  const place = new Map<string, number>();
  const number = (row: readonly Cell[]): void =>
    row.forEach((cell, index) => place.set(cell.key, index + 0.5 - row.length / 2));
  rows.forEach(number);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    for (const row of isDown ? rows : rows.toReversed()) {
      const wish = new Map(
        row.map((cell) => {
          const near = (isDown ? above : below).get(cell.key) ?? [];
          return [cell.key, weightedMean(near, (key) => place.get(key) ?? 0) ?? place.get(cell.key) ?? 0];
        }),
      );
      row.sort((a, b) => (wish.get(a.key) ?? 0) - (wish.get(b.key) ?? 0));
      number(row);
    }
  }
  return rows;
};

const gapBetween = (a: Cell, b: Cell): number => (a.isPassage || b.isPassage ? PASSAGE_GAP : GAP);

/**
 * Places that keep the order and the distances of a row and are, in the sum of squares, nearest to where its cells want to be
 * (isotonic regression by pooling adjacent violators).
 */
const settled = (
  row: readonly Cell[],
  wishOf: (cell: Cell) => { readonly at: number; readonly pull: number },
): number[] => {
  const offsets: number[] = [];
  const pools: { at: number; pull: number; size: number }[] = [];
  let offset = 0;
  for (const [index, cell] of row.entries()) {
    const before = row[index - 1];
    if (before !== undefined) offset += (before.width + cell.width) / 2 + gapBetween(before, cell);
    offsets.push(offset);
    const wish = wishOf(cell);
    let pool = { at: wish.at - offset, pull: wish.pull, size: 1 };
    for (let last = pools.at(-1); last !== undefined && last.at > pool.at; last = pools.at(-1)) {
      const pull = last.pull + pool.pull;
      pool = { at: (last.at * last.pull + pool.at * pool.pull) / pull, pull, size: last.size + pool.size };
      pools.pop();
    }
    pools.push(pool);
  }
  const places = pools.flatMap(({ at, size }) => Array.from({ length: size }, () => at));
  return places.map((at, index) => at + (offsets[index] ?? 0));
};

/** The middle of every cell, from the left edge of the drawing. */
export const columnsOf = (
  layers: Layers,
): { readonly middleOf: ReadonlyMap<string, number>; readonly width: number } => {
  const [above, below] = [neighbours(layers.hops, "above"), neighbours(layers.hops, "below")];
  const rows = ordered(layers, above, below);
  const middle = new Map<string, number>();
  for (const row of rows)
    settled(row, () => ({ at: 0, pull: 1 })).forEach((at, index) => middle.set(row[index]?.key ?? "", at));
  for (let sweep = 0; sweep <= SHIFTS; sweep += 1) {
    const isDown = sweep % 2 === 0;
    for (const row of isDown ? rows : rows.toReversed()) {
      const places = settled(row, (cell) => {
        const near = [
          ...(isDown || sweep === SHIFTS ? (above.get(cell.key) ?? []) : []),
          ...(!isDown || sweep === SHIFTS ? (below.get(cell.key) ?? []) : []),
        ];
        const own = middle.get(cell.key) ?? 0;
        const at = weightedMean(near, (key) => middle.get(key) ?? 0) ?? own;
        return { at, pull: near.reduce((sum, one) => sum + one.pull, 0.1) };
      });
      places.forEach((at, index) => middle.set(row[index]?.key ?? "", at));
    }
  }
  const cells = rows.flat();
  let [left, right] = [Number.POSITIVE_INFINITY, 0];
  for (const cell of cells) left = Math.min(left, (middle.get(cell.key) ?? 0) - cell.width / 2);
  for (const cell of cells) {
    const at = (middle.get(cell.key) ?? 0) - left;
    middle.set(cell.key, at);
    right = Math.max(right, at + cell.width / 2);
  }
  return { middleOf: middle, width: right };
};
