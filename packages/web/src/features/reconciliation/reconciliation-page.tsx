import { getRouteApi } from "@tanstack/react-router";
import type { Answer } from "../../api.ts";
import { Amount, Percent } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Age, monthText } from "../../ui/moment.tsx";
import { Empty, FaultNotice, Notice } from "../../ui/notice.tsx";
import { Figure, PageHead, Panel } from "../../ui/panel.tsx";
import { Status } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { faultOf, Ready, useAnswer, useChange } from "../answers.tsx";
import { EvidenceFacts } from "../evidence-facts.tsx";
import { usePeriod } from "../period.ts";
import { may, useSession } from "../session/session.ts";
import { Books } from "./books.tsx";
import { Day } from "./day.tsx";
import { Exceptions } from "./exceptions.tsx";

const route = getRouteApi("/reconciliation");

type Summary = Answer<"GET /reconciliation/summary">;
type Check = Summary["checks"][number];

const Figures = ({ summary }: { readonly summary: Summary }) => (
  <div className="grid grid-cols-1 gap-x-4 gap-y-5 p-4 min-[28rem]:grid-cols-2 md:grid-cols-3 xl:grid-cols-6">
    <Figure name="AWS" note={`${summary.basis} basis`}>
      <Amount value={summary.aws_total_usd_exact} />
    </Figure>
    <Figure name="Allocated" note="direct and allocated">
      <Amount value={summary.allocated_total_usd_exact} />
    </Figure>
    <Figure name="Overhead" note="untagged included">
      <Amount value={summary.operator_overhead_usd_exact} />
    </Figure>
    <Figure name="Variance" note={<Percent value={summary.variance_pct} />}>
      <Amount value={summary.variance_usd_exact} />
    </Figure>
    <Figure name="Invoiced" note="issued, without tax">
      <Amount value={summary.invoiced_total_usd_exact} />
    </Figure>
    <Figure name="Margin" note="invoiced less its cost">
      <Amount value={summary.margin_total_usd_exact} />
    </Figure>
  </div>
);

const percentOf = (value: number | null) =>
  value === null ? <span className="text-muted">·</span> : <Percent value={value} />;

const COLUMNS: readonly Column<Check>[] = [
  { key: "check", head: "Check", cell: (row) => <span className="font-medium">{row.check}</span> },
  { key: "verdict", head: "Verdict", cell: (row) => <Status state={row.verdict} /> },
  {
    key: "message",
    head: "What it found",
    cell: (row) => (
      <details>
        <summary className="cursor-pointer first-letter:uppercase">{row.message}</summary>
        <div className="mt-2 rounded-md bg-sunken p-3">
          <EvidenceFacts facts={row.figures} />
        </div>
      </details>
    ),
  },
  {
    key: "difference",
    head: "Difference",
    align: "right",
    isMinor: true,
    cell: (row) =>
      row.difference_usd === null ? <span className="text-muted">·</span> : <Amount value={row.difference_usd} />,
  },
  { key: "percent", head: "Percent", align: "right", isMinor: true, cell: (row) => percentOf(row.variance_pct) },
  { key: "threshold", head: "Allowed", align: "right", isMinor: true, cell: (row) => percentOf(row.threshold_pct) },
];

/** Compares anew; where figures changed since, it says so. */
const RunAgain = ({ month }: { readonly month: string }) => {
  const session = useSession();
  const running = useChange("POST /reconciliation:run");
  if (!may(session, "recon:write")) return null;
  return (
    <div className="flex flex-col items-end gap-2">
      <Button look="primary" isBusy={running.isPending} onClick={() => running.mutate({ period: month })}>
        Reconcile again
      </Button>
      {running.isError && <FaultNotice title="Not reconciled" fault={faultOf(running.error)} />}
    </div>
  );
};

const SummaryPanels = ({ summary }: { readonly summary: Summary }) => (
  <>
    {!summary.is_current && (
      <Notice tone="warn" title="The figures changed since">
        What is shown was compared before; reconcile again to see what holds now.
      </Notice>
    )}
    <Panel
      title="From what AWS charged to what was invoiced"
      isFlush
      aside={
        <span className="flex items-center gap-2">
          <Status state={summary.status} />
          {summary.reconciled_at === null ? "not stored yet" : <Age at={summary.reconciled_at} />}
        </span>
      }
    >
      <Figures summary={summary} />
    </Panel>
    <Panel title="Checks" isFlush>
      <Table caption="Checks" columns={COLUMNS} rows={summary.checks} keyOf={(row) => row.check} />
    </Panel>
  </>
);

/** Whether cost, allocation, invoices and payments agree, and what does not. */
export const ReconciliationPage = () => {
  const { month, isKnown } = usePeriod();
  const { state } = route.useSearch();
  const query = useAnswer("GET /reconciliation/summary", { period: month }, { isEnabled: isKnown });
  return (
    <>
      <PageHead
        title={`Reconciliation of ${monthText(month)}`}
        lead="Cost against allocation, allocation against invoices, invoices against payments; what is left over is shown."
        actions={<RunAgain month={month} />}
      />
      <div className="space-y-5">
        <Ready
          query={query}
          what="the reconciliation"
          whenMissing={
            <Empty title="There is nothing to reconcile yet">The cost of this month is not allocated.</Empty>
          }
        >
          {(summary) => <SummaryPanels summary={summary} />}
        </Ready>
        <Exceptions month={month} state={state} />
        <div className="grid items-start gap-5 xl:grid-cols-2">
          <Books />
          <Day />
        </div>
      </div>
    </>
  );
};
