import type { ReactNode } from "react";
import type { Answer } from "../../api.ts";
import { Amount, Quantity } from "../../ui/amount.tsx";
import { DayText } from "../../ui/moment.tsx";
import { Digest, Facts } from "../../ui/panel.tsx";
import { Steps } from "./steps.tsx";

export type Invoice = Answer<"GET /invoices/{invoice_id}">;
export type InvoiceLine = Answer<"GET /invoices/{invoice_id}/lines">["lines"][number];

type Party = Invoice["buyer"];

const PartyBlock = ({ heading, party }: { readonly heading: string; readonly party: Party }) => (
  <div className="min-w-0 text-sm">
    <div className="eyebrow mb-1">{heading}</div>
    <div className="font-semibold">{party.name}</div>
    {party.contact !== null && <div>{party.contact}</div>}
    {party.address_lines.map((line) => (
      <div key={line}>{line}</div>
    ))}
    {party.country !== null && <div>{party.country}</div>}
    {party.tax_ids.map((taxId) => (
      <div key={taxId.id} className="text-muted">
        {taxId.scheme} {taxId.id}
      </div>
    ))}
  </div>
);

interface LinesProps {
  readonly lines: readonly InvoiceLine[];
  readonly currency: string;
  /** Opens the evidence of a line. */
  readonly onOpen: (lineNo: number) => void;
}

const LineRow = ({ line, currency, onOpen }: { readonly line: InvoiceLine } & Omit<LinesProps, "lines">) => (
  <tr className="align-top">
    <td className="py-3 pr-3">
      <div className="font-medium">{line.title}</div>
      <div className="text-xs text-muted">
        <DayText day={line.service_start} /> to <DayText day={line.service_end} />
        <span className="sm:hidden">
          {" "}
          · <Quantity value={line.quantity_exact} unit={line.unit} />
        </span>
      </div>
      <Steps line={line} currency={currency} />
    </td>
    <td className="hidden px-3 py-3 text-right sm:table-cell">
      <Quantity value={line.quantity_exact} unit={line.unit} />
    </td>
    <td className="py-3 pl-3 text-right">
      <button type="button" className="link figures font-medium" onClick={() => onOpen(line.line_no)}>
        <Amount value={line.amount_usd_exact} currency={currency} isBare />
        <span className="sr-only">, {line.title}: where it comes from</span>
      </button>
    </td>
  </tr>
);

const Lines = ({ lines, currency, onOpen }: LinesProps) => (
  <table className="w-full text-sm">
    <caption className="sr-only">Lines of the invoice</caption>
    <thead className="border-b border-line-strong">
      <tr>
        <th scope="col" className="eyebrow py-2 pr-3 text-left">
          Item
        </th>
        <th scope="col" className="eyebrow hidden px-3 py-2 text-right sm:table-cell">
          Quantity
        </th>
        <th scope="col" className="eyebrow py-2 pl-3 text-right">
          {currency}
        </th>
      </tr>
    </thead>
    <tbody className="divide-y divide-line">
      {lines.map((line) => (
        <LineRow key={line.line_id} line={line} currency={currency} onOpen={onOpen} />
      ))}
    </tbody>
  </table>
);

const TotalRow = ({
  name,
  children,
  isLast = false,
}: {
  readonly name: string;
  readonly children: ReactNode;
  readonly isLast?: boolean;
}) => (
  <div
    className={
      isLast
        ? "flex justify-between gap-6 border-t border-line-strong pt-2 text-base font-semibold"
        : "flex justify-between gap-6"
    }
  >
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);

const Totals = ({ invoice }: { readonly invoice: Invoice }) => (
  <dl className="ml-auto w-full max-w-sm space-y-1.5 text-sm">
    <TotalRow name="Sum of lines">
      <Amount value={invoice.gross_usd_exact} currency={invoice.currency} />
    </TotalRow>
    {invoice.discounts.map((discount) => (
      <TotalRow
        key={discount.name}
        name={discount.percent === null ? discount.name : `${discount.name}, ${discount.percent} %`}
      >
        <Amount value={`-${discount.amount}`} currency={invoice.currency} />
      </TotalRow>
    ))}
    <TotalRow name="Subtotal">
      <Amount value={invoice.subtotal_usd_exact} currency={invoice.currency} />
    </TotalRow>
    {invoice.taxes.map((tax) => (
      <TotalRow key={tax.name + tax.rate_percent} name={`${tax.name} ${tax.rate_percent} % of ${tax.base}`}>
        <Amount value={tax.amount} currency={invoice.currency} />
      </TotalRow>
    ))}
    <TotalRow name="Total" isLast>
      <Amount value={invoice.total_usd_exact} currency={invoice.currency} />
    </TotalRow>
  </dl>
);

interface DocumentProps extends Omit<LinesProps, "currency"> {
  readonly invoice: Invoice;
}

/** The invoice as the tenant sees it. */
export const InvoiceDocument = ({ invoice, lines, onOpen }: DocumentProps) => {
  const isCredit = invoice.total_usd < 0;
  return (
    <article aria-label="The invoice as the tenant sees it" className="space-y-6 p-4 sm:p-6">
      <div className="grid gap-6 sm:grid-cols-2">
        <PartyBlock heading="From" party={invoice.seller} />
        <PartyBlock heading="To" party={invoice.buyer} />
      </div>
      <Facts
        rows={[
          ["Number", invoice.number ?? "given when it is issued"],
          ["Period", `${invoice.period_start} to ${invoice.period_end}`],
          ["Issued", <DayText key="issued" day={invoice.issue_date} />],
          [
            "Due",
            isCredit ? "nothing: it stands to the tenant's credit" : <DayText key="due" day={invoice.due_date} />,
          ],
          [
            "Plan",
            invoice.plans.length === 0
              ? "none: it corrects earlier invoices only"
              : invoice.plans
                  .map((plan) => `${plan.plan_code} ${plan.version}, ${plan.start} to ${plan.end}`)
                  .join("; "),
          ],
        ]}
      />
      <Lines lines={lines} currency={invoice.currency} onOpen={onOpen} />
      <Totals invoice={invoice} />
      {!isCredit && <p className="text-sm text-muted">{invoice.seller.payment_instructions}</p>}
      <p className="text-xs text-muted">
        Digest of the document <Digest value={invoice.digest} />
      </p>
    </article>
  );
};
