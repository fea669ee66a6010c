import type { ReactNode } from "react";

export interface Bar {
  readonly key: string;
  readonly name: ReactNode;
  /** Only for the length of the bar; the figure beside it is exact. */
  readonly size: number;
  readonly figure: ReactNode;
}

/** Horizontal bars with their figures: the table is the chart. */
export const Bars = ({ bars, label }: { readonly bars: readonly Bar[]; readonly label: string }) => {
  const largest = Math.max(...bars.map((bar) => Math.abs(bar.size)), 0);
  return (
    <ul aria-label={label} className="space-y-2">
      {bars.map((bar) => (
        <li key={bar.key} className="text-sm">
          <div className="flex items-baseline justify-between gap-3">
            <span className="min-w-0 truncate">{bar.name}</span>
            {bar.figure}
          </div>
          <svg aria-hidden className="mt-1 block h-1.5 w-full" preserveAspectRatio="none" viewBox="0 0 100 1">
            <rect width="100" height="1" className="fill-sunken" />
            <rect
              width={largest === 0 ? 0 : (Math.abs(bar.size) / largest) * 100}
              height="1"
              className={bar.size < 0 ? "fill-warn" : "fill-accent"}
            />
          </svg>
        </li>
      ))}
    </ul>
  );
};
