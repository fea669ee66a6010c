import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { FaultNotice } from "../../ui/notice.tsx";
import { faultOf, useChange } from "../answers.tsx";
import { ReasonDialog } from "../reason-dialog.tsx";
import { may, useSession } from "../session/session.ts";
import type { Execution } from "./graph/standing.ts";

const COMMANDS = {
  redrive: {
    verb: "Redrive",
    title: "Go on from the state that failed?",
    lead: "What has succeeded is not done again. Your reason stands in the audit trail.",
  },
  retry: {
    verb: "Start again",
    title: "Start again from the beginning?",
    lead: "A new execution gets the same input. Your reason stands in the audit trail.",
  },
  abort: {
    verb: "Stop",
    title: "Stop this execution?",
    lead: "What it has done stays done; it can be redriven later. Your reason stays with it.",
  },
} as const;

type Command = keyof typeof COMMANDS;

/** What can be done about an execution as it stands. */
const commandsFor = (status: Execution["status"]): readonly Command[] =>
  status === "running" ? ["abort"] : status === "succeeded" ? ["retry"] : ["redrive", "retry"];

/** Stop, redrive, start again: each asks for a reason first. */
export const ExecutionActions = ({ execution }: { readonly execution: Execution }) => {
  const session = useSession();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Command>();
  const close = (): void => setAsked(undefined);
  const redriving = useChange("POST /workflows/executions/{execution_id}:redrive", close);
  const aborting = useChange("POST /workflows/executions/{execution_id}:abort", close);
  const retrying = useChange("POST /workflows/executions/{execution_id}:retry", ({ execution_id: executionId }) => {
    close();
    navigate({ to: "/workflows/$executionId", params: { executionId } }).catch(() => undefined);
  });
  if (!may(session, "workflows:write")) return null;
  const doing = { redrive: redriving, retry: retrying, abort: aborting };
  const failed = [redriving, retrying, aborting].find((one) => one.isError);
  const shown = COMMANDS[asked ?? "retry"];
  return (
    <div className="flex flex-col gap-2 sm:items-end">
      <div className="flex flex-wrap gap-2">
        {commandsFor(execution.status).map((command, index) => (
          <Button
            key={command}
            look={command === "abort" ? "danger" : index === 0 ? "primary" : "plain"}
            onClick={() => setAsked(command)}
          >
            {COMMANDS[command].verb}
          </Button>
        ))}
      </div>
      <div aria-live="polite" className="max-w-md empty:hidden">
        {failed && <FaultNotice title="Nothing was changed" fault={faultOf(failed.error)} />}
      </div>
      <ReasonDialog
        isOpen={asked !== undefined}
        title={shown.title}
        lead={shown.lead}
        verb={shown.verb}
        isBusy={asked !== undefined && doing[asked].isPending}
        onClose={close}
        onReason={(reason) => {
          if (asked !== undefined)
            doing[asked].mutate({ execution_id: execution.execution_id, reason }, { onError: close });
        }}
      />
    </div>
  );
};
