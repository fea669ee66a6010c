import { Link } from "@tanstack/react-router";
import { Moment } from "../../ui/moment.tsx";
import { Status } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { allStates, type Machine, type State } from "./graph/machine.ts";
import { type Execution, iterationsText, type Progress } from "./graph/standing.ts";

interface Row {
  readonly state: State;
  readonly progress: Progress | undefined;
}

const waysText = ({ ways, isLast }: State): string =>
  [
    ...ways.map((way) => (way.label === undefined ? way.to : `${way.to} (${way.label})`)),
    ...(isLast ? ["the end"] : []),
  ].join("; ");

const columnsFor = (executionId: string): readonly Column<Row>[] => [
  {
    key: "state",
    head: "State",
    cell: ({ state }) => (
      <Link
        to="/workflows/$executionId"
        params={{ executionId }}
        search={(before) => ({ ...before, state: state.name, page: undefined })}
        resetScroll={false}
        className="link"
      >
        {state.name}
      </Link>
    ),
  },
  { key: "type", head: "Type", isMinor: true, cell: ({ state }) => state.type },
  { key: "standing", head: "Stands", cell: ({ progress }) => <Status state={progress?.standing ?? "not_reached"} /> },
  {
    key: "times",
    head: "Entered",
    align: "right",
    cell: ({ progress }) => <span className="figures">{progress?.visits.entered ?? 0}</span>,
  },
  {
    key: "attempts",
    head: "Attempts",
    align: "right",
    isMinor: true,
    cell: ({ progress }) => <span className="figures">{progress?.attempts ?? 0}</span>,
  },
  {
    key: "items",
    head: "Items",
    isMinor: true,
    cell: ({ progress }) => (progress === undefined ? "—" : (iterationsText(progress) ?? "—")),
  },
  {
    key: "entered",
    head: "First entered",
    isMinor: true,
    cell: ({ progress }) => (progress?.entered_at ? <Moment at={progress.entered_at} /> : "—"),
  },
  {
    key: "ways",
    head: "Leads to",
    isMinor: true,
    cell: ({ state }) => <span className="text-muted">{waysText(state)}</span>,
  },
];

/** The graph as a table: the same states, how they stand, and where they lead. */
export const StateList = ({ machine, execution }: { readonly machine: Machine; readonly execution: Execution }) => {
  const progress = new Map(execution.states.map((state) => [state.name, state]));
  return (
    <Table
      caption={`States of ${execution.machine}`}
      columns={columnsFor(execution.execution_id)}
      rows={allStates(machine).map((state) => ({ state, progress: progress.get(state.name) }))}
      keyOf={({ state }) => state.name}
    />
  );
};
