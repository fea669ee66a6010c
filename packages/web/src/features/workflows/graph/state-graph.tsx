import { Link } from "@tanstack/react-router";
import { type KeyboardEvent, type RefObject, useEffect, useMemo, useRef } from "react";
import { cx } from "../../../ui/class-names.ts";
import { ScrollRegion } from "../../../ui/scroll-region.tsx";
import {
  CHARACTER,
  END,
  END_RADIUS,
  type Layout,
  layoutOf,
  type PlacedState,
  type PlacedWay,
  START,
} from "./layout.ts";
import type { Machine } from "./machine.ts";
import { nextState } from "./move-focus.ts";
import { type Execution, LOOKS, type Progress, standingText } from "./standing.ts";

const MARGIN = 14;
const HEAD = 40;
const TEXT_INDENT = 12;

interface GraphProps {
  readonly machine: Machine;
  readonly execution: Execution;
  /** The state that is looked at. */
  readonly chosen: string | undefined;
}

/** A name as it fits into its state. */
const shownName = (name: string, width: number): string => {
  const most = Math.floor((width - 2 * TEXT_INDENT) / CHARACTER);
  return name.length <= most ? name : `${name.slice(0, most - 1)}…`;
};

const StateNode = ({
  placed,
  progress,
  executionId,
  isChosen,
  onKey,
}: {
  readonly placed: PlacedState;
  readonly progress: Progress | undefined;
  readonly executionId: string;
  readonly isChosen: boolean;
  readonly onKey: (event: KeyboardEvent) => void;
}) => {
  const { state, x, y, width, height } = placed;
  const isBox = state.parts.length > 0;
  const standing = standingText(progress);
  return (
    <Link
      to="/workflows/$executionId"
      params={{ executionId }}
      search={(before) => ({ ...before, state: state.name, page: undefined })}
      resetScroll={false}
      data-state={state.name}
      onKeyDown={onKey}
      aria-current={isChosen ? "true" : undefined}
      className="group cursor-pointer outline-none"
    >
      <title>{`${state.name}, ${state.type}, ${standing}`}</title>
      <rect
        x={x}
        y={y}
        width={width}
        height={isBox ? HEAD : height}
        rx="7"
        className={cx(
          LOOKS[progress?.standing ?? "not_reached"],
          "group-hover:stroke-accent group-focus-visible:stroke-accent group-focus-visible:[stroke-width:3.5]",
          isChosen ? "[stroke-width:3]" : "[stroke-width:1.5]",
        )}
      />
      <text x={x + TEXT_INDENT} y={y + 19} className="fill-ink text-[13px] font-semibold">
        {shownName(state.name, width)}
      </text>{" "}
      <text x={x + TEXT_INDENT} y={y + 34} className="fill-ink text-[11px]">
        {state.type}, {standing}
      </text>
    </Link>
  );
};

const WayLine = ({ way, isTaken }: { readonly way: PlacedWay; readonly isTaken: boolean }) => {
  const { x, y } = way.tip;
  return (
    <g
      className={cx(
        "fill-none",
        isTaken ? "stroke-accent" : way.kind === "catch" ? "stroke-bad" : "stroke-line-strong",
      )}
    >
      <path
        d={way.path}
        strokeWidth={isTaken ? 2.5 : 1.25}
        strokeDasharray={way.kind === "catch" ? "5 4" : undefined}
      />
      <path d={`M${x - 4} ${y - 7}L${x} ${y}L${x + 4} ${y - 7}`} strokeWidth={isTaken ? 2.5 : 1.5} />
    </g>
  );
};

const WayLabel = ({ way }: { readonly way: PlacedWay }) =>
  way.label === undefined || way.labelAt === undefined ? null : (
    <text
      x={way.labelAt.x}
      y={way.labelAt.y + 4}
      textAnchor="middle"
      paintOrder="stroke"
      strokeWidth="5"
      className="fill-muted stroke-surface text-[11px]"
    >
      {way.label}
    </text>
  );

const endName = (name: string): string | null => (name === START || name === END ? null : name);

/** Whether a way of the drawing was gone. */
const takenWays = ({ path }: Execution): ((way: PlacedWay) => boolean) => {
  const taken = new Set(path.map((way) => JSON.stringify([way.from, way.to])));
  return (way) => taken.has(JSON.stringify([endName(way.from), endName(way.to)]));
};

