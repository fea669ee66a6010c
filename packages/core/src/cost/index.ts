export { type CurFormat, type DeliveryStatus, type TagState } from "./delivery.ts";
export { type DailyCost, readDailyCost } from "./daily.store.ts";
export { type LineRoute, lineRoute } from "./line-types.ts";
export {
  type ActiveDelivery,
  activeDeliveries,
  derivePeriodCost,
  type PeriodCost,
  readPeriodCost,
} from "./period-cost.store.ts";
export { checkIdentity } from "./identity.ts";
export {
  costIn,
  deliveryState,
  type PayerCost,
  payerTotals,
  type ServiceCost,
  serviceTotals,
} from "./period-totals.store.ts";
export { curFreshnessDays } from "./freshness.store.ts";
export { DELIVERY_ADMITTED } from "./admit.store.ts";
export { importCur } from "./import-cur.action.ts";
export { type ImportedPeriod } from "./imported-period.ts";
export { type Delivery, readDelivery } from "./deliveries.store.ts";
export { costLines } from "./cost-lines.action.ts";
export { acceptFinding } from "./accept-finding.action.ts";
export { costCoverage } from "./cost-coverage.action.ts";
export { costSources, discoverSource } from "./discover-cost.action.ts";
export { importDiscovered, watchCost } from "./import-discovered.action.ts";
export { costFindings, findingEvidence } from "./cost-findings.action.ts";
export { costPolicy, setCostPolicy } from "./cost-policy.action.ts";
export { costPartitions } from "./cost-partitions.action.ts";
export { costProjection } from "./cost-projection.action.ts";
export { costQuality } from "./cost-quality.action.ts";
export { costSummary } from "./cost-summary.action.ts";
export { type Finding } from "./finding.ts";
export { type DeliveryVerdict, verifyDelivery } from "./verify-delivery.action.ts";
