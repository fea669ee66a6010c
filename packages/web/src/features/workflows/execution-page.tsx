import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { JsonText } from "../../ui/json-text.tsx";
import { durationText, Moment } from "../../ui/moment.tsx";
import { Empty, Notice } from "../../ui/notice.tsx";
import { Facts, PageHead, Panel } from "../../ui/panel.tsx";
import { Status } from "../../ui/status.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { textOf } from "../plain-data.ts";
import { ExecutionActions } from "./execution-actions.tsx";
import { allStates, readMachine } from "./graph/machine.ts";
import type { Execution } from "./graph/standing.ts";
import { StateGraph } from "./graph/state-graph.tsx";
import { History } from "./history.tsx";
import { MapItems } from "./map-items.tsx";
import { StateList } from "./state-list.tsx";
import { StatePanel } from "./state-panel.tsx";

const route = getRouteApi("/workflows/$executionId");

/** An execution with a long history is not asked for as often. */
const LONG_HISTORY = 2000;
const [OFTEN_MS, SELDOM_MS] = [1000, 5000];

const Ending = ({ execution }: { readonly execution: Execution }) =>
  execution.error === null ? null : (
    <div className="mb-4">
      <Notice tone="bad" title={`It ended with ${execution.error}`}>
        <span className="[overflow-wrap:anywhere]">{textOf(execution.cause) ?? "It says no cause."}</span>
      </Notice>
    </div>
  );

const Summary = ({ execution }: { readonly execution: Execution }) => (
  <div className="space-y-4">
    <Facts
      rows={[
        [
          "Machine",
          <Link key="machine" to="/workflows" search={{ machine: execution.machine }} className="link">
            {execution.machine}
          </Link>,
        ],
        ["Started", <Moment key="started" at={execution.started_at} />],
        ["Ended", execution.stopped_at === null ? "not yet" : <Moment key="ended" at={execution.stopped_at} />],
        ...(execution.stopped_at === null
          ? []
          : [["Took", durationText(Date.parse(execution.stopped_at) - Date.parse(execution.started_at))] as const]),
        ["Redriven", `${execution.redrive_count} times`],
        ["Events", execution.events.toLocaleString("en")],
      ]}
    />
    <section>
      <h3 className="eyebrow mb-1">Input</h3>
      <JsonText label="Input of the execution" value={execution.input} />
    </section>
    {execution.status === "succeeded" && (
      <section>
        <h3 className="eyebrow mb-1">Output</h3>
        <JsonText label="Output of the execution" value={execution.output} />
      </section>
    )}
    <p className="text-sm text-muted">Choose a state of the graph to see what went through it.</p>
  </div>
);

const Side = ({ execution }: { readonly execution: Execution }) => {
  const { state: chosen } = route.useSearch();
  const machine = useMemo(() => readMachine(execution.definition), [execution.definition]);
  const state = allStates(machine).find((one) => one.name === chosen);
  const progress = execution.states.find((one) => one.name === chosen);
  if (state === undefined || progress === undefined)
    return (
      <Panel title="The execution">
        <Summary execution={execution} />
      </Panel>
    );
  return (
    <Panel
      title={state.name}
      aside={
        <Link to="." search={(before) => ({ ...before, state: undefined })} resetScroll={false} className="link">
          The whole execution
        </Link>
      }
    >
      <StatePanel key={state.name} execution={execution} state={state} progress={progress} />
    </Panel>
  );
};

const ExecutionView = ({ execution }: { readonly execution: Execution }) => {
  const { state: chosen } = route.useSearch();
  const definition = JSON.stringify(execution.definition);
  const machine = useMemo(() => readMachine(JSON.parse(definition)), [definition]);
  return (
    <>
      <PageHead
        title={
          <span className="flex flex-wrap items-center gap-3 [overflow-wrap:anywhere]">
            {execution.name}
            <Status state={execution.status} />
          </span>
        }
        lead={
          <>
            <Link to="/workflows" className="link">
              Workflows
            </Link>
            , {execution.machine}
            {execution.of_map === null ? "" : `, an item of the Map ${execution.of_map}`}, started{" "}
            <Moment at={execution.started_at} />
          </>
        }
        actions={execution.of_map === null ? <ExecutionActions execution={execution} /> : undefined}
      />
      <Ending execution={execution} />
      <div className="grid items-start gap-5 xl:grid-cols-[1.4fr_1fr]">
        <Panel title="State graph" aside="dashed: an error that is caught; heavy: the path taken" isFlush>
          <StateGraph machine={machine} execution={execution} chosen={chosen} />
        </Panel>
        <Side execution={execution} />
      </div>
      <div className="mt-5 space-y-5">
        {execution.states.some((state) => state.standing === "elsewhere") && <MapItems execution={execution} />}
        <Panel title="States" isFlush>
          <StateList machine={machine} execution={execution} />
        </Panel>
        <div id="history">
          <History execution={execution} />
        </div>
      </div>
    </>
  );
};

/** One execution as its graph, with what went through it and what can be done about it. */
export const ExecutionPage = () => {
  const { executionId } = route.useParams();
  const query = useAnswer(
    "GET /workflows/executions/{execution_id}",
    { execution_id: executionId },
    {
      isGoingOn: ({ status, events }) => status === "running" && (events > LONG_HISTORY ? SELDOM_MS : OFTEN_MS),
    },
  );
  return (
    <Ready
      query={query}
      what="the execution"
      whenMissing={
        <Empty title="There is no such execution">
          It may be older than the engine keeps.{" "}
          <Link to="/workflows" className="link">
            All executions
          </Link>
        </Empty>
      }
    >
      {(execution) => <ExecutionView execution={execution} />}
    </Ready>
  );
};
