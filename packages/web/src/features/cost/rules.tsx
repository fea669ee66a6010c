import { useState } from "react";
import type { Answer } from "../../api.ts";
import { Button } from "../../ui/button.tsx";
import { CsvButton } from "../../ui/csv-button.tsx";
import { Empty } from "../../ui/notice.tsx";
import { Panel } from "../../ui/panel.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Ready, useAnswer } from "../answers.tsx";
import { usePeriod } from "../period.ts";
import { RuleChange } from "./rule-change.tsx";
import { definitionOf, keysText, limitsText } from "./rule-words.ts";

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

/** The rules of the month, what the month would have been with others, and the way to put those in force from a day on. */
export const RulesView = () => {
  const [text, setText] = useState("[]");
  const [retired, setRetired] = useState<readonly string[]>([]);
  const toggle = ({ rule_id: id }: Rule): void =>
    setRetired(retired.includes(id) ? retired.filter((one) => one !== id) : [...retired, id]);
  return (
    <div className="space-y-5">
      <InForce
        onEdit={(rule) => setText(JSON.stringify([definitionOf(rule)], null, 2))}
        onRetire={toggle}
        retired={retired}
      />
      <RuleChange
        text={text}
        onText={setText}
        retired={retired}
        onApplied={() => {
          setText("[]");
          setRetired([]);
        }}
      />
    </div>
  );
};
