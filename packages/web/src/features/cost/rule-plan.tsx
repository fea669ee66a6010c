import type { Answer } from "../../api.ts";
import { Button } from "../../ui/button.tsx";
import { Empty, Notice } from "../../ui/notice.tsx";
import { Digest, Panel } from "../../ui/panel.tsx";
import { Chip, type Tone } from "../../ui/status.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { may, useSession } from "../session/session.ts";

type Plan = Answer<"POST /allocation/rules:plan">;
type Change = Plan["changes"][number];

const CHANGES: Readonly<Record<Change["change"], readonly [tone: Tone, text: string]>> = {
  create: ["good", "new rule"],
  change: ["warn", "new version"],
  retire: ["bad", "ends"],
  none: ["quiet", "as it is"],
};

const versionText = (version: number | null): string => (version === null ? "none" : `version ${version}`);

const COLUMNS: readonly Column<Change>[] = [
  {
    key: "rule",
    head: "Rule",
    cell: (row) => (
      <>
        <span className="font-medium">{row.rule_id}</span>
        <span className="block text-xs text-muted">
          {versionText(row.version_before)} to {versionText(row.version_after)}
        </span>
      </>
    ),
  },
  { key: "change", head: "Change", cell: (row) => <Chip tone={CHANGES[row.change][0]}>{CHANGES[row.change][1]}</Chip> },
  {
    key: "fields",
    head: "Fields",
    cell: (row) =>
      row.change !== "change" ? (
        <span className="text-muted">{row.change === "none" ? "none" : "all"}</span>
      ) : (
        <ul className="space-y-1 text-xs">
          {row.fields.map((field) => (
            <li key={field.field} className="break-all">
              <code className="font-mono">{field.field}</code>: <del>{JSON.stringify(field.before)}</del>{" "}
              <ins>{JSON.stringify(field.after)}</ins>
            </li>
          ))}
        </ul>
      ),
  },
];

interface RulePlanProps {
  readonly plan: Plan;
  readonly isBusy: boolean;
  readonly onApply: () => void;
}

/** What applying would do, field by field, and the button that does exactly this; or why it cannot be done. */
export const RulePlan = ({ plan, isBusy, onApply }: RulePlanProps) => {
  const session = useSession();
  const settled = plan.billed_or_closed;
  const isEmpty = plan.changes.every((row) => row.change === "none");
  return (
    <Panel title={`Plan from ${plan.effective_from}`} isFlush>
      {plan.changes.length === 0 ? (
        <Empty title="Nothing would change">Write rules above, or leave one out.</Empty>
      ) : (
        <Table caption="Planned changes of rules" columns={COLUMNS} rows={plan.changes} keyOf={(row) => row.rule_id} />
      )}
      <div className="space-y-3 border-t border-line p-4">
        {settled.length > 0 && (
          <Notice tone="warn" title="Too early">
            {settled.join(", ")} {settled.length === 1 ? "is" : "are"} billed or closed and would change. Let the rules
            begin later.
          </Notice>
        )}
        {may(session, "rules:write") && (
          <Button look="primary" isBusy={isBusy} disabled={isEmpty || settled.length > 0} onClick={onApply}>
            Apply from {plan.effective_from}
          </Button>
        )}
        <p className="text-xs text-muted">
          Plan <Digest value={plan.plan_digest} />: if the rules change before it is applied, it has to be planned
          again.
        </p>
      </div>
    </Panel>
  );
};
