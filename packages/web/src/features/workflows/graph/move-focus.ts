import type { PlacedState } from "./layout.ts";

const DIRECTIONS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
};

/** How far to the side counts against how far ahead: up and down go to the next row, left and right stay in theirs as far as they can. */
const ASIDE = { row: 0.001, column: 2 };

/** The state that is next in the direction of an arrow key; undefined for other keys and at the edge. */
export const nextState = (states: readonly PlacedState[], from: string, key: string): string | undefined => {
  const direction = DIRECTIONS[key];
  const start = states.find((one) => one.state.name === from);
  if (direction === undefined || start === undefined) return undefined;
  const [dx, dy] = direction;
  const middle = (one: PlacedState): readonly [number, number] => [one.x + one.width / 2, one.y];
  const [x, y] = middle(start);
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const one of states) {
    const [toX, toY] = middle(one);
    const ahead = (toX - x) * dx + (toY - y) * dy;
    const aside = Math.abs((toX - x) * dy) + Math.abs((toY - y) * dx);
    const distance = ahead + (dy === 0 ? ASIDE.column : ASIDE.row) * aside;
    if (ahead > 1 && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { name: one.state.name, distance };
  }
  return best?.name;
};
