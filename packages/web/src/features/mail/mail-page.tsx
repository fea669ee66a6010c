import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { callApi, type Answer } from "../../api.ts";
import { Button } from "../../ui/button.tsx";
import { Drawer } from "../../ui/drawer.tsx";
import { Moment, monthText } from "../../ui/moment.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Digest, PageHead, Panel } from "../../ui/panel.tsx";
import { Status } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { InvoiceLink } from "../invoice-link.tsx";
import { recipientsText } from "../mail-recipients.ts";
import { useTenantName } from "../names.ts";
import { usePeriod } from "../period.ts";

type InvoiceHead = Answer<"GET /invoices">["invoices"][number];
type Mail = Answer<"GET /invoices/{invoice_id}/mails">["mails"][number];

interface SentMail {
  readonly invoice: InvoiceHead;
  readonly mail: Mail;
}

/** The mails of every issued invoice of the month. */
const useMails = (invoices: readonly InvoiceHead[]) =>
  useQueries({
    queries: invoices
      .filter((invoice) => invoice.issued_at !== null)
      .map((invoice) => ({
        queryKey: ["GET /invoices/{invoice_id}/mails", { invoice_id: invoice.invoice_id }],
        queryFn: () => callApi("GET /invoices/{invoice_id}/mails", { invoice_id: invoice.invoice_id }),
        select: ({ mails }: Answer<"GET /invoices/{invoice_id}/mails">): readonly SentMail[] =>
          mails.map((mail) => ({ invoice, mail })),
      })),
    combine: (results) => ({
      mails: results.flatMap((one) => one.data ?? []),
      isPending: results.some((one) => one.isPending),
    }),
  });

const columnsFor = (nameOf: (id: string) => string, onRead: (mail: SentMail) => void): readonly Column<SentMail>[] => [
  {
    key: "invoice",
    head: "Invoice",
    cell: ({ invoice }) => <InvoiceLink id={invoice.invoice_id} number={invoice.number} />,
  },
  { key: "tenant", head: "Tenant", isMinor: true, cell: ({ invoice }) => nameOf(invoice.tenant_id) },
  {
    key: "to",
    head: "To",
    isMinor: true,
    cell: ({ mail }) => <span className="break-all">{recipientsText(mail.recipients)}</span>,
  },
  {
    key: "subject",
    head: "Subject",
    cell: (sent) => (
      <Button look="quiet" className="text-left whitespace-normal!" onClick={() => onRead(sent)}>
        {sent.mail.subject}
      </Button>
    ),
  },
  { key: "state", head: "State", cell: ({ mail }) => <Status state={mail.state} /> },
  { key: "detail", head: "Detail", isMinor: true, cell: ({ mail }) => mail.detail ?? "" },
  { key: "at", head: "When", isMinor: true, cell: ({ mail }) => <Moment at={mail.changed_at} /> },
  { key: "id", head: "Message id", isMinor: true, cell: ({ mail }) => <Digest value={mail.message_id} /> },
];

const Letter = ({ mail }: { readonly mail: Mail }) => (
  <>
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
      <dt className="text-muted">To</dt>
      <dd className="break-all">{recipientsText(mail.recipients)}</dd>
      <dt className="text-muted">State</dt>
      <dd>
        <Status state={mail.state} />
      </dd>
      <dt className="text-muted">Attached</dt>
      <dd className="break-all">{mail.attachments.map((attachment) => attachment.filename).join(", ")}</dd>
      <dt className="text-muted">Message id</dt>
      <dd className="break-all">{mail.message_id}</dd>
    </dl>
    <p className="break-words whitespace-pre-wrap rounded-md border border-line p-4 text-sm">{mail.text}</p>
  </>
);

const MailList = ({ invoices }: { readonly invoices: readonly InvoiceHead[] }) => {
  const { mails, isPending } = useMails(invoices);
  const nameOf = useTenantName();
  const [reading, setReading] = useState<SentMail>();
  if (mails.length === 0)
    return isPending ? null : <Empty title="No mail in this month">An invoice is mailed when it is issued.</Empty>;
  return (
    <>
      <Table
        caption="Mails"
        columns={columnsFor(nameOf, setReading)}
        rows={mails}
        keyOf={({ mail }) => mail.message_id}
      />
      <Drawer
        title={reading?.mail.subject ?? ""}
        lead={reading ? `Mail to ${nameOf(reading.invoice.tenant_id)}` : ""}
        isOpen={reading !== undefined}
        onClose={() => setReading(undefined)}
      >
        {reading && <Letter mail={reading.mail} />}
      </Drawer>
    </>
  );
};

/** What was mailed about the invoices of the month, and what became of it. */
export const MailPage = () => {
  const { month, start, end, isKnown } = usePeriod();
  const query = useAnswer("GET /invoices", { from: start, to: end, page_size: 200 }, { isEnabled: isKnown });
  return (
    <>
      <PageHead
        title={`Mail of ${monthText(month)}`}
        lead="One mail an issued invoice, with its PDF; sent again it keeps its message id."
      />
      <Panel isFlush>
        <Ready query={query} what="the mails">
          {({ invoices }) => <MailList invoices={invoices} />}
        </Ready>
      </Panel>
    </>
  );
};
