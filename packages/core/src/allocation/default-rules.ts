import { type AllocationRule, type AllocationRuleInput, allocationRuleSchema } from "./rule.ts";

const EC2 = ["AmazonEC2", "Amazon Elastic Compute Cloud%"];
const INSTANCES = ["%BoxUsage%", "%SpotUsage%", "%DedicatedUsage%", "%UnusedBox%", "%EBSOptimized%", "%CPUCredits%"];
/** Components that tenants share by design; an instance of any other component is one tenant's, and lacks its tag. */
const POOLS = ["%shared%", "%pool%", "runner", "runners"];

const DEFAULTS: readonly Omit<AllocationRuleInput, "version" | "status" | "effective_from">[] = [
  {
    rule_id: "support-operator",
    title: "Support plans to the operator",
    order: 10,
    category: "SUPPORT",
    selector: { services: ["AWSSupport%", "AWS%Support%", "OCBPremiumSupport%", "AWS Support%"] },
    target: "operator",
  },
  {
    rule_id: "platform-overhead",
    title: "Account-wide governance and security services to the operator",
    order: 20,
    category: "OTHER",
    selector: {
      services: [
        "AWSCloudTrail",
        "AWSConfig",
        "AmazonGuardDuty",
        "AWSSecurityHub",
        "AmazonInspector%",
        "AWSBudgets",
        "AWSCostExplorer",
        "AmazonRegistrar",
        "AWS CloudTrail",
        "AWS Config",
        "Amazon GuardDuty",
        "AWS Security Hub",
        "Amazon Inspector",
        "AWS Budgets",
        "AWS Cost Explorer",
      ],
    },
    target: "operator",
  },
  {
    rule_id: "marketplace-operator",
    title: "Software subscriptions of the AWS Marketplace to the operator",
    order: 25,
    category: "OTHER",
    selector: { billing_entities: ["AWS Marketplace"] },
    target: "operator",
  },
  {
    rule_id: "nat-gb",
    title: "NAT gateways by gigabytes processed",
    order: 30,
    category: "NAT",
    selector: { usage_type_patterns: ["%NatGateway-%"] },
    keys: [{ metric_code: "nat_gb_processed", weight: "1" }],
    target: "tenants",
  },
  {
    rule_id: "privatelink-gb",
    title: "PrivateLink traffic by gigabytes processed",
    order: 40,
    category: "PLINK",
    selector: { usage_type_patterns: ["%VpcEndpoint-Bytes%"] },
    keys: [{ metric_code: "privatelink_gb_processed", weight: "1" }],
    target: "tenants",
  },
  {
    rule_id: "privatelink-hours",
    title: "PrivateLink endpoints by endpoint hours",
    order: 50,
    category: "PLINK",
    selector: { usage_type_patterns: ["%VpcEndpoint-%"] },
    keys: [{ metric_code: "endpoint_hours", weight: "1" }],
    target: "tenants",
  },
  {
    rule_id: "cloudwatch-activity",
    title: "CloudWatch by runner hours and ingested gigabytes",
    order: 60,
    category: "CLOUDWATCH",
    selector: { services: ["AmazonCloudWatch", "Amazon CloudWatch"] },
    keys: [
      { metric_code: "runner_hours", weight: "0.6" },
      { metric_code: "data_ingestion_gb", weight: "0.4" },
    ],
    target: "tenants",
  },
  {
    rule_id: "lake-storage",
    title: "Storage of the shared lake by peak gigabytes",
    order: 70,
    category: "S3",
    selector: {
      services: ["AmazonS3", "Amazon Simple Storage Service"],
      usage_type_patterns: ["%TimedStorage%"],
      components: ["%lake%"],
    },
    keys: [{ metric_code: "storage_gb_peak", weight: "1" }],
    target: "tenants",
  },
  {
    rule_id: "lake-requests",
    title: "Requests and transfer of the shared lake by ingested gigabytes",
    order: 80,
    category: "S3",
    selector: { services: ["AmazonS3", "Amazon Simple Storage Service"], components: ["%lake%"] },
    keys: [{ metric_code: "data_ingestion_gb", weight: "1" }],
    target: "tenants",
  },
  {
    rule_id: "transfer-out",
    title: "Traffic to the internet and to other regions by egress gigabytes",
    order: 90,
    category: "OTHER",
    selector: {
      usage_type_patterns: ["%DataTransfer-Out-Bytes%", "%-AWS-Out-Bytes%", "%CloudFront-Out-Bytes%"],
    },
    keys: [{ metric_code: "egress_gb", weight: "1" }],
    target: "tenants",
  },
  {
    rule_id: "transfer-zones",
    title: "Traffic between zones by ingested gigabytes",
    order: 100,
    category: "OTHER",
    selector: { usage_type_patterns: ["%DataTransfer-Regional-Bytes%"] },
    keys: [{ metric_code: "data_ingestion_gb", weight: "1" }],
    target: "tenants",
  },
  {
    rule_id: "pool-volumes",
    title: "Volumes of the shared pools by volume gigabytes",
    order: 110,
    category: "EBS",
    selector: {
      services: EC2,
      usage_type_patterns: ["%EBS:Volume%"],
      components: POOLS,
    },
    keys: [{ metric_code: "volume_gb", weight: "1" }],
    target: "tenants",
  },
  {
    rule_id: "pool-snapshots",
    title: "Snapshots of the shared pools by stored gigabytes",
    order: 120,
    category: "EBS",
    selector: { services: EC2, usage_type_patterns: ["%EBS:Snapshot%"], components: POOLS },
    keys: [{ metric_code: "storage_gb_peak", weight: "1" }],
    target: "tenants",
  },
  {
    rule_id: "pool-compute",
    title: "Instances of the shared pools by runner hours and core hours",
    order: 130,
    category: "OTHER",
    selector: { services: EC2, usage_type_patterns: INSTANCES, components: POOLS },
    keys: [
      { metric_code: "runner_hours", weight: "0.5" },
      { metric_code: "cpu_core_hours", weight: "0.5" },
    ],
    target: "tenants",
  },
];

/** The rules a new installation starts with (docs/decisions/006-default-allocation-rules.md says why). What they leave over is untagged overhead, and reported. */
export const DEFAULT_ALLOCATION_RULES: readonly AllocationRule[] = DEFAULTS.map((rule) =>
  allocationRuleSchema.parse({ ...rule, version: 1, status: "active", effective_from: "2000-01-01" }),
);
