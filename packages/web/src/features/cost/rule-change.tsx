import { addMonths, dayOf, monthOf, monthPeriod } from "@commops/core/time";
import { useState } from "react";
import type { Input } from "../../api.ts";
import { Button } from "../../ui/button.tsx";
import { TextArea, TextField } from "../../ui/field.tsx";
import { FaultNotice, Notice } from "../../ui/notice.tsx";
import { useNow } from "../../ui/now.ts";
import { Panel } from "../../ui/panel.tsx";
import { Chip } from "../../ui/status.tsx";
import { faultOf, useChange } from "../answers.tsx";
import { usePeriod } from "../period.ts";
import { RuleEffect } from "./rule-effect.tsx";
import { RulePlan } from "./rule-plan.tsx";
import { readCandidates, readRuleFiles } from "./rule-words.ts";

type Wanted = Input<"POST /allocation/rules:plan">;

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

/** Takes rules from files of JSON, a rule or a list of rules each, in the place of what stands in the text. */
const FromFiles = ({
  onText,
  onFault,
}: {
  readonly onText: (text: string) => void;
  readonly onFault: (fault: string | undefined) => void;
}) => (
  <TextField
    label="From files (JSON, a rule or a list each)"
    type="file"
    accept=".json,application/json"
    multiple
    onChange={(event) => {
      const files = [...(event.target.files ?? [])];
      Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })))
        .then((read) => {
          const found = readRuleFiles(read);
          onFault("fault" in found ? found.fault : undefined);
          if ("rules" in found) onText(JSON.stringify(found.rules, null, 2));
        })
        .catch(() => onFault("A file could not be read. Choose it again."));
    }}
  />
);

interface EditorProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly from: string;
  readonly onFrom: (from: string) => void;
  readonly retired: readonly string[];
  readonly onFault: (fault: string | undefined) => void;
}

const Editor = ({ text, onText, from, onFrom, retired, onFault }: EditorProps) => (
  <>
    <p className="max-w-3xl text-sm text-muted">
      Each rule takes the place of the one with its id, or is added. The month is computed with the rules in force and
      with these; nothing is stored before it is applied, and no month that is billed or closed ever changes its rules.
    </p>
    <TextArea label="Rules as JSON, a list" rows={10} maxLength={100_000} value={text} onText={onText} />
    <div className="grid gap-4 sm:grid-cols-2">
      <FromFiles onText={onText} onFault={onFault} />
      <TextField
        label="In force for months from"
        type="date"
        value={from}
        onChange={(event) => onFrom(event.target.value)}
      />
    </div>
    <Retired ids={retired} />
  </>
);

/** Previews, plans and applies; what was planned is applied, whatever was written since. */
const useRuleChange = (onApplied: () => void) => {
  const previewing = useChange("POST /allocation/rules:preview");
  const planning = useChange("POST /allocation/rules:plan");
  const applying = useChange("POST /allocation/rules:apply", onApplied);
  const planned = planning.data && planning.variables;
  return {
    previewing,
    planning,
    applying,
    show: (month: string, wanted: Wanted): void => {
      applying.reset();
      previewing.mutate({ period: month, rules: wanted.rules, retire: wanted.retire });
      planning.mutate(wanted);
    },
    apply: (): void => {
      if (planned) applying.mutate({ ...planned, plan_digest: planning.data.plan_digest });
    },
  };
};

const Outcome = ({ change }: { readonly change: ReturnType<typeof useRuleChange> }) => {
  const { previewing, planning, applying, apply } = change;
  return (
    <div aria-live="polite" className="space-y-5">
      {applying.isError && <FaultNotice title="Not applied" fault={faultOf(applying.error)} />}
      {applying.data && (
        <Notice tone="good" title="Applied">
          {applying.data.applied
            ? `The rules are in force for months from ${applying.data.effective_from} on.`
            : "The rules were there already: nothing changed."}
        </Notice>
      )}
      {planning.data && !applying.data && <RulePlan plan={planning.data} isBusy={applying.isPending} onApply={apply} />}
      {previewing.data && <RuleEffect effect={previewing.data} />}
    </div>
  );
};

interface RuleChangeProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly retired: readonly string[];
  readonly onApplied: () => void;
}

/** Other rules, tried on the month and planned from a day on; what was planned can be applied, and nothing else. */
export const RuleChange = ({ text, onText, retired, onApplied }: RuleChangeProps) => {
  const { month } = usePeriod();
  const [from, setFrom] = useState<string>(monthPeriod(addMonths(monthOf(dayOf(useNow())), 1)).start);
  const [fault, setFault] = useState<string>();
  const change = useRuleChange(onApplied);
  const { previewing, planning } = change;
  const show = (): void => {
    const read = readCandidates(text);
    setFault("fault" in read ? read.fault : undefined);
    if ("rules" in read) change.show(month, { rules: read.rules, retire: [...retired], effective_from: from });
  };
  return (
    <>
      <Panel title="Other rules">
        <div className="space-y-4">
          <Editor text={text} onText={onText} from={from} onFrom={setFrom} retired={retired} onFault={setFault} />
          {fault !== undefined && <FaultNotice fault={{ message: fault }} />}
          {previewing.isError && <FaultNotice title="Not computed" fault={faultOf(previewing.error)} />}
          {planning.isError && <FaultNotice title="Not planned" fault={faultOf(planning.error)} />}
          <Button look="primary" isBusy={previewing.isPending || planning.isPending} onClick={show}>
            Show what they would do
          </Button>
        </div>
      </Panel>
      <Outcome change={change} />
    </>
  );
};
