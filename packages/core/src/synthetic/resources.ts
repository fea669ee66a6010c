import type { Random } from "./random.ts";

/** A tenant as the generator needs it: how large it is decides how much it uses. */
export interface SyntheticTenant {
  readonly tenantId: string;
  readonly planCode: string;
  /** Relative size, a whole number of 1 or more. */
  readonly size: number;
}

/** How AWS charges a resource: at list price, by a Savings Plan, or by a reservation. */
export type ChargeKind = "on-demand" | "savings-plan" | "reserved";

/** One resource that emits a line each step. Rates in 1e-10 USD per unit; amounts in thousandths of a unit a step. */
export interface Resource {
  readonly id: string;
  readonly kind: ChargeKind;
  readonly service: string;
  readonly usageType: string;
  readonly operation: string;
  readonly resourceId: string;
  readonly account: string;
  readonly legalEntity: string;
  readonly billingEntity: string;
  readonly rate: bigint;
  readonly amount: number;
  /** Tenant tag; undefined for what tenants share. */
  readonly tenant: SyntheticTenant | undefined;
  readonly component: string;
}

interface Kind {
  /** Share of all resources, in percent. */
  readonly share: number;
  readonly service: string;
  readonly usageTypes: readonly [string, ...string[]];
  readonly operation: string;
  readonly rate: bigint;
  readonly amount: readonly [number, number];
  readonly component: string;
  /** How often a resource carries a tenant's tag, in percent. */
  readonly tagged: number;
  readonly charge?: ChargeKind;
  readonly legalEntity?: string;
}

const AWS = "Amazon Web Services, Inc.";

/** A data platform's usual mix. Rates are AWS's order of magnitude (1e-10 USD). */
const KINDS: readonly Kind[] = [
  {
    share: 16,
    service: "AmazonEC2",
    usageTypes: ["BoxUsage:m5.large", "BoxUsage:r5.large"],
    operation: "RunInstances",
    rate: 960_000_000n,
    amount: [1000, 1000],
    component: "runner",
    tagged: 92,
  },
  {
    share: 12,
    service: "AmazonEC2",
    usageTypes: ["BoxUsage:c5.xlarge"],
    operation: "RunInstances",
    rate: 1_700_000_000n,
    amount: [1000, 1000],
    component: "runner",
    tagged: 90,
    charge: "savings-plan",
  },
  {
    share: 7,
    service: "AmazonEC2",
    usageTypes: ["BoxUsage:m6g.2xlarge"],
    operation: "RunInstances",
    rate: 3_080_000_000n,
    amount: [1000, 1000],
    component: "query",
    tagged: 90,
    charge: "reserved",
  },
  {
    share: 12,
    service: "AmazonEC2",
    usageTypes: ["EBS:VolumeUsage.gp3"],
    operation: "CreateVolume-Gp3",
    rate: 800_000_000n,
    amount: [80, 700],
    component: "storage",
    tagged: 85,
  },
  {
    share: 12,
    service: "AmazonS3",
    usageTypes: ["TimedStorage-ByteHrs", "Requests-Tier1"],
    operation: "StandardStorage",
    rate: 230_000_000n,
    amount: [200, 4000],
    component: "tenant-bucket",
    tagged: 100,
  },
  {
    share: 6,
    service: "AmazonS3",
    usageTypes: ["TimedStorage-ByteHrs", "Requests-Tier2"],
    operation: "StandardStorage",
    rate: 230_000_000n,
    amount: [2000, 9000],
    component: "lake",
    tagged: 0,
  },
  {
    share: 4,
    service: "AmazonEC2",
    usageTypes: ["NatGateway-Bytes", "NatGateway-Hours"],
    operation: "NatGateway",
    rate: 450_000_000n,
    amount: [1000, 90_000],
    component: "network",
    tagged: 0,
  },
  {
    share: 4,
    service: "AmazonVPC",
    usageTypes: ["VpcEndpoint-Bytes", "VpcEndpoint-Hours"],
    operation: "VpcEndpoint",
    rate: 100_000_000n,
    amount: [1000, 60_000],
    component: "network",
    tagged: 0,
  },
  {
    share: 9,
    service: "AWSDataTransfer",
    usageTypes: ["DataTransfer-Out-Bytes", "DataTransfer-Regional-Bytes"],
    operation: "InterZone-Out",
    rate: 900_000_000n,
    amount: [10, 600],
    component: "egress",
    tagged: 60,
  },
  {
    share: 6,
    service: "AWSLambda",
    usageTypes: ["Lambda-GB-Second"],
    operation: "Invoke",
    rate: 166_667n,
    amount: [100_000, 20_000_000],
    component: "ingest",
    tagged: 80,
  },
  {
    share: 5,
    service: "AmazonCloudWatch",
    usageTypes: ["CW:MetricMonitorUsage", "DataProcessing-Bytes"],
    operation: "MetricStorage",
    rate: 3_000_000_000n,
    amount: [10, 900],
    component: "monitoring",
    tagged: 0,
  },
  {
    share: 6,
    service: "AmazonRDS",
    usageTypes: ["InstanceUsage:db.r6g.large"],
    operation: "CreateDBInstance:0014",
    rate: 2_250_000_000n,
    amount: [1000, 1000],
    component: "catalog",
    tagged: 40,
  },
  {
    share: 1,
    service: "8w6ikexample",
    usageTypes: ["SoftwareUsage:m5.large"],
    operation: "Hourly",
    rate: 500_000_000n,
    amount: [1000, 1000],
    component: "connector",
    tagged: 50,
    legalEntity: "Example Software Ltd",
  },
];

/** The management account that AWS bills. */
export const PAYER = "111111111111";
const ACCOUNTS: readonly [string, ...string[]] = ["333333333333", "444444444444", PAYER];

const resourceOf = (kind: Kind, owner: SyntheticTenant | undefined, random: Random): Resource => {
  const [low, high] = kind.amount;
  const scale = owner === undefined || low === high ? 1 : owner.size;
  return {
    id: random.hex(24),
    kind: kind.charge ?? "on-demand",
    service: kind.service,
    usageType: random.pick(kind.usageTypes),
    operation: kind.operation,
    resourceId: `arn:aws:${kind.component}:us-east-1:${PAYER}:${random.hex(12)}`,
    account: random.pick(ACCOUNTS),
    legalEntity: kind.legalEntity ?? AWS,
    billingEntity: kind.legalEntity === undefined ? "AWS" : "AWS Marketplace",
    rate: kind.rate,
    amount: random.between(low, high) * scale,
    tenant: owner,
    component: kind.component,
  };
};

/** About `count` resources in the usual mix, at least one of each kind; larger tenants own more of them. */
export const makeResources = (count: number, tenants: readonly SyntheticTenant[], random: Random): Resource[] => {
  const weighted = tenants.flatMap((tenant) => Array.from({ length: tenant.size }, () => tenant));
  const owner = (): SyntheticTenant | undefined => weighted[random.below(weighted.length)];
  return KINDS.flatMap((kind) =>
    Array.from({ length: Math.max(1, Math.round((count * kind.share) / 100)) }, () =>
      resourceOf(kind, random.chance(kind.tagged) ? owner() : undefined, random),
    ),
  );
};
