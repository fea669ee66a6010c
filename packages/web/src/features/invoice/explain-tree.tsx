import { Amount } from "../../ui/amount.tsx";
import { cx } from "../../ui/class-names.ts";
import type { Answer } from "../../api.ts";
import { EvidenceFacts } from "../evidence-facts.tsx";

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
  readonly isOpen?: boolean;
}

/** Costs are in dollars whatever the invoice is in. */
const currencyOf = (node: ExplainNode, currency: string): string =>
  ["cost", "allocation", "cost_lines"].includes(node.kind) ? "USD" : currency;

const Branch = ({ nodes, currency, label }: { readonly nodes: readonly ExplainNode[]; readonly currency: string; readonly label: string }) => (
  <div>
    <p className="eyebrow mb-1">{label}</p>
    <ul className="space-y-1 border-l border-line pl-3">
      {nodes.map((child) => (
        <li key={child.path}>
          <ExplainBranch node={child} currency={currency} />
        </li>
      ))}
    </ul>
  </div>
);

/** A number with what it is made of, as deep as one opens it. */
export const ExplainBranch = ({ node, currency, isOpen = false }: NodeProps) => {
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
        <span aria-hidden className={cx("w-3 shrink-0 text-muted transition-transform", "[[open]>summary>&]:rotate-90")}>
          ▸
        </span>
        {head}
      </summary>
      <div className="space-y-3 py-1 pl-5">
        {node.children.length > 0 && <Branch nodes={node.children} currency={currency} label="Adds up from" />}
        {node.from.length > 0 && <Branch nodes={node.from} currency={currency} label="Comes from" />}
        {(node.facts ?? null) !== null && (
          <div className="rounded-md bg-sunken p-3">
            <EvidenceFacts facts={node.facts} without={["text", "amount"]} />
          </div>
        )}
      </div>
    </details>
  );
};
