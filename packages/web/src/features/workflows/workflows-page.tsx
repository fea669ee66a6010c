import { getRouteApi } from "@tanstack/react-router";
import { Tabs } from "radix-ui";
import { PageHead } from "../../ui/panel.tsx";
import { TAB, TAB_LIST } from "../../ui/tab.ts";
import { searchWord } from "../search.ts";
import { Executions } from "./executions.tsx";
import { Runs } from "./runs.tsx";
import { StartMachine } from "./start-machine.tsx";
import { VIEWS } from "./workflows-search.ts";

const route = getRouteApi("/workflows");

const NAMES = { executions: "State machines", runs: "Background runs" } as const;

/** What runs and ran: executions of state machines, and work that requests left behind. */
export const WorkflowsPage = () => {
  const { view, machine } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <>
      <PageHead
        title="Workflows"
        lead="What runs by itself: each execution opens to its graph, its history and what can be done about it."
        actions={<StartMachine machine={machine} key={machine} />}
      />
      <Tabs.Root
        value={view ?? "executions"}
        onValueChange={(next) => {
          navigate({ search: { view: searchWord(VIEWS, next) } }).catch(() => undefined);
        }}
      >
        <Tabs.List aria-label="Kinds of work" className={`${TAB_LIST} mb-4`}>
          {VIEWS.map((one) => (
            <Tabs.Trigger key={one} value={one} className={TAB}>
              {NAMES[one]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value="executions">
          <Executions />
        </Tabs.Content>
        <Tabs.Content value="runs">
          <Runs />
        </Tabs.Content>
      </Tabs.Root>
    </>
  );
};
