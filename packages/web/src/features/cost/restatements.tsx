import { Link } from "@tanstack/react-router";
import { exact, sumExact, toText } from "@commops/core/money";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { CsvButton } from "../../ui/csv-button.tsx";
import { Empty, FaultNotice } from "../../ui/notice.tsx";
import { Figure, Panel } from "../../ui/panel.tsx";
import { Chip, Status, type Tone } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { faultOf, Ready, useAnswer, useChange } from "../answers.tsx";
import { InvoiceLink } from "../invoice-link.tsx";
import { useTenantName } from "../names.ts";
import { usePeriod } from "../period.ts";
import { may, useSession } from "../session/session.ts";

type Restated = Answer<"GET /reconciliation/restatements">;
type Row = Restated["invoices"][number];
type Line = Row["lines"][number] & Pick<Row, "tenant_id" | "invoice_id">;

const OUTCOMES: Readonly<Record<Row["outcome"], readonly [tone: Tone, text: string]>> = {
  adjustment: ["warn", "goes on the next invoice"],
  operator: ["quiet", "borne by us"],
  none: ["good", "settled"],
};

const lineColumns = (tenantName: (id: string) => string): readonly Column<Line>[] => [
  {
    key: "title",
    head: "Line",
    cell: (line) => (
      <>
        <span className="font-medium">{line.title}</span>
        <span className="block text-xs text-muted">{tenantName(line.tenant_id)}</span>
      </>
    ),
  },
  {
    key: "billed",
    head: "Billed so far on",
    isMinor: true,
    cell: (line) =>
      line.corrects.length === 0 ? (
        <span className="text-muted">·</span>
      ) : (
        <ul>
          {line.corrects.map((part) => (
            <li key={`${part.invoice_id}/${part.line_no}`}>
              <InvoiceLink id={part.invoice_id} />, line {part.line_no}: <Amount value={part.amount} />
            </li>
          ))}
        </ul>
      ),
  },
  {
    key: "restated",
    head: "Should be",
    align: "right",
    cell: (line) => <Amount value={line.restated_amount_usd_exact} />,
  },
  {
    key: "adjustment",
    head: "Proposed line",
    align: "right",
    cell: (line) =>
      line.adjustment_amount_usd_exact === null ? (
        <span className="text-muted">none</span>
      ) : (
        <Amount value={line.adjustment_amount_usd_exact} isChange className="font-medium" />
      ),
  },
];

/** On which invoices corrections stand already: drafts propose them, issued ones have billed them. */
const StandsOn = ({ row }: { readonly row: Row }) =>
  row.billed_on.length === 0 ? (
    <span className="text-muted">not drafted yet</span>
  ) : (
    <ul className="space-y-1">
      {row.billed_on.map((invoice) => (
        <li key={invoice.invoice_id} className="flex flex-wrap items-center gap-2">
          <InvoiceLink id={invoice.invoice_id} />
          <Status state={invoice.status} />
        </li>
      ))}
    </ul>
  );

const columnsFor = (tenantName: (id: string) => string): readonly Column<Row>[] => [
  {
    key: "tenant",
    head: "Tenant",
    cell: (row) => (
      <>
        <span className="font-medium">{tenantName(row.tenant_id)}</span>
        <span className="block text-xs">
          <InvoiceLink id={row.invoice_id} />
        </span>
      </>
    ),
  },
  {
    key: "outcome",
    head: "What becomes of it",
    cell: (row) => <Chip tone={OUTCOMES[row.outcome][0]}>{OUTCOMES[row.outcome][1]}</Chip>,
  },
  { key: "on", head: "Corrections stand on", isMinor: true, cell: (row) => <StandsOn row={row} /> },
  {
    key: "cost",
    head: "Cost",
    align: "right",
    isMinor: true,
    cell: (row) => <Amount value={row.cost_usd_exact} isChange />,
  },
  {
    key: "amount",
    head: "To be billed",
    align: "right",
    cell: (row) => <Amount value={row.amount_usd_exact} isChange className="font-medium" />,
  },
];

