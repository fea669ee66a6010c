import {
  CostExplorerClient,
  GetCostAndUsageCommand,
  GetCostForecastCommand,
  type Metric,
  type MetricValue,
} from "@aws-sdk/client-cost-explorer";
import { Problem } from "../../kernel/index.ts";
import { exact, sumExact, toText } from "../../money/index.ts";
import type { CostForecast, ForecastRequest, RemainingForecast } from "../../ports/index.ts";
import { awsProblem, refusalOf } from "./refusal.ts";

/** The same measure in the two words that Cost Explorer has for it. */
const METRICS: Readonly<Record<ForecastRequest["basis"], { readonly forecast: Metric; readonly usage: string }>> = {
  unblended: { forecast: "UNBLENDED_COST", usage: "UnblendedCost" },
  amortized: { forecast: "AMORTIZED_COST", usage: "AmortizedCost" },
  net_unblended: { forecast: "NET_UNBLENDED_COST", usage: "NetUnblendedCost" },
  net_amortized: { forecast: "NET_AMORTIZED_COST", usage: "NetAmortizedCost" },
};

interface Amount {
  readonly amount: string;
  readonly currency: string;
}

const refuse = (what: string): never => {
  throw new Problem("internal", "AWS_REFUSED", `Cost Explorer: ${what}`);
};

const amountOf = (of: MetricValue | undefined, what: string): Amount => {
  if (of?.Amount === undefined || of.Unit === undefined) return refuse(`${what} came without an amount and a currency`);
  return { amount: of.Amount, currency: of.Unit };
};

/** What the days of a month before today cost; nothing on its first day. */
const readToDate = async (client: CostExplorerClient, request: ForecastRequest): Promise<Amount | undefined> => {
  if (request.today <= request.start) return undefined;
  const metric = METRICS[request.basis].usage;
  const parts: Amount[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new GetCostAndUsageCommand({
        TimePeriod: { Start: request.start, End: request.today },
        Granularity: "DAILY",
        Metrics: [metric],
        ...(token === undefined ? {} : { NextPageToken: token }),
      }),
    );
    for (const day of page.ResultsByTime ?? [])
      parts.push(amountOf(day.Total?.[metric], `the cost of ${day.TimePeriod?.Start}`));
    token = page.NextPageToken;
  } while (token !== undefined);
  const [first] = parts;
  if (!first) return refuse(`no cost from ${request.start} to ${request.today}`);
  return { amount: toText(sumExact(parts.map((part) => exact(part.amount)))), currency: first.currency };
};

const readRemaining = async (client: CostExplorerClient, request: ForecastRequest) => {
  const answer = await client.send(
    new GetCostForecastCommand({
      TimePeriod: { Start: request.today, End: request.end },
      Metric: METRICS[request.basis].forecast,
      Granularity: "MONTHLY",
      PredictionIntervalLevel: request.level,
    }),
  );
  const [only] = answer.ForecastResultsByTime ?? [];
  return {
    ...amountOf(answer.Total, "the forecast"),
    low: only?.PredictionIntervalLowerBound ?? null,
    high: only?.PredictionIntervalUpperBound ?? null,
  };
};

const text = (amount: string): string => toText(exact(amount));

/** AWS's own forecast, from Cost Explorer: what the month cost so far by the day, and what it expects of the rest. Each question costs USD 0.01. */
export const openCostExplorer = (client: CostExplorerClient): CostForecast => ({
  source: "AWS Cost Explorer",
  forecast: async (request): Promise<RemainingForecast | { readonly unavailable: string }> => {
    try {
      const remaining = await readRemaining(client, request);
      const toDate = (await readToDate(client, request)) ?? { amount: "0", currency: remaining.currency };
      if (toDate.currency !== remaining.currency)
        return refuse(`the cost is in ${toDate.currency}, the forecast in ${remaining.currency}`);
      return {
        currency: remaining.currency,
        toDate: toDate.amount,
        expected: text(remaining.amount),
        low: remaining.low === null ? null : text(remaining.low),
        high: remaining.high === null ? null : text(remaining.high),
      };
    } catch (error) {
      const { name, message } = refusalOf(error);
      // An account that is too young, or a month with too little cost: nothing that a repeat mends today.
      if (name === "DataUnavailableException" || name === "BillExpirationException")
        return { unavailable: `AWS Cost Explorer has no forecast: ${message}` };
      const problem = awsProblem(error, `Cost Explorer: forecast from ${request.today}`);
      if (problem.code === "AWS_ACCESS_DENIED")
        return { unavailable: "AWS Cost Explorer may not be asked: grant ce:GetCostForecast and ce:GetCostAndUsage" };
      throw problem;
    }
  },
});

/**
 * A client with the credentials that the SDK finds. The one endpoint of the commercial partition is in us-east-1; a network that does
 * not reach it must not hold up the answer that the forecast only stands beside.
 */
export const costExplorerClient = (): CostExplorerClient =>
  new CostExplorerClient({
    region: "us-east-1",
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2000, requestTimeout: 8000 },
  });
