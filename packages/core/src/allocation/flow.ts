import type { TenantId } from "../kernel/index.ts";
import type { AllocationKind, RouteReason } from "./plan.ts";

/** What decided where lines went: a rule version, or the reason why no rule was asked. */
export interface FlowRoute {
  readonly reason: RouteReason;
  readonly ruleId: string | null;
  readonly ruleVersion: number | null;
}

/** What enters a route: the pools of a service, in units of 1e-12. */
export interface FlowIn extends FlowRoute {
  readonly service: string;
  readonly cost: bigint;
}

/** What leaves a route: the shares of one tenant, or of the operator (tenantId null). */
export interface FlowOut extends FlowRoute {
  readonly tenantId: TenantId | null;
  readonly kind: AllocationKind;
  readonly cost: bigint;
}

export interface FlowNode {
  /** "service:AmazonEC2", "rule:nat-gb@1", "route:tag", "tenant:TEN-A", "operator", "untagged", "other_tenants". */
  readonly id: string;
  readonly layer: "service" | "route" | "bearer";
  readonly label: string;
  /** What leaves a service or a route, what a bearer receives. */
  readonly amount: bigint;
  /** What enters a node less what leaves it, where both are known: anything but zero is lost. */
  readonly residual: bigint;
  readonly route: FlowRoute | null;
  readonly tenantId: TenantId | null;
}

export interface FlowLink {
  readonly source: string;
  readonly target: string;
  /** Below zero where a credit or refund flows. */
  readonly amount: bigint;
}

export interface CostFlow {
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
  /** Tenants that are shown as one. */
  readonly otherTenants: number;
  /** The total less what enters the routes, and less what leaves them. */
  readonly residuals: { readonly pooled: bigint; readonly borne: bigint };
}

const routeId = ({ reason, ruleId, ruleVersion }: FlowRoute): string =>
  ruleId === null ? `route:${reason}` : `rule:${ruleId}@${ruleVersion}`;

const OTHERS = "other_tenants";

const bearerId = (out: FlowOut, shown: ReadonlySet<string>): string => {
  if (out.tenantId === null) return out.kind === "untagged" ? "untagged" : "operator";
  return shown.has(out.tenantId) ? `tenant:${out.tenantId}` : OTHERS;
};

const sum = (values: readonly { readonly cost: bigint }[]): bigint =>
  values.reduce((total, { cost }) => total + cost, 0n);

const linksOf = <T extends { readonly cost: bigint }>(
  parts: readonly T[],
  ends: (part: T) => readonly [source: string, target: string],
): FlowLink[] =>
  [...Map.groupBy(parts, (part) => JSON.stringify(ends(part))).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const [source, target] = ends(first);
    return [{ source, target, amount: sum(group) }];
  });

/** The tenants that bear most, ties by id. */
const greatest = (outs: readonly FlowOut[], count: number): { shown: ReadonlySet<string>; others: number } => {
  const tenants = [...Map.groupBy(outs, (out) => out.tenantId)].flatMap(([tenantId, own]) =>
    tenantId === null ? [] : [{ tenantId, cost: sum(own) }],
  );
  const order = tenants.toSorted((a, b) =>
    a.cost === b.cost ? (a.tenantId < b.tenantId ? -1 : 1) : a.cost > b.cost ? -1 : 1,
  );
  return {
    shown: new Set(order.slice(0, count).map(({ tenantId }) => tenantId)),
    others: Math.max(0, order.length - count),
  };
};

const bearerLabel = (id: string, others: number): string => {
  if (id.startsWith("tenant:")) return id.slice("tenant:".length);
  return { operator: "Operator", untagged: "Untagged overhead" }[id] ?? `${others} other tenants`;
};

const nodesOf = (ins: readonly FlowIn[], outs: readonly FlowOut[], bearers: ReturnType<typeof greatest>) => {
  const plain = { residual: 0n, route: null, tenantId: null };
  const services = [...Map.groupBy(ins, ({ service }) => service)].map(([service, own]): FlowNode => ({
    ...plain,
    id: `service:${service}`,
    layer: "service",
    label: service,
    amount: sum(own),
  }));
  const leaving = Map.groupBy(outs, routeId);
  const entering = Map.groupBy(ins, routeId);
  const routes = [...new Set([...entering.keys(), ...leaving.keys()])].flatMap((id): FlowNode[] => {
    const [into, out] = [entering.get(id) ?? [], leaving.get(id) ?? []];
    const route = into[0] ?? out[0];
    if (!route) return [];
    const { reason, ruleId, ruleVersion } = route;
    const label = ruleId ?? reason;
    const residual = sum(into) - sum(out);
    return [
      { ...plain, id, layer: "route", label, amount: sum(out), residual, route: { reason, ruleId, ruleVersion } },
    ];
  });
  const borne = [...Map.groupBy(outs, (out) => bearerId(out, bearers.shown))].map(([id, own]): FlowNode => ({
    ...plain,
    id,
    layer: "bearer",
    label: bearerLabel(id, bearers.others),
    amount: sum(own),
    tenantId: id.startsWith("tenant:") ? (own[0]?.tenantId ?? null) : null,
  }));
  return [...services, ...routes, ...borne];
};

/**
 * Cost as it flows from services through rules (or the reason why none was asked) to who bears it. All but the `top` tenants are one
 * node. What is lost on the way stands as a residual: of a stored allocation every one is zero.
 */
export const costFlow = (ins: readonly FlowIn[], outs: readonly FlowOut[], total: bigint, top: number): CostFlow => {
  const bearers = greatest(outs, top);
  return {
    nodes: nodesOf(ins, outs, bearers),
    links: [
      ...linksOf(ins, (part) => [`service:${part.service}`, routeId(part)]),
      ...linksOf(outs, (part) => [routeId(part), bearerId(part, bearers.shown)]),
    ],
    otherTenants: bearers.others,
    residuals: { pooled: total - sum(ins), borne: total - sum(outs) },
  };
};
