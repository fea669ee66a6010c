import { Link } from "@tanstack/react-router";
import { roundedAmount } from "../../ui/amount.tsx";
import { cx } from "../../ui/class-names.ts";
import { ScrollRegion } from "../../ui/scroll-region.tsx";

export interface DayCost {
  /** YYYY-MM-DD. */
  readonly day: string;
  /** Decimal text. */
  readonly cost: string;
}

const [STEP, BAR, HEIGHT, AXIS] = [20, 14, 150, 18];

/** The height of each bar and of the line of zero, in pixels; a credit hangs below it. */
export const barsOf = (days: readonly DayCost[], height: number) => {
  const amounts = days.map((day) => Number(day.cost));
  const most = Math.max(0, ...amounts);
  const least = Math.min(0, ...amounts);
  const scale = most === least ? 0 : height / (most - least);
  const zero = most * scale;
  return {
    zero,
    bars: amounts.map((amount) => ({ y: amount < 0 ? zero : zero - amount * scale, height: Math.abs(amount) * scale })),
  };
};

/** Cost day by day; each bar is the way to the lines of its day. */
export const DayChart = ({ days, currency }: { readonly days: readonly DayCost[]; readonly currency: string }) => {
  const rising = days.toSorted((a, b) => (a.day < b.day ? -1 : 1));
  const { bars, zero } = barsOf(rising, HEIGHT);
  const width = rising.length * STEP;
  return (
    <ScrollRegion label="Cost by day, as bars" className="overflow-x-auto">
      <svg width={width} height={HEIGHT + AXIS} className="block max-w-none">
        {rising.map((one, index) => {
          const bar = bars[index];
          return (
            <Link
              key={one.day}
              from="/cost"
              to="/cost"
              search={(before) => ({ ...before, page: undefined, day: one.day })}
              resetScroll={false}
              className="group outline-none"
            >
              <title>{`${one.day}: ${roundedAmount(one.cost, currency)} ${currency}`}</title>
              <rect x={index * STEP} y="0" width={STEP} height={HEIGHT} className="fill-transparent" />
              <rect
                x={index * STEP + (STEP - BAR) / 2}
                y={bar?.y ?? 0}
                width={BAR}
                height={bar?.height ?? 0}
                className={cx(
                  Number(one.cost) < 0 ? "fill-warn" : "fill-accent",
                  "group-hover:opacity-70 group-focus-visible:stroke-ink group-focus-visible:[stroke-width:2]",
                )}
              />
              <text x={index * STEP + STEP / 2} y={HEIGHT + 13} textAnchor="middle" className="fill-muted text-[10px]">
                {Number(one.day.slice(8))}
              </text>
            </Link>
          );
        })}
        <line x1="0" x2={width} y1={zero} y2={zero} className="stroke-line-strong" />
      </svg>
    </ScrollRegion>
  );
};
