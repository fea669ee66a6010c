import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { DayText, Moment } from "../../ui/moment.tsx";
import { Empty, Notice } from "../../ui/notice.tsx";
import { Digest, Facts } from "../../ui/panel.tsx";
import { Status } from "../../ui/status.tsx";
import { readMoves } from "../comparison.ts";
import { Ready, useAnswer } from "../answers.tsx";
import { MovesTable } from "../moves-table.tsx";
import { recipientsText } from "../mail-recipients.ts";
import type { Invoice } from "./document.tsx";

type InvoicePayments = Answer<"GET /invoices/{invoice_id}/payments">;

const PaymentList = ({ data }: { readonly data: InvoicePayments }) => (
  <div className="space-y-3 p-4">
    <Facts
      rows={[
        ["Total", <Amount key="total" value={data.total} currency={data.currency} />],
        ["Paid", <Amount key="paid" value={data.paid} currency={data.currency} />],
        ["Open", <Amount key="open" value={data.open} currency={data.currency} className="font-semibold" />],
        ["Due", <DayText key="due" day={data.due_date} />],
      ]}
    />
    {data.payments.length === 0 ? (
      <Empty title="No payment yet">
        What comes in by bank transfer is recorded above and approved by a second person.
      </Empty>
    ) : (
      <ul className="divide-y divide-line border-t border-line">
        {data.payments.map((payment) => (
          <li
            key={payment.payment_id}
            className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 py-2 text-sm"
          >
            <span className="figures">{payment.provider_ref}</span>
            <span className="text-muted">
              {payment.method.replace("_", " ")}, <DayText day={payment.received_on} />
            </span>
            <Status state={payment.status} />
            <Amount value={payment.amount} currency={payment.currency} />
          </li>
        ))}
      </ul>
    )}
  </div>
);

export const Payments = ({ invoice }: { readonly invoice: Invoice }) => (
  <Ready
    query={useAnswer("GET /invoices/{invoice_id}/payments", { invoice_id: invoice.invoice_id })}
    what="the payments"
  >
    {(data) => <PaymentList data={data} />}
  </Ready>
);

export const Mails = ({ invoice }: { readonly invoice: Invoice }) => (
  <Ready query={useAnswer("GET /invoices/{invoice_id}/mails", { invoice_id: invoice.invoice_id })} what="the mails">
    {({ mails }) =>
      mails.length === 0 ? (
        <Empty title="No mail yet">The invoice is mailed when it is issued.</Empty>
      ) : (
        <ul className="divide-y divide-line">
          {mails.map((mail) => (
            <li key={mail.message_id} className="space-y-1 px-4 py-3 text-sm">
              <div className="flex flex-wrap items-baseline justify-between gap-2">
                <span>to {recipientsText(mail.recipients)}</span>
                <Status state={mail.state} />
              </div>
              {mail.detail !== null && <p className="text-muted">{mail.detail}</p>}
              <p className="text-xs text-muted">
                <Moment at={mail.changed_at} />
              </p>
              <Digest value={mail.message_id} />
            </li>
          ))}
        </ul>
      )
    }
  </Ready>
);

/** What changed against the month before, and what an approver should know. */
export const Changes = ({ invoice }: { readonly invoice: Invoice }) => {
  const moves = readMoves("comparison" in invoice ? invoice.comparison : undefined);
  return (
    <div>
      {moves.warnings.length > 0 && (
        <div className="p-4 pb-0">
          <Notice tone="warn" title="Know this before you approve">
            <ul className="list-disc pl-5">
              {moves.warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          </Notice>
        </div>
      )}
      <MovesTable moves={moves} currency={invoice.currency} />
    </div>
  );
};