const sumOf = (rows: readonly Row[], outcome: Row["outcome"], of: "amount_usd_exact" | "cost_usd_exact"): string =>
  toText(sumExact(rows.filter((row) => row.outcome === outcome).map((row) => exact(row[of]))));

const CSV_HEAD = [
  "tenant_id",
  "invoice_id",
  "outcome",
  "amount_usd",
  "cost_usd",
  "line_id",
  "restated_usd",
  "adjustment_usd",
];

const csvRows = (rows: readonly Row[]): string[][] =>
  rows.flatMap((row) =>
    row.lines.map((line) => [
      row.tenant_id,
      row.invoice_id,
      row.outcome,
      row.amount_usd_exact,
      row.cost_usd_exact,
      line.line_id,
      line.restated_amount_usd_exact,
      line.adjustment_amount_usd_exact ?? "",
    ]),
  );

const Found = ({ restated }: { readonly restated: Restated }) => {
  const tenantName = useTenantName();
  const { invoices, period } = restated;
  return (
    <>
      <Panel
        title="Differences per tenant"
        isFlush
        aside={<CsvButton filename={`restatements-${period}.csv`} head={CSV_HEAD} rows={() => csvRows(invoices)} />}
      >
        <div className="grid grid-cols-1 gap-x-4 gap-y-5 p-4 min-[28rem]:grid-cols-2 md:grid-cols-3">
          <Figure name="Waits for next invoices" note="before tax">
            <Amount value={sumOf(invoices, "adjustment", "amount_usd_exact")} isChange />
          </Figure>
          <Figure name="Borne by us" note="cost below the limit, or not charged by cost">
            <Amount value={sumOf(invoices, "operator", "cost_usd_exact")} isChange />
          </Figure>
          <Figure name="Limits" note={`policy version ${restated.policy_version}`}>
            <Link to="/reconciliation" className="link text-sm font-normal">
              Reconciliation of the month
            </Link>
          </Figure>
        </div>
        <Table
          caption="Restated invoices"
          columns={columnsFor(tenantName)}
          rows={invoices}
          keyOf={(row) => row.invoice_id}
        />
      </Panel>
      <Panel title="Lines that are proposed" isFlush>
        <Table
          caption="Restated lines"
          columns={lineColumns(tenantName)}
          rows={invoices.flatMap(({ lines, tenant_id, invoice_id }) =>
            lines.map((line): Line => ({ ...line, tenant_id, invoice_id })),
          )}
          keyOf={(line) => `${line.invoice_id}/${line.line_id}`}
        />
      </Panel>
    </>
  );
};

/** What deliveries after billing made of the month's invoices: the difference per tenant, the lines that are proposed, and where they stand. */
export const RestatementsView = () => {
  const { month } = usePeriod();
  const session = useSession();
  const query = useAnswer("GET /reconciliation/restatements", { period: month });
  const restating = useChange("POST /reconciliation/restatements:run");
  return (
    <div className="space-y-5">
      <Panel title="Cost that was delivered after billing">
        <div className="space-y-4">
          <p className="max-w-3xl text-sm text-muted">
            From the first issued invoice on, every delivery of the month is allocated under the rules and keys that it
            was billed with and held against its invoices. What is owed goes on each tenant&apos;s next invoice; nothing
            that was issued is changed.
          </p>
          {restating.isError && <FaultNotice title="Not restated" fault={faultOf(restating.error)} />}
          {may(session, "cost:write") && (
            <Button isBusy={restating.isPending} onClick={() => restating.mutate({ period: month })}>
              Compare again
            </Button>
          )}
        </div>
      </Panel>
      <Ready query={query} what="the restatements">
        {(restated) =>
          restated.invoices.length === 0 ? (
            <Panel title="Differences per tenant">
              <Empty
                title={restated.restatement_id === null ? "Nothing was delivered after billing" : "No invoice differs"}
              >
                {restated.restatement_id === null
                  ? "The month is not billed yet, or its invoices rest on the newest delivery."
                  : "The newest allocation charges what was billed."}
              </Empty>
            </Panel>
          ) : (
            <Found restated={restated} />
          )
        }
      </Ready>
    </div>
  );
};
