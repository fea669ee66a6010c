import { Link } from "@tanstack/react-router";
import { exact, isZero } from "@commops/core/money";
import { Amount } from "../../../ui/amount.tsx";
import { CsvButton } from "../../../ui/csv-button.tsx";
import { Empty, Notice } from "../../../ui/notice.tsx";
import { Panel } from "../../../ui/panel.tsx";
import { stateText } from "../../../ui/status.tsx";
import { type Column, Table } from "../../../ui/table.tsx";
import { Ready, useAnswer } from "../../answers.tsx";
import { useTenantName } from "../../names.ts";
import { FlowChart } from "./flow-chart.tsx";
import { filterOf, type Flow, type FlowNodeOf } from "./flow-words.ts";

type FlowLink = Flow["links"][number];

const useNodeName = (): ((node: FlowNodeOf) => string) => {
  const tenantName = useTenantName();
  return (node) => {
    if (node.tenant_id !== null) return tenantName(node.tenant_id);
    return node.layer === "route" && node.rule_id === null ? stateText(node.label) : node.label;
  };
};

const columnsFor = (flow: Flow, nameOf: (id: string) => string): readonly Column<FlowLink>[] => [
  { key: "from", head: "From", cell: (row) => nameOf(row.source) },
  { key: "to", head: "To", cell: (row) => nameOf(row.target) },
  {
    key: "amount",
    head: "Amount",
    align: "right",
    cell: (row) => (
      <Link
        from="/cost"
        to="/cost"
        search={(before) => ({ ...before, ...filterOf(flow, row) })}
        resetScroll={false}
        hash="rows"
        className="link"
      >
        <Amount value={row.amount} currency={flow.currency} />
        <span className="sr-only">: its rows</span>
      </Link>
    ),
  },
];

/** What was lost on the way: said where there is none, too. */
const Residuals = ({ flow }: { readonly flow: Flow }) => {
  const lost = [
    ["between the cost and its pools", flow.residuals.pooled],
    ["between the cost and who bears it", flow.residuals.borne],
    ...flow.nodes.map((node) => [`at ${node.label}`, node.residual] as const),
  ].filter(([, amount]) => !isZero(exact(amount ?? "0")));
  return lost.length === 0 ? (
    <p className="border-t border-line px-4 py-2 text-xs text-muted">
      Residual 0: what enters is what leaves, at every step, exactly.
    </p>
  ) : (
    <div className="border-t border-line p-4">
      <Notice tone="bad" title="Cost is lost on the way">
        {lost.map(([where, amount]) => (
          <p key={where}>
            <Amount value={amount ?? "0"} currency={flow.currency} isExact /> {where}
          </p>
        ))}
      </Notice>
    </div>
  );
};

const FlowView = ({ flow }: { readonly flow: Flow }) => {
  const nodeName = useNodeName();
  const nameOf = (id: string): string => {
    const node = flow.nodes.find((one) => one.id === id);
    return node === undefined ? id : nodeName(node);
  };
  if (flow.links.length === 0) return <Empty title="Nothing flows">The month has no cost.</Empty>;
  return (
    <>
      <FlowChart flow={flow} nameOf={nodeName} />
      <Residuals flow={flow} />
      <details className="border-t border-line">
        <summary className="link cursor-pointer px-4 py-2 text-sm">The same as a table</summary>
        <Table
          caption="Cost as it flows"
          columns={columnsFor(flow, nameOf)}
          rows={flow.links}
          keyOf={(row) => `${row.source} ${row.target}`}
        />
      </details>
    </>
  );
};

const CSV_HEAD = ["source", "target", "amount", "currency"];

/** Cost from services through what decided to who bears it. */
export const AllocationFlow = ({ runId }: { readonly runId: string }) => {
  const query = useAnswer("GET /cost/allocations/flow", { run_id: runId });
  return (
    <Panel
      title="How cost flows"
      isFlush
      aside={
        query.data && (
          <CsvButton
            filename={`flow-${runId}.csv`}
            head={CSV_HEAD}
            rows={() => query.data.links.map((row) => [row.source, row.target, row.amount, query.data.currency])}
          />
        )
      }
    >
      <Ready query={query} what="the flow">
        {(flow) => <FlowView flow={flow} />}
      </Ready>
    </Panel>
  );
};
