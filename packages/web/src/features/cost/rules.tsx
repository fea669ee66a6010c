import { useState } from "react";
import type { Answer } from "../../api.ts";
import { Button } from "../../ui/button.tsx";
import { CsvButton } from "../../ui/csv-button.tsx";
import { TextArea } from "../../ui/field.tsx";
import { Empty, FaultNotice } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Chip } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { faultOf, Ready, useAnswer, useChange } from "../answers.tsx";
import { usePeriod } from "../period.ts";
import { definitionOf, keysText, limitsText, readCandidates } from "./rule-words.ts";
import { RuleEffect } from "./rule-effect.tsx";

type Rule = Answer<"GET /allocation/rules">["rules"][number];

interface RuleActions {
  readonly onEdit: (rule: Rule) => void;
  readonly onRetire: (rule: Rule) => void;
  readonly retired: readonly string[];
}

const columnsFor = ({ onEdit, onRetire, retired }: RuleActions): readonly Column<Rule>[] => [
  {
    key: "order",
    head: "Order",
    align: "right",
    isMinor: true,
    cell: (row) => <span className="figures">{row.order}</span>,
  },
  {
    key: "rule",
    head: "Rule",
    cell: (row) => (
      <>
        <span className="font-medium">{row.title}</span>
        <span className="block text-xs text-muted">
          {row.rule_id}, version {row.version}
        </span>
      </>
    ),
  },
  { key: "keys", head: "Shared by", isMinor: true, cell: (row) => keysText(row) },
  { key: "limits", head: "Limits", isMinor: true, cell: (row) => limitsText(row) },
  {
    key: "borne",
    head: "Borne by",
    isMinor: true,
    cell: (row) => (row.target === "operator" ? "us" : "tenants"),
  },
  {
    key: "try",
    head: "Try",
    cell: (row) => (
      <div className="flex gap-2 max-md:flex-wrap">
        <Button look="quiet" onClick={() => onEdit(row)}>
          Changed<span className="sr-only">: {row.rule_id}</span>
        </Button>
        <Button look="quiet" aria-pressed={retired.includes(row.rule_id)} onClick={() => onRetire(row)}>
          Without it<span className="sr-only">: {row.rule_id}</span>
        </Button>
      </div>
    ),
  },
];

const CSV_HEAD = ["rule_id", "version", "title", "order", "category", "target"];

const InForce = (actions: RuleActions) => {
  const { month } = usePeriod();
  const query = useAnswer("GET /allocation/rules", { period: month });
  const rows = (): string[][] =>
    (query.data?.rules ?? []).map((row) => [
      row.rule_id,
      String(row.version),
      row.title,
      String(row.order),
      row.category,
      row.target,
    ]);
  return (
    <Panel
      title="Rules in force"
      isFlush
      aside={query.data && <CsvButton filename={`rules-${month}.csv`} head={CSV_HEAD} rows={rows} />}
    >
      <Ready query={query} what="the rules">
        {({ rules }) =>
          rules.length === 0 ? (
            <Empty title="No rule is in force">Cost without a tenant tag stays with us.</Empty>
          ) : (
            <Table
              caption="Rules in force, in the order in which they are tried"
              columns={columnsFor(actions)}
              rows={rules}
              keyOf={(row) => row.rule_id}
            />
          )
        }
      </Ready>
    </Panel>
  );
};

const Retired = ({ ids }: { readonly ids: readonly string[] }) =>
  ids.length === 0 ? null : (
    <p className="flex flex-wrap items-center gap-2 text-sm">
      Without
      {ids.map((id) => (
        <Chip key={id} tone="warn">
          {id}
        </Chip>
      ))}
    </p>
  );

/** The rules of the month, and what the month would have been with others: nothing is stored, and no tenant sees it. */
export const RulesView = () => {
  const { month } = usePeriod();
  const [text, setText] = useState("[]");
  const [retired, setRetired] = useState<readonly string[]>([]);
  const [fault, setFault] = useState<string>();
  const previewing = useChange("POST /allocation/rules:preview");
  const preview = (): void => {
    const read = readCandidates(text);
    setFault("fault" in read ? read.fault : undefined);
    if ("rules" in read) previewing.mutate({ period: month, rules: read.rules, retire: [...retired] });
  };
  const toggle = ({ rule_id: id }: Rule): void =>
    setRetired(retired.includes(id) ? retired.filter((one) => one !== id) : [...retired, id]);
  return (
    <div className="space-y-5">
      <InForce
        onEdit={(rule) => setText(JSON.stringify([definitionOf(rule)], null, 2))}
        onRetire={toggle}
        retired={retired}
      />
      <Panel title="Try other rules on this month">
        <div className="space-y-4">
          <p className="max-w-3xl text-sm text-muted">
            Each rule takes the place of the one with its id, or is added. The month is computed with the rules in force
            and with these; nothing is stored.
          </p>
          <TextArea label="Rules as JSON, a list" rows={10} maxLength={100_000} value={text} onText={setText} />
          <Retired ids={retired} />
          {fault !== undefined && <FaultNotice fault={{ message: fault }} />}
          {previewing.isError && <FaultNotice title="Not computed" fault={faultOf(previewing.error)} />}
          <Button look="primary" isBusy={previewing.isPending} onClick={preview}>
            Show what they would do
          </Button>
        </div>
      </Panel>
      <div aria-live="polite">{previewing.data && <RuleEffect effect={previewing.data} />}</div>
    </div>
  );
};
