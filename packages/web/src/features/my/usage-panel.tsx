import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { monthPeriod, type Month } from "@commops/core/time";
import { callApi } from "../../api.ts";
import { Quantity } from "../../ui/amount.tsx";
import { Empty, FaultNotice, Loading } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { faultOf, useAnswer } from "../answers.tsx";
import { fieldsOf } from "../plain-data.ts";
import { type MetricUsage, usageByMetric } from "./usage.ts";

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

const DayBars = ({ usage }: { readonly usage: MetricUsage }) => {
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

const Metric = ({ usage, cap }: { readonly usage: MetricUsage; readonly cap: unknown }) => (
  <li className="min-w-0 rounded-md border border-line p-3">
    <h3 className="mb-2 text-sm font-medium">{usage.metric.replaceAll("_", " ")}</h3>
    <DayBars usage={usage} />
    <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-xs">
      <dt className="text-muted">Sum of days</dt>
      <dd className="text-right">
        <Quantity value={usage.sum} />
      </dd>
      <dt className="text-muted">Highest day</dt>
      <dd className="text-right">
        <Quantity value={usage.highest} />
      </dd>
      {typeof cap === "number" && (
        <>
          <dt className="text-muted">Cap of your plan</dt>
          <dd className="text-right font-medium">
            <Quantity value={String(cap)} />
          </dd>
        </>
      )}
    </dl>
  </li>
);

/** The caps of the tenant's current plan, by metric. */
const useCaps = (tenantId: string) => {
  const tenant = useAnswer("GET /tenants/{tenant_id}", { tenant_id: tenantId });
  const planCode = tenant.data?.current_plan ?? null;
  const plan = useAnswer("GET /plans/{plan_code}", { plan_code: planCode ?? "none" }, { isEnabled: planCode !== null });
  return fieldsOf(plan.data?.entitlements.metrics_caps);
};

/** What was used in a month, metric by metric, day by day. */
export const UsagePanel = ({ tenantId, month }: { readonly tenantId: string; readonly month: Month }) => {
  const query = useMonthUsage(tenantId, month);
  const caps = useCaps(tenantId);
  const metrics = usageByMetric(query.items);
  return (
    <Panel title="Usage" aside={query.hasNextPage ? "reading more days …" : undefined}>
      {query.isPending && <Loading what="your usage" />}
      {query.isError && <FaultNotice title="Could not read your usage" fault={faultOf(query.error)} />}
      {query.isSuccess && metrics.length === 0 && (
        <Empty title="No usage in this month yet">Usage is measured daily.</Empty>
      )}
      <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        {metrics.map((usage) => (
          <Metric key={usage.metric} usage={usage} cap={caps[usage.metric]} />
        ))}
      </ul>
    </Panel>
  );
};
