import { exact, multiply, toText } from "../../src/money/index.ts";
import { addDays, day, daysIn, period } from "../../src/time/index.ts";
import {
  type GivenAnswer,
  type HttpDouble,
  openHttpDouble,
  type ReceivedRequest,
  signatureFault,
} from "./http-double.ts";
import { type Bounds, refusal, serviceModel } from "./service-model.ts";

const MODEL = serviceModel("ce-2017-10-25");
const DAY = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}Z)?$/;
/** From the API reference of Cost Explorer. */
const FORECAST_BOUNDS: Bounds = {
  Start: { pattern: DAY, max: 40 },
  End: { pattern: DAY, max: 40 },
  PredictionIntervalLevel: { min: 51, max: 99 },
  Granularity: { oneOf: ["DAILY", "MONTHLY", "HOURLY"] },
  Metric: {
    oneOf: [
      "BLENDED_COST",
      "UNBLENDED_COST",
      "AMORTIZED_COST",
      "NET_UNBLENDED_COST",
      "NET_AMORTIZED_COST",
      "USAGE_QUANTITY",
      "NORMALIZED_USAGE_AMOUNT",
    ],
  },
  NextPageToken: { max: 8192 },
};

export interface CostExplorerDouble extends HttpDouble {
  /** What a day costs and is forecast to cost, decimal text. */
  readonly daily: string;
}

const JSON_TYPE = { "content-type": "application/x-amz-json-1.1" };
export const ceRefused = (type: string, message: string, status = 400): GivenAnswer => ({
  status,
  headers: JSON_TYPE,
  body: JSON.stringify({ __type: type, Message: message }),
});
const said = (body: object): GivenAnswer => ({ status: 200, headers: JSON_TYPE, body: JSON.stringify(body) });

interface Input {
  readonly TimePeriod: { readonly Start: string; readonly End: string };
  readonly Granularity: string;
  readonly Metrics?: readonly string[];
  readonly PredictionIntervalLevel?: number;
  readonly NextPageToken?: string;
}

const spanOf = ({ TimePeriod: { Start, End } }: Input) =>
  End <= Start ? undefined : period(day(Start), addDays(day(End), -1));

interface Account {
  readonly daily: string;
  readonly today: string;
  readonly currency: string;
}

const forecast = (input: Input, { daily, today, currency }: Account): GivenAnswer => {
  const span = spanOf(input);
  if (!span) return ceRefused("ValidationException", "Start date must be before end date");
  if (input.TimePeriod.Start > today)
    return ceRefused("ValidationException", "Start date must be equal to or no later than the current date");
  if (input.TimePeriod.End <= today) return ceRefused("ValidationException", "End date must be in the future");
  const mean = multiply(exact(daily), exact(daysIn(span)));
  const at = (factor: string): string => toText(multiply(mean, exact(factor)));
  return said({
    Total: { Amount: at("1"), Unit: currency },
    ForecastResultsByTime: [
      {
        TimePeriod: input.TimePeriod,
        MeanValue: at("1"),
        ...(input.PredictionIntervalLevel === undefined
          ? {}
          : { PredictionIntervalLowerBound: at("0.9"), PredictionIntervalUpperBound: at("1.2") }),
      },
    ],
  });
};

/** Days of an answer's page: small, so that a client that reads one page only is seen. */
const PAGE = 10;

const costAndUsage = (input: Input, { daily, today, currency }: Account): GivenAnswer => {
  const span = spanOf(input);
  const [metric] = input.Metrics ?? [];
  if (!span || metric === undefined) return ceRefused("ValidationException", "Start date must be before end date");
  if (span.start > today) return ceRefused("ValidationException", "Start date must be in the past");
  const from = Number(input.NextPageToken?.replace("page-", "") ?? "0");
  const until = Math.min(daysIn(span), from + PAGE);
  const days = Array.from({ length: until - from }, (_, index) => addDays(span.start, from + index));
  return said({
    ResultsByTime: days.map((start) => ({
      TimePeriod: { Start: start, End: addDays(start, 1) },
      Total: { [metric]: { Amount: daily, Unit: currency } },
      Groups: [],
      Estimated: true,
    })),
    ...(until < daysIn(span) ? { NextPageToken: `page-${until}` } : {}),
  });
};

const answerOf = (request: ReceivedRequest, account: Account): GivenAnswer => {
  const fault = signatureFault(request, "ce");
  if (fault !== undefined) return ceRefused("MissingAuthenticationTokenException", fault, 403);
  const [, operation = ""] = /^AWSInsightsIndexService\.(\w+)$/.exec(request.headers["x-amz-target"] ?? "") ?? [];
  if (request.headers["content-type"] !== JSON_TYPE["content-type"])
    return ceRefused("SerializationException", "not application/x-amz-json-1.1");
  const input: unknown = JSON.parse(request.body.toString());
  const wrong = refusal(MODEL, operation, input, FORECAST_BOUNDS);
  if (wrong !== undefined) return ceRefused("ValidationException", wrong);
  // Checked against the service's own model just now.
  const checked = input as Input;
  if (operation === "GetCostForecast") return forecast(checked, account);
  if (operation === "GetCostAndUsage") return costAndUsage(checked, account);
  return ceRefused("UnknownOperationException", operation, 404);
};

/** Cost Explorer on a loopback port: every day costs the same; requests are held to the service's own model and to its rules of dates. */
export const openCostExplorerDouble = async (
  account: Partial<Account> & Pick<Account, "today">,
): Promise<CostExplorerDouble> => {
  const whole = { daily: "10.25", currency: "USD", ...account };
  return { ...(await openHttpDouble((request) => answerOf(request, whole))), daily: whole.daily };
};
