import type { ReactNode } from "react";
import { cx } from "./class-names.ts";
import { ScrollRegion } from "./scroll-region.tsx";

export interface Column<T> {
  readonly key: string;
  readonly head: ReactNode;
  readonly cell: (row: T) => ReactNode;
  readonly align?: "left" | "right";
  /** Hidden on narrow screens: the row's own page has it. */
  readonly isMinor?: boolean;
  /** What the column sorts by; it cannot be sorted without. */
  readonly sortBy?: (row: T) => string | number;
}

/** `total` or `-total`: a column, rising or falling. */
export type Sort = string | undefined;

interface TableProps<T> {
  /** Says what the table holds, for those who do not see it. */
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly sort?: Sort;
  readonly onSort?: (sort: string) => void;
  readonly isMarked?: (row: T) => boolean;
  readonly foot?: ReactNode;
}

const sorted = <T,>(rows: readonly T[], columns: readonly Column<T>[], sort: Sort): readonly T[] => {
  const isFalling = sort?.startsWith("-") === true;
  const by = columns.find((column) => column.key === sort?.replace("-", ""))?.sortBy;
  if (!by) return rows;
  const rising = rows.toSorted((a, b) => {
    const [x, y] = [by(a), by(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  });
  return isFalling ? rising.toReversed() : rising;
};

const HeadCell = <T,>({
  column,
  sort,
  onSort,
}: { readonly column: Column<T> } & Pick<TableProps<T>, "sort" | "onSort">) => {
  const isRising = sort === column.key;
  const isFalling = sort === `-${column.key}`;
  const arrow = isRising ? "↑" : isFalling ? "↓" : "";
  return (
    <th
      scope="col"
      aria-sort={isRising ? "ascending" : isFalling ? "descending" : undefined}
      className={cx(
        "eyebrow px-1.5 py-2 first:pl-2 last:pr-2 md:px-3 md:first:pl-4 md:last:pr-4",
        column.align === "right" ? "text-right" : "text-left",
        column.isMinor === true && "hidden md:table-cell",
      )}
    >
      {column.sortBy && onSort ? (
        <button
          type="button"
          className="eyebrow inline-flex items-center gap-1 underline decoration-dotted underline-offset-4 hover:text-ink"
          onClick={() => onSort(isFalling ? column.key : `-${column.key}`)}
        >
          {column.head}
          {arrow !== "" && <span aria-hidden>{arrow}</span>}
        </button>
      ) : (
        column.head
      )}
    </th>
  );
};

/** Rows of one kind. It scrolls by itself where it is wider than the page. */
export const Table = <T,>({ caption, columns, rows, keyOf, sort, onSort, isMarked, foot }: TableProps<T>) => (
  <ScrollRegion label={caption} className="relative overflow-x-auto">
    <table className="w-full border-collapse text-sm">
      <caption className="sr-only">{caption}</caption>
      <thead className="border-b border-line bg-sunken/60">
        <tr>
          {columns.map((column) => (
            <HeadCell key={column.key} column={column} sort={sort} {...(onSort ? { onSort } : {})} />
          ))}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {sorted(rows, columns, sort).map((row) => (
          <tr key={keyOf(row)} className={cx("hover:bg-sunken/50", isMarked?.(row) === true && "bg-accent-soft")}>
            {columns.map((column) => (
              <td
                key={column.key}
                className={cx(
                  "px-1.5 py-2 align-top first:pl-2 last:pr-2 md:px-3 md:first:pl-4 md:last:pr-4",
                  column.align === "right" && "text-right",
                  column.isMinor === true && "hidden md:table-cell",
                )}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      {foot !== undefined && <tfoot className="border-t border-line-strong font-medium">{foot}</tfoot>}
    </table>
  </ScrollRegion>
);
