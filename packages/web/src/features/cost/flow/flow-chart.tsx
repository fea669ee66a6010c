import { Link } from "@tanstack/react-router";
import { displayAmount } from "@commops/core/money";
import { roundedAmount } from "../../../ui/amount.tsx";
import { cx } from "../../../ui/class-names.ts";
import { ScrollRegion } from "../../../ui/scroll-region.tsx";
import type { Flow, FlowLinkOf, FlowNodeOf } from "./flow-words.ts";
import { filterOf, linkText } from "./flow-words.ts";
import { type PlacedNode, type Ribbon, sankeyOf } from "./sankey.ts";

const LAYERS = ["service", "route", "bearer"] as const;
const [LABELS, WIDTH, MARGIN] = [190, 560, 10];
const SIZE = { width: WIDTH, fullHeight: 420, nodeWidth: 12, slot: 19 };
const MOST_LABEL = 26;

type DrawnLink = FlowLinkOf & { readonly amount: number; readonly text: string };

const shortened = (text: string): string => (text.length <= MOST_LABEL ? text : `${text.slice(0, MOST_LABEL - 1)}…`);

const RibbonShape = ({ ribbon, flow }: { readonly ribbon: Ribbon<DrawnLink>; readonly flow: Flow }) => {
  const { link, path, thickness } = ribbon;
  return (
    <Link
      from="/cost"
      to="/cost"
      search={(before) => ({ ...before, ...filterOf(flow, link) })}
      resetScroll={false}
      hash="rows"
      className="group outline-none"
    >
      <title>{linkText(flow, link)}</title>
      <path
        d={path}
        className={cx(
          "opacity-45 group-hover:opacity-80 group-focus-visible:stroke-ink group-focus-visible:opacity-100 group-focus-visible:[stroke-width:2]",
          link.amount < 0 ? "fill-warn" : "fill-accent",
          // A hair line keeps a thin ribbon visible; its area stays exact.
          thickness < 1 && (link.amount < 0 ? "stroke-warn [stroke-width:0.5]" : "stroke-accent [stroke-width:0.5]"),
        )}
      />
    </Link>
  );
};

const NodeShape = ({
  placed,
  flow,
  nameOf,
}: {
  readonly placed: PlacedNode<FlowNodeOf>;
  readonly flow: Flow;
  readonly nameOf: (node: FlowNodeOf) => string;
}) => {
  const { node, x, y, height } = placed;
  const isLeft = node.layer === "service";
  const at = isLeft ? x - 6 : x + SIZE.nodeWidth + 6;
  const baseline = y + Math.max(Math.min(height / 2, 400) + 4, 10);
  return (
    <g>
      <rect x={x} y={y} width={SIZE.nodeWidth} height={height} className="fill-ink" />
      <text
        x={at}
        y={baseline}
        textAnchor={isLeft ? "end" : "start"}
        paintOrder="stroke"
        strokeWidth="4"
        className="fill-ink stroke-surface text-[11px]"
      >
        {shortened(nameOf(node))}
        <tspan className="fill-muted"> {roundedAmount(node.amount, flow.currency).replace("-", "\u2212")}</tspan>
      </text>
    </g>
  );
};

/** The flow as ribbons: as thick as their amounts, each the way to its rows. It scrolls within itself where it is wider than the page. */
export const FlowChart = ({ flow, nameOf }: { readonly flow: Flow; readonly nameOf: (node: FlowNodeOf) => string }) => {
  const links = flow.links.map((link): DrawnLink => ({ ...link, amount: Number(link.amount), text: link.amount }));
  const sankey = sankeyOf(flow.nodes, links, LAYERS, SIZE);
  const width = WIDTH + 2 * LABELS;
  return (
    <ScrollRegion label="Cost as it flows" className="overflow-x-auto p-4">
      <svg
        width={width}
        height={sankey.height + 2 * MARGIN}
        viewBox={`${-LABELS} ${-MARGIN} ${width} ${sankey.height + 2 * MARGIN}`}
        className="mx-auto block max-w-none"
      >
        {sankey.ribbons
          .toSorted((a, b) => b.thickness - a.thickness)
          .map((ribbon) => (
            <RibbonShape key={`${ribbon.link.source} ${ribbon.link.target}`} ribbon={ribbon} flow={flow} />
          ))}
        {sankey.nodes.map((placed) => (
          <NodeShape key={placed.node.id} placed={placed} flow={flow} nameOf={nameOf} />
        ))}
      </svg>
      <p className="mt-2 text-xs text-muted">
        Services, what decided (a rule, a tag, or why no rule was asked), who bears it. Total{" "}
        {displayAmount(flow.total, flow.currency)} {flow.currency}.
      </p>
    </ScrollRegion>
  );
};
