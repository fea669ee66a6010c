import { z } from "zod";
import { missing, monthInput } from "../kernel/index.ts";
import { view } from "../record/index.ts";
import { dayOf, monthOf, monthPeriod } from "../time/index.ts";
import { rulesInForce } from "./rule.ts";
import { shownRule } from "./rule-wire.ts";
import { readAllocationPolicy, readAllocationRules } from "./rules.store.ts";

/** The rules and the routing policy in force for a month (the present one where none is named), in the order in which they are tried. */
export const listRules = view(
  "allocation.rules.list",
  { needs: "rules:read", input: z.object({ period: monthInput.optional() }) },
  async (door, input) => {
    const month = input.period ?? monthOf(dayOf(door.now));
    const period = monthPeriod(month);
    return door.load(async (tx) => ({
      period: month,
      rules: rulesInForce(await readAllocationRules(tx), period).map(shownRule),
      policy: await readAllocationPolicy(tx, period),
    }));
  },
);

/** Every version of a rule, the newest first. Throws a missing Problem. */
export const ruleVersions = view(
  "allocation.rules.versions",
  { needs: "rules:read", input: z.object({ rule_id: z.string() }) },
  async (door, { rule_id: ruleId }) => {
    const versions = (await door.load(readAllocationRules)).filter((rule) => rule.rule_id === ruleId);
    if (versions.length === 0) throw missing("allocation rule", ruleId);
    return { rule_id: ruleId, versions: versions.toSorted((a, b) => b.version - a.version).map(shownRule) };
  },
);
