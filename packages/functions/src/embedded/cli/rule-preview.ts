import { z } from "zod";
import { aligned } from "./columns.ts";

const moved = z.object({ before: z.string(), after: z.string(), difference: z.string() });
const bearer = moved.extend({ tenant_id: z.string().nullable() });

export const rulePreview = z.looseObject({
  period: z.string(),
  currency: z.string(),
  moved: z.string(),
  totals: z.object({ total: moved, direct: moved, allocated: moved, overhead: moved, untagged: moved }),
  tenants: z.array(bearer.loose()),
  other_tenants: moved.extend({ count: z.number() }),
  operator: bearer.loose(),
});

type Amounts = z.output<typeof moved>;
const row = (name: string, { before, after, difference }: Amounts): string[] => [name, before, after, difference];

/** A preview as a table: who bears what before and after, the greatest movement first. */
export const previewLines = (found: z.output<typeof rulePreview>): string[] => {
  const others = found.other_tenants;
  return [
    ...aligned(
      [
        [`${found.period} ${found.currency}`, "before", "after", "difference"],
        ...found.tenants.map((tenant) => row(tenant.tenant_id ?? "", tenant)),
        ...(others.count > 0 ? [row(`${others.count} other tenants`, others)] : []),
        row("operator", found.operator),
        row("total", found.totals.total),
      ],
      1,
    ),
    `${found.moved} ${found.currency} changes hands`,
  ];
};
