import { missing } from "../kernel/index.ts";
import { dayOf } from "../time/index.ts";
import { action } from "../record/index.ts";
import { setSeatsInput } from "./tenant.ts";
import { findTenant, saveSeats } from "./tenants.store.ts";

/** Sets a tenant's assigned seats from a day on (today when left out). */
export const setSeats = action(
  "tenants.set-seats",
  { needs: "tenant:write", input: setSeatsInput },
  async (door, input) => {
    const { tenant_id: tenantId } = input;
    if (!(await door.load((tx) => findTenant(tx, tenantId)))) throw missing("tenant", tenantId);
    const effectiveFrom = input.effective_from ?? dayOf(door.now);
    return door.save(
      { objectType: "tenant", objectId: tenantId, tenantId, metadata: { seats: input.seats, from: effectiveFrom } },
      async (tx) => {
        await saveSeats(tx, { tenantId, effectiveFrom, seats: input.seats, now: door.now });
        return { seats: input.seats, effective_from: effectiveFrom };
      },
    );
  },
);
