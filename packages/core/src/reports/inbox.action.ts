import { listApprovals } from "../approvals/index.ts";
import { type Actor, may, type ViewDoor } from "../record/index.ts";

type Pending = Awaited<ReturnType<typeof listApprovals.run>>["approvals"][number];

/** Every request that waits for a decision and has not expired, oldest first. */
export const pendingApprovals = async (door: ViewDoor): Promise<Pending[]> => {
  const found: Pending[] = [];
  let token: string | undefined;
  do {
    const page = await listApprovals.run(door.call, { state: "pending", page_size: 200, page_token: token });
    found.push(...page.approvals);
    token = page.next_page_token ?? undefined;
  } while (token !== undefined);
  const now = door.now.toISOString();
  return found.filter((approval) => approval.expires_at > now).toReversed();
};

/** Whether this actor may decide on it: a person with the scope, who did not prepare it. */
export const isMine = (approval: Pick<Pending, "prepared_by">, actor: Actor): boolean =>
  may(actor, "billing:approve") &&
  actor.person !== undefined &&
  !approval.prepared_by.includes(actor.id) &&
  !approval.prepared_by.includes(actor.person);
