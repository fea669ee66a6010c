import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Button } from "../../ui/button.tsx";
import { monthText } from "../../ui/moment.tsx";
import { FaultNotice, Notice } from "../../ui/notice.tsx";
import { faultOf, useAnswer, useChange } from "../answers.tsx";
import { usePeriod } from "../period.ts";
import { fieldsOf, listOf, shownValue, textOf } from "../plain-data.ts";
import { may, useSession } from "../session/session.ts";

/** A run until it has ended; everything that is shown is read again then. */
const useRun = (runId: string | undefined) => {
  const client = useQueryClient();
  const { data } = useAnswer(
    "GET /workflows/{run_id}",
    { run_id: runId ?? "" },
    { isEnabled: runId !== undefined, isGoingOn: (run) => run.status === "running" },
  );
  const endedAt = data?.ended_at ?? null;
  useEffect(() => {
    if (endedAt !== null) client.invalidateQueries().catch(() => undefined);
  }, [endedAt, client]);
  return data;
};

type Run = NonNullable<ReturnType<typeof useRun>>;

const COUNTS = ["drafted", "unchanged", "skipped", "failed"] as const;

/** How a run stands, and what came of it tenant by tenant where something failed. */
const RunNotice = ({ run }: { readonly run: Run }) => {
  if (run.status === "running") return <Notice tone="quiet">Drafting: every tenant by itself …</Notice>;
  if (run.status === "failed") {
    const message = textOf(fieldsOf(run.error)["message"]) ?? "The run failed without a reason.";
    return <FaultNotice title="Nothing was drafted" fault={{ message, traceId: run.trace_id }} />;
  }
  const result = fieldsOf(run.result);
  const failed = listOf(result["outcomes"])
    .map(fieldsOf)
    .filter((one) => one["outcome"] === "failed");
  return (
    <Notice
      tone={failed.length === 0 ? "good" : "warn"}
      title={COUNTS.map((count) => `${shownValue(result[count])} ${count}`).join(", ")}
    >
      {failed.map((one) => (
        <p key={textOf(one["tenant_id"])}>
          {textOf(one["tenant_id"])}: {textOf(one["message"])}
        </p>
      ))}
    </Notice>
  );
};

/** Drafts every tenant's invoice of the month, or drafts them again, and shows how that goes. */
export const DraftMonth = () => {
  const session = useSession();
  const { month } = usePeriod();
  const starting = useChange("POST /invoices:generate-period");
  const run = useRun(starting.data?.run_id);
  if (!may(session, "billing:write")) return null;
  return (
    <div className="flex flex-col gap-2 sm:items-end">
      <Button
        isBusy={starting.isPending || run?.status === "running"}
        onClick={() => starting.mutate({ period: month })}
      >
        Draft {monthText(month)}
      </Button>
      <div aria-live="polite" className="max-w-lg empty:hidden">
        {starting.isError && <FaultNotice title="Not started" fault={faultOf(starting.error)} />}
        {run && <RunNotice run={run} />}
      </div>
    </div>
  );
};
