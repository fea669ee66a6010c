import { getRouteApi, Link } from "@tanstack/react-router";
import { Tabs } from "radix-ui";
import { Amount } from "../../ui/amount.tsx";
import { Empty, Notice } from "../../ui/notice.tsx";
import { PageHead, Panel } from "../../ui/panel.tsx";
import { Status } from "../../ui/status.tsx";
import { TAB, TAB_LIST } from "../../ui/tab.ts";
import { Ready, useAnswer } from "../answers.tsx";
import { ExecutionsOf } from "../execution-link.tsx";
import { useSession } from "../session/session.ts";
import { InvoiceActions } from "./actions.tsx";
import { type Invoice, InvoiceDocument } from "./document.tsx";
import { Explanation } from "./explanation.tsx";
import type { InvoicePart } from "./invoice-search.ts";
import { LineEvidence } from "./line-evidence.tsx";
import { Changes, Mails, Payments } from "./side-panels.tsx";

const route = getRouteApi("/invoices/$invoiceId");

const PART_NAMES: Readonly<Record<InvoicePart, string>> = {
  explain: "Explanation",
  changes: "Changes",
  payments: "Payments",
  mail: "Mail",
};

const Parts = ({ invoice }: { readonly invoice: Invoice }) => {
  const session = useSession();
  const { part } = route.useSearch();
  const navigate = route.useNavigate();
  const isTenant = session.tenant_id !== null;
  const parts: readonly InvoicePart[] = isTenant ? ["explain", "payments"] : ["explain", "changes", "payments", "mail"];
  const open = parts.find((one) => one === part) ?? "explain";
  return (
    <Tabs.Root
      value={open}
      onValueChange={(next) => {
        navigate({ search: (before) => ({ ...before, part: parts.find((one) => one === next) }), replace: true }).catch(
          () => undefined,
        );
      }}
    >
      <Tabs.List aria-label="Behind the invoice" className={`${TAB_LIST} px-2`}>
        {parts.map((one) => (
          <Tabs.Trigger key={one} value={one} className={TAB}>
            {PART_NAMES[one]}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value="explain">
        <Explanation invoiceId={invoice.invoice_id} month={invoice.period_start.slice(0, 7)} />
      </Tabs.Content>
      <Tabs.Content value="changes">
        <Changes invoice={invoice} />
      </Tabs.Content>
      <Tabs.Content value="payments">
        <Payments invoice={invoice} />
      </Tabs.Content>
      <Tabs.Content value="mail">
        <Mails invoice={invoice} />
      </Tabs.Content>
    </Tabs.Root>
  );
};

const Sheet = ({ invoice }: { readonly invoice: Invoice }) => {
  const { line } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useAnswer("GET /invoices/{invoice_id}/lines", { invoice_id: invoice.invoice_id, page_size: 200 });
  const open = (next: number | undefined): void => {
    navigate({ search: (before) => ({ ...before, line: next }), replace: next === undefined }).catch(() => undefined);
  };
  return (
    <Ready query={query} what="the lines">
      {({ lines }) => (
        <>
          <InvoiceDocument invoice={invoice} lines={lines} onOpen={open} />
          <LineEvidence
            invoiceId={invoice.invoice_id}
            line={lines.find((one) => one.line_no === line)}
            currency={invoice.currency}
            onClose={() => open(undefined)}
          />
        </>
      )}
    </Ready>
  );
};

const InvoiceView = ({ invoice, isOperator }: { readonly invoice: Invoice; readonly isOperator: boolean }) => (
  <>
    <PageHead
      title={
        <span className="flex flex-wrap items-center gap-3">
          {invoice.number ?? invoice.invoice_id}
          <Status state={invoice.status} />
        </span>
      }
      lead={
        <>
          {invoice.buyer.name}, {invoice.period_start} to {invoice.period_end},{" "}
          <Amount value={invoice.total_usd_exact} currency={invoice.currency} className="font-semibold text-ink" />
          {isOperator && (
            <>
              . <ExecutionsOf name={invoice.invoice_id}>What ran for it</ExecutionsOf>
            </>
          )}
        </>
      }
      actions={<InvoiceActions invoice={invoice} />}
    />
    {"sent_back_reason" in invoice && typeof invoice.sent_back_reason === "string" && (
      <div className="mb-4">
        <Notice tone="warn" title="Sent back">
          {invoice.sent_back_reason}
        </Notice>
      </div>
    )}
    <div className="grid items-start gap-5 xl:grid-cols-[1.05fr_1fr]">
      <Panel title={isOperator ? "The invoice as the tenant sees it" : "Invoice"} isFlush>
        <Sheet invoice={invoice} />
      </Panel>
      <Panel isFlush>
        <Parts invoice={invoice} />
      </Panel>
    </div>
  </>
);

/** One invoice, beside what it is made of and what became of it. */
export const InvoicePage = () => {
  const { invoiceId } = route.useParams();
  const isOperator = useSession().tenant_id === null;
  const query = useAnswer("GET /invoices/{invoice_id}", { invoice_id: invoiceId });
  return (
    <Ready
      query={query}
      what="the invoice"
      whenMissing={
        <Empty title={`There is no invoice ${invoiceId}`}>
          It may have been discarded, or is not yours.{" "}
          <Link to={isOperator ? "/invoices" : "/my"} className="link">
            All invoices
          </Link>
        </Empty>
      }
    >
      {(invoice) => <InvoiceView invoice={invoice} isOperator={isOperator} />}
    </Ready>
  );
};
