import { getRouteApi, Link } from "@tanstack/react-router";
import { exact, sumExact, toText } from "@commops/core/money";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Empty, FaultNotice, Notice } from "../../ui/notice.tsx";
import { Digest, Panel } from "../../ui/panel.tsx";
import { Chip } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { faultOf, Ready, useAnswer, useChange } from "../answers.tsx";
import { usePeriod } from "../period.ts";
import { shownValue } from "../plain-data.ts";
import { AllocationFlow } from "./flow/flow.tsx";
import { ShareEvidence, Shares } from "./shares.tsx";

const route = getRouteApi("/cost");

type Allocation = Answer<"GET /cost/allocations/summary">;
type Service = Allocation["per_service"][number];

const PARTS = ["direct", "allocated", "overhead", "untagged", "total"] as const;

const columnsIn = (currency: string): readonly Column<Service>[] => [
  {
    key: "service",
    head: "Service",
    cell: (row) => (
      <Link from="/cost" to="/cost" search={(before) => ({ ...before, service: row.service })} className="link">
        {row.service}
      </Link>
    ),
  },
  ...PARTS.map((part): Column<Service> => ({
    key: part,
    head: part,
    align: "right",
    isMinor: part !== "total" && part !== "allocated",
    cell: (row) => (
      <Amount
        value={row[part]}
        currency={currency}
        isBare
        {...(part === "total" ? { className: "font-medium" } : {})}
      />
    ),
  })),
];

/** Whether the services add up to the whole and the parts to each; said, not assumed. */
const Conservation = ({ allocation }: { readonly allocation: Allocation }) => {
  const { currency } = allocation;
  const parts = sumExact(
    [allocation.direct, allocation.allocated, allocation.overhead, allocation.untagged].map(exact),
  );
  const isWhole = toText(parts) === toText(exact(allocation.total));
  return isWhole ? (
    <p className="px-4 py-2 text-xs text-muted">
      Direct, allocated, overhead and untagged add up to the total, exactly.
    </p>
  ) : (
    <div className="p-4">
      <Notice tone="bad" title="The parts do not add up">
        They come to <Amount value={toText(parts)} currency={currency} isExact />, the total is{" "}
        <Amount value={allocation.total} currency={currency} isExact />.
      </Notice>
    </div>
  );
};

const Verify = ({ runId }: { readonly runId: string }) => {
  const verifying = useChange("POST /cost/allocations:verify");
  const { data } = verifying;
  return (
    <div className="flex flex-wrap items-center gap-3 border-t border-line p-4">
      <Button isBusy={verifying.isPending} onClick={() => verifying.mutate({ run_id: runId })}>
        Verify: allocate again and compare
      </Button>
      <div aria-live="polite" className="min-w-0 flex-1">
        {data && (
          <Notice tone={data.ok ? "good" : "bad"} title={data.ok ? "Equal" : "Not equal"}>
            {data.checked} rows were computed again from {data.recomputed_from.replace("_", " ")}
            {data.first_difference && `; the first that differs: ${shownValue(data.first_difference)}`}.
          </Notice>
        )}
        {verifying.isError && <FaultNotice title="Not verified" fault={faultOf(verifying.error)} />}
      </div>
    </div>
  );
};

const Findings = ({ allocation }: { readonly allocation: Allocation }) =>
  allocation.findings.length === 0 ? null : (
    <Panel title="Findings" isFlush>
      <ul className="divide-y divide-line">
        {allocation.findings.map((finding) => (
          <li
            key={[finding.code, finding.service, finding.rule_id, finding.subject, finding.cost].join()}
            className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2.5 text-sm"
          >
            <Chip tone="warn">{finding.category}</Chip>
            <span className="min-w-0 flex-1 basis-60">{finding.message}</span>
            <Amount value={finding.cost} currency={allocation.currency} />
          </li>
        ))}
      </ul>
    </Panel>
  );

const Services = ({ allocation }: { readonly allocation: Allocation }) => (
  <>
    <Table
      caption={`Allocation per service, ${allocation.currency}`}
      columns={columnsIn(allocation.currency)}
      rows={allocation.per_service}
      keyOf={(row) => row.service}
      foot={
        <tr>
          <th scope="row" className="px-4 py-2 text-left">
            All, {allocation.currency}
          </th>
          {PARTS.map((part) => (
            <td
              key={part}
              className={
                part === "total" || part === "allocated"
                  ? "px-3 py-2 text-right last:pr-4"
                  : "hidden px-3 py-2 text-right md:table-cell"
              }
            >
              <Amount value={allocation[part]} currency={allocation.currency} isBare />
            </td>
          ))}
        </tr>
      }
    />
    <Conservation allocation={allocation} />
    <Verify runId={allocation.run_id} />
    <p className="border-t border-line px-4 py-2 text-xs text-muted">
      {allocation.basis} basis, run {allocation.run_id}, digest <Digest value={allocation.digest} />
    </p>
  </>
);

/** Who bears what: per service, then row by row, each with its evidence. */
export const AllocationView = () => {
  const { service, rule, reason, bearer } = route.useSearch();
  const { month } = usePeriod();
  const query = useAnswer("GET /cost/allocations/summary", { period: month });
  return (
    <div className="space-y-5">
      <Panel title="Allocation" isFlush>
        <Ready
          query={query}
          what="the allocation"
          whenMissing={
            <Empty title="This month is not allocated yet">Its cost has to be delivered first; then allocate it.</Empty>
          }
        >
          {(allocation) => <Services allocation={allocation} />}
        </Ready>
      </Panel>
      {query.data && <AllocationFlow runId={query.data.run_id} />}
      {query.data && [service, rule, reason, bearer].some((one) => one !== undefined) && (
        <Shares runId={query.data.run_id} />
      )}
      {query.data && <Findings allocation={query.data} />}
      <ShareEvidence />
    </div>
  );
};
