import { z } from "zod";
import { Problem } from "../kernel/index.ts";
import { action, view } from "../record/index.ts";
import { costPolicySchema, severityOf } from "./cost-policy.ts";
import { type CostPolicyVersion, listCostPolicies, readCostPolicy, storeCostPolicy } from "./cost-policy.store.ts";
import { FINDING_CODES, FINDING_KINDS } from "./finding-kinds.ts";

const shown = ({ version, policy, createdBy, createdAt }: CostPolicyVersion) => ({
  version,
  policy,
  created_by: createdBy,
  created_at: createdAt?.toISOString() ?? null,
});

/** The cost policy in force, its earlier versions, and what every check means under it. */
export const costPolicy = view("cost.policy", { needs: "cost:read", input: z.object({}) }, (door) =>
  door.load(async (tx) => {
    const versions = await listCostPolicies(tx);
    const current = await readCostPolicy(tx);
    return {
      ...shown(current),
      checks: FINDING_CODES.map((code) => ({
        code,
        severity: severityOf(current.policy, code),
        default_severity: FINDING_KINDS[code].severity,
        advice: FINDING_KINDS[code].advice,
      })),
      versions: versions.map(shown),
    };
  }),
);

/**
 * Writes the next version of the cost policy, whole; what is left out has its default. It holds for deliveries that are imported from now on.
 * With `if_revision` (If-Match) a version written meanwhile is refused.
 */
export const setCostPolicy = action(
  "cost.set-policy",
  {
    needs: "cost:write",
    input: z.object({ policy: costPolicySchema, if_revision: z.coerce.number().int().optional() }),
  },
  (door, input) =>
    door.load(readCostPolicy).then((current) => {
      if (input.if_revision !== undefined && input.if_revision !== current.version)
        throw new Problem(
          "version",
          "FAILED_PRECONDITION",
          `the cost policy is at version ${current.version}, not ${input.if_revision}: read it again, then repeat the change`,
        );
      const version = current.version + 1;
      const row = { version, policy: input.policy, createdBy: door.actor.id, createdAt: door.now };
      return door.save(
        {
          objectType: "cost_policy",
          objectId: String(version),
          metadata: { before: current.policy, after: input.policy },
        },
        async (tx) => {
          await storeCostPolicy(tx, row);
          return shown(row);
        },
      );
    }),
);
