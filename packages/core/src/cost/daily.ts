import { createHash } from "node:crypto";
import { canonicalJson } from "../kernel/index.ts";
import { SCALE, unscaled } from "../money/index.ts";
import type { CostTotals, TagState } from "./delivery.ts";
import { DAILY_SUMS } from "./queries.ts";

/** A daily group as the analytical engine gives it; amounts are decimal text with exactly 12 decimals. */
export interface DailyGroup {
  readonly group_no: number;
  readonly usage_date: string;
  readonly tenant_tag: string | null;
  readonly tag_state: TagState;
  readonly plan_tag: string | null;
  readonly component: string | null;
  readonly service: string;
  readonly usage_type: string;
  readonly line_item_type: string;
  readonly account: string;
  readonly region: string;
  readonly payer: string;
  readonly billing_entity: string;
  readonly provider: string;
  readonly is_upfront: boolean;
  readonly usage_amount: string;
  readonly unblended_cost: string;
  readonly amortized_cost: string;
  readonly net_unblended_cost: string;
  readonly net_amortized_cost: string;
  readonly upfront_purchase: string;
  readonly amortized_upfront: string;
  readonly row_count: number;
}

type SumName = keyof typeof DAILY_SUMS;
const SUM_NAMES = Object.keys(DAILY_SUMS) as readonly SumName[];

/** Units of 1e-12 of a text with exactly 12 decimals. */
const units = (text: string): bigint => BigInt(text.replace(".", ""));
const textOf = (value: bigint): string => unscaled(value, SCALE);

/** What one payer's lines add up to; the identity is checked on it. */
export interface PayerTotals extends CostTotals {
  readonly payer: string;
  readonly rows: number;
}

export interface DailySummary {
  readonly totals: CostTotals;
  readonly payers: readonly PayerTotals[];
  /** Lines and cash of usage per day, in day order. */
  readonly days: readonly { readonly day: string; readonly rows: number; readonly cost: string }[];
  readonly groups: number;
  readonly rows: number;
  /** Whether AWS support was charged: the last thing that comes in a month. */
  readonly hasSupport: boolean;
  readonly lineTypes: readonly string[];
  readonly products: readonly string[];
  /** Digest of the groups, in their order. */
  readonly digest: string;
}

type Sums = Record<SumName, bigint>;
const noSums = (): Sums => ({
  usage_amount: 0n,
  unblended_cost: 0n,
  amortized_cost: 0n,
  net_unblended_cost: 0n,
  net_amortized_cost: 0n,
  upfront_purchase: 0n,
  amortized_upfront: 0n,
});

const totalsOf = (sums: Sums): CostTotals => ({
  unblendedCost: textOf(sums.unblended_cost),
  amortizedCost: textOf(sums.amortized_cost),
  netUnblendedCost: textOf(sums.net_unblended_cost),
  netAmortizedCost: textOf(sums.net_amortized_cost),
  upfrontPurchase: textOf(sums.upfront_purchase),
  amortizedUpfront: textOf(sums.amortized_upfront),
});

const isSupport = (group: DailyGroup): boolean => group.line_item_type === "Fee" && /support/i.test(group.service);

/** Adds daily groups up as they stream by; give them in the order of their number. */
export const dailySummary = () => {
  const hash = createHash("sha256");
  const all = noSums();
  const byPayer = new Map<string, { sums: Sums; rows: number }>();
  const byDay = new Map<string, { rows: number; cost: bigint }>();
  const lineTypes = new Set<string>();
  const products = new Set<string>();
  let [groups, rows, hasSupport] = [0, 0, false];
  return {
    add: (group: DailyGroup): void => {
      hash.update(`${canonicalJson({ ...group })}\n`);
      const payer = byPayer.get(group.payer) ?? { sums: noSums(), rows: 0 };
      for (const name of SUM_NAMES) {
        const amount = units(group[name]);
        all[name] += amount;
        payer.sums[name] += amount;
      }
      payer.rows += group.row_count;
      byPayer.set(group.payer, payer);
      if (group.line_item_type === "Usage") {
        const day = byDay.get(group.usage_date) ?? { rows: 0, cost: 0n };
        day.rows += group.row_count;
        day.cost += units(group.unblended_cost);
        byDay.set(group.usage_date, day);
      }
      products.add(group.service);
      lineTypes.add(group.line_item_type);
      groups += 1;
      rows += group.row_count;
      hasSupport ||= isSupport(group);
    },
    done: (): DailySummary => ({
      totals: totalsOf(all),
      payers: [...byPayer]
        .map(([payer, { sums, rows: count }]) => ({ payer, rows: count, ...totalsOf(sums) }))
        .toSorted((a, b) => (a.payer < b.payer ? -1 : 1)),
      days: [...byDay]
        .map(([day, of]) => ({ day, rows: of.rows, cost: textOf(of.cost) }))
        .toSorted((a, b) => (a.day < b.day ? -1 : 1)),
      groups,
      rows,
      hasSupport,
      lineTypes: [...lineTypes].toSorted(),
      products: [...products].toSorted(),
      digest: `sha256:${hash.digest("hex")}`,
    }),
  };
};
