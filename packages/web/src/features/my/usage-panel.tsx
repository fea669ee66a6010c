import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { monthPeriod, type Month } from "@commops/core/time";
import { callApi, type Answer } from "../../api.ts";
import { Percent, Quantity } from "../../ui/amount.tsx";
import { Empty, FaultNotice } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { faultOf, Ready, useAnswer } from "../answers.tsx";
import { daysByMetric, type MetricDays } from "./usage.ts";

type MetricUsage = Answer<"GET /tenants/{tenant_id}/usage">["metrics"][number];

/** Every snapshot of the month, page by page. */
const useMonthUsage = (tenantId: string, month: Month) => {
  const { start, end } = monthPeriod(month);
  const query = useInfiniteQuery({
    queryKey: ["usage", tenantId, month],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      callApi(
        "GET /usage/snapshots",
        {
          tenant_id: tenantId,
          from: start,
          to: end,
          page_size: 200,
          ...(pageParam === "" ? {} : { page_token: pageParam }),
        },
        signal,
      ),
    getNextPageParam: (page) => page.next_page_token,
  });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) fetchNextPage().catch(() => undefined);
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return { ...query, items: query.data?.pages.flatMap((page) => page.items) ?? [] };
};

const DayBars = ({ usage }: { readonly usage: MetricDays }) => {
  const largest = Number(usage.highest);
  const width = 100 / Math.max(usage.days.length, 1);
  return (
    <svg aria-hidden viewBox="0 0 100 24" preserveAspectRatio="none" className="block h-12 w-full">
      {usage.days.map(({ day, value }, index) => {
        const height = largest === 0 ? 0 : (Number(value) / largest) * 24;
        return (
          <rect
            key={day}
            x={index * width}
            y={24 - height}
            width={width * 0.78}
            height={height}
            className="fill-accent"
          />
        );
      })}
    </svg>
  );
};

/** How a metric's days become the month's value. */
const AGGREGATIONS: Readonly<Record<string, string>> = {
  sum: "Sum of the month",
  peak: "Highest of the month",
  last: "Last of the month",
};

const Metric = ({ usage, days }: { readonly usage: MetricUsage; readonly days: MetricDays | undefined }) => (
  <li className="min-w-0 rounded-md border border-line p-3">
    <h3 className="mb-2 text-sm font-medium">{usage.metric_code.replaceAll("_", " ")}</h3>
    {days && <DayBars usage={days} />}
    <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-xs">
      <dt className="text-muted">{AGGREGATIONS[usage.aggregation] ?? "This month"}</dt>
      <dd className="text-right font-medium">
        <Quantity value={usage.value_exact} unit={usage.unit} />
      </dd>
      {days && usage.aggregation === "sum" && (
        <>
          <dt className="text-muted">Highest day</dt>
          <dd className="text-right">
            <Quantity value={days.highest} />
          </dd>
        </>
      )}
      {usage.cap_value_exact !== null && (
        <>
          <dt className="text-muted">Cap of your plan</dt>
          <dd className="text-right">
            <Quantity value={usage.cap_value_exact} />
            {usage.utilization !== null && (
              <>
                {", "}
                <Percent value={usage.utilization * 100} /> used
              </>
            )}
          </dd>
        </>
      )}
    </dl>
  </li>
);

const isShown = (usage: MetricUsage): boolean => usage.value !== 0 || usage.cap_value !== null;

/** What was used in a month, metric by metric, day by day, beside the caps that hold. */
export const UsagePanel = ({ tenantId, month }: { readonly tenantId: string; readonly month: Month }) => {
  const snapshots = useMonthUsage(tenantId, month);
  const days = daysByMetric(snapshots.items);
  const usage = useAnswer("GET /tenants/{tenant_id}/usage", { tenant_id: tenantId, period: month });
  return (
    <Panel title="Usage" aside={snapshots.hasNextPage ? "reading more days …" : undefined}>
      {snapshots.isError && <FaultNotice title="Could not read the days" fault={faultOf(snapshots.error)} />}
      <Ready query={usage} what="your usage">
        {({ metrics }) =>
          metrics.some(isShown) ? (
            <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
              {metrics.filter(isShown).map((metric) => (
                <Metric key={metric.metric_code} usage={metric} days={days.get(metric.metric_code)} />
              ))}
            </ul>
          ) : (
            <Empty title="No usage in this month yet">Usage is measured daily.</Empty>
          )
        }
      </Ready>
    </Panel>
  );
};
