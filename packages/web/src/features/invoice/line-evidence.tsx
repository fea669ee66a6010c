import { Amount } from "../../ui/amount.tsx";
import { Drawer } from "../../ui/drawer.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { EvidenceFacts } from "../evidence-facts.tsx";
import { useSession } from "../session/session.ts";
import type { InvoiceLine } from "./document.tsx";
import { ExplainBranch, type ExplainNode } from "./explain-tree.tsx";
import { Verify } from "./explanation.tsx";
import { formulaOf, stepsOf } from "./steps.tsx";

const nodeAt = (node: ExplainNode, path: string): ExplainNode | undefined =>
  node.path === path ? node : node.children.map((child) => nodeAt(child, path)).find((found) => found !== undefined);

const Formula = ({ line, currency }: { readonly line: InvoiceLine; readonly currency: string }) => (
  <section>
    <h3 className="eyebrow mb-2">Formula</h3>
    <table className="w-full text-sm">
      <caption className="sr-only">Steps that add up to the line</caption>
      <tbody>
        {stepsOf(line).map((step) => (
          <tr key={step.key} className="align-top">
            <td className="py-0.5 pr-3">{step.text}</td>
            <td className="figures py-0.5 pr-3 text-right text-muted">{formulaOf(step, line)}</td>
            <td className="py-0.5 text-right">
              <Amount value={step.amount} currency={currency} isExact isBare />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot className="border-t border-line font-medium">
        <tr>
          <th scope="row" colSpan={2} className="py-1 text-left font-medium">
            Unrounded
          </th>
          <td className="py-1 text-right">
            <Amount value={line.amount_unrounded_exact} currency={currency} isExact />
          </td>
        </tr>
        <tr>
          <th scope="row" colSpan={2} className="py-1 text-left font-medium">
            On the invoice, half away from zero
          </th>
          <td className="py-1 text-right">
            <Amount value={line.amount_usd_exact} currency={currency} />
          </td>
        </tr>
      </tfoot>
    </table>
  </section>
);

const CostOf = ({ line }: { readonly line: InvoiceLine }) =>
  line.cost_usd_exact === undefined || line.margin_usd_exact === undefined ? null : (
    <section className="grid grid-cols-2 gap-4 rounded-md bg-sunken p-3 text-sm">
      <div>
        <h3 className="eyebrow">Cost it carries</h3>
        <Amount value={line.cost_usd_exact} />
      </div>
      <div>
        <h3 className="eyebrow">Margin</h3>
        <Amount value={line.margin_usd_exact} />
      </div>
    </section>
  );

interface LineEvidenceProps {
  readonly invoiceId: `INV-${string}`;
  readonly line: InvoiceLine | undefined;
  readonly currency: string;
  readonly onClose: () => void;
}

/** Behind the amount of a line: formula and inputs, rule and plan version, usage, allocation rows, CUR lines. */
export const LineEvidence = ({ invoiceId, line, currency, onClose }: LineEvidenceProps) => {
  const session = useSession();
  const query = useAnswer(
    "GET /invoices/{invoice_id}/explain",
    { invoice_id: invoiceId },
    { isEnabled: line !== undefined },
  );
  if (!line) return null;
  return (
    <Drawer title={line.title} lead="Where this amount comes from." isOpen onClose={onClose}>
      <p className="text-2xl font-semibold">
        <Amount value={line.amount_usd_exact} currency={currency} />
      </p>
      <Formula line={line} currency={currency} />
      <CostOf line={line} />
      <Ready query={query} what="the evidence">
        {({ tree }) => {
          const node = nodeAt(tree, `total/subtotal/lines/${line.line_no}`);
          if (!node) return <Empty title="The tree has no such line" />;
          return (
            <>
              <section>
                <h3 className="eyebrow mb-2">Inputs and versions</h3>
                <EvidenceFacts facts={node.facts} />
              </section>
              {node.from.map((source) => (
                <section key={source.path}>
                  <h3 className="eyebrow mb-2">Source rows</h3>
                  <ExplainBranch node={source} currency={currency} month={line.service_start.slice(0, 7)} isOpen />
                </section>
              ))}
            </>
          );
        }}
      </Ready>
      {session.tenant_id === null && <Verify invoiceId={invoiceId} />}
    </Drawer>
  );
};
