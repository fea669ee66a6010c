import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api.ts";
import { Button } from "../../ui/button.tsx";
import { CsvButton } from "../../ui/csv-button.tsx";
import { Select } from "../../ui/field.tsx";
import { FilterBar } from "../../ui/filter-bar.tsx";
import { Moment } from "../../ui/moment.tsx";
import { Empty, FaultNotice } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Chip, stateText, toneOf } from "../../ui/status.tsx";
import { faultOf, Ready, useAnswer, useChange } from "../answers.tsx";
import { EvidenceFacts } from "../evidence-facts.tsx";
import { usePersonName } from "../names.ts";
import { usePeriod } from "../period.ts";
import { ReasonDialog } from "../reason-dialog.tsx";
import { searchWord } from "../search.ts";
import { may, useSession } from "../session/session.ts";
import { FINDING_STATES } from "./cost-search.ts";

const route = getRouteApi("/cost");

type Finding = Answer<"GET /cost/findings">["findings"][number];

/** The lines that a finding rests on, asked for when they are opened. */
const Evidence = ({ finding }: { readonly finding: Finding }) => {
  const [isOpen, setOpen] = useState(false);
  const query = useAnswer(
    "GET /cost/findings/{finding_id}/evidence",
    { finding_id: finding.finding_id },
    { isEnabled: isOpen },
  );
  if (finding.evidence_query === null) return null;
  return (
    <details className="text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="link cursor-pointer">The lines that it rests on</summary>
      <div className="mt-2 space-y-3 rounded-md bg-sunken p-3">
        <code className="block font-mono text-xs break-words whitespace-pre-wrap">{finding.evidence_query}</code>
        {isOpen && (
          <Ready query={query} what="the lines">
            {({ rows }) =>
              rows.length === 0 ? <p className="text-xs text-muted">No line.</p> : <EvidenceFacts facts={{ rows }} />
            }
          </Ready>
        )}
      </div>
    </details>
  );
};

const Acceptance = ({ finding }: { readonly finding: Finding }) => {
  const nameOf = usePersonName();
  return finding.accepted === null ? null : (
    <p className="text-sm text-muted">
      Accepted by {nameOf(finding.accepted.by)}, <Moment at={finding.accepted.at} />: {finding.accepted.reason}
    </p>
  );
};

const FindingRow = ({
  finding,
  onAccept,
}: {
  readonly finding: Finding;
  readonly onAccept: (() => void) | undefined;
}) => (
  <li className="space-y-2 p-4">
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
      <Chip tone={toneOf(finding.severity)}>{finding.severity}</Chip>
      <span className="text-sm font-medium">{stateText(finding.code)}</span>
      <span className="text-xs break-all text-muted">
        {finding.period}, {finding.delivery_id}, {stateText(finding.delivery_status)}
      </span>
    </div>
    <p className="text-sm [overflow-wrap:anywhere]">{finding.message}</p>
    {finding.advice !== null && <p className="text-sm text-muted">What to do: {finding.advice}</p>}
    <Acceptance finding={finding} />
    <Evidence finding={finding} />
    {onAccept && finding.accepted === null && <Button onClick={onAccept}>Accept</Button>}
  </li>
);

const FindingList = ({ findings }: { readonly findings: readonly Finding[] }) => {
  const session = useSession();
  const [asked, setAsked] = useState<Finding>();
  const accepting = useChange("POST /cost/findings/{finding_id}:accept", () => setAsked(undefined));
  const mayAccept = may(session, "cost:write");
  return (
    <>
      <div aria-live="polite" className="px-4 empty:hidden">
        {accepting.isError && <FaultNotice title="Not accepted" fault={faultOf(accepting.error)} />}
        {accepting.data && (
          <p className="pt-3 text-sm">
            Accepted. The delivery is {stateText(accepting.data.delivery_status)}
            {accepting.data.still_open.length > 0 &&
              `; ${accepting.data.still_open.length} findings still hold it back`}
            .
          </p>
        )}
      </div>
      {findings.length === 0 && (
        <Empty title="No finding">What checks of a delivery find stands here, with what to do about it.</Empty>
      )}
      <ul className="divide-y divide-line">
        {findings.map((finding) => (
          <FindingRow
            key={finding.finding_id}
            finding={finding}
            onAccept={mayAccept ? () => setAsked(finding) : undefined}
          />
        ))}
      </ul>
      <ReasonDialog
        isOpen={asked !== undefined}
        title="Accept this finding?"
        lead="Once no quarantine is left open, the delivery counts. Your reason stays with it."
        verb="Accept"
        isBusy={accepting.isPending}
        onClose={() => setAsked(undefined)}
        onReason={(reason) => {
          if (asked) accepting.mutate({ finding_id: asked.finding_id, reason }, { onError: () => setAsked(undefined) });
        }}
      />
    </>
  );
};

const CSV_HEAD = ["finding_id", "period", "severity", "code", "message", "advice", "delivery_status", "accepted_by"];

const csvRows = (findings: readonly Finding[]): string[][] =>
  findings.map((row) => [
    row.finding_id,
    row.period,
    row.severity,
    row.code,
    row.message,
    row.advice ?? "",
    row.delivery_status,
    row.accepted?.by ?? "",
  ]);

/** What the checks of the month's deliveries found: what is wrong, on what it rests, what to do; accepted with a reason. */
export const Findings = () => {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { month } = usePeriod();
  const state = search.findings ?? "open";
  const query = useAnswer("GET /cost/findings", { period: month, state });
  return (
    <Panel
      title="Findings"
      isFlush
      aside={
        query.data && (
          <CsvButton filename={`findings-${month}.csv`} head={CSV_HEAD} rows={() => csvRows(query.data.findings)} />
        )
      }
    >
      <FilterBar>
        <Select
          label="Findings"
          options={[
            ["open", "Open"],
            ["accepted", "Accepted"],
            ["all", "All"],
          ]}
          value={state}
          onChange={(event) => {
            const findings = searchWord(FINDING_STATES, event.target.value);
            navigate({ search: (before) => ({ ...before, findings }), replace: true }).catch(() => undefined);
          }}
        />
      </FilterBar>
      <Ready query={query} what="the findings">
        {({ findings }) => <FindingList findings={findings} />}
      </Ready>
    </Panel>
  );
};
