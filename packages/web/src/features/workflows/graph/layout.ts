import { columnsOf } from "./columns.ts";
import { type Item, layersOf, type Line } from "./layers.ts";
import { type DrawnLine, drawLines, type Point, rowsOf } from "./lines.ts";
import type { Machine, State, Way } from "./machine.ts";

/** A state with its place; one that holds others is a box around them. */
export interface PlacedState {
  readonly state: State;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The Map or Parallel that holds it. */
  readonly within: string | undefined;
}

export interface PlacedWay {
  readonly from: string;
  readonly to: string;
  readonly kind: Way["kind"];
  /** As it is written beside the line; longer ones are cut. */
  readonly label: string | undefined;
  readonly labelAt: Point | undefined;
  readonly path: string;
  readonly tip: Point;
}

/** A machine as a drawing, in pixels from its upper left corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly states: readonly PlacedState[];
  readonly ways: readonly PlacedWay[];
  /** Where the machine begins and ends; parts of it have neither. */
  readonly ends: readonly (Point & { readonly name: "Start" | "End" })[];
}

/** Names that no state has, since a state's name is not empty. */
export const START = "";
export const END = "\u0000";

const STATE_HEIGHT = 46;
const [LEAST_WIDTH, MOST_WIDTH] = [136, 240];
/** Width of a character of a name. */
export const CHARACTER = 7.4;
const BOX_HEAD = 44;
const BOX_EDGE = 16;
const PART_GAP = 22;
export const END_RADIUS = 9;
const LABEL_CHARACTER = 6.2;
const LABEL_MOST = 26;

const shortened = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

const widthOf = (name: string): number =>
  Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, Math.ceil(name.length * CHARACTER) + 28));

interface Sized extends Item {
  readonly state: State;
  readonly parts: readonly Layout[];
}

const sizeOf = (state: State): Sized => {
  const parts = state.parts.map((part) => layoutPart(part, state.name));
  if (parts.length === 0) return { key: state.name, width: widthOf(state.name), height: STATE_HEIGHT, state, parts };
  const inner = parts.reduce((sum, part) => sum + part.width, (parts.length - 1) * PART_GAP);
  const height = Math.max(...parts.map((part) => part.height));
  return {
    key: state.name,
    width: Math.max(widthOf(state.name), inner + 2 * BOX_EDGE),
    height: BOX_HEAD + height + BOX_EDGE,
    state,
    parts,
  };
};

interface Labelled extends Line {
  readonly label: string | undefined;
}

/** The lines of a state: several rules that lead to one state are one line. */
const linesOf = (state: State): Labelled[] => {
  const merged = Map.groupBy(state.ways, (way) => `${way.kind === "catch" ? "catch" : "way"} ${way.to}`);
  return [...merged.values()].flatMap((ways): Labelled[] => {
    const [first] = ways;
    if (first === undefined) return [];
    const rules = ways.filter((way) => way.kind === "choice").map((way) => way.label ?? "");
    const label = rules.length === 0 ? undefined : shortened(rules.join(" or "), LABEL_MOST);
    const labelWidth = label === undefined ? 0 : Math.ceil(label.length * LABEL_CHARACTER) + 12;
    return [{ from: state.name, to: first.to, kind: first.kind, label, labelWidth }];
  });
};

const moved = (part: Layout, x: number, y: number): Pick<Layout, "states" | "ways"> => ({
  states: part.states.map((one) => ({ ...one, x: one.x + x, y: one.y + y })),
  ways: part.ways.map((one) => ({ ...one, ...shifted(one, x, y) })),
});

const COMMAND = /([MVHCQ])([^MVHCQ]*)/g;

/** A path and what belongs to it, moved. */
const shifted = (
  { path, tip, labelAt }: PlacedWay,
  x: number,
  y: number,
): Pick<PlacedWay, "path" | "tip" | "labelAt"> => ({
  path: path.replaceAll(COMMAND, (_, command: string, numbers: string) => {
    const places = numbers.trim().split(/\s+/).map(Number);
    const by = (index: number): number => (command === "V" || (command !== "H" && index % 2 === 1) ? y : x);
    return command + places.map((place, index) => place + by(index)).join(" ");
  }),
  tip: { x: tip.x + x, y: tip.y + y },
  labelAt: labelAt === undefined ? undefined : { x: labelAt.x + x, y: labelAt.y + y },
});

