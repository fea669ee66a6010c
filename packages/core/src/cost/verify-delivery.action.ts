import { z } from "zod";
import { type DeliveryId, missing } from "../kernel/index.ts";
import { view, type ViewDoor } from "../record/index.ts";
import { type DailyGroup, dailySummary } from "./daily.ts";
import { deriveDaily, readStoredDaily } from "./daily.store.ts";
import { type Delivery, readDelivery } from "./deliveries.store.ts";

/** The first place where a delivery is not what was recorded. */
export interface Difference {
  readonly file: string | null;
  /** Number and key of the daily group. */
  readonly group: string | null;
  readonly column: string | null;
  readonly expected: string;
  readonly found: string;
}

export interface DeliveryVerdict {
  readonly delivery_id: DeliveryId;
  readonly ok: boolean;
  readonly files_checked: number;
  readonly groups_checked: number;
  readonly first_difference: Difference | null;
}

const checkFile = async (
  door: ViewDoor,
  file: { readonly key: string; readonly digest: string },
): Promise<Difference | undefined> => {
  const found = (await door.files.has(file.key))
    ? await door.files.digestOf(await door.files.localPath(file.key))
    : "(the file is gone)";
  return found === file.digest
    ? undefined
    : { file: file.key, group: null, column: "digest", expected: file.digest, found };
};

const groupName = (group: DailyGroup): string =>
  [
    group.group_no,
    group.usage_date,
    group.tenant_tag ?? "(no tenant)",
    group.service,
    group.usage_type,
    group.line_item_type,
  ].join(" ");

/** The first column in which a stored group is not what the lines say. */
const checkGroup = (derived: DailyGroup, stored: DailyGroup | undefined): Difference | undefined => {
  if (!stored)
    return { file: null, group: groupName(derived), column: null, expected: "a row of cost_daily", found: "none" };
  const columns = Object.keys(derived) as readonly (keyof DailyGroup)[];
  const column = columns.find((name) => derived[name] !== stored[name]);
  return column === undefined
    ? undefined
    : {
        file: null,
        group: groupName(derived),
        column,
        expected: String(derived[column]),
        found: String(stored[column]),
      };
};

/** Derives the daily groups anew and holds them against the stored ones, batch by batch; a superseded delivery has none stored, only their digest. */
const checkDaily = async (
  door: ViewDoor,
  delivery: Delivery,
): Promise<{ groups: number; difference: Difference | undefined }> => {
  const summary = dailySummary();
  const isStored = delivery.status === "active";
  let after = 0;
  for await (const batch of deriveDaily(door, delivery.columnarFiles)) {
    const of = { deliveryId: delivery.deliveryId, after, limit: batch.length };
    const stored = isStored ? await door.load((tx) => readStoredDaily(door, tx, of)) : batch;
    for (const [index, group] of batch.entries()) {
      summary.add(group);
      const difference = checkGroup(group, stored[index]);
      if (difference) return { groups: after + index, difference };
    }
    after += batch.length;
  }
  const extra = isStored
    ? await door.load((tx) => readStoredDaily(door, tx, { deliveryId: delivery.deliveryId, after, limit: 1 }))
    : [];
  const { digest } = summary.done();
  const surplus = extra[0];
  if (surplus)
    return {
      groups: after,
      difference: {
        file: null,
        group: groupName(surplus),
        column: null,
        expected: "none",
        found: "a row of cost_daily",
      },
    };
  const isSame = digest === delivery.dailyDigest;
  return {
    groups: after,
    difference: isSame
      ? undefined
      : { file: null, group: null, column: "daily_digest", expected: delivery.dailyDigest, found: digest },
  };
};

/**
 * Recomputes a delivery: the digests of its raw and columnar files, and every daily group from the lines. Names the first place that is not
 * equal. Throws missing when there is no such delivery.
 */
export const verifyDelivery = view(
  "cost.verify-delivery",
  {
    needs: "cost:read",
    input: z.object({
      delivery_id: z.custom<DeliveryId>((value) => typeof value === "string" && value.startsWith("CUR-"), {
        message: "not a delivery id",
      }),
    }),
  },
  async (door, input): Promise<DeliveryVerdict> => {
    const delivery = await door.load((tx) => readDelivery(tx, input.delivery_id));
    if (!delivery) throw missing("cost delivery", input.delivery_id);
    const verdict = { delivery_id: delivery.deliveryId, files_checked: 0, groups_checked: 0 };
    const { rawFiles, columnarFiles } = delivery;
    const files = [...rawFiles, ...columnarFiles, ...columnarFiles.flatMap((file) => file.added ?? [])];
    for (const [index, file] of files.entries()) {
      const difference = await checkFile(door, file);
      if (difference) return { ...verdict, ok: false, files_checked: index + 1, first_difference: difference };
    }
    const { groups, difference } = await checkDaily(door, delivery);
    return {
      ...verdict,
      ok: difference === undefined,
      files_checked: files.length,
      groups_checked: groups,
      first_difference: difference ?? null,
    };
  },
);
