import { describe, expect, it } from "vitest";
import { input, line, units, used } from "../../testing/allocation.ts";
import { allocate } from "./allocate.ts";
import { DEFAULT_ALLOCATION_RULES } from "./default-rules.ts";
import type { CostGroup } from "./plan.ts";

const USAGE = [
  "egress_gb",
  "data_ingestion_gb",
  "nat_gb_processed",
  "privatelink_gb_processed",
  "endpoint_hours",
  "runner_hours",
  "cpu_core_hours",
  "storage_gb_peak",
  "volume_gb",
].flatMap((metric) => used({ "TEN-A": "1", "TEN-B": "3" }, metric));

const allocated = (over: Partial<CostGroup>) => {
  const plan = allocate(input({ costs: [line("4", over)], rules: [...DEFAULT_ALLOCATION_RULES], usage: USAGE }));
  return { rule: plan.rows[0]?.ruleId ?? null, kinds: [...new Set(plan.rows.map((row) => row.kind))], plan };
};

describe("the default rules", () => {
  it.each([
    ["nat-gb", "AmazonEC2", "USE1-NatGateway-Bytes", null],
    ["privatelink-gb", "AmazonVPC", "USE1-VpcEndpoint-Bytes", null],
    ["privatelink-hours", "AmazonVPC", "USE1-VpcEndpoint-Hours", null],
    ["cloudwatch-activity", "AmazonCloudWatch", "CW:MetricMonitorUsage", null],
    ["lake-storage", "AmazonS3", "TimedStorage-ByteHrs", "lake"],
    ["lake-requests", "AmazonS3", "Requests-Tier1", "lake"],
    ["transfer-out", "AWSDataTransfer", "USE1-DataTransfer-Out-Bytes", null],
    ["transfer-out", "AmazonEC2", "USE1-EUW1-AWS-Out-Bytes", null],
    ["transfer-zones", "AmazonEC2", "USE1-DataTransfer-Regional-Bytes", null],
    ["pool-volumes", "AmazonEC2", "EBS:VolumeUsage.gp3", "shared-runners"],
    ["pool-snapshots", "AmazonEC2", "EBS:SnapshotUsage", "runner-pool"],
    ["pool-compute", "AmazonEC2", "BoxUsage:m5.large", "runner"],
    ["pool-compute", "AmazonEC2", "USE1-SpotUsage:m5.large", "runner"],
  ])("%s shares %s %s over the tenants by what they used", (rule, service, usageType, component) => {
    const found = allocated({ service, usageType, component });
    expect({ rule: found.rule, kinds: found.kinds }).toEqual({ rule, kinds: ["allocated"] });
    expect(found.plan.rows.map((row) => row.cost)).toEqual([units("1"), units("3")]);
  });

  it.each([
    ["support-operator", { service: "AWSSupportBusiness", usageType: "Dollar" }],
    ["platform-overhead", { service: "AWSCloudTrail", usageType: "USE1-PaidEventsRecorded" }],
    ["marketplace-operator", { service: "8w6ikexample", usageType: "SoftwareUsage", billingEntity: "AWS Marketplace" }],
  ])("%s keeps its lines with the operator", (rule, over) => {
    const found = allocated(over);
    expect({ rule: found.rule, kinds: found.kinds }).toEqual({ rule, kinds: ["overhead"] });
  });

  it("leave instances that no pool names untagged, so that a missing tag is seen and not spread", () => {
    expect(allocated({ component: "billing-api" }).kinds).toEqual(["untagged"]);
    expect(allocated({ component: null }).kinds).toEqual(["untagged"]);
  });

  it("charge a Marketplace line with a tenant's tag to that tenant", () => {
    expect(allocated({ billingEntity: "AWS Marketplace", tenantTag: "TEN-A" }).kinds).toEqual(["direct"]);
  });
});
