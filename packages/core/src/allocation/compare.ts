import type { Json } from "../kernel/index.ts";

/** A share of a pool: which run's pool, and who bears it. */
export interface ComparedRow {
  readonly poolNo: number;
  readonly tenantId: string | null;
  readonly kind: string;
  /** What is compared, field by field. */
  readonly fields: { readonly [field: string]: Json };
}

/** The first place where two allocations of the same input differ. */
export interface RowDifference {
  /** Null where it is not a row that differs, but what all of them were made from. */
  readonly pool: number | null;
  readonly tenant_id: string | null;
  readonly service: string | null;
  readonly rule: string | null;
  readonly field: string;
  readonly stored: Json;
  readonly recomputed: Json;
}

const keyOf = (row: ComparedRow): string =>
  `${String(row.poolNo).padStart(9, "0")}/${row.tenantId ?? "\uffff"}/${row.kind}`;
const text = (value: Json | undefined): string | null => (typeof value === "string" ? value : null);

const differenceOf = (
  stored: ComparedRow | undefined,
  recomputed: ComparedRow | undefined,
): RowDifference | undefined => {
  const known = stored ?? recomputed;
  if (!known) return undefined;
  const version = known.fields["rule_version"];
  const rule = text(known.fields["rule"]);
  const place = {
    pool: known.poolNo,
    tenant_id: known.tenantId,
    service: text(known.fields["service"]),
    rule: rule === null ? null : `${rule}@${typeof version === "number" ? version : "?"}`,
  };
  if (!stored || !recomputed) {
    const cost = (row: ComparedRow | undefined): Json => row?.fields["cost"] ?? null;
    return { ...place, field: "row", stored: cost(stored), recomputed: cost(recomputed) };
  }
  const field = Object.keys(stored.fields).find((name) => stored.fields[name] !== recomputed.fields[name]);
  if (field === undefined) return undefined;
  return { ...place, field, stored: stored.fields[field] ?? null, recomputed: recomputed.fields[field] ?? null };
};

/** Compares stored rows with recomputed ones, row by row in the order of pool and tenant; undefined when they are equal. */
export const firstDifference = (
  stored: readonly ComparedRow[],
  recomputed: readonly ComparedRow[],
): RowDifference | undefined => {
  const left = new Map(stored.map((row) => [keyOf(row), row]));
  const right = new Map(recomputed.map((row) => [keyOf(row), row]));
  for (const key of [...new Set([...left.keys(), ...right.keys()])].toSorted()) {
    const difference = differenceOf(left.get(key), right.get(key));
    if (difference) return difference;
  }
  return undefined;
};
