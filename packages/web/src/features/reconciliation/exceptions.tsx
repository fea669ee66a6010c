import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { Answer } from "../../api.ts";
import { Percent } from "../../ui/amount.tsx";
import { Button } from "../../ui/button.tsx";
import { Select } from "../../ui/field.tsx";
import { Age } from "../../ui/moment.tsx";
import { Empty, FaultNotice } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Chip, Status } from "../../ui/status.tsx";
import { faultOf, Ready, useAnswer, useChange } from "../answers.tsx";
import { EvidenceFacts } from "../evidence-facts.tsx";
import { exceptionIdOf } from "../ids.ts";
import { usePersonName, useTenantName } from "../names.ts";
import { ReasonDialog } from "../reason-dialog.tsx";
import { searchWord } from "../search.ts";
import { may, useSession } from "../session/session.ts";
import { EXCEPTION_STATES, type ExceptionState } from "./reconciliation-search.ts";

const route = getRouteApi("/reconciliation");

type Exception = Answer<"GET /reconciliation/exceptions">["exceptions"][number];

const WAYS = {
  resolved: { verb: "Resolve", lead: "Its cause is gone. It opens again when the next run still finds it." },
  accepted: { verb: "Accept", lead: "It stays as it is, for the reason you give. It opens again when it changes." },
} as const;

const Close = ({ exception }: { readonly exception: Exception }) => {
  const session = useSession();
  const [way, setWay] = useState<keyof typeof WAYS | undefined>(undefined);
  const closing = useChange("POST /reconciliation/exceptions/{exception_id}:resolve");
  if (!may(session, "recon:write") || exception.status !== "open") return null;
  const asked = WAYS[way ?? "resolved"];
  return (
    <div className="space-y-2">
      <div className="flex gap-2">
        <Button onClick={() => setWay("resolved")}>Resolve</Button>
        <Button onClick={() => setWay("accepted")}>Accept</Button>
      </div>
      {closing.isError && <FaultNotice title="Not closed" fault={faultOf(closing.error)} />}
      <ReasonDialog
        isOpen={way !== undefined}
        title={`${asked.verb} this exception`}
        lead={asked.lead}
        verb={asked.verb}
        isBusy={closing.isPending}
        onClose={() => setWay(undefined)}
        onReason={(reason) => {
          setWay(undefined);
          closing.mutate({ exception_id: exceptionIdOf(exception.exception_id), reason, status: way ?? "resolved" });
        }}
      />
    </div>
  );
};

const ExceptionRow = ({ exception }: { readonly exception: Exception }) => {
  const tenantName = useTenantName();
  const personName = usePersonName();
  return (
    <li className="space-y-2 p-4">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-sm">
        <Chip tone="quiet">{exception.category}</Chip>
        <Status state={exception.status} />
        {exception.tenant_id !== null && <span>{tenantName(exception.tenant_id)}</span>}
        {exception.variance_pct !== null && <Percent value={exception.variance_pct} />}
        <span className="text-xs text-muted">
          found <Age at={exception.created_at} />
          {exception.owner !== null && `, looked after by ${personName(exception.owner)}`}
        </span>
      </div>
      <p className="text-sm break-words">{exception.description}</p>
      {exception.reason !== null && <p className="text-sm text-muted">Reason: {exception.reason}</p>}
      <details className="text-sm">
        <summary className="link cursor-pointer">Evidence</summary>
        <div className="mt-2 rounded-md bg-sunken p-3">
          <EvidenceFacts facts={exception.evidence} />
        </div>
      </details>
      <Close exception={exception} />
    </li>
  );
};

/** What somebody has to look at. */
export const Exceptions = ({
  month,
  state,
}: {
  readonly month: string;
  readonly state: ExceptionState | undefined;
}) => {
  const navigate = route.useNavigate();
  const query = useAnswer("GET /reconciliation/exceptions", {
    period: month,
    page_size: 200,
    ...(state === undefined ? {} : { state }),
  });
  return (
    <Panel title="Exceptions" isFlush>
      <div className="border-b border-line p-4">
        <Select
          className="max-w-xs"
          label="State"
          options={[["", "Every state"], ...EXCEPTION_STATES.map((one) => [one, one] as const)]}
          value={state ?? ""}
          onChange={(event) => {
            const next = searchWord(EXCEPTION_STATES, event.target.value);
            navigate({ search: (before) => ({ ...before, state: next }), replace: true }).catch(() => undefined);
          }}
        />
      </div>
      <Ready query={query} what="the exceptions">
        {({ exceptions }) =>
          exceptions.length === 0 ? (
            <Empty title="No exception">Everything that was compared agrees, or nothing was compared yet.</Empty>
          ) : (
            <ul className="divide-y divide-line">
              {exceptions.map((exception) => (
                <ExceptionRow key={exception.exception_id} exception={exception} />
              ))}
            </ul>
          )
        }
      </Ready>
    </Panel>
  );
};
