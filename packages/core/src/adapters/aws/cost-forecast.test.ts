import { CostExplorerClient } from "@aws-sdk/client-cost-explorer";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ceRefused, type CostExplorerDouble, openCostExplorerDouble } from "../../../testing/aws/cost-explorer.ts";
import type { CostForecast } from "../../ports/index.ts";
import { day } from "../../time/index.ts";
import { noCostForecast } from "../embedded/cost-forecast.ts";
import { openCostExplorer } from "./cost-forecast.ts";

const OCTOBER = { basis: "unblended", start: day("2025-10-01"), end: day("2025-11-01"), level: 80 } as const;

describe("Cost Explorer", () => {
  let double: CostExplorerDouble;
  let client: CostExplorerClient;
  let port: CostForecast;
  beforeEach(async () => {
    double = await openCostExplorerDouble({ today: "2025-10-22" });
    client = new CostExplorerClient({
      endpoint: double.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
      maxAttempts: 1,
    });
    port = openCostExplorer(client);
  });
  afterEach(async () => {
    client.destroy();
    await double.close();
  });

  it("says what the month cost so far, over all pages, and what is expected of the rest with its bounds", async () => {
    expect(await port.forecast({ ...OCTOBER, today: day("2025-10-22") })).toEqual({
      currency: "USD",
      toDate: "215.25",
      expected: "102.5",
      low: "92.25",
      high: "123",
    });
    expect(double.requests.map((request) => request.headers["x-amz-target"])).toEqual([
      "AWSInsightsIndexService.GetCostForecast",
      "AWSInsightsIndexService.GetCostAndUsage",
      "AWSInsightsIndexService.GetCostAndUsage",
      "AWSInsightsIndexService.GetCostAndUsage",
    ]);
  });

  it("asks for the rest alone on the first day of a month", async () => {
    await double.close();
    double = await openCostExplorerDouble({ today: "2025-10-01" });
    client.destroy();
    client = new CostExplorerClient({
      endpoint: double.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    });
    const found = await openCostExplorer(client).forecast({ ...OCTOBER, today: day("2025-10-01") });
    expect(found).toMatchObject({ toDate: "0", expected: "317.75" });
    expect(double.requests).toHaveLength(1);
  });

  it("each basis asks for its own measure", async () => {
    await port.forecast({ ...OCTOBER, basis: "net_amortized", today: day("2025-10-22") });
    expect(double.requests.map((request) => JSON.parse(request.body.toString()) as object)).toMatchObject([
      { Metric: "NET_AMORTIZED_COST", Granularity: "MONTHLY", PredictionIntervalLevel: 80 },
      { Metrics: ["NetAmortizedCost"] },
      {},
      {},
    ]);
  });

  it("an account without a forecast has none, with the reason; that is no error", async () => {
    double.disturb(1, ceRefused("DataUnavailableException", "Insufficient amount of historical data"));
    expect(await port.forecast({ ...OCTOBER, today: day("2025-10-22") })).toEqual({
      unavailable: expect.stringContaining("Insufficient amount of historical data"),
    });
  });

  it.each([
    ["transient", ceRefused("LimitExceededException", "Rate exceeded")],
    ["transient", "hang up" as const],
    ["internal", ceRefused("SerializationException", "no JSON")],
  ])("a refusal that is %s is told as such", async (kind, disturbance) => {
    double.disturb(1, disturbance);
    await expect(port.forecast({ ...OCTOBER, today: day("2025-10-22") })).rejects.toMatchObject({ kind });
  });

  it("without the right to ask there is no forecast, and the answer names what to grant", async () => {
    double.disturb(1, ceRefused("AccessDeniedException", "not authorized to perform: ce:GetCostForecast"));
    expect(await port.forecast({ ...OCTOBER, today: day("2025-10-22") })).toEqual({
      unavailable: expect.stringContaining("ce:GetCostForecast"),
    });
  });

  it("what the service refuses is refused here too: a level beyond 99, a start in the future", async () => {
    const level = port.forecast({ ...OCTOBER, level: 100, today: day("2025-10-22") });
    await expect(level).rejects.toThrow(/PredictionIntervalLevel/);
    await expect(port.forecast({ ...OCTOBER, today: day("2025-10-23") })).rejects.toThrow(/no later than/);
  });
});

it("one machine has no forecast of AWS, and says so", async () => {
  expect(noCostForecast.source).toBeNull();
  expect(await noCostForecast.forecast({ ...OCTOBER, today: day("2025-10-22") })).toEqual({
    unavailable: expect.stringContaining("COMMOPS_COST_FORECAST"),
  });
});
