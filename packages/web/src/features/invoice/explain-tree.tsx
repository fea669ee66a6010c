import { Link } from "@tanstack/react-router";
import { Amount } from "../../ui/amount.tsx";
import { cx } from "../../ui/class-names.ts";
import type { Answer } from "../../api.ts";
import { EvidenceFacts } from "../evidence-facts.tsx";
import { fieldsOf, textOf } from "../plain-data.ts";

export type Explained = Answer<"GET /invoices/{invoice_id}/explain">;
export type ExplainNode = Explained["tree"];

const KINDS: Readonly<Record<ExplainNode["kind"], string>> = {
  total: "Total",
  subtotal: "Subtotal",
  line: "Line",
  step: "Step",
  rounding: "Rounding",
  discount: "Discount",
  tax: "Tax",
  cost: "Cost",
  allocation: "Allocation",
  cost_lines: "CUR lines",
};

interface NodeProps {
  readonly node: ExplainNode;
  readonly currency: string;
  /** The billing month, for the way to its cost lines. */
  readonly month: string;
  readonly isOpen?: boolean;
}

/** Costs are in dollars whatever the invoice is in. */
const currencyOf = (node: ExplainNode, currency: string): string =>
  ["cost", "allocation", "cost_lines"].includes(node.kind) ? "USD" : currency;

interface BranchProps extends Pick<NodeProps, "currency" | "month"> {
  readonly nodes: readonly ExplainNode[];
  readonly label: string;
}

const Branch = ({ nodes, currency, month, label }: BranchProps) => (
  <div>
    <p className="eyebrow mb-1">{label}</p>
    <ul className="space-y-1 border-l border-line pl-3">
      {nodes.map((child) => (
        <li key={child.path}>
          <ExplainBranch node={child} currency={currency} month={month} />
        </li>
      ))}
    </ul>
  </div>
);

/** The way from a share to the lines of its service, where the reader may see them. */
const CostLinesLink = ({ node, month }: Pick<NodeProps, "node" | "month">) => {
  const service = textOf(fieldsOf(node.facts)["service"]);
  if (node.kind !== "allocation" || service === undefined) return null;
  return (
    <Link to="/cost" search={{ period: month, service }} className="link mt-2 inline-block text-xs">
      All CUR lines of {service}
    </Link>
  );
};

/** A number with what it is made of, as deep as one opens it. */
export const ExplainBranch = ({ node, currency, month, isOpen = false }: NodeProps) => {
  const unit = currencyOf(node, currency);
  const hasMore = node.children.length + node.from.length > 0 || (node.facts ?? null) !== null;
  const head = (
    <span className="flex min-w-0 flex-1 items-baseline justify-between gap-3">
      <span className="min-w-0 break-words">
        <span className="mr-2 text-xs font-medium text-muted">{KINDS[node.kind]}</span>
        {node.text}
      </span>
      <Amount value={node.amount} currency={unit} isExact className="shrink-0 text-right" />
    </span>
  );
  if (!hasMore) return <div className="flex gap-2 py-1 pl-5 text-sm">{head}</div>;
  return (
    <details open={isOpen} data-path={node.path} className="group/node">
      <summary className="flex cursor-pointer list-none items-baseline gap-2 rounded py-1 text-sm hover:bg-sunken [&::-webkit-details-marker]:hidden">
        <span
          aria-hidden
          className={cx("w-3 shrink-0 text-muted transition-transform", "[[open]>summary>&]:rotate-90")}
        >
          ▸
        </span>
        {head}
      </summary>
      <div className="space-y-3 py-1 pl-5">
        {node.children.length > 0 && (
          <Branch nodes={node.children} currency={currency} month={month} label="Adds up from" />
        )}
        {node.from.length > 0 && <Branch nodes={node.from} currency={currency} month={month} label="Comes from" />}
        {(node.facts ?? null) !== null && (
          <div className="rounded-md bg-sunken p-3">
            <EvidenceFacts facts={node.facts} without={["text", "amount"]} />
            <CostLinesLink node={node} month={month} />
          </div>
        )}
      </div>
    </details>
  );
};
