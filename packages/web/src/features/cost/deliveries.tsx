import type { ReactNode } from "react";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { Age, Moment } from "../../ui/moment.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Digest, Facts, Panel } from "../../ui/panel.tsx";
import { Chip, Status, toneOf } from "../../ui/status.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { EvidenceFacts } from "../evidence-facts.tsx";
import { usePeriod } from "../period.ts";

type Partition = Answer<"GET /cost/partitions">["partitions"][number];
type Quality = Answer<"GET /cost/quality">;
type Finding = Partition["findings"][number];

export const FindingList = ({ findings }: { readonly findings: readonly Finding[] }) => (
  <ul className="space-y-1.5">
    {findings.map((finding) => (
      <li key={finding.code + finding.message} className="flex flex-wrap items-baseline gap-2 text-sm">
        <Chip tone={toneOf(finding.severity)}>{finding.code.replaceAll("_", " ")}</Chip>
        <span className="min-w-0 flex-1 basis-60 break-words">{finding.message}</span>
      </li>
    ))}
  </ul>
);

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
    {partition.findings.length > 0 && <FindingList findings={partition.findings} />}
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

const Coverage = ({
  name,
  part,
  currency,
}: {
  readonly name: string;
  readonly part: Quality["tags"]["tenant"];
  readonly currency: string;
}) => (
  <li className="text-sm">
    <div className="flex items-baseline justify-between gap-3">
      <span>{name}</span>
      <span>
        <span className="figures font-medium">{part.percent === null ? "—" : `${part.percent} %`}</span>
        <span className="ml-3 text-muted">
          <Amount value={part.cost} currency={currency} />
        </span>
      </span>
    </div>
    <svg aria-hidden className="mt-1 block h-1.5 w-full" preserveAspectRatio="none" viewBox="0 0 100 1">
      <rect width="100" height="1" className="fill-sunken" />
      <rect width={Math.min(100, Number(part.percent ?? 0))} height="1" className="fill-accent" />
    </svg>
  </li>
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
    <Panel title="Tag coverage of usage">
      <ul className="space-y-3">
        <Coverage name="Tenant" part={quality.tags.tenant} currency="USD" />
        <Coverage name="Plan" part={quality.tags.plan} currency="USD" />
        <Coverage name="Component" part={quality.tags.component} currency="USD" />
      </ul>
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
