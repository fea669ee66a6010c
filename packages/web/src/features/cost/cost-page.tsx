import { getRouteApi } from "@tanstack/react-router";
import { Tabs } from "radix-ui";
import { monthText } from "../../ui/moment.tsx";
import { PageHead } from "../../ui/panel.tsx";
import { TAB, TAB_LIST } from "../../ui/tab.ts";
import { usePeriod } from "../period.ts";
import { searchWord } from "../search.ts";
import { AllocationView } from "./allocation.tsx";
import { Breakdown } from "./breakdown.tsx";
import { VIEWS } from "./cost-search.ts";
import { DeliveriesView } from "./deliveries.tsx";
import { CostLines } from "./lines.tsx";
import { RestatementsView } from "./restatements.tsx";
import { RulesView } from "./rules.tsx";

const route = getRouteApi("/cost");

const NAMES = {
  cost: "Cost",
  allocation: "Allocation",
  rules: "Rules",
  deliveries: "Deliveries and quality",
  restatements: "Restatements",
} as const;

/** What AWS charged, who bears it, and how good the data is. */
export const CostPage = () => {
  const { view } = route.useSearch();
  const { month } = usePeriod();
  const navigate = route.useNavigate();
  return (
    <>
      <PageHead
        title={`Cost of ${monthText(month)}`}
        lead="From the total to the line of the cost report, and to who bears it by which rule."
      />
      <Tabs.Root
        value={view ?? "cost"}
        onValueChange={(next) => {
          navigate({ search: { view: searchWord(VIEWS, next) } }).catch(() => undefined);
        }}
      >
        <Tabs.List aria-label="Views of the cost" className={`${TAB_LIST} mb-4`}>
          {VIEWS.map((one) => (
            <Tabs.Trigger key={one} value={one} className={TAB}>
              {NAMES[one]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value="cost" className="space-y-5">
          <Breakdown />
          <CostLines />
        </Tabs.Content>
        <Tabs.Content value="allocation">
          <AllocationView />
        </Tabs.Content>
        <Tabs.Content value="rules">
          <RulesView />
        </Tabs.Content>
        <Tabs.Content value="deliveries">
          <DeliveriesView />
        </Tabs.Content>
        <Tabs.Content value="restatements">
          <RestatementsView />
        </Tabs.Content>
      </Tabs.Root>
    </>
  );
};