const Ends = ({ layout }: { readonly layout: Layout }) =>
  layout.ends.map((end) => (
    <g key={end.name}>
      <circle cx={end.x} cy={end.y} r={END_RADIUS} className="fill-ink" />
      <text x={end.x + END_RADIUS + 6} y={end.y + 4} className="fill-muted text-[11px]">
        {end.name}
      </text>
    </g>
  ));

/** What Map and Parallel hold, behind it. */
const Boxes = ({ layout }: { readonly layout: Layout }) =>
  layout.states
    .filter((one) => one.state.parts.length > 0)
    .map((box) => (
      <rect
        key={box.state.name}
        x={box.x}
        y={box.y}
        width={box.width}
        height={box.height}
        rx="8"
        className="fill-sunken/50 stroke-line-strong"
        strokeDasharray="2 3"
      />
    ));

const MATTERS: readonly Progress["standing"][] = ["failed", "aborted", "retrying", "waiting", "running"];

/** Where one looks first: the chosen state, else the one that failed or runs, else the start. */
const firstLook = ({ execution, machine, chosen }: GraphProps): string =>
  chosen ??
  MATTERS.map((standing) => execution.states.find((state) => state.standing === standing)?.name).find(Boolean) ??
  machine.startAt;

/** Scrolls the drawing, not the page, so that a state is in view. */
const useInView = (svg: RefObject<SVGSVGElement | null>, layout: Layout, name: string): void => {
  useEffect(() => {
    const region = svg.current?.parentElement;
    const placed = layout.states.find((one) => one.state.name === name);
    if (!region || placed === undefined) return;
    const [left, top] = [placed.x + placed.width / 2 + MARGIN, placed.y + MARGIN];
    const isInView =
      left > region.scrollLeft &&
      left < region.scrollLeft + region.clientWidth &&
      top > region.scrollTop &&
      top + HEAD < region.scrollTop + region.clientHeight;
    if (!isInView) region.scrollTo({ left: left - region.clientWidth / 2, top: top - region.clientHeight / 2 });
  }, [svg, layout, name]);
};

/**
 * The machine as a drawing: every state a link that shows what went through it. It scrolls within itself; Tab and the arrow keys go from
 * state to state.
 */
export const StateGraph = (props: GraphProps) => {
  const { machine, execution, chosen } = props;
  const svg = useRef<SVGSVGElement>(null);
  const layout = useMemo(() => layoutOf(machine), [machine]);
  useInView(svg, layout, firstLook(props));
  const progress = new Map(execution.states.map((state) => [state.name, state]));
  const isTaken = takenWays(execution);
  const ways = layout.ways.toSorted((a, b) => Number(isTaken(a)) - Number(isTaken(b)));
  const move = (event: KeyboardEvent): void => {
    const from = event.currentTarget.getAttribute("data-state") ?? "";
    const next = nextState(layout.states, from, event.key);
    if (next === undefined) return;
    event.preventDefault();
    svg.current?.querySelector<SVGAElement>(`[data-state="${CSS.escape(next)}"]`)?.focus();
  };
  const [width, height] = [layout.width + 2 * MARGIN, layout.height + 2 * MARGIN];
  return (
    <ScrollRegion label={`State graph of ${execution.machine}`} className="max-h-[80vh] overflow-auto">
      <svg
        ref={svg}
        width={width}
        height={height}
        viewBox={`${-MARGIN} ${-MARGIN} ${width} ${height}`}
        className="mx-auto block max-w-none"
      >
        <Boxes layout={layout} />
        {ways.map((way) => (
          <WayLine key={JSON.stringify([way.from, way.to, way.kind])} way={way} isTaken={isTaken(way)} />
        ))}
        {ways.map((way) => (
          <WayLabel key={JSON.stringify([way.from, way.to, way.kind])} way={way} />
        ))}
        <Ends layout={layout} />
        {layout.states.map((placed) => (
          <StateNode
            key={placed.state.name}
            placed={placed}
            progress={progress.get(placed.state.name)}
            executionId={execution.execution_id}
            isChosen={placed.state.name === chosen}
            onKey={move}
          />
        ))}
      </svg>
    </ScrollRegion>
  );
};
