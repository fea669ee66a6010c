import type { ReactNode } from "react";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { Age, DayText, Moment } from "../../ui/moment.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Digest, Facts, Panel } from "../../ui/panel.tsx";
import { Chip, Status } from "../../ui/status.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { EvidenceFacts } from "../evidence-facts.tsx";
import { usePeriod } from "../period.ts";
import { TagCoverage } from "./coverage.tsx";
import { Findings } from "./findings.tsx";

type Partition = Answer<"GET /cost/partitions">["partitions"][number];
type Quality = Answer<"GET /cost/quality">;

const PartitionRow = ({ partition }: { readonly partition: Partition }) => (
  <li className="space-y-3 p-4">
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
      <span className="font-mono text-sm break-all">{partition.delivery_id}</span>
      <Status state={partition.status} />
      <Chip tone={partition.is_final ? "good" : "warn"}>{partition.is_final ? "final" : "not final"}</Chip>
      <span className="text-xs text-muted">
        delivered <Age at={partition.created_at} />
      </span>
    </div>
    <Facts
      rows={[
        ["Format", partition.format],
        ["Lines", partition.rows.toLocaleString("en")],
        ["Unblended", <Amount key="unblended" value={partition.unblended_cost} currency={partition.currency} />],
        ["Amortized", <Amount key="amortized" value={partition.amortized_cost} currency={partition.currency} />],
        ["Digest", <Digest key="digest" value={partition.digest} />],
      ]}
    />
    <details className="text-sm">
      <summary className="link cursor-pointer">Files and changes</summary>
      <div className="mt-2 rounded-md bg-sunken p-3">
        <EvidenceFacts
          facts={{
            raw_files: partition.raw_files,
            columnar_files: partition.columnar_files,
            changes: partition.changes,
          }}
        />
      </div>
    </details>
  </li>
);

/** How old the newest usage of each payer is. */
const Freshness = ({ freshness }: { readonly freshness: Quality["freshness"] }) => (
  <ul className="space-y-2">
    {freshness.payers.map((row) => (
      <li key={row.payer} className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <Chip tone={row.is_fresh ? "good" : "warn"}>{row.is_fresh ? "fresh" : "stale"}</Chip>
        payer {row.payer}
        <span className="text-muted">
          usage known until <DayText day={row.last_usage_date} />, {row.days} days ago; {freshness.limit_days} are
          allowed
        </span>
      </li>
    ))}
  </ul>
);

const Identity = ({ check }: { readonly check: Quality["identity"][number] }): ReactNode => (
  <div className="space-y-2">
    <div className="flex items-center gap-2 text-sm">
      <Chip tone={check.is_closed ? "good" : "bad"}>{check.is_closed ? "closes" : "open"}</Chip>
      payer {check.payer}
    </div>
    <Facts
      rows={[
        ["Unblended", <Amount key="u" value={check.unblended} currency={check.currency} isExact />],
        ["= amortized", <Amount key="a" value={check.amortized} currency={check.currency} isExact />],
        ["+ upfront", <Amount key="p" value={check.upfront_purchases} currency={check.currency} isExact />],
        ["+ true-up", <Amount key="t" value={check.true_up} currency={check.currency} isExact />],
        ["Left over", <Amount key="d" value={check.difference} currency={check.currency} isExact />],
      ]}
    />
  </div>
);

const QualityPanels = ({ quality }: { readonly quality: Quality }) => (
  <div className="grid items-start gap-5 lg:grid-cols-2">
    <Panel title="Freshness">
      <Freshness freshness={quality.freshness} />
    </Panel>
    <Panel title="AWS's identity">
      {quality.identity.length === 0 ? (
        <Empty title="Not applicable">This format has no columns for it.</Empty>
      ) : (
        quality.identity.map((check) => <Identity key={check.payer} check={check} />)
      )}
    </Panel>
  </div>
);

/** What was delivered, how fresh and how complete it is, and how far it can be trusted. */
export const DeliveriesView = () => {
  const { month } = usePeriod();
  const partitions = useAnswer("GET /cost/partitions", { period: month });
  const quality = useAnswer("GET /cost/quality", { period: month });
  return (
    <div className="space-y-5">
      <Ready query={quality} what="the quality of the cost" whenMissing={null}>
        {(found) => <QualityPanels quality={found} />}
      </Ready>
      <Findings />
      <TagCoverage />
      <Panel title="Deliveries of the month" isFlush>
        <Ready query={partitions} what="the deliveries">
          {({ partitions: found, imports }) => (
            <>
              {found.length === 0 ? (
                <Empty title="Nothing was delivered for this month yet">
                  Import its cost report: commops cur import PATH.
                </Empty>
              ) : (
                <ul className="divide-y divide-line">
                  {found.map((partition) => (
                    <PartitionRow key={partition.delivery_id} partition={partition} />
                  ))}
                </ul>
              )}
              {imports[0] && (
                <p className="border-t border-line px-4 py-2 text-xs text-muted">
                  Last import of any month: <Moment at={imports[0].started_at} />, {imports[0].status}
                </p>
              )}
            </>
          )}
        </Ready>
      </Panel>
    </div>
  );
};
