import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Answer } from "../../api.ts";
import { JsonText } from "../../ui/json-text.tsx";
import { Moment } from "../../ui/moment.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Facts } from "../../ui/panel.tsx";
import { Status } from "../../ui/status.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { fieldsOf, textOf } from "../plain-data.ts";
import type { State } from "./graph/machine.ts";
import { useUntilEnd } from "./use-until-end.ts";
import { type Execution, iterationsText, type Progress } from "./graph/standing.ts";

type Event = Answer<"GET /workflows/executions/{execution_id}/history">["events"][number];

const COUNTS = ["running", "waiting", "succeeded", "caught", "failed", "aborted"] as const;

const visitsText = ({ visits }: Progress): string =>
  [
    `${visits.entered}`,
    COUNTS.filter((count) => visits[count] > 0)
      .map((count) => `${visits[count]} ${count}`)
      .join(", "),
  ]
    .filter(Boolean)
    .join(": ");

const at = (instant: string | null): ReactNode => (instant === null ? "—" : <Moment at={instant} />);

/** The newest of some events that carries a field, and the field. */
const newest = (events: readonly Event[], ending: RegExp, name: string): unknown =>
  events.filter((event) => ending.test(event.type)).map((event) => fieldsOf(event.details)[name])[0];

const Carried = ({ events }: { readonly events: readonly Event[] }) => {
  const parts = [
    ["Input", newest(events, /StateEntered$/, "input")],
    ["Sent to the task", newest(events, /Scheduled$/, "parameters") ?? newest(events, /Scheduled$/, "input")],
    ["Output", newest(events, /StateExited$/, "output")],
  ] as const;
  return parts.map(([name, value]) =>
    value === undefined ? null : (
      <section key={name}>
        <h3 className="eyebrow mb-1">{name}</h3>
        <JsonText label={name} value={value} />
      </section>
    ),
  );
};

const Fault = ({ progress }: { readonly progress: Progress }) => {
  const [error, cause] = [textOf(progress.error), textOf(progress.cause)];
  if (error === undefined && cause === undefined) return null;
  return (
    <Notice tone={progress.standing === "failed" ? "bad" : "warn"} title={error ?? "An error without a name"}>
      <span className="[overflow-wrap:anywhere]">{cause ?? "It says no cause."}</span>
    </Notice>
  );
};

interface StatePanelProps {
  readonly execution: Execution;
  readonly state: State;
  readonly progress: Progress;
}

/** What went through a state, last: input, what its task was sent, output, error; and its part of the definition. */
export const StatePanel = ({ execution, state, progress }: StatePanelProps) => {
  const asked = useAnswer(
    "GET /workflows/executions/{execution_id}/history",
    { execution_id: execution.execution_id, state: state.name, order: "newest", page_size: 50 },
    { isGoingOn: () => execution.status === "running" },
  );
  const query = useUntilEnd(asked, execution.status);
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center gap-3">
        <Status state={progress.standing} />
        {state.comment !== undefined && <span className="text-sm text-muted">{state.comment}</span>}
      </div>
      <Facts
        rows={[
          ["Type", state.type],
          ["Entered", visitsText(progress)],
          ["Attempts", String(progress.attempts)],
          ...(progress.iterations === null ? [] : [["Items", iterationsText(progress)] as const]),
          ["First entered", at(progress.entered_at)],
          ["Last left", at(progress.left_at)],
        ]}
      />
      {progress.standing === "elsewhere" && (
        <Notice tone="quiet">
          The items of a distributed Map run apart, each as an execution with a history of its own: they are listed
          below the graph.
        </Notice>
      )}
      <Fault progress={progress} />
      {progress.visits.entered > 0 && (
        <Ready query={query} what="what went through it">
          {({ events }) => <Carried events={events} />}
        </Ready>
      )}
      <p className="text-sm">
        <Link to="." hash="history" className="link" search={(before) => before}>
          Its events are listed below
        </Link>
      </p>
    </div>
  );
};
