/** A node of the flow; its layer is a column of the drawing. */
export interface FlowNode {
  readonly id: string;
  readonly layer: string;
  readonly label: string;
}

/** What flows from one node to another; below zero where a credit flows. */
export interface FlowLink {
  readonly source: string;
  readonly target: string;
  readonly amount: number;
}

export interface PlacedNode<N extends FlowNode> {
  readonly node: N;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

export interface Ribbon<L extends FlowLink> {
  readonly link: L;
  /** A closed path. */
  readonly path: string;
  readonly thickness: number;
  /** Where it leaves and where it arrives, from the top of the drawing. */
  readonly from: number;
  readonly to: number;
}

/** A flow as a drawing, in pixels. */
export interface Sankey<N extends FlowNode, L extends FlowLink> {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode<N>[];
  readonly ribbons: readonly Ribbon<L>[];
  /** Pixels of one unit of the amounts: the same everywhere. */
  readonly scale: number;
}

export interface SankeySize {
  readonly width: number;
  /** How high the fullest column is, its gaps apart. */
  readonly fullHeight: number;
  readonly nodeWidth: number;
  /** The least distance from the top of a node to the top of the next: its label needs it. */
  readonly slot: number;
}

const GAP = 6;

const size = (amount: number): number => Math.abs(amount);

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** What enters and what leaves a node, without signs: a credit is as thick as what it takes back. */
const throughput = (id: string, links: readonly FlowLink[]): number =>
  Math.max(
    sumOf(links.filter((link) => link.target === id).map((link) => size(link.amount))),
    sumOf(links.filter((link) => link.source === id).map((link) => size(link.amount))),
  );

/** Columns in the order of the layers; in each the greatest first, but middle columns by where their ribbons come from. */
const columnsOf = <N extends FlowNode>(
  nodes: readonly N[],
  links: readonly FlowLink[],
  layers: readonly string[],
): readonly (readonly N[])[] => {
  const place = new Map<string, number>();
  return layers.map((layer, column) => {
    const isMiddle = column > 0 && column < layers.length - 1;
    const own = nodes.filter((node) => node.layer === layer);
    const wish = new Map(
      own.map((node) => {
        const into = links.filter((link) => link.target === node.id);
        const weight = sumOf(into.map((link) => size(link.amount)));
        const mean = sumOf(into.map((link) => size(link.amount) * (place.get(link.source) ?? 0))) / (weight || 1);
        return [node.id, isMiddle ? mean : -throughput(node.id, links)];
      }),
    );
    const ordered = own.toSorted((a, b) => (wish.get(a.id) ?? 0) - (wish.get(b.id) ?? 0) || (a.id < b.id ? -1 : 1));
    ordered.forEach((node, index) => place.set(node.id, index));
    return ordered;
  });
};

const ribbonPath = (from: { x: number; y: number }, to: { x: number; y: number }, thickness: number): string => {
  const middle = (from.x + to.x) / 2;
  return [
    `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`,
    `V${to.y + thickness}C${middle} ${to.y + thickness} ${middle} ${from.y + thickness} ${from.x} ${from.y + thickness}Z`,
  ].join("");
};

/**
 * Lays out a flow in columns. Every ribbon is exactly as thick as its amount times one scale, and ribbons fill their nodes side by side
 * without overlapping. Links whose ends are no nodes are left out.
 */
export const sankeyOf = <N extends FlowNode, L extends FlowLink>(
  nodes: readonly N[],
  links: readonly L[],
  layers: readonly string[],
  { width, fullHeight, nodeWidth, slot }: SankeySize,
): Sankey<N, L> => {
  const known = new Set(nodes.map((node) => node.id));
  const drawn = links.filter((link) => known.has(link.source) && known.has(link.target));
  const columns = columnsOf(nodes, drawn, layers);
  const most = Math.max(0, ...columns.map((column) => sumOf(column.map((node) => throughput(node.id, drawn)))));
  const scale = most === 0 ? 0 : fullHeight / most;
  const placed = new Map<string, PlacedNode<N>>();
  let height = 0;
  for (const [column, own] of columns.entries()) {
    let y = 0;
    for (const node of own) {
      const tall = throughput(node.id, drawn) * scale;
      const x = layers.length === 1 ? 0 : (column * (width - nodeWidth)) / (layers.length - 1);
      placed.set(node.id, { node, x, y, height: tall });
      y += Math.max(tall + GAP, slot);
      height = Math.max(height, y);
    }
  }
  const yOf = (id: string): number => placed.get(id)?.y ?? 0;
  const left = new Map<string, number>();
  const arrived = new Map<string, number>();
  const take = (used: Map<string, number>, id: string, thickness: number): number => {
    const at = used.get(id) ?? yOf(id);
    used.set(id, at + thickness);
    return at;
  };
  const bySource = drawn.toSorted((a, b) => yOf(a.source) - yOf(b.source) || yOf(a.target) - yOf(b.target));
  const arrivals = new Map<L, number>();
  for (const link of bySource) arrivals.set(link, take(arrived, link.target, size(link.amount) * scale));
  const ribbons = bySource.map((link): Ribbon<L> => {
    const thickness = size(link.amount) * scale;
    const [from, to] = [take(left, link.source, thickness), arrivals.get(link) ?? 0];
    const path = ribbonPath(
      { x: (placed.get(link.source)?.x ?? 0) + nodeWidth, y: from },
      { x: placed.get(link.target)?.x ?? 0, y: to },
      thickness,
    );
    return { link, path, thickness, from, to };
  });
  return { width, height, nodes: [...placed.values()], ribbons, scale };
};
