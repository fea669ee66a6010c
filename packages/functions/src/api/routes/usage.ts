import { Problem } from "@commops/core/kernel";
import type { UseCase } from "@commops/core/record";
import { listUsage, recordUsage, tenantUsage } from "@commops/core/usage";
import { z } from "zod";
import { on, routes } from "../route.ts";
import { accepted, snapshotList, usageOfTenant } from "../answers/usage.ts";

const MIB = 1024 * 1024;
const PREFIX = /^snapshots\.0\./;
const snapshot = recordUsage.input.shape.snapshots.element;
const single = z.object(snapshot.shape);

type Recorded = Awaited<ReturnType<typeof recordUsage.run>>;
type OneOrMany = z.ZodUnion<readonly [typeof recordUsage.input, typeof single]>;

/** Says `metric_value` where the batch would say `snapshots.0.metric_value`: the caller sent no batch. */
const asSingle = (error: unknown): never => {
  if (!(error instanceof Problem)) throw error;
  const details = error.details.map((detail) => ({ ...detail, field: detail.field.replace(PREFIX, "") }));
  throw new Problem(error.kind, error.code, error.message.replace(PREFIX, ""), { cause: error, details });
};

/** Phase 1 sends one snapshot as the body itself; a batch is `snapshots: [..]`. */
const recordOneOrMany: UseCase<OneOrMany, Recorded> = {
  ...recordUsage,
  input: z.union([recordUsage.input, single]),
  run: (call, input) =>
    "snapshots" in input ? recordUsage.run(call, input) : recordUsage.run(call, { snapshots: [input] }).catch(asSingle),
};

export const usageRoutes = routes({
  "POST /usage/snapshots": on(recordOneOrMany, "Records usage, one snapshot or a batch, all or none", {
    status: 202,
    answer: accepted,
    maxBytes: 32 * MIB,
  }),
  "GET /usage/snapshots": on(listUsage, "Usage by tenant, metric and days; the current version of each", {
    answer: snapshotList,
  }),
  "GET /tenants/{tenant_id}/usage": on(
    tenantUsage,
    "What a tenant used in a month by metric, against its caps; the present month where none is named",
    { answer: usageOfTenant },
  ),
});
