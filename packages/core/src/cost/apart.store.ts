import { underPolicy } from "./cost-policy.ts";
import type { CostPolicyVersion } from "./cost-policy.store.ts";
import type { Delivery } from "./deliveries.store.ts";
import { overlapPayers } from "./delivery.ts";
import { isQuarantined } from "./finding.ts";
import { partFindings } from "./parts.store.ts";
import type { StagedDelivery, StagePorts } from "./stage.store.ts";

const nameOf = ({ rawFiles, deliveryId }: Delivery): string => rawFiles[0]?.name ?? deliveryId;
const isRival = (a: Delivery, b: Delivery): boolean =>
  a.period === b.period && a.currency === b.currency && overlapPayers(a.payers, b.payers);

/**
 * Deliveries without a manifest that one import brings for the same month, and that hold different lines, may be parts of one: none of them
 * takes the place of another by itself.
 */
export const apart = async (
  ports: StagePorts,
  staged: readonly StagedDelivery[],
  { policy }: CostPolicyVersion,
): Promise<StagedDelivery[]> => {
  const done: StagedDelivery[] = [];
  for (const item of staged) {
    const others = item.isLoose
      ? staged.filter((other) => other !== item && other.isLoose && isRival(other.delivery, item.delivery))
      : [];
    const found = underPolicy(
      policy,
      await partFindings(
        ports,
        { ...item.delivery, source: nameOf(item.delivery), columnar: item.delivery.columnarFiles },
        others.map((other) => other.delivery),
      ),
    );
    const findings = [...item.findings, ...found];
    const isOut = isQuarantined(found);
    const out = { status: "quarantined", isFinal: false, activatedAt: null } as const;
    done.push({ ...item, findings, delivery: isOut ? { ...item.delivery, ...out } : item.delivery });
  }
  return done;
};
