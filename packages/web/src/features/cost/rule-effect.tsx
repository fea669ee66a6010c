import { Link } from "@tanstack/react-router";
import type { Answer } from "../../api.ts";
import { Amount } from "../../ui/amount.tsx";
import { CsvButton } from "../../ui/csv-button.tsx";
import { Empty, Notice } from "../../ui/notice.tsx";
import { Digest, Panel } from "../../ui/panel.tsx";
import { Chip, stateText } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { EvidenceFacts } from "../evidence-facts.tsx";
import { useTenantName } from "../names.ts";

export type Effect = Answer<"POST /allocation/rules:preview">;

interface Moved {
  readonly before: string;
  readonly after: string;
  readonly difference: string;
}

interface Row extends Moved {
  readonly key: string;
  readonly name: string;
  /** Filters the rows of the present allocation; absent for what is several. */
  readonly bearer?: string | undefined;
  readonly services?: readonly object[] | undefined;
}

const amounts = (currency: string): readonly Column<Row>[] => [
  {
    key: "before",
    head: "Before",
    align: "right",
    isMinor: true,
    cell: (row) => <Amount value={row.before} currency={currency} />,
    sortBy: (row) => Number(row.before),
  },
  { key: "after", head: "After", align: "right", cell: (row) => <Amount value={row.after} currency={currency} /> },
  {
    key: "difference",
    head: "Difference",
    align: "right",
    cell: (row) => <Amount value={row.difference} currency={currency} isChange className="font-medium" />,
  },
];

const bearerColumns = (currency: string): readonly Column<Row>[] => [
  {
    key: "bearer",
    head: "Borne by",
    cell: (row) =>
      row.bearer === undefined ? (
        row.name
      ) : (
        <Link to="/cost" search={{ view: "allocation", bearer: row.bearer }} className="link">
          {row.name}
        </Link>
      ),
  },
  ...amounts(currency),
  {
    key: "services",
    head: "Services that move",
    isMinor: true,
    cell: (row) =>
      (row.services?.length ?? 0) === 0 ? (
        <span className="text-muted">none</span>
      ) : (
        <details>
          <summary className="link cursor-pointer whitespace-nowrap">
            {row.services?.length === 1 ? "1 service" : `${row.services?.length ?? 0} services`}
          </summary>
          <EvidenceFacts facts={{ services: row.services }} />
        </details>
      ),
  },
];

const PARTS = ["direct", "allocated", "overhead", "untagged", "total"] as const;

const rowsOf = (effect: Effect, nameOf: (id: string) => string): readonly Row[] => [
  ...effect.tenants.map((row) => ({
    ...row,
    key: row.tenant_id ?? "",
    name: nameOf(row.tenant_id ?? ""),
    bearer: row.tenant_id ?? undefined,
  })),
  ...(effect.other_tenants.count === 0
    ? []
    : [{ ...effect.other_tenants, key: "others", name: `${effect.other_tenants.count} other tenants` }]),
  { ...effect.operator, key: "operator", name: "us" },
];

const Findings = ({ effect }: { readonly effect: Effect }) =>
  effect.findings.length === 0 ? null : (
    <ul className="divide-y divide-line border-t border-line">
      {effect.findings.map((finding) => (
        <li
          key={[finding.code, finding.service, finding.rule_id, finding.subject, finding.cost].join()}
          className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2.5 text-sm"
        >
          <Chip tone="warn">{stateText(finding.code.toLowerCase())}</Chip>
          <span className="min-w-0 flex-1 basis-60">{finding.message}</span>
          <Amount value={finding.cost} currency={effect.currency} />
        </li>
      ))}
    </ul>
  );

const CSV_HEAD = ["borne_by", "before", "after", "difference", "currency"];

/** What other rules would do: per tenant before, after and the difference; all differences add up to zero. */
export const RuleEffect = ({ effect }: { readonly effect: Effect }) => {
  const nameOf = useTenantName();
  const rows = rowsOf(effect, nameOf);
  const parts = PARTS.map((part) => ({ ...effect.totals[part], key: part, name: part }));
  return (
    <Panel
      title={
        <>
          <Amount value={effect.moved} currency={effect.currency} /> would change hands
        </>
      }
      isFlush
      aside={
        <CsvButton
          filename={`rule-effect-${effect.period}.csv`}
          head={CSV_HEAD}
          rows={() => rows.map((row) => [row.key, row.before, row.after, row.difference, effect.currency])}
        />
      }
    >
      {!effect.before_is_active_run && (
        <div className="p-4">
          <Notice tone="warn" title="The allocation that counts says otherwise">
            Its cost, usage or tenants changed since it was made. “Before” is what the rules in force give today.
          </Notice>
        </div>
      )}
      <Table
        caption="Parts before and after"
        columns={[{ key: "part", head: "Part", cell: (row) => row.name }, ...amounts(effect.currency)]}
        rows={parts}
        keyOf={(row) => row.key}
      />
      {rows.length === 0 ? (
        <Empty title="Nobody bears anything" />
      ) : (
        <Table
          caption="Effect per tenant"
          columns={bearerColumns(effect.currency)}
          rows={rows}
          keyOf={(row) => row.key}
        />
      )}
      <Findings effect={effect} />
      <p className="border-t border-line px-4 py-2 text-xs text-muted">
        {effect.basis} basis, inputs <Digest value={effect.inputs["digest"] ?? ""} />, before{" "}
        <Digest value={effect.digest_before} />, after <Digest value={effect.digest_after} />
      </p>
    </Panel>
  );
};
