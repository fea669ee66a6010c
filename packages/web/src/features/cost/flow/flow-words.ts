import type { Answer } from "../../../api.ts";
import { roundedAmount } from "../../../ui/amount.tsx";
import type { CostSearch } from "../cost-search.ts";

export type Flow = Answer<"GET /cost/allocations/flow">;
export type FlowNodeOf = Flow["nodes"][number];

/** The ends of a link. */
export interface FlowLinkOf {
  readonly source: string;
  readonly target: string;
}

const nodeOf = (flow: Flow, id: string): FlowNodeOf | undefined => flow.nodes.find((node) => node.id === id);

/** A link in words: "AmazonEC2 to nat-gb: 12.50 USD". */
export const linkText = (flow: Flow, link: FlowLinkOf & { readonly text: string }): string =>
  `${nodeOf(flow, link.source)?.label ?? link.source} to ${nodeOf(flow, link.target)?.label ?? link.target}: ${roundedAmount(link.text, flow.currency)} ${flow.currency}`;

/** What decided, as a filter of the rows. */
const routeFilter = (node: FlowNodeOf | undefined): Pick<CostSearch, "rule" | "reason"> => ({
  rule: node?.rule_id ?? undefined,
  reason: node?.rule_id === null ? (node.reason ?? undefined) : undefined,
});

/** Who bears, as a filter of the rows; none of several tenants. */
const bearerFilter = (node: FlowNodeOf | undefined): CostSearch["bearer"] =>
  node?.tenant_id ?? (node?.id === "operator" || node?.id === "untagged" ? node.id : undefined);

/** The filters that show the rows of a link. */
export const filterOf = (flow: Flow, { source, target }: FlowLinkOf): CostSearch => {
  const [from, to] = [nodeOf(flow, source), nodeOf(flow, target)];
  return from?.layer === "service"
    ? { service: from.label, bearer: undefined, page: undefined, ...routeFilter(to) }
    : { service: undefined, bearer: bearerFilter(to), page: undefined, ...routeFilter(from) };
};
