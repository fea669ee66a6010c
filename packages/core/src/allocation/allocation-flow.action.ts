import { z } from "zod";
import { exact, SCALE, scaled } from "../money/index.ts";
import { view } from "../record/index.ts";
import { shownCost } from "./allocate.ts";
import { chosenRun, runChoice } from "./allocation-summary.action.ts";
import { costFlow, type FlowNode } from "./flow.ts";
import { readFlow } from "./flow.store.ts";

const shownNode = ({ id, layer, label, amount, residual, route, tenantId }: FlowNode) => ({
  id,
  layer,
  label,
  amount: shownCost(amount),
  residual: shownCost(residual),
  reason: route?.reason ?? null,
  rule_id: route?.ruleId ?? null,
  rule_version: route?.ruleVersion ?? null,
  tenant_id: tenantId,
});

/**
 * A period's cost as it flows from services through rules to who bears it, as a Sankey diagram draws it; amounts are decimal text in
 * the run's currency, below zero where credits flow. Throws a missing Problem where the period is not allocated.
 */
export const allocationFlow = view(
  "allocation.flow",
  {
    needs: "cost:read",
    input: runChoice.extend({
      /** Tenants that get a node of their own. */
      top: z.coerce.number().int().min(0).max(1000).default(25),
    }),
  },
  async (door, input) => {
    const run = await chosenRun(door, input);
    const { ins, outs } = await door.load((tx) => readFlow(tx, run.runId));
    const flow = costFlow(ins, outs, scaled(exact(run.totalCost), SCALE), input.top);
    return {
      run_id: run.runId,
      period_start: run.periodStart,
      period_end: run.periodEnd,
      basis: run.basis,
      currency: run.currency,
      total: shownCost(scaled(exact(run.totalCost), SCALE)),
      nodes: flow.nodes.map(shownNode),
      links: flow.links.map(({ source, target, amount }) => ({ source, target, amount: shownCost(amount) })),
      other_tenants: flow.otherTenants,
      residuals: { pooled: shownCost(flow.residuals.pooled), borne: shownCost(flow.residuals.borne) },
    };
  },
);
