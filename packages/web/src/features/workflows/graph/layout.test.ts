import fc from "fast-check";
import { expect, test } from "vitest";
import { layoutOf, type PlacedState } from "./layout.ts";
import { allStates, readMachine } from "./machine.ts";

type Definition = { StartAt: string; States: Record<string, unknown> };

/** Any definition: chains, loops, choices, catches, states that nothing leads to, Map and Parallel within each other. */
const definitions = (depth: number, prefix: string): fc.Arbitrary<Definition> =>
  fc
    .array(
      fc.record({
        type: fc.constantFrom("Task", "Pass", "Choice", "Succeed", "Fail", ...(depth > 0 ? ["Map", "Parallel"] : [])),
        name: fc.string({ maxLength: 40 }),
        next: fc.nat(),
        caught: fc.option(fc.nat()),
        rules: fc.array(fc.tuple(fc.nat(), fc.string({ maxLength: 60 })), { maxLength: 3 }),
        isLast: fc.boolean(),
        inner:
          depth > 0
            ? fc.array(definitions(depth - 1, `${prefix}i`), { minLength: 1, maxLength: 2 })
            : fc.constant<Definition[]>([]),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((states) => {
      const nameOf = (index: number): string =>
        `${prefix}${index % states.length} ${states[index % states.length]?.name ?? ""}`;
      const made = states.map((state, index): [string, unknown] => {
        const inner = state.inner.map((one, part) => renamed(one, `${prefix}${index}.${part} `));
        const isEnd = state.type === "Succeed" || state.type === "Fail";
        return [
          nameOf(index),
          {
            Type: state.type,
            ...(isEnd || state.type === "Choice" ? {} : state.isLast ? { End: true } : { Next: nameOf(state.next) }),
            ...(state.type === "Choice"
              ? {
                  Choices: state.rules.map(([to, condition]) => ({ Condition: condition, Next: nameOf(to) })),
                  Default: nameOf(state.next),
                }
              : {}),
            ...(state.caught === null ? {} : { Catch: [{ ErrorEquals: ["States.ALL"], Next: nameOf(state.caught) }] }),
            ...(state.type === "Map" ? { ItemProcessor: inner[0] } : {}),
            ...(state.type === "Parallel" ? { Branches: inner } : {}),
          },
        ];
      });
      return { StartAt: nameOf(0), States: Object.fromEntries(made) };
    });

/** The same definition with other names: they are unique within a whole machine. */
const renamed = (definition: Definition, prefix: string): Definition =>
  JSON.parse(JSON.stringify(definition), (key, value: unknown) =>
    typeof value === "string" && ["StartAt", "Next", "Default"].includes(key)
      ? prefix + value
      : key === "States"
        ? Object.fromEntries(Object.entries(value as object).map(([name, state]) => [prefix + name, state as unknown]))
        : value,
  ) as Definition;

const overlaps = (a: PlacedState, b: PlacedState): boolean =>
  a.x < b.x + b.width - 0.01 &&
  b.x < a.x + a.width - 0.01 &&
  a.y < b.y + b.height - 0.01 &&
  b.y < a.y + a.height - 0.01;

const holds = (box: PlacedState, one: PlacedState): boolean =>
  box.x <= one.x &&
  box.y <= one.y &&
  one.x + one.width <= box.x + box.width + 0.01 &&
  one.y + one.height <= box.y + box.height + 0.01;

test("every state has one place within the drawing; none overlaps another unless it holds it", () => {
  fc.assert(
    fc.property(definitions(2, "s"), (definition) => {
      const machine = readMachine(definition);
      const { states, width, height } = layoutOf(machine);
      expect(states.map((one) => one.state.name).toSorted()).toEqual(
        allStates(machine)
          .map((one) => one.name)
          .toSorted(),
      );
      const byName = new Map(states.map((one) => [one.state.name, one]));
      for (const one of states) {
        expect(
          one.x >= -0.01 && one.y >= 0 && one.x + one.width <= width + 0.01 && one.y + one.height <= height + 0.01,
        ).toBe(true);
        const box = one.within === undefined ? undefined : byName.get(one.within);
        if (one.within !== undefined) expect(box !== undefined && holds(box, one)).toBe(true);
      }
      const isWithin = (one: PlacedState, name: string): boolean =>
        one.within === name || (one.within !== undefined && isWithin(byName.get(one.within) ?? one, name));
      for (const [index, a] of states.entries())
        for (const b of states.slice(index + 1))
          if (overlaps(a, b)) expect(isWithin(a, b.state.name) || isWithin(b, a.state.name)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

/** Where a path begins, which is its tip, and the height where it ends. */
const endsOf = (path: string): { tip: number[]; end: number } => {
  const numbers = path.match(/-?\d+(\.\d+)?(e-?\d+)?/g)?.map(Number) ?? [];
  return { tip: numbers.slice(0, 2), end: numbers.at(-1) ?? 0 };
};

test("every way of the definition is a line from the lower edge of its state to the upper edge of the one it leads to", () => {
  fc.assert(
    fc.property(definitions(2, "s"), (definition) => {
      const machine = readMachine(definition);
      const { states, ways } = layoutOf(machine);
      const byName = new Map(states.map((one) => [one.state.name, one]));
      const drawn = new Set(ways.map((way) => `${way.from}\n${way.to}\n${way.kind === "catch" ? "catch" : "way"}`));
      for (const state of allStates(machine))
        for (const way of state.ways)
          expect(drawn).toContain(`${state.name}\n${way.to}\n${way.kind === "catch" ? "catch" : "way"}`);
      for (const way of ways) {
        const [from, to] = [byName.get(way.from), byName.get(way.to)];
        const { tip, end } = endsOf(way.path);
        if (from) expect(end).toBeCloseTo(from.y + from.height, 3);
        if (to) {
          expect(tip).toEqual([way.tip.x, way.tip.y]);
          expect(way.tip.y).toBeCloseTo(to.y, 3);
          expect(way.tip.x >= to.x && way.tip.x <= to.x + to.width).toBe(true);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test("a chain leads straight down, and only a line that leads back goes up", () => {
  const names = ["Draft", "Compare", "Ask", "Wait"];
  const States = Object.fromEntries(
    names.map((name, index) => [name, { Type: "Pass", Next: names[index + 1] ?? "Draft" }]),
  );
  const { states, ways } = layoutOf(readMachine({ StartAt: "Draft", States }));
  expect(states.map((one) => one.state.name)).toEqual(names);
  expect(new Set(states.map((one) => one.x + one.width / 2)).size).toBe(1);
  expect(states.map((one) => one.y)).toEqual(states.map((one) => one.y).toSorted((a, b) => a - b));
  const back = ways.find((way) => way.from === "Wait");
  expect(back?.tip.y).toBe(states[0]?.y);
});

test("two thousand states in one loop are laid out", () => {
  const States = Object.fromEntries(
    Array.from({ length: 2000 }, (_, index) => [`s${index}`, { Type: "Pass", Next: `s${(index + 1) % 2000}` }]),
  );
  expect(layoutOf(readMachine({ StartAt: "s0", States })).states).toHaveLength(2000);
});
