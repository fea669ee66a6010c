import { exact, sumExact, toText } from "@commops/core/money";
import type { ReactNode } from "react";
import { Amount } from "../ui/amount.tsx";
import { cx } from "../ui/class-names.ts";
import { ScrollRegion } from "../ui/scroll-region.tsx";
import { Chip } from "../ui/status.tsx";
import { effectTotal, isNothing, type LineMove, type Moves } from "./comparison.ts";

const EFFECTS = [
  ["usage", "Usage"],
  ["price", "Price"],
  ["added", "New"],
  ["gone", "Gone"],
] as const;

const Effect = ({ value }: { readonly value: string }) =>
  isNothing(value) ? <span className="text-muted">·</span> : <Amount value={value} isChange isBare />;

const Cell = ({
  children,
  isMinor = false,
  className,
}: {
  readonly children?: ReactNode;
  readonly isMinor?: boolean;
  readonly className?: string;
}) => (
  <td className={cx("px-2.5 py-2 text-right last:pr-4", isMinor && "hidden sm:table-cell", className)}>{children}</td>
);

const Head = ({ children, isMinor = false }: { readonly children: ReactNode; readonly isMinor?: boolean }) => (
  <th scope="col" className={cx("eyebrow px-2.5 py-2 text-right last:pr-4", isMinor && "hidden sm:table-cell")}>
    {children}
  </th>
);

const MoveRow = ({ line }: { readonly line: LineMove }) => (
  <tr className={cx(isNothing(line.change) && "text-muted")}>
    <th scope="row" className="py-2 pr-2.5 pl-4 text-left font-normal">
      {line.title}
      {(line.state === "new" || line.state === "gone") && (
        <span className="ml-2">
          <Chip tone={line.state === "new" ? "active" : "quiet"}>{line.state}</Chip>
        </span>
      )}
    </th>
    <Cell isMinor>
      <Amount value={line.previous} isBare />
    </Cell>
    <Cell>
      <Amount value={line.current} isBare />
    </Cell>
    {EFFECTS.map(([effect]) => (
      <Cell key={effect} isMinor>
        <Effect value={line[effect]} />
      </Cell>
    ))}
    <Cell className="font-medium">
      <Effect value={line.change} />
    </Cell>
  </tr>
);

/** A row below the lines that moves the total without usage or price. */
const OtherRow = ({ name, change }: { readonly name: string; readonly change: string }) => (
  <tr className={cx(isNothing(change) && "text-muted")}>
    <th scope="row" className="py-2 pr-2.5 pl-4 text-left font-normal">
      {name}
    </th>
    <Cell isMinor />
    <Cell />
    {EFFECTS.map(([effect]) => (
      <Cell key={effect} isMinor />
    ))}
    <Cell className="font-medium">
      <Effect value={change} />
    </Cell>
  </tr>
);

const Foot = ({ moves }: { readonly moves: Moves }) => (
  <tfoot className="border-t border-line-strong font-semibold">
    <tr>
      <th scope="row" className="py-2 pr-2.5 pl-4 text-left">
        Total
      </th>
      <Cell isMinor>
        <Amount value={moves.previousTotal} isBare />
      </Cell>
      <Cell>
        <Amount value={moves.total} isBare />
      </Cell>
      {EFFECTS.map(([effect]) => (
        <Cell key={effect} isMinor>
          <Effect value={effectTotal(moves.lines, effect)} />
        </Cell>
      ))}
      <Cell>
        <Amount value={moves.change} isChange isBare />
      </Cell>
    </tr>
  </tfoot>
);

/** This month against last, line by line, and why: usage, price, new and gone add up to each change, and all to the change. */
export const MovesTable = ({ moves, currency }: { readonly moves: Moves; readonly currency: string }) => {
  const discount = toText(sumExact([exact(`-${moves.discountChange}`.replace("--", ""))]));
  return (
    <div>
      <ScrollRegion label="What changed, line by line" className="overflow-x-auto">
        <table className="w-full text-sm">
          <caption className="sr-only">What changed against the month before, in {currency}</caption>
          <thead className="border-b border-line bg-sunken/60">
            <tr>
              <th scope="col" className="eyebrow py-2 pr-2.5 pl-4 text-left">
                Line, {currency}
              </th>
              <Head isMinor>Last month</Head>
              <Head>This month</Head>
              {EFFECTS.map(([effect, name]) => (
                <Head key={effect} isMinor>
                  {name}
                </Head>
              ))}
              <Head>Change</Head>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {moves.lines.map((line) => (
              <MoveRow key={line.key} line={line} />
            ))}
            {!isNothing(discount) && <OtherRow name="Discounts" change={discount} />}
            <OtherRow name="Tax" change={moves.taxChange} />
            {!isNothing(moves.residual) && <OtherRow name="Not explained" change={moves.residual} />}
          </tbody>
          <Foot moves={moves} />
        </table>
      </ScrollRegion>
      <p className="px-4 py-2 text-xs text-muted">
        {isNothing(moves.residual)
          ? "Usage, price, new, gone and tax add up to the change, to the cent."
          : "The parts do not add up to the change: the difference stands in its own line."}
        {moves.previousInvoice === undefined && " There is no invoice of the month before to compare with."}
      </p>
    </div>
  );
};
