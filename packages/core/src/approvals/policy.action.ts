import { z } from "zod";
import { forbidden } from "../kernel/index.ts";
import { action, view } from "../record/index.ts";
import { approvalPolicySchema } from "./policy.ts";
import { insertApprovalPolicy, type PolicyVersion, readApprovalPolicy } from "./policy.store.ts";

const shown = ({ version, policy, setBy, setAt }: PolicyVersion) => ({
  version,
  ...policy,
  set_by: setBy,
  set_at: setAt?.toISOString() ?? null,
});

/** What may be approved without a person. */
export const getApprovalPolicy = view(
  "approvals.policy",
  { needs: "billing:read", input: z.object({}) },
  async (door) => {
    if (door.actor.tenantId !== undefined) throw forbidden("the approval policy is the operator's own.");
    return shown(await door.load(readApprovalPolicy));
  },
);

/**
 * Sets what may be approved without a person from now on; the same again changes nothing. Whoever sets it decides by it: a draft
 * that the same person prepared still needs another one.
 */
export const setApprovalPolicy = action(
  "approvals.set-policy",
  { needs: "billing:approve", input: approvalPolicySchema },
  async (door, policy) => {
    if (door.actor.person === undefined) throw forbidden("setting the approval policy needs a person: sign in as one.");
    const before = await door.load(readApprovalPolicy);
    const isSame =
      before.version > 0 &&
      before.policy.max_total_usd === policy.max_total_usd &&
      before.policy.max_change_percent === policy.max_change_percent;
    if (isSame) return door.unchanged(shown(before));
    const version = before.version + 1;
    const setBy = door.actor.person;
    const subject = { objectType: "approval_policy", objectId: String(version), metadata: policy };
    return door.save(subject, async (tx) => {
      await insertApprovalPolicy(tx, { version, policy, setBy, createdAt: door.now });
      return shown({ version, policy, setBy, setAt: door.now });
    });
  },
);
