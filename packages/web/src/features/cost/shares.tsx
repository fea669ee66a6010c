import { getRouteApi, Link } from "@tanstack/react-router";
import { displayNumber } from "@commops/core/money";
import type { Answer, Input } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { Drawer } from "../../ui/drawer.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Chip, stateText } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { EvidenceFacts } from "../evidence-facts.tsx";
import { useTenantName } from "../names.ts";
import { NextPage } from "../next-page.tsx";
import type { CostSearch } from "./cost-search.ts";

const route = getRouteApi("/cost");

const PAGE_ROWS = 100;

/** Why rows go where they go, besides rules. */
const REASONS = [
  "tag",
  "no_rule",
  "unknown_tag",
  "closed_tag",
  "synthetic_tag",
  "tax",
  "credit",
  "refund",
  "discount",
  "fee",
  "commitment",
  "unknown_line_type",
  "other_provider",
] as const;

type Share = Answer<"GET /cost/allocations">["allocations"][number];

const columnsFor = (nameOf: (id: string | null) => string, onOpen: (id: string) => void): readonly Column<Share>[] => [
  { key: "bearer", head: "Borne by", cell: (row) => (row.tenant_id === null ? "us" : nameOf(row.tenant_id)) },
  { key: "service", head: "Service", isMinor: true, cell: (row) => row.service },
  {
    key: "kind",
    head: "How",
    cell: (row) => <Chip tone={row.kind === "untagged" ? "warn" : "quiet"}>{row.kind}</Chip>,
  },
  {
    key: "rule",
    head: "Rule",
    isMinor: true,
    cell: (row) =>
      row.rule_id === null ? row.reason.replaceAll("_", " ") : `${row.rule_id}, version ${row.rule_version ?? "?"}`,
  },
  {
    key: "key",
    head: "Key",
    isMinor: true,
    align: "right",
    cell: (row) =>
      row.key_value === null || row.key_total === null ? (
        <span className="text-muted">·</span>
      ) : (
        <span className="figures">
          {displayNumber(row.key_value)} of {displayNumber(row.key_total)}
        </span>
      ),
  },
  {
    key: "cost",
    head: "Cost",
    align: "right",
    cell: (row) => (
      <button type="button" className="link" onClick={() => onOpen(row.allocation_id)}>
        <Amount value={row.cost ?? "0"} currency={row.currency} />
        <span className="sr-only">: where it comes from</span>
      </button>
    ),
  },
];

/** The filters of the rows as the API takes them. */
const filterOf = ({ service, rule, reason, bearer }: CostSearch): Partial<Input<"GET /cost/allocations">> => {
  const why = REASONS.find((one) => one === reason);
  return {
    ...(service === undefined ? {} : { service }),
    ...(rule === undefined ? {} : { rule_id: rule }),
    ...(why === undefined ? {} : { reason: why }),
    ...(bearer === "untagged" ? { kind: "untagged" as const } : {}),
    ...(bearer === "operator" ? { kind: "overhead" as const } : {}),
    ...(bearer === undefined || bearer === "operator" || bearer === "untagged" ? {} : { tenant_id: bearer }),
  };
};

/** "AmazonEC2, by nat-gb": what the rows are narrowed to. */
const narrowedText = (search: CostSearch, nameOf: (id: string | null) => string): string =>
  [
    search.service ?? "Every service",
    ...(search.rule === undefined ? [] : [`by ${search.rule}`]),
    ...(search.reason === undefined ? [] : [`because of ${stateText(search.reason)}`]),
    ...(search.bearer === undefined ? [] : [`borne by ${nameOf(search.bearer)}`]),
  ].join(", ");

/** The rows that the address narrows the allocation to. */
export const Shares = ({ runId }: { readonly runId: string }) => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const nameOf = useTenantName();
  const { page } = search;
  const query = useAnswer("GET /cost/allocations", {
    run_id: runId,
    page_size: PAGE_ROWS,
    ...filterOf(search),
    ...(page === undefined ? {} : { page_token: page }),
  });
  const open = (share: string): void => {
    navigate({ search: (before) => ({ ...before, share }), resetScroll: false }).catch(() => undefined);
  };
  return (
    <div id="rows">
      <Panel
        title={`Rows: ${narrowedText(search, nameOf)}`}
        isFlush
        aside={
          <Link to="/cost" search={{ view: "allocation" }} resetScroll={false} className="link">
            Take the filters away
          </Link>
        }
      >
        <Ready query={query} what="the rows">
          {({ allocations, next_page_token: next }) =>
            allocations.length === 0 ? (
              <Empty title="No row matches" />
            ) : (
              <>
                <Table
                  caption={`Rows of the allocation: ${narrowedText(search, nameOf)}`}
                  columns={columnsFor(nameOf, open)}
                  rows={allocations}
                  keyOf={(row) => row.allocation_id}
                />
                <NextPage token={next}>More rows</NextPage>
              </>
            )
          }
        </Ready>
      </Panel>
    </div>
  );
};

/** Formula of a share in words. */
const formulaOf = (share: Share): string =>
  share.key_value === null || share.key_total === null || share.pool_cost === null
    ? `the whole of its pool, ${displayNumber(share.pool_cost ?? share.cost ?? "0")}`
    : `${displayNumber(share.pool_cost)} × ${displayNumber(share.key_value)} / ${displayNumber(share.key_total)}, by ${share.key_metric ?? "its key"}`;

/** Behind a row of the allocation: formula, rule version, pool, the query for its lines and the files they stand in. */
export const ShareEvidence = () => {
  const { share } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useAnswer(
    "GET /cost/allocations/{allocation_id}",
    { allocation_id: share ?? "0" },
    { isEnabled: share !== undefined },
  );
  const close = (): void => {
    navigate({ search: (before) => ({ ...before, share: undefined }), replace: true }).catch(() => undefined);
  };
  return (
    <Drawer
      title="A share of the cost"
      lead="Where this amount comes from."
      isOpen={share !== undefined}
      onClose={close}
    >
      <Ready query={query} what="the evidence">
        {({ allocation, pool, deliveries, query: found }) => (
          <>
            <p className="text-2xl font-semibold">
              <Amount value={allocation.cost ?? "0"} currency={allocation.currency} isExact />
            </p>
            <section>
              <h3 className="eyebrow mb-2">Formula</h3>
              <p className="text-sm break-words">{formulaOf(allocation)}</p>
            </section>
            <section>
              <h3 className="eyebrow mb-2">Row and rule version</h3>
              <EvidenceFacts facts={allocation} without={["source_line_ids"]} />
            </section>
            <section>
              <h3 className="eyebrow mb-2">Pool</h3>
              <EvidenceFacts facts={pool} />
            </section>
            <section>
              <h3 className="eyebrow mb-2">Query for its lines</h3>
              <EvidenceFacts facts={found} />
            </section>
            <section>
              <h3 className="eyebrow mb-2">Deliveries</h3>
              <EvidenceFacts facts={{ deliveries }} />
            </section>
          </>
        )}
      </Ready>
    </Drawer>
  );
};