/** What stands within a Map or Parallel, its parts side by side. */
const contentOf = (
  { state, parts, width }: Sized,
  x: number,
  y: number,
): readonly Pick<Layout, "states" | "ways">[] => {
  const inner = parts.reduce((sum, part) => sum + part.width, (parts.length - 1) * PART_GAP);
  let left = x + (width - inner) / 2;
  return parts.map((part) => {
    const content = moved(part, left, y + BOX_HEAD);
    left += part.width + PART_GAP;
    return { ...content, states: content.states.map((one) => ({ ...one, within: one.within ?? state.name })) };
  });
};

const endItem = (key: string): Item => ({ key, width: 2 * END_RADIUS, height: 2 * END_RADIUS });

const drawn = ({ line, path, tip, label }: DrawnLine, labels: ReadonlyMap<Line, string | undefined>): PlacedWay => ({
  from: line.from,
  to: line.to,
  kind: line.kind,
  label: labels.get(line),
  labelAt: label,
  path,
  tip,
});

/** Lays out a machine; with the name of the state that runs it, as a part, without start and end. */
const layoutPart = (machine: Machine, within: string | undefined): Layout => {
  const isWhole = within === undefined;
  const sized = machine.states.map(sizeOf);
  const plain = { kind: "next", label: undefined, labelWidth: 0 } as const;
  const labelled: readonly Labelled[] = [
    ...(isWhole && machine.startAt !== "" ? [{ from: START, to: machine.startAt, ...plain }] : []),
    ...machine.states.flatMap(linesOf),
    ...(isWhole
      ? machine.states.filter((state) => state.isLast).map(({ name }) => ({ from: name, to: END, ...plain }))
      : []),
  ].filter((line) => line.to === END || machine.states.some((state) => state.name === line.to));
  const first = sized.toSorted((a, b) => Number(b.key === machine.startAt) - Number(a.key === machine.startAt));
  const items = [...(isWhole ? [endItem(START)] : []), ...first, ...(isWhole ? [endItem(END)] : [])];
  const layers = layersOf(items, labelled);
  const { middleOf, width } = columnsOf(layers);
  const rows = rowsOf(layers);
  const heightOf = new Map(items.map((item) => [item.key, item.height]));
  const lines = drawLines({ layers, middleOf, rows, heightOf }, width);
  const labels = new Map(labelled.map((line): [Line, string | undefined] => [line, line.label]));
  const placeOf = (item: Item): Point => ({
    x: (middleOf.get(item.key) ?? 0) - item.width / 2,
    y: rows.tops[layers.rankOf.get(item.key) ?? 0] ?? 0,
  });
  const inner = sized.flatMap((item) => {
    const { x, y } = placeOf(item);
    return contentOf(item, x, y);
  });
  return {
    width: lines.width,
    height: rows.height,
    states: [
      ...first.map((item) => ({ state: item.state, ...placeOf(item), width: item.width, height: item.height, within })),
      ...inner.flatMap((part) => part.states),
    ],
    ways: [...lines.lines.map((line) => drawn(line, labels)), ...inner.flatMap((part) => part.ways)],
    ends: isWhole
      ? [
          {
            name: "Start",
            x: middleOf.get(START) ?? 0,
            y: (rows.tops[layers.rankOf.get(START) ?? 0] ?? 0) + END_RADIUS,
          },
          { name: "End", x: middleOf.get(END) ?? 0, y: (rows.tops[layers.rankOf.get(END) ?? 0] ?? 0) + END_RADIUS },
        ]
      : [],
  };
};

/**
 * Lays out a state machine from top to bottom: every state has a place, none overlaps another but the box that holds it, and lines
 * bend only between rows. Pure and the same for the same definition.
 */
export const layoutOf = (machine: Machine): Layout => layoutPart(machine, undefined);
